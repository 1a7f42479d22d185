"""A replay in a terminal: captions, the map as the viewer saw it, and keys to control it."""

import asyncio
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from events.core.messages import JSON
from events.replay.pacing import FASTEST, MAX, SLOWEST, speed_word
from events.replay.player import Replay
from events.replay.timeline import Timeline
from web.cli.terminal_map import terminal_map

KEYS: Final = "space pause   ← → step   PgUp PgDn ten steps   Home End   + − speed   q quit"
KIND_SIGNS: Final = {
    "session": ("◆", "bold yellow"),
    "staging": ("▤", "magenta"),
    "reveal": ("◉", "bold green"),
    "hide": ("○", "red"),
    "token": ("●", "cyan"),
    "note": ("✎", "blue"),
    "terrain": ("▲", "white"),
    "presence": ("☺", "bright_black"),
    "other": ("·", "bright_black"),
}

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
_SEQUENCES: Final = {
    b"\x1b[C": "right",
    b"\x1b[D": "left",
    b"\x1b[5~": "page_up",
    b"\x1b[6~": "page_down",
    b"\x1b[H": "home",
    b"\x1b[1~": "home",
    b"\x1bOH": "home",
    b"\x1b[F": "end",
    b"\x1b[4~": "end",
    b"\x1bOF": "end",
    b"\x1bOC": "right",
    b"\x1bOD": "left",
}


