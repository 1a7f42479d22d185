"""hexroom recap: what happened, to be told to those who were away."""

import os
from pathlib import Path

import click

from events.record.viewpoint import ALL_PLAYERS, DM
from events.report.recap import markdown, recap_html
from web.cli.context import Tools, run, write_file
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures
from web.recaps.animation import animated
from web.recaps.read import read_recap


@click.command("recap", short_help="Tell what happened in a session.")
@click.argument("campaign")
@click.option("--session", help="The N-th session, or its id. Default: the last one.")
@click.option(
    "--as",
    "as_",
    default="players",
    show_default=True,
    metavar="USER|players|dm",
    help="The audience: a member, players (what all of them may know), or dm.",
)
@click.option("--format", "format_", type=click.Choice(["md", "html"]), default="md")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    help="The file to write. Default: standard output.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False),
    help="Also write an animated map, .webp or .gif; Markdown embeds it.",
)
def command(
    campaign: str, session: str | None, as_: str, format_: str, out: str, picture: str | None
) -> None:
    """Tell what happened in a session of CAMPAIGN, safe for the audience that is chosen."""
    kind = Path(picture).suffix.lower() if picture else ""
    if picture and kind not in (".webp", ".gif"):
        raise click.UsageError("a picture is .webp or .gif")

    async def work(tools: Tools) -> None:
        record = tools.record
        chosen = await record.campaign(campaign)
        sessions = await record.sessions(chosen.id)
        named = session or (sessions[-1].id if sessions else "1")
        picked = await record.session(chosen.id, named)
        match as_:
            case "players":
                viewer = ALL_PLAYERS
            case "dm":
                viewer = DM
            case _:
                viewer = await record.viewer(chosen.id, as_)
        recap = await read_recap(record, chosen.id, chosen.name, picked, viewer)
        renderer = BackdropRenderer(Pictures(tools.settings.pictures), chosen.id)
        if picture:
            write_file(picture, animated(recap, "gif" if kind == ".gif" else "webp", renderer))
        if format_ == "html":
            text = recap_html(recap, renderer.webp)
        else:
            text = markdown(recap, _seen_from(out, picture) if picture else None)
        write_file(out, text.encode())

    run(work)


def _seen_from(out: str, picture: str) -> str:
    """Return how a text in a file names a picture in another; on standard output as it is."""
    return picture if out == "-" else Path(os.path.relpath(picture, Path(out).parent)).as_posix()
