"""hexroom backup: the whole server in one file."""

import asyncio
from pathlib import Path

import click

from actors.runtime.clock import SystemClock
from events.transfer.backup import BackupRefused, Contents, write_backup
from web.cli.context import Exit, Failure, owner_url, run_alone, unwritable
from web.settings import Settings
from web.version import hexroom_version


@click.command("backup", short_help="Write the whole server into one file.")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--force", is_flag=True, help="Replace an existing file.")
def command(file: str, force: bool) -> None:
    """Write the database and all pictures into FILE, consistent, also while a server runs on them.

    `hexroom restore FILE` makes the same server of it elsewhere. The file holds everything that the
    DMs know, and the hashes of passwords: keep it as you keep the server.
    """
    target = Path(file).absolute()
    if target.exists() and not force:
        raise Failure(f"{file} is there already: --force replaces it", Exit.FILE)

    async def work() -> None:
        settings = Settings()
        async with owner_url(settings) as url:
            try:
                contents = await asyncio.to_thread(
                    write_backup,
                    url,
                    settings.pictures,
                    target,
                    SystemClock().now(),
                    hexroom_version(),
                )
            except OSError as error:
                unwritable(file, error)
            except BackupRefused as error:
                raise Failure(str(error), Exit.FAILED) from None
        click.echo(f"{file}: {in_words(contents)}")

    run_alone(work)


def in_words(contents: Contents) -> str:
    """Return what a backup holds, for people."""
    return (
        f"{contents.campaigns} campaigns, {contents.events} events, {contents.pictures} picture files,"
        f" made {contents.made_at:%Y-%m-%d %H:%M} UTC by Hexroom {contents.hexroom}"
    )
