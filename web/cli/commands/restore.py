"""hexroom restore: a server out of a backup."""

import asyncio
import sys
from pathlib import Path

import click

from events.journal.chain import Fault
from events.record.integrity import prove
from events.transfer.backup import BackupRefused, read_contents, restore_backup
from web.cli.commands.backup import in_words
from web.cli.context import Exit, Failure, owner_url, run, run_alone
from web.cli.context import Tools as OpenTools
from web.settings import Settings


@click.command("restore", short_help="Restore a server from a backup.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Read the file and compare its hashes; change nothing.")
def command(file: str, check: bool) -> None:
    """Fill an empty database and the data folder from FILE, then check every hash chain.

    The database is the one that HEXROOM_DATABASE_URL names, else a new one in HEXROOM_DATA_DIR. One
    that is not empty is refused, and so is a file that is damaged or of a newer version.
    """

    async def work() -> None:
        settings = Settings()
        try:
            if check:
                click.echo(in_words(await asyncio.to_thread(read_contents, Path(file))))
                return
            await asyncio.to_thread(read_contents, Path(file))
            async with owner_url(settings, make=True) as url:
                contents = await asyncio.to_thread(
                    restore_backup, url, settings.pictures, Path(file)
                )
        except BackupRefused as error:
            raise Failure(f"{file}: {error}", Exit.REFUSED) from None
        except OSError as error:
            raise Failure(f"cannot restore {file}: {error.strerror or error}", Exit.FILE) from None
        click.echo(f"restored {in_words(contents)}")

    run_alone(work)
    if not check:
        run(_verify)


async def _verify(tools: OpenTools) -> None:
    damaged = False
    for campaign in await tools.record.campaigns():
        last = (await tools.record.head(campaign.id)).version
        proof = await prove(tools.journal, campaign.id, last, None, lambda _: None)
        if isinstance(proof, Fault):
            damaged = True
            click.echo(f"{campaign.name} ({campaign.id}): DAMAGED at {proof}")
    click.echo("some records do not hold" if damaged else "every record verifies")
    if damaged:
        sys.exit(Exit.DAMAGED)