class TerminalReplay:
    """One replay on the whole screen, until it is left with q."""

    def __init__(
        self, timeline: Timeline, title: str, console: Console, *, speed: float, playing: bool
    ) -> None:
        self._title = title
        self._console = console
        self._replay = Replay(timeline, self._moved, speed=speed, playing=playing)
        self._left = asyncio.Event()
        self._ended_by: signal.Signals | None = None
        self._dirty = asyncio.Event()

    async def run(self) -> None:
        """Play until the viewer leaves; the terminal is put back in any case.

        Raise SystemExit where a signal ended it: the terminal may be closed, or the machine go down.
        """
        loop = asyncio.get_running_loop()
        playing = asyncio.create_task(self._replay.run())
        live = Live(self._screen(), console=self._console, screen=True, auto_refresh=False)
        terminal = RawTerminal(sys.stdin.fileno(), live)
        with (
            told_of_signals(self._end, *_ENDING),
            told_of_signals(lambda _: self._dirty.set(), signal.SIGWINCH),
            told_of_signals(lambda _: self._suspend(terminal), signal.SIGTSTP),
            terminal,
        ):
            loop.add_reader(sys.stdin.fileno(), self._pressed)
            drawing = asyncio.create_task(self._draw(live))
            try:
                leaving = asyncio.create_task(self._left.wait())
                await asyncio.wait({playing, drawing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                loop.remove_reader(sys.stdin.fileno())
                for task in (playing, drawing, leaving):
                    task.cancel()
                await asyncio.gather(playing, drawing, leaving, return_exceptions=True)
        if self._ended_by is not None:
            raise SystemExit(128 + self._ended_by)

    def _end(self, number: signal.Signals) -> None:
        self._ended_by = number
        self._left.set()

    def _suspend(self, terminal: "RawTerminal") -> None:
        """Give the terminal to the shell, and take it again when the shell lets us go on."""
        terminal.give_back()
        with signal_by_default(signal.SIGTSTP):
            signal.raise_signal(signal.SIGTSTP)
        terminal.take()
        self._dirty.set()

    async def _moved(self, _: list[dict[str, JSON]]) -> None:
        self._dirty.set()

    async def _draw(self, live: Live) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            live.update(self._screen(), refresh=True)
            # Not oftener than a terminal can show, however fast the replay is.
            await asyncio.sleep(0.04)

    def _pressed(self) -> None:
        for key in keys_in(os.read(sys.stdin.fileno(), 256)):
            self._press(key)

    def _press(self, key: str) -> None:
        replay = self._replay
        line = replay.timeline
        match key:
            case "q" | "Q" | "\x03" | "\x04":
                self._left.set()
            case " " | "p":
                self._ask({"type": "replay:pause" if replay.playing else "replay:play"})
            case "right" | "l" | "n":
                self._ask({"type": "replay:step", "by": 1})
            case "left" | "h" | "b":
                self._ask({"type": "replay:step", "by": -1})
            case "page_up":
                self._seek(max(replay.index - 10, 0))
            case "page_down":
                self._seek(min(replay.index + 10, len(line)))
            case "home" | "g":
                self._seek(0)
            case "end" | "G":
                self._seek(len(line))
            case "+" | "=":
                self._ask({"type": "replay:speed", "speed": speed_word(faster(replay.speed))})
            case "-" | "_":
                self._ask({"type": "replay:speed", "speed": speed_word(slower(replay.speed))})
            case _:
                pass

    def _seek(self, index: int) -> None:
        self._ask({"type": "replay:seek", "version": self._replay.timeline.version(index)})

    def _ask(self, command: dict[str, JSON]) -> None:
        if not self._replay.inbox.full():
            self._replay.inbox.put_nowait(command)

    def _screen(self) -> Layout:
        width, height = self._console.size
        screen = Layout()
        screen.split_column(
            Layout(self._head(), size=2), Layout(name="middle"), Layout(self._foot(width), size=4)
        )
        body_height = max(height - 6, 3)
        across = max(width * 11 // 20, 20)
        line, replay = self._replay.timeline, self._replay
        room = line.room(replay.index)
        screen["middle"].split_row(
            Layout(
                Panel(
                    terminal_map(room, line.viewer, across - 4, body_height - 2), title="In sight"
                ),
                size=across,
            ),
            Layout(Panel(self._story(body_height - 2), title="What happened")),
        )
        return screen

    def _head(self) -> Text:
        replay = self._replay
        line = replay.timeline
        at = line.at(replay.index)
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f" {self._title} ", style="bold reverse")
        member = line.viewer.member
        text.append(f"  as {member.name or member.user} ({member.role})", style="cyan")
        if at is not None:
            text.append(f"  {at:%d %b %Y %H:%M:%S} UTC", style="bold")
        return text

    def _story(self, height: int) -> Text:
        line, index = self._replay.timeline, self._replay.index
        text = Text(no_wrap=True, overflow="ellipsis")
        first = max(0, min(index - height * 2 // 3, len(line) - height))
        for number in range(first, min(first + height, len(line))):
            moment = line.moments[number]
            sign, style = KIND_SIGNS[moment.kind]
            is_past = number < index
            text.append("▶" if number == index - 1 else " ", style="bold yellow")
            text.append(f"{moment.at:%H:%M:%S} ", style="dim")
            text.append(f"{sign} ", style=style if is_past else "dim")
            # What is still to come is not given away.
            text.append((moment.caption if is_past else "…") + "\n", style="" if is_past else "dim")
        return text

    def _foot(self, width: int) -> Group:
        replay = self._replay
        count, index = len(replay.timeline), replay.index
        state = "playing" if replay.playing else "at the end" if replay.at_end else "paused"
        row = Table.grid(expand=True)
        row.add_column()
        row.add_column(justify="right")
        speed = "max" if replay.speed == MAX else f"{replay.speed:g}×"
        row.add_row(
            Text(f" {state}", style="bold green" if replay.playing else "bold yellow"),
            Text(f"{index} of {count}   {speed} "),
        )
        return Group(row, progress(replay.timeline, index, width), Text(f" {KEYS}", style="dim"))


def progress(line: Timeline, index: int, width: int) -> Text:
    """Return a bar of where the replay stands, with the marks of the timeline in it."""
    cells = max(width - 2, 1)
    count = max(len(line), 1)
    marks = {
        min(number * cells // count, cells - 1): KIND_SIGNS[moment.kind]
        for number, moment in enumerate(line.moments)
        if moment.kind in ("session", "reveal", "hide", "staging")
    }
    played = index * cells // count
    text = Text(" ", no_wrap=True)
    for cell in range(cells):
        sign, style = marks.get(cell, ("━", "green" if cell < played else "bright_black"))
        text.append(sign, style=style if cell < played else f"dim {style}")
    return text


def faster(speed: float) -> float:
    """Return the next speed up: double, then without pauses."""
    return MAX if speed >= FASTEST else min(speed * 2, FASTEST)


def slower(speed: float) -> float:
    """Return the next speed down."""
    return FASTEST if speed == MAX else max(speed / 2, SLOWEST)


def keys_in(pressed: bytes) -> Iterator[str]:
    """Yield the keys that a terminal sent: arrows and the like by name, others as they are."""
    while pressed:
        sequence = next((code for code in _SEQUENCES if pressed.startswith(code)), None)
        if sequence is not None:
            yield _SEQUENCES[sequence]
            pressed = pressed[len(sequence) :]
            continue
        if pressed.startswith(b"\x1b"):
            # An unknown sequence is passed over, up to its letter.
            end = next((n for n, c in enumerate(pressed[1:], 1) if chr(c).isalpha() or c == 126), 0)
            pressed = pressed[end + 1 :]
            continue
        yield chr(pressed[0])
        pressed = pressed[1:]


@contextmanager
def told_of_signals(
    tell: Callable[[signal.Signals], object], *numbers: signal.Signals
) -> Iterator[None]:
    """Have the running loop call the function instead of what the signals do by default."""
    loop = asyncio.get_running_loop()
    for number in numbers:
        loop.add_signal_handler(number, tell, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


@contextmanager
def signal_by_default(number: signal.Signals) -> Iterator[None]:
    """Let a signal do meanwhile what it does in a program that knows nothing of it."""
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


class RawTerminal:
    """A terminal that is ours: a screen of its own, keys as they are pressed, unseen.

    Afterwards, and while it is given back, the terminal is as it was.
    """

    def __init__(self, descriptor: int, live: Live) -> None:
        self._descriptor = descriptor
        self._live = live
        self._before = termios.tcgetattr(descriptor)

    def take(self) -> None:
        tty.setcbreak(self._descriptor)
        self._live.start(refresh=True)

    def give_back(self) -> None:
        try:
            self._live.stop()
        finally:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def __enter__(self) -> None:
        try:
            self.take()
        except BaseException:
            self.give_back()
            raise

    def __exit__(self, *_: object) -> None:
        self.give_back()
