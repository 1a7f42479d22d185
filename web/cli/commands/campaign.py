"""hexroom campaign: the campaigns of this server, for whoever runs it."""

from uuid import UUID

import click

from actors.runtime.clock import SystemClock
from web.accounts.admin_log import COMMAND_LINE, note
from web.campaigns.lifecycle import KEPT
from web.cli.context import Exit, Failure, Tools, run
from web.ops import admin_store


@click.group("campaign", short_help="List, delete and restore campaigns.")
def command() -> None:
    """List the campaigns of this server, delete them, and take deletions back."""


@command.command("list")
def list_campaigns() -> None:
    """List the campaigns with their size, those played last first, deleted ones included."""

    async def work(tools: Tools) -> None:
        async with tools.database.pool.connection() as connection:
            rows = await admin_store.campaigns(connection, most=10_000)
        for row in rows:
            played = row.last_session_at
            last = "never played" if played is None else f"last played {played:%Y-%m-%d}"
            deleted = "" if row.deleted_at is None else f", deleted {row.deleted_at:%Y-%m-%d}"
            click.echo(
                f"{row.id}  {row.name}: {row.members} members, {row.events} events, {last}{deleted}"
            )

    run(work)


@command.command("delete")
@click.argument("campaign")
@click.confirmation_option("--yes", prompt="Its members will not find it any more. Go on?")
def delete(campaign: str) -> None:
    """Delete CAMPAIGN for its members. Its record stays; for thirty days it can be restored."""

    async def work(tools: Tools) -> None:
        chosen = await tools.record.campaign(campaign)
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            name = await admin_store.delete_campaign(connection, chosen.id, clock.now())
            if name is None:
                raise Failure(f"{chosen.name} is deleted already", Exit.FAILED)
            await note(connection, clock, COMMAND_LINE, "campaign deleted", str(chosen.id), name)
        click.echo(f"{name} is deleted; hexroom campaign restore {chosen.id} takes that back")

    run(work)


@command.command("restore")
@click.argument("campaign", type=click.UUID)
def restore(campaign: UUID) -> None:
    """Take back the deletion of CAMPAIGN, named by its id, in the thirty days after it."""

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            name = await admin_store.restore_campaign(connection, campaign, clock.now(), KEPT)
            if name is None:
                raise Failure(
                    f"there is no campaign {campaign} that was deleted in the last thirty days",
                    Exit.NOT_FOUND,
                )
            await note(connection, clock, COMMAND_LINE, "campaign restored", str(campaign), name)
        click.echo(f"{name} is back")

    run(work)
