"""hexroom user: the accounts of this server, for whoever runs it."""

from typing import Any, Final

import click
import psycopg

from actors.runtime.clock import SystemClock
from events.core.state import UserId
from events.text import BadName, clean_name
from web.accounts.admin_log import COMMAND_LINE, note
from web.accounts.resets import make_reset
from web.accounts.routes import NO_PASSWORD, clean_email, insert_account
from web.accounts.second_factor import switch_off
from web.accounts.sign_in_log import sign_in_lines
from web.accounts.sign_outs import end_sign_ins
from web.campaigns.forgetting import OnlyAdmin, OnlyDm, forget
from web.cli.context import Exit, Failure, Tools, run
from web.ops import admin_store
from web.settings import Settings

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_FIND: Final = """
SELECT id, name, email, is_admin FROM account
WHERE id = %(named)s OR lower(email) = lower(%(named)s) OR name = %(named)s
ORDER BY id = %(named)s DESC, lower(email) = lower(%(named)s) DESC NULLS LAST LIMIT 3
"""


_DELETED: Final = "SELECT FROM account WHERE id = %s AND forgotten_at IS NOT NULL"


@click.group("user", short_help="List, add, help, promote and delete accounts.")
def command() -> None:
    """List, add, help, promote and delete the accounts of this server. USER is an id, an e-mail or a name."""


@command.command("list")
@click.option(
    "--guests", is_flag=True, help="Include guests, who have neither e-mail nor password."
)
def list_users(guests: bool) -> None:
    """List the accounts, the newest first."""

    async def work(tools: Tools) -> None:
        async with tools.database.pool.connection() as connection:
            rows = await admin_store.people(connection, guests=guests, most=100_000)
        for person in rows:
            used = person.last_seen_at
            last_seen = "never signed in" if used is None else f"last here {used:%Y-%m-%d}"
            admin = ", admin" if person.is_admin else ""
            click.echo(
                f"{person.id}  {person.name} <{person.email or 'guest'}>{admin}:"
                f" since {person.created_at:%Y-%m-%d}, {last_seen}, {person.campaigns} campaigns"
            )
        if not rows:
            click.echo("there are no accounts yet: the first one to sign up becomes the admin")

    run(work)


@command.command("add")
@click.argument("name")
@click.argument("email")
def add(name: str, email: str) -> None:
    """Add an account, and print the link by which its owner chooses a password."""
    try:
        name, email = clean_name(name), clean_email(email)
    except (BadName, ValueError) as error:
        raise Failure(str(error), Exit.USAGE) from None

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection:
            try:
                async with connection.transaction():
                    user = await insert_account(connection, clock, name, email, NO_PASSWORD)
                    token = await make_reset(connection, clock, user)
                    await note(connection, clock, COMMAND_LINE, "account added", user)
            except psycopg.errors.UniqueViolation:
                raise Failure(f"there is an account with {email} already", Exit.FAILED) from None
        click.echo(_link(tools.settings, token))

    run(work)


@command.command("reset")
@click.argument("user")
@click.option(
    "--second-factor",
    is_flag=True,
    help="Switch the second factor off instead, for who lost app, passkeys and recovery codes.",
)
@click.option("--yes", is_flag=True, help="Do not ask before the second factor is switched off.")
def reset(user: str, second_factor: bool, yes: bool) -> None:
    """Print a link that sets a new password for USER, once, within an hour; then every sign-in and token ends."""
    if second_factor:
        if not yes:
            click.confirm("Their app and passkeys will be asked for no more. Go on?", abort=True)
        return _reset_factor(user)

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            id_, name, email, _ = await _account(connection, user)
            if email is None:
                raise Failure(
                    f"{name} is a guest and has no password: their DM can make them a way back",
                    Exit.FAILED,
                )
            token = await make_reset(connection, clock, id_)
            await note(connection, clock, COMMAND_LINE, "reset link made", id_)
        click.echo(_link(tools.settings, token))

    run(work)


@command.command("promote")
@click.argument("user")
def promote(user: str) -> None:
    """Make USER an admin of the server."""
    _set_admin(user, is_admin=True)


@command.command("demote")
@click.argument("user")
def demote(user: str) -> None:
    """Take the admin's rights from USER; the last admin keeps them."""
    _set_admin(user, is_admin=False)


