"""Replay: plays a stretch of the record as live messages, with seek, pause and speed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Final

from events.core.messages import JSON
from events.replay.pacing import MAX, BadSpeed, pause_s, speed_of, speed_word
from events.replay.timeline import Step, Timeline, exact_word, state_messages

Send = Callable[[list[dict[str, JSON]]], Awaitable[None]]

UNNUMBERED: Final = ("replay:", "connected", "error", "ack", "pong")
"""Messages that are not part of the viewer's stream carry no ``seq``."""


class BadReplayCommand(ValueError):
    """A command that a replay does not know, or cannot carry out; the text is for people."""

    def __init__(self, text: str, code: str = "invalid_message") -> None:
        super().__init__(text)
        self.code = code


class Replay:
    """One viewer's way through a timeline.

    Made with a position; `run` says where it stands and then plays, until it is cancelled. What
    arrives in the inbox meanwhile steers it. A replay that has come to its end waits for a seek.
    """

    def __init__(
        self, timeline: Timeline, send: Send, *, speed: float = 1.0, playing: bool = True
    ) -> None:
        self.timeline = timeline
        self.inbox: asyncio.Queue[Mapping[str, JSON]] = asyncio.Queue(maxsize=64)
        self.index = 0
        self.speed = speed
        self.playing = playing
        self._send = send
        self._seq = 0
        self._steps: Iterator[Step] | None = None
        self._since = 0.0

    @property
    def at_end(self) -> bool:
        return self.index >= len(self.timeline)

    async def run(self, index: int = 0) -> None:
        """Play from a position on; returns only by being cancelled."""
        loop = asyncio.get_running_loop()
        self.index = index
        self.playing = self.playing and not self.at_end
        await self._say(self._opening())
        self._since = loop.time()
        while True:
            command = await self._next_command(loop)
            if command is None:
                await self.advance()
                self._since = loop.time()
            else:
                await self._obey(command)

    async def advance(self) -> None:
        """Tell the next moment; the last one ends the playing."""
        if self.at_end:
            return
        if self._steps is None:
            self._steps = self.timeline.steps(self.index)
        step = next(self._steps)
        self.index += 1
        self.playing = self.playing and not self.at_end
        if step.renewed:
            messages = state_messages(step.room, self.timeline.viewer)
        else:
            messages = [message.to_wire() for message in step.messages]
        await self._say([*messages, self.position()])

    def position(self) -> dict[str, JSON]:
        """Return where the replay stands, for the wire."""
        timeline, index = self.timeline, self.index
        at = timeline.at(index)
        return {
            "type": "replay:position",
            "version": timeline.version(index),
            "at": None if at is None else exact_word(at),
            "index": index,
            "count": len(timeline),
            "caption": timeline.moments[index - 1].caption if index else "",
            "playing": self.playing,
            "speed": speed_word(self.speed),
        }

    async def seek(self, index: int) -> None:
        """Go to a position, and say all that shows there."""
        self.index = index
        self._steps = None
        self.playing = self.playing and not self.at_end
        await self._say([*self._state(), self.position()])

    async def _next_command(self, loop: asyncio.AbstractEventLoop) -> Mapping[str, JSON] | None:
        """Return the next command, or None when the next moment is due."""
        if not self.playing:
            return await self.inbox.get()
        due = self._since + self._pause_s()
        if due <= loop.time():
            # Playing without pauses must still let others run, and be heard.
            await asyncio.sleep(0)
            return None if self.inbox.empty() else self.inbox.get_nowait()
        try:
            async with asyncio.timeout_at(due):
                return await self.inbox.get()
        except TimeoutError:
            return None

    def _pause_s(self) -> float:
        before, after = self.timeline.at(self.index), self.timeline.at(self.index + 1)
        assert before is not None, "what plays has a moment to come"
        assert after is not None, "what plays has a moment to come"
        return 0.0 if self.speed == MAX else pause_s(before, after, self.speed)

    async def _obey(self, command: Mapping[str, JSON]) -> None:
        try:
            await self._carry_out(command)
        except BadReplayCommand as error:
            refusal = {"type": "error", "code": error.code, "message": str(error)}
            await self._say([{**refusal, **named(command)}])
        else:
            if reference := named(command):
                await self._say([{"type": "ack", "seq": self._seq, **reference}])

    async def _carry_out(self, command: Mapping[str, JSON]) -> None:
        match command:
            case {"type": "replay:play"}:
                self.playing = len(self.timeline) > 0
                self._since = asyncio.get_running_loop().time()
                if self.at_end:
                    await self.seek(0)
                else:
                    await self._say([self.position()])
            case {"type": "replay:pause"}:
                self.playing = False
                await self._say([self.position()])
            case {"type": "replay:speed", "speed": said}:
                try:
                    self.speed = speed_of(said)
                except BadSpeed as error:
                    raise BadReplayCommand(str(error)) from None
                await self._say([self.position()])
            case {"type": "replay:step", "by": 1}:
                self.playing = False
                await (self.advance() if not self.at_end else self._say([self.position()]))
            case {"type": "replay:step", "by": -1}:
                self.playing = False
                await self.seek(max(self.index - 1, 0))
            case {"type": "replay:seek", "version": int(version)} if not isinstance(version, bool):
                first, last = self.timeline.start_version, self.timeline.end_version
                if not first <= version <= last:
                    raise BadReplayCommand(f"versions here go from {first} to {last}", "not_found")
                await self.seek(self.timeline.index_of(version))
                self._since = asyncio.get_running_loop().time()
            case {"type": "ping"}:
                await self._say([{"type": "pong"}])
            case _:
                raise BadReplayCommand("a replay knows seek, play, pause, speed and step")

    def _opening(self) -> list[dict[str, JSON]]:
        timeline = self.timeline
        member = timeline.viewer.member
        return [
            {
                "type": "replay:timeline",
                "from": timeline.start_version,
                "to": timeline.end_version,
                "marks": timeline.marks(),
            },
            {"type": "connected", "userId": member.user, "role": member.role},
            *self._state(),
            self.position(),
        ]

    def _state(self) -> list[dict[str, JSON]]:
        return state_messages(self.timeline.room(self.index), self.timeline.viewer)

    async def _say(self, messages: list[dict[str, JSON]]) -> None:
        self._seq = numbered(messages, self._seq)
        await self._send(messages)


def numbered(messages: Iterable[dict[str, JSON]], seq: int) -> int:
    """Give messages their numbers in the viewer's stream after this one; return the last."""
    for message in messages:
        if message["type"] == "session:state":
            message.update(seq=seq, resume="")
        elif not message["type"].startswith(UNNUMBERED):
            seq += 1
            message["seq"] = seq
    return seq


def named(command: Mapping[str, JSON]) -> dict[str, JSON]:
    named = command.get("id")
    return {"id": named} if isinstance(named, str) and 1 <= len(named) <= 64 else {}
