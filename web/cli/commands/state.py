"""hexroom state: a campaign as any member saw it at any moment."""

from datetime import datetime

import click
from pydantic_core import to_json
from rich.console import Console
from rich.text import Text

from events.core.canonical import state_hash
from events.replay.timeline import state_messages, time_word
from web.cli.context import Tools, run
from web.cli.options import Time, moment, viewer_named
from web.cli.terminal_map import legend, terminal_map


@click.command("state", short_help="Show a campaign as it stood at a moment.")
@click.argument("campaign")
@click.option("--version", type=click.IntRange(1), help="After this version.")
@click.option("--at", type=Time(), help="At this time, such as 2026-01-31T20:15:00Z.")
@click.option("--as", "as_", metavar="USER", help="Show it as this member saw it: an id or a name.")
@click.option("--json", "json_", is_flag=True, help="Write the message session:state.")
@click.option("--state-hash", "hash_", is_flag=True, help="Print only the hash of the whole state.")
def command(
    campaign: str,
    version: int | None,
    at: datetime | None,
    as_: str | None,
    json_: bool,
    hash_: bool,
) -> None:
    """Show CAMPAIGN as it stood at a moment, by default now, in a DM's eyes or in a member's."""

    async def work(tools: Tools) -> None:
        chosen = await tools.record.campaign(campaign)
        standing = await moment(tools.record, chosen.id, version, at)
        viewer = await viewer_named(tools.record, standing, chosen.id, as_)
        if hash_:
            whole = await tools.record.whole_state(chosen.id, standing.version)
            click.echo(state_hash(whole).hex())
            return
        state = state_messages(standing.room, viewer)[0]
        if json_:
            place = {"version": standing.version, "at": time_word(standing.at)}
            click.echo(to_json({**state, **place}))
            return
        console = Console(highlight=False)
        console.print(Text(chosen.name, style="bold"))
        console.print(
            f"version {standing.version}, {standing.at:%d %b %Y %H:%M:%S} UTC, "
            f"as {viewer.member.name or viewer.member.user}"
        )
        here = [each["name"] for each in state["connectedPlayers"] if each["online"]]
        console.print(f"session {state['status']}; at the table: {', '.join(here) or 'nobody'}")
        console.print(
            f"{len(state['revealedHexes'])} hexes in sight, {len(state['tokens'])} tokens"
        )
        console.print(terminal_map(standing.room, viewer, console.width, 200))
        console.print(legend())

    run(work)