@command.command("sign-out")
@click.argument("user")
@click.confirmation_option(
    "--yes", prompt="All their browsers and bots have to sign in again. Go on?"
)
def sign_out(user: str) -> None:
    """End every sign-in and bearer token of USER; open tables close within seconds."""

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            id_, name, _, _ = await _account(connection, user)
            ended = await end_sign_ins(connection, id_, clock.now())
            await note(connection, clock, COMMAND_LINE, "signed out everywhere", id_)
        click.echo(f"{name}: {len(ended)} sign-ins and tokens ended")

    run(work)


@command.command("delete")
@click.argument("user")
@click.confirmation_option("--yes", prompt="Their seats, sign-ins and name go for good. Go on?")
def delete(user: str) -> None:
    """Delete the account of USER, or a guest, for somebody who cannot do it themselves any more.

    It is what "Delete my account" does: sign-ins, tokens, e-mail, seats and the name go at once, and the
    record says "a former member". Their tables close within seconds; a table where others sit lists them
    for a minute, or with HEXROOM_RESEAL=0 until it rests. Refused for the only DM of a campaign with others, and for the only admin.
    """

    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            id_, name, _, _ = await _account(connection, user)
            row = await connection.execute(_DELETED, (id_,))
            if await row.fetchone() is not None:
                raise Failure("this account is deleted already", Exit.FAILED)
            try:
                gone = await forget(connection, id_, clock.now())
            except OnlyAdmin:
                raise Failure(
                    "this is the last admin: promote another one first", Exit.FAILED
                ) from None
            except OnlyDm as needed:
                raise Failure(
                    f"{name} is the only DM of {needed}: have somebody else made a DM there, or delete it"
                    " with `hexroom campaign delete`, first",
                    Exit.FAILED,
                ) from None
            await note(connection, clock, COMMAND_LINE, "account deleted", id_)
        click.echo(f"the account {id_} is deleted: {len(gone.seats)} seats ended")

    run(work)


@command.command("log")
@click.option("--most", default=50, type=click.IntRange(1, 10_000), show_default=True)
@click.option("--sign-ins", is_flag=True, help="Who signed in, by what, and what was refused.")
def log(most: int, sign_ins: bool) -> None:
    """Print what admins and operators did, the latest first."""

    async def work(tools: Tools) -> None:
        async with tools.database.pool.connection() as connection:
            if sign_ins:
                for each in await sign_in_lines(connection, most=most):
                    way = each.way if each.succeeded else f"refused: {each.way}"
                    click.echo(
                        f"{each.at:%Y-%m-%d %H:%M:%S}  {each.name} {each.account}: {way}"
                        f"  {each.address}  {each.device}"
                    )
                return
            for line in await admin_store.log_lines(connection, most=most):
                more = f" ({line.detail})" if line.detail else ""
                click.echo(
                    f"{line.at:%Y-%m-%d %H:%M:%S}  {line.actor}: {line.action} {line.subject}{more}"
                )

    run(work)


def _reset_factor(named: str) -> None:
    async def work(tools: Tools) -> None:
        async with tools.database.pool.connection() as connection, connection.transaction():
            id_, name, _, _ = await _account(connection, named)
            if not await switch_off(connection, id_):
                raise Failure(f"{name} has no second factor", Exit.FAILED)
            await note(connection, SystemClock(), COMMAND_LINE, "second factor switched off", id_)
        click.echo(f"{name}: the second factor is off; the password stays as it is")

    run(work)


def _set_admin(named: str, *, is_admin: bool) -> None:
    async def work(tools: Tools) -> None:
        clock = SystemClock()
        async with tools.database.pool.connection() as connection, connection.transaction():
            id_, name, email, _ = await _account(connection, named)
            if email is None:
                raise Failure(f"{name} is a guest: admins need an account", Exit.FAILED)
            if not await admin_store.set_admin(connection, id_, is_admin=is_admin):
                raise Failure("this is the last admin: promote another one first", Exit.FAILED)
            action = "made admin" if is_admin else "no admin any more"
            await note(connection, clock, COMMAND_LINE, action, id_)
        click.echo(f"{name} is {'an admin' if is_admin else 'no admin any more'}")

    run(work)


async def _account(connection: Connection, named: str) -> tuple[UserId, str, str | None, bool]:
    rows = await (await connection.execute(_FIND, {"named": named})).fetchall()
    exact = [row for row in rows if named == row[0] or named.lower() == (row[2] or "").lower()]
    if len(exact or rows) > 1:
        raise Failure(f"several accounts are called {named!r}: name one by its id", Exit.USAGE)
    for id_, name, email, is_admin in exact or rows:
        return UserId(id_), name, email, is_admin
    raise Failure(f"there is no account {named!r} here", Exit.NOT_FOUND)


def _link(settings: Settings, token: str) -> str:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{address}/reset/{token}"
