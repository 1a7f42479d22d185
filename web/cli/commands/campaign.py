"""hexroom campaign: the campaigns of this server, for whoever runs it."""

import asyncio
from uuid import UUID

import click
import psycopg

from actors.runtime.clock import SystemClock
from events.core.state import Member, Role, RoomId, UserId
from events.record.integrity import head_text
from events.record.reader import Campaign
from events.transfer.reseal import campaigns_to_reseal, reseal
from web.accounts.admin_log import COMMAND_LINE, note
from web.campaigns.lifecycle import KEPT
from web.cli.context import Exit, Failure, Tools, run
from web.ops import admin_store


@click.group("campaign", short_help="List, delete, restore and reseal campaigns.")
def command() -> None:
    """List the campaigns of this server, delete them, take deletions back, and seal records anew."""


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


@command.command("reseal")
@click.argument("campaign", required=False)
@click.option("--all", "all_", is_flag=True, help="All campaigns whose rows name such people.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reseal_campaign(campaign: str | None, all_: bool, yes: bool) -> None:
    """Take the names of deleted accounts out of the stored rows of CAMPAIGN, and seal it anew.

    Nobody is shown these names anyhow; afterwards the database has them in no row. The campaign gets an
    entry that says so, and other hashes: heads that were kept of it do not fit any more. It is played on
    meanwhile. A record that does not hold is refused and stays as it is.
    """
    if (campaign is None) != all_:
        raise click.UsageError("either a campaign or --all")

    async def work(tools: Tools) -> None:
        naming = set(await asyncio.to_thread(campaigns_to_reseal, tools.owner_url))
        if campaign is None:
            names = {each.id: each.name for each in await tools.record.campaigns()}
            chosen = [Campaign(RoomId(id_), names.get(RoomId(id_), "?")) for id_ in sorted(naming)]
        else:
            chosen = [await tools.record.campaign(campaign)]
        if not naming.intersection(each.id for each in chosen):
            click.echo("no stored row names anybody whose account was deleted")
            return
        click.echo(f"to be sealed anew: {', '.join(each.name for each in chosen)}")
        if not yes:
            click.confirm("Heads that were kept of these will not fit any more. Go on?", abort=True)
        for each in chosen:
            await _reseal(tools, each)

    run(work)


async def _reseal(tools: Tools, campaign: Campaign) -> None:
    clock, id_ = SystemClock(), campaign.id
    by = Member(UserId(COMMAND_LINE), Role.DM)
    try:
        done = await asyncio.to_thread(reseal, tools.owner_url, id_, clock.now(), by)
    except psycopg.Error as error:
        raise Failure(
            f"{campaign.name} ({id_}) was not sealed anew ({str(error).splitlines()[0]}); nothing of it"
            " was changed: try again",
            Exit.FAILED,
        ) from None
    if done is None:
        return
    async with tools.database.pool.connection() as connection, connection.transaction():
        what = f"from version {done.since} on"
        await note(connection, clock, COMMAND_LINE, "record sealed anew", str(id_), what)
    click.echo(
        f"{campaign.name} ({id_}): sealed anew from version {done.since} on; its head was"
        f" {head_text(done.before)}, and is {head_text(done.after)}"
    )
