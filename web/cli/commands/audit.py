"""hexroom audit: who did what, when, to whom; as a page to print, or as rows."""

import sys
from typing import Final, cast, get_args

import click

from events.geometry.grid import BadHexKey
from events.report.build import Format, audit
from events.report.export import ParquetMissing
from events.report.exposures import exposed
from web.cli.context import Exit, Failure, Tools, run, write_file
from web.history.reports import hex_called
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures

TEXT: Final = "text"


@click.command("audit", short_help="Report who did what, when, to whom.")
@click.argument("campaign")
@click.option("--session", help="The N-th session, or its id. Default: the whole campaign.")
@click.option("--hex", "hex_", metavar="HEX", help="Only what concerns one hex, by key or label.")
@click.option(
    "--format",
    "format_",
    type=click.Choice([*get_args(Format), TEXT]),
    help="Default: html; with --hex on standard output text, who was shown it and when.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    help="The file to write. Default: standard output.",
)
def command(
    campaign: str, session: str | None, hex_: str | None, format_: str | None, out: str
) -> None:
    """Report who did what in CAMPAIGN, when, and to whom: a page that prints well, or rows.

    For each player it tells what they were shown, and when that was handed to a client of
    theirs. With --hex it answers who revealed a hex, when, to whom, and whether it was seen.
    """
    if format_ is None:
        format_ = TEXT if hex_ is not None and out == "-" else "html"
    if format_ == "parquet" and out == "-" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for a terminal: name a file with --out")

    async def work(tools: Tools) -> None:
        record = tools.record
        chosen = await record.campaign(campaign)
        picked = None if session is None else await record.session(chosen.id, session)
        report = await audit(record, tools.database.pool, chosen.id, chosen.name, picked)
        try:
            at = None if hex_ is None else hex_called(report.report.after, hex_)
            report = report if at is None else report.about(at)
            if format_ == TEXT:
                content = exposed(report.report, at).encode()
            else:
                painter = BackdropRenderer(Pictures(tools.settings.pictures), chosen.id).webp
                content = report.written(cast(Format, format_), painter)
        except BadHexKey as error:
            raise Failure(str(error), Exit.NOT_FOUND) from None
        except ParquetMissing as error:
            raise Failure(str(error), Exit.FAILED) from None
        write_file(out, content)

    run(work)
