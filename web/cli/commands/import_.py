"""hexroom import: a campaign out of a file that was exported elsewhere."""

from pathlib import Path

import click

from events.core.state import Member, Role, UserId
from events.journal.database.pool import Pool
from events.transfer.archive import ArchiveRefused, DamagedPicture, Which, read_archive
from web.cli.context import Exit, Failure, Tools, run
from web.images.campaign_files import Pictures
from web.images.transfer import PictureFileIntake

_ACCOUNT = """
SELECT id, name FROM account WHERE id = %(named)s OR lower(email) = lower(%(named)s)
"""


@click.command("import", short_help="Read a campaign from a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--dm", metavar="USER", help="An account here, by id or email, that becomes its DM.")
@click.option("--without-pictures", is_flag=True, help="Import none of the pictures.")
@click.option("--without-damaged", is_flag=True, help="Import the pictures that are not damaged.")
def command(file: str, dm: str | None, without_pictures: bool, without_damaged: bool) -> None:
    """Read a campaign from FILE, all of it or nothing.

    The hash chain is checked, that the events lead to the state that was exported, and the pixels of
    its pictures, which go into the data folder: run it where the server would. Members
    who are not known here become guests, who cannot sign in: --dm makes somebody its DM.
    A damaged picture has the file refused, unless an option leaves it out; it is named then.
    """
    which = Which.NONE if without_pictures else Which.WHOLE if without_damaged else Which.ALL
    left_out: list[str] = []
    gone: list[int] = []

    async def work(tools: Tools) -> None:
        pool = tools.database.pool
        owner = None if dm is None else await _owner(pool, dm)
        try:
            async with PictureFileIntake(Pictures(tools.settings.pictures)) as intake:
                manifest = await read_archive(
                    pool, Path(file), intake, owner,
                    pictures=which, left_out=left_out.append, nameless=gone.append,
                )  # fmt: skip
        except DamagedPicture as error:
            raise Failure(
                f"{file}: {error}; --without-damaged imports the rest", Exit.REFUSED
            ) from None
        except ArchiveRefused as error:
            raise Failure(f"{file}: {error}", Exit.REFUSED) from None
        except OSError as error:
            raise Failure(f"cannot import {file}: {error.strerror}", Exit.FILE) from None
        for why in left_out:
            click.echo(f"left out: {why}", err=True)
        for persons in gone:
            click.echo(
                f"{persons} of its people deleted their accounts here: it is stored without their"
                " names, under other hashes than in the file",
                err=True,
            )
        taken = len(manifest.pictures) - len(left_out)
        pictures = f", {taken} pictures" if manifest.pictures else ""
        click.echo(
            f"{manifest.campaign} {manifest.name}: {manifest.events} events{pictures}, it verifies"
        )

    run(work)


async def _owner(pool: Pool, named: str) -> Member:
    async with pool.connection() as connection:
        row = await (await connection.execute(_ACCOUNT, {"named": named})).fetchone()
    if row is None:
        raise Failure(f"there is no account {named!r} here", Exit.NOT_FOUND)
    return Member(UserId(row[0]), Role.DM, row[1])
