"""A replay plays, pauses, seeks and steps; a player's bytes tell nothing of what went on in secret."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import Change, Event, RoomState, fold
from events.core.messages import JSON
from events.journal import Commit
from events.record.knowledge import known
from events.record.viewpoint import Viewer
from events.replay.pacing import MAX, BadSpeed, pause_s, speed_of
from events.replay.player import Replay
from events.replay.timeline import Timeline
from events.report.recap import markdown, recap, recap_html
from tests.replay.test_timeline import NIGHT
from tests.support.given import ANN, DM
from tests.support.given_record import BEGAN, commits, read, timeline
from tests.support.random_nights import START, play
from tests.support.reference_client import ReferenceClient
from tests.support.secret_events import in_secret, reads_the_secret
from tests.support.strategies import nights


class Table:
    """A client of a replay: sends, and keeps what it gets."""

    def __init__(self, line: Timeline, *, speed: float = MAX, playing: bool = False) -> None:
        self.got: list[dict[str, Any]] = []
        self.replay = Replay(line, self._take, speed=speed, playing=playing)
        self._task: asyncio.Task[None] | None = None
        self._more = asyncio.Event()

    async def _take(self, messages: list[dict[str, JSON]]) -> None:
        self.got += json.loads(json.dumps(messages))
        self._more.set()

    async def __aenter__(self) -> "Table":
        self._task = asyncio.create_task(self.replay.run())
        await self.until(lambda: len(self.got) > 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def until(self, holds: Any) -> None:
        while not holds():
            self._more.clear()
            await self._more.wait()

    async def ask(self, type_: str, **fields: JSON) -> list[dict[str, Any]]:
        """Return what the command is answered with, up to its ack or error."""
        before = len(self.got)
        self.replay.inbox.put_nowait({"type": type_, "id": f"c{before}", **fields})
        await self.until(lambda: any(m.get("id") == f"c{before}" for m in self.got))
        return self.got[before:]

    def types(self) -> list[str]:
        return [message["type"] for message in self.got]


async def test_it_opens_with_the_timeline_and_the_state_before_the_first_moment() -> None:
    async with Table(await timeline(NIGHT, ANN, start=1)) as table:
        assert table.types() == ["replay:timeline", "connected", "session:state", "replay:position"]
        opening, _, state, position = table.got
        assert (opening["from"], opening["to"]) == (0, 4)
        assert state["status"] == "waiting"
        assert state["revealedHexes"] == []
        assert (position["index"], position["count"], position["playing"]) == (0, 4, False)


async def test_it_plays_to_the_end_as_the_live_messages_and_stops() -> None:
    async with Table(await timeline(NIGHT, ANN, start=1), playing=True) as table:
        await table.until(lambda: table.got[-1].get("index") == 4)
        assert [kind for kind in table.types()[4:] if kind != "replay:position"] == [
            "session:statusChanged", "hex:revealed", "dm:preparing", "session:statusChanged",
        ]  # fmt: skip
        assert table.got[-1]["playing"] is False
        numbered = [m["seq"] for m in table.got if "seq" in m and m["type"] != "session:state"]
        assert numbered == [1, 2, 3, 4]


async def test_a_seek_sends_the_state_of_that_moment() -> None:
    async with Table(await timeline(NIGHT, ANN, start=1)) as table:
        state, position, _ = await table.ask("replay:seek", version=2)
        assert state["revealedHexes"] == ["0,0"]
        assert (position["version"], position["caption"]) == (2, "Hex 0,0 came into sight")


async def test_steps_go_both_ways_and_pause() -> None:
    async with Table(await timeline(NIGHT, ANN, start=1)) as table:
        forth = await table.ask("replay:step", by=1)
        back = await table.ask("replay:step", by=-1)
        assert [m["type"] for m in forth] == ["session:statusChanged", "replay:position", "ack"]
        assert [m["type"] for m in back] == ["session:state", "replay:position", "ack"]
        assert back[1]["index"] == 0


async def test_play_at_the_end_begins_anew() -> None:
    async with Table(await timeline(NIGHT, ANN, start=1)) as table:
        await table.ask("replay:seek", version=4)
        again = await table.ask("replay:play")
        assert again[0]["type"] == "session:state"
        assert again[1]["index"] == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "replay:seek", "version": 99}, "not_found"),
        ({"type": "replay:seek", "version": True}, "invalid_message"),
        ({"type": "replay:speed", "speed": 100}, "invalid_message"),
        ({"type": "replay:step", "by": 7}, "invalid_message"),
        ({"type": "hex:reveal"}, "invalid_message"),
    ],
)
async def test_what_it_cannot_do_is_refused_and_changes_nothing(
    fields: dict[str, JSON], code: str
) -> None:
    async with Table(await timeline(NIGHT, ANN, start=1)) as table:
        (error,) = await table.ask(**{"type_": fields.pop("type"), **fields})
        assert (error["type"], error["code"]) == ("error", code)
        assert table.replay.index == 0


def test_pauses_are_scaled_and_never_long() -> None:
    later = BEGAN + timedelta(seconds=8)
    assert pause_s(BEGAN, later, 4) == 2
    assert pause_s(BEGAN, later, MAX) == 0
    assert pause_s(later, BEGAN, 1) == 0
    assert pause_s(BEGAN, BEGAN + timedelta(hours=1), 1) == 5


@pytest.mark.parametrize("said", [0.4, 65, "fast", True, None, "nan", float("nan")])
def test_a_speed_is_from_a_half_to_64_or_max(said: object) -> None:
    with pytest.raises(BadSpeed):
        speed_of(said)


def recorded(changes: list[tuple[Change, int]]) -> list[Commit]:
    """Return commits of the changes at the seconds given; empty ones leave none."""
    made, after = [], len(START)
    for change, second in changes:
        if change.events:
            at = BEGAN + timedelta(seconds=second)
            made.append(Commit(after=after, events=change.events, by=DM, at=at))
            after = made[-1].version
    return made


async def bytes_of(of: list[Commit]) -> list[bytes]:
    """Return every byte that ANN gets: of a replay, of a seek to each moment, of recap and state."""
    line = await Timeline.of(fold(START), len(START), read(of), Viewer(ANN))
    async with Table(line, playing=True) as table:
        await table.until(lambda: table.got[-1].get("index") == len(line))
        for moment in line.moments:
            await table.ask("replay:seek", version=moment.version)
        said = [json.dumps(message).encode() for message in table.got]
    told = recap(line, "The Marches", "Session 1")
    knew = json.dumps(known(line.final, Viewer(ANN)))
    return [*said, markdown(told).encode(), recap_html(told).encode(), knew.encode()]


@settings(max_examples=60, deadline=None)
@given(nights(12), st.data())
async def test_laws_a_players_replay_is_the_same_whatever_happened_in_secret(
    night: list[Any], data: st.DataObject
) -> None:
    night = [step for step in night if not reads_the_secret(step[0])]
    secret_at = data.draw(st.integers(0, len(night)))
    rooms: list[RoomState] = [fold(START), fold(START)]
    histories: list[list[tuple[Change, int]]] = [[], []]
    for second, step in enumerate([*night, None]):
        if second == secret_at:
            secret: tuple[Event, ...] = tuple(in_secret(rooms[1], ANN))
            change = Change(rooms[1], fold(secret, rooms[1]), secret)
            histories[1].append((change, second))
            rooms[1] = change.after
        if step is None:
            break
        for which, room in enumerate(rooms):
            change = next(iter(play(room, [step])), Change(room, room, ()))
            histories[which].append((change, second))
            rooms[which] = change.after
    open_, veiled = recorded(histories[0]), recorded(histories[1])
    # At least the secret is more; Ben may take back what it gave him.
    assert len(veiled) > len(open_)
    assert await bytes_of(veiled) == await bytes_of(open_)


@settings(max_examples=60, deadline=None)
@given(nights(15), st.sampled_from([ANN, DM]))
async def test_laws_a_client_of_a_replay_knows_what_each_moment_shows(
    night: list[Any], viewer: Any
) -> None:
    of = recorded([(change, n) for n, change in enumerate(play(fold(START), night))])
    line = await Timeline.of(fold(START), len(START), read(of), Viewer(viewer))
    played, sought = Table(line, playing=True), Table(line)
    async with played, sought:
        await played.until(lambda: played.got[-1].get("index") == len(line))
        client = ReferenceClient(viewer.is_dm)
        for message in played.got:
            if message["type"] == "session:state":
                client.opened(message)
            elif message["type"] == "replay:position":
                state = (await sought.ask("replay:seek", version=message["version"]))[0]
                fresh = ReferenceClient(viewer.is_dm)
                fresh.opened(state)
                assert client.knows() == fresh.knows()
            elif not message["type"].startswith(("replay:", "connected", "staged:")) or (
                message["type"] == "staged:changes" and "dropped" in message
            ):
                client.told({k: v for k, v in message.items() if k != "seq"})


def test_commits_of_the_record_count_on() -> None:
    assert [commit.version for commit in commits(START, START)] == [len(START), 2 * len(START)]
