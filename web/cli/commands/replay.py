"""hexroom replay: plays a session in the terminal, or as its messages."""

import asyncio
import sys
from collections.abc import AsyncIterable
from datetime import datetime
from typing import Final

import click
from pydantic_core import to_json
from rich.console import Console
from rich.text import Text

from events.core.canonical import state_hash
from events.core.state import Member, Role, RoomState, UserId
from events.journal import Commit
from events.journal.chain import Fault
from events.journal.folding import fold_all
from events.record.integrity import checked
from events.record.reader import Campaign, NumberedSession, Span
from events.record.viewpoint import Viewer
from events.replay.pacing import MAX, BadSpeed, pause_s, speed_of
from events.replay.playback import played
from events.replay.timeline import Step, Timeline, state_messages
from web.cli.context import Exit, Failure, Tools, notes, run
from web.cli.stdin import InputLines
from web.cli.terminal_replay import KIND_SIGNS, TerminalReplay

DM: Final = Viewer(Member(UserId(""), Role.DM, "the DM"))


class Speed(click.ParamType[float]):
    name = "speed"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            return speed_of(value)
        except BadSpeed as error:
            self.fail(str(error), param, ctx)


@click.command("replay", short_help="Play a session again.")
@click.argument("campaign")
@click.option("--session", help="The N-th session, or its id. Default: the last one.")
@click.option("--from", "start", type=click.IntRange(1), help="Start at this version.")
@click.option("--to", "stop", type=click.IntRange(1), help="Stop after this version.")
@click.option("--as", "as_", metavar="USER", help="Show it as this member saw it: an id or a name.")
@click.option("--speed", type=Speed(), default="8", show_default=True, help="0.5 to 64, or max.")
@click.option("--step", is_flag=True, help="Wait for a key before each moment.")
@click.option("--state-hash", "hash_", is_flag=True, help="Print the hash of the state at the end.")
@click.option("--json", "json_", is_flag=True, help="Write the live messages, one per line.")
@click.option("--force", is_flag=True, help="Continue past rows that were tampered with.")
def command(
    campaign: str,
    session: str | None,
    start: int | None,
    stop: int | None,
    as_: str | None,
    speed: float,
    step: bool,
    hash_: bool,
    json_: bool,
    force: bool,
) -> None:
    """Play a session of CAMPAIGN again, in a DM's eyes or in those of a member.

    CAMPAIGN is an id, a name, or the beginning of one that no other has. In a terminal the keys
    pause, step and seek; into a file or a pipe each moment is a line. Pauses are scaled by the
    speed, and none lasts longer than five seconds. The server may be running.
    """
    if session is not None and (start is not None or stop is not None):
        raise click.UsageError("either --session, or --from and --to")

    async def work(tools: Tools) -> None:
        chosen = await tools.record.campaign(campaign)
        span, name = await _span(tools, chosen, session, start, stop)
        state_at = tools.record.whole_state if hash_ else tools.record.state
        before = await state_at(chosen.id, span.after)
        viewer = DM if as_ is None else await tools.record.viewer(chosen.id, as_)
        commits = checked(tools.journal, chosen.id, span, _teller(force=force))
        title = f"{chosen.name}, {name}"
        # Read to its end first: what is broken is said before anything is shown.
        if json_ or (hash_ and speed == MAX):
            final = await fold_all(before, commits)
            if json_:
                again = checked(tools.journal, chosen.id, span, lambda fault: None)
                await _write_messages(before, again, viewer, speed)
            if hash_:
                click.echo(state_hash(final).hex())
            return
        line = await Timeline.of(before, span.after, commits, viewer)
        if sys.stdin.isatty() and sys.stdout.isatty():
            screen = TerminalReplay(line, title, Console(), speed=speed, playing=not step)
            await screen.run()
        else:
            await _write_lines(line, title, speed, step=step)
        if hash_:
            click.echo(state_hash(line.final).hex())

    run(work)


async def _span(
    tools: Tools, campaign: Campaign, session: str | None, start: int | None, stop: int | None
) -> tuple[Span, str]:
    record = tools.record
    if start is not None or stop is not None:
        span = await record.between(campaign.id, start or 1, stop)
        return span, f"versions {span.after + 1} to {span.upto}"
    chosen: NumberedSession
    if session is None:
        sessions = await record.sessions(campaign.id)
        if not sessions:
            return await record.span(campaign.id), "everything"
        chosen = sessions[-1]
    else:
        chosen = await record.session(campaign.id, session)
    return await record.span(campaign.id, chosen), chosen.name


def _teller(*, force: bool) -> "_Teller":
    return _Teller(force)


class _Teller:
    """Says what is broken; without force that is the end."""

    def __init__(self, force: bool) -> None:
        self._force = force

    def __call__(self, fault: Fault) -> None:
        if not self._force:
            raise Failure(f"the record is broken at {fault}; --force goes on", Exit.DAMAGED)
        notes().print(f"the record is broken at {fault}", style="bold red", markup=False)


async def _write_messages(
    room: RoomState, commits: AsyncIterable[Commit], viewer: Viewer, speed: float
) -> None:
    out = sys.stdout.buffer
    member = viewer.at(room)
    out.write(to_json({"type": "connected", "userId": member.user, "role": member.role}) + b"\n")
    for message in state_messages(room, viewer):
        out.write(to_json({**message, "seq": 0}) + b"\n")
    before: datetime | None = None
    async for at, messages in played(room, commits, viewer):
        if before is not None and speed != MAX:
            out.flush()
            await asyncio.sleep(pause_s(before, at, speed))
        before = at
        out.writelines(message + b"\n" for message in messages)
    out.flush()


async def _write_lines(line: Timeline, title: str, speed: float, *, step: bool) -> None:
    console, lines = Console(highlight=False, soft_wrap=True), InputLines()
    console.print(Text(title, style="bold"))
    before: datetime | None = None
    for current in line.steps():
        moment = current.moment
        if step:
            await lines.next()
        elif before is not None and speed != MAX:
            await asyncio.sleep(pause_s(before, moment.at, speed))
        before = moment.at
        _write_line(console, current)


def _write_line(console: Console, step: Step) -> None:
    sign, style = KIND_SIGNS[step.moment.kind]
    text = Text(f"{step.moment.at:%H:%M:%S}  {step.moment.version:>6}  ", style="dim")
    text.append(f"{sign} ", style=style)
    console.print(text.append(step.moment.caption, style="not dim"))
