"""hexroom fork: a new campaign from a moment of another."""

from uuid import UUID

import click

from actors.runtime.clock import SystemClock
from events.core.state import RoomId
from events.record.campaigns import first_dm
from events.text import BadName, clean_name
from events.transfer.fork import fork
from web.cli.context import Exit, Failure, Tools, run, unwritable
from web.images.campaign_files import Pictures
from web.images.transfer import shared


@click.command("fork", short_help="Make a new campaign from a moment of another.")
@click.argument("campaign")
@click.option("--at", "version", type=click.IntRange(1), help="The version. Default: the last one.")
@click.option("--name", required=True, help="What the new campaign is called.")
def command(campaign: str, version: int | None, name: str) -> None:
    """Make a new campaign with the history of CAMPAIGN up to a version; the old one stays as it is.

    Its only member is the campaign's DM, who invites the others; it has the pictures that lay under the grid.
    Prints the id of the new campaign.
    """
    try:
        called = clean_name(name)
    except BadName as error:
        raise click.UsageError(str(error)) from None

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        chosen = await tools.record.campaign(campaign)
        new = RoomId(UUID(int=clock.seed(), version=4))
        pool, pictures = tools.database.pool, Pictures(tools.settings.pictures)
        async with pool.connection() as connection:
            maker = await first_dm(connection, chosen.id)
        if maker is None:
            raise Failure("the campaign has no DM who could have the new one", Exit.NOT_FOUND)
        last = version or (await tools.record.head(chosen.id)).version
        try:
            async with shared(pool, pictures, chosen.id, last, new):
                await fork(
                    tools.record, pool, chosen.id, version, called,
                    id_=new, at=clock.now(), by=maker,
                )  # fmt: skip
        except OSError as error:
            unwritable(str(tools.settings.pictures), error)
        click.echo(new)

    run(work)
