"""hexroom export: a campaign in one file."""

from pathlib import Path

import click

from events.core.state import Member, Role, UserId
from events.record.campaigns import CampaignRow
from events.record.reader import Campaign
from events.transfer.archive import write_archive
from web.cli.context import Exit, Failure, Tools, run, unwritable
from web.images.campaign_files import Pictures
from web.images.transfer import PixelsFound, pixels_of

_TABLES = """
SELECT created_by, created_at FROM campaign WHERE id = %s
"""
_MEMBERS = """
SELECT account_id, role, name FROM campaign_member
WHERE campaign_id = %s AND removed_at IS NULL ORDER BY joined_at, account_id
"""


@click.command("export", short_help="Write a campaign into one file.")
@click.argument("campaign")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--without-pictures", is_flag=True, help="Leave out the pictures under the grid.")
def command(campaign: str, file: str, without_pictures: bool) -> None:
    """Write CAMPAIGN into FILE: its events with their hashes, its map, pictures and members, no passwords.

    Imported elsewhere it verifies, and leads to the same state. Pictures are read and decoded
    first: one that is damaged is left out, and named. The server may be running: what happens after
    this was started is left out.
    """

    async def work(tools: Tools) -> None:
        chosen = await tools.record.campaign(campaign)
        tables, members = await _tables(tools, chosen)
        head = await tools.record.head(chosen.id)
        pool, pictures = tools.database.pool, Pictures(tools.settings.pictures)
        pixels = PixelsFound((), 0, ())
        if not without_pictures:
            pixels = await pixels_of(pool, pictures, chosen.id, head.version)
        target = Path(file)
        part = target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as archive:
                manifest = await write_archive(
                    tools.journal, archive, tables, members, head.version, pixels=pixels.whole
                )
            part.replace(target)
        except OSError as error:
            if error.filename is not None and Path(error.filename) != part:
                raise Failure(
                    f"cannot read {error.filename}: {error.strerror}", Exit.FILE
                ) from None
            unwritable(file, error)
        finally:
            part.unlink(missing_ok=True)
        click.echo(f"{manifest.events} events, state {manifest.state}", err=True)
        for why in pixels.damaged:
            click.echo(f"left out: {why}", err=True)
        if pixels.not_kept:
            folder = tools.settings.pictures
            click.echo(
                f"without the pixels of {pixels.not_kept} pictures: not kept in {folder}", err=True
            )

    run(work)


async def _tables(tools: Tools, campaign: Campaign) -> tuple[CampaignRow, tuple[Member, ...]]:
    async with tools.database.pool.connection() as connection:
        row = await (await connection.execute(_TABLES, (campaign.id,))).fetchone()
        assert row is not None, "it was found a moment ago"
        cursor = await connection.execute(_MEMBERS, (campaign.id,))
        members = tuple(
            Member(UserId(user), Role(role), name) for user, role, name in await cursor.fetchall()
        )
    return CampaignRow(campaign.id, campaign.name, UserId(row[0]), row[1]), members
