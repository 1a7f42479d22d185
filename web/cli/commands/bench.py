"""hexroom bench: what a server's tables would feel under a load."""

import json
from collections.abc import Mapping
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from web.cli.context import Exit, Failure, notes, run_alone
from web.cli.load import LoadError, Measured, Plan, load

MOST_ROOMS: Final = 50
MOST_PLAYERS: Final = 20
"""As many guests as may join from one address in a minute."""
_MEANS: Final = {
    "rate_limited": " (HEXROOM_COMMANDS_PER_SECOND; a lower --rate stays below it)",
    "busy": " (more at once than the room or the node takes)",
    "unavailable": " (the database did not answer)",
}


@click.command("bench", short_help="Measure a running server under a load.")
@click.argument("url")
@click.option(
    "--token",
    envvar="HEXROOM_TOKEN",
    help="A token of an account there; better in HEXROOM_TOKEN, which no list of processes shows.",
)
@click.option("--rooms", default=1, show_default=True, type=click.IntRange(1, MOST_ROOMS))
@click.option(
    "--players",
    default=5,
    show_default=True,
    type=click.IntRange(0, MOST_PLAYERS),
    help="Guests in each room, the same in all.",
)
@click.option(
    "--rate",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0, 1000),
    help="Commands a second of each room; 0: as many as the answers allow.",
)
@click.option(
    "--window",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Commands of a room under way at once, with --rate 0.",
)
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(1, 600))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(
    url: str,
    token: str | None,
    rooms: int,
    players: int,
    rate: float,
    window: int,
    seconds: float,
    as_json: bool,
) -> None:
    """Measure the server at URL, as its people would feel it.

    A DM in each room reveals one hex after another. The figures are the time until the answer, and
    until each player has the hex, both seen from here. The campaigns are opened for this and
    deleted at the end; the guests' names stay on the server's list of guests. A server refuses more
    commands a second than HEXROOM_COMMANDS_PER_SECOND, and its other tables feel the load.
    """
    if token is None:
        raise click.UsageError(
            "whose campaigns are they to be? Make a token (docs/how-to/write-a-bot.md) and set "
            "HEXROOM_TOKEN"
        )
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("URL begins with http:// or https://")
    plan = Plan(url.rstrip("/"), token, rooms, players, rate, window, seconds)

    async def work() -> None:
        with _bar() as bar:
            task = bar.add_task("connecting", total=1.0)
            try:
                measured = await load(
                    plan,
                    lambda step, part: bar.update(task, description=step, completed=part),
                )
            except LoadError as error:
                raise Failure(str(error), Exit.FAILED) from None
        if as_json:
            click.echo(json.dumps(measured.report()))
        else:
            _show(measured)

    run_alone(work)


def _bar() -> Progress:
    """Return a bar on the terminal; where there is none, it draws nothing."""
    columns = (
        TextColumn("{task.description:>17}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
    )
    return Progress(*columns, console=notes(), transient=True)


def _show(measured: Measured) -> None:
    report = measured.report()
    table = Table("ms", "p50", "p90", "p99", "max")
    for title, key in (
        ("answer", "answerMs"),
        ("seen by a player", "seenMs"),
        ("connect", "connectMs"),
    ):
        figures: Mapping[str, float] | None = report[key]
        if figures:
            table.add_row(title, *(f"{figures[rank]:.1f}" for rank in ("p50", "p90", "p99", "max")))
    Console(highlight=False).print(table)
    click.echo(f"{report['commands']} commands answered, {report['commandsPerSecond']} a second")
    if measured.unseen:
        click.echo(f"{measured.unseen} answered reveals did not reach a player in time")
    for code, times in measured.refused.most_common():
        click.echo(f"{times} refused: {code}{_MEANS.get(code, '')}")
