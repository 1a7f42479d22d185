"""hexroom knowledge: what a member knew at a moment, and how that differs from another view."""

from datetime import datetime
from typing import Any

import click
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.core.state import RoomState
from events.geometry.grid import Hex
from events.record.knowledge import difference, known
from web.cli.context import Tools, run
from web.cli.options import Time, moment, viewer_named


@click.command("knowledge", short_help="Show what a member knew at a moment.")
@click.argument("campaign")
@click.option("--as", "as_", metavar="USER", required=True, help="The member: an id or a name.")
@click.option("--at", type=Time(), help="When. Default: now.")
@click.option("--version", type=click.IntRange(1), help="When, as a version.")
@click.option(
    "--against", metavar="USER|TIME", help="Compare with another member, or another time."
)
@click.option("--json", "json_", is_flag=True, help="Write it as JSON.")
def command(
    campaign: str,
    as_: str,
    at: datetime | None,
    version: int | None,
    against: str | None,
    json_: bool,
) -> None:
    """Tell what a member of CAMPAIGN knew at a moment.

    With --against, also what another member did or did not know then, or the same one at
    another time.
    """

    async def work(tools: Tools) -> None:
        record = tools.record
        chosen = await record.campaign(campaign)
        standing = await moment(record, chosen.id, version, at)
        viewer = await viewer_named(record, standing, chosen.id, as_)
        own = known(standing.room, viewer)
        answer: dict[str, Any] = {
            "as": viewer.member.user, "version": standing.version, "known": own
        }  # fmt: skip
        if against is not None:
            if against[:4].isdigit() and "T" in against:
                later = Time().convert(against, None, None)
                other = await moment(record, chosen.id, None, later)
                others = known(other.room, viewer)
            else:
                versus = await viewer_named(record, standing, chosen.id, against)
                others = known(standing.room, versus)
            answer.update(against=against, difference=difference(own, others))
        if json_:
            click.echo(to_json(answer))
        else:
            _print(standing.room, viewer.member.name, answer)

    run(work)


def _print(room: RoomState, name: str, answer: dict[str, Any]) -> None:
    console = Console(highlight=False)
    hexes, tokens = answer["known"].get("hexes", {}), answer["known"].get("tokens", {})
    console.print(
        f"At version {answer['version']} {name} saw {len(hexes)} hexes, {len(tokens)} tokens."
    )
    if "difference" not in answer:
        console.print(", ".join(_label(room, key) for key in hexes))
        return
    parts = {
        part: of
        for part, of in answer["difference"].items()
        if part in ("hexes", "tokens", "notes")
    }
    if not any(any(of.values()) for of in parts.values()):
        console.print(f"No different from {answer['against']}.")
        return
    table = Table(show_edge=False)
    for title in ("What", f"only {name}", f"only {answer['against']}", "each otherwise"):
        table.add_column(title, overflow="fold")
    for part, of in parts.items():
        cells = [
            ", ".join(_label(room, key) for key in of[side])
            for side in ("only", "against", "unlike")
        ]
        table.add_row(Text(part), *(Text(cell) for cell in cells))
    console.print(table)


def _label(room: RoomState, key: str) -> str:
    try:
        return room.label(Hex.parse(key))
    except ValueError:
        return key
