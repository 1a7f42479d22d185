"""hexroom doctor: checks for common faults of an installation."""

import asyncio
import json
import shutil
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import aiohttp
import aiosmtplib
import click
import nats
import psycopg
from pydantic import ValidationError

from actors.runtime.clock import SystemClock
from events.journal.database.embedded import EmbeddedError
from events.journal.database.pool import DatabaseUnfit, check_promises
from events.report.table_projection import NAME
from events.transfer.reseal import campaigns_to_reseal
from web.cli.context import Exit, Failure, owner_url
from web.http.client_ip import ProxySeen
from web.mail import MailServer
from web.settings import MIB, Settings
from web.version import hexroom_version

LEAST_FREE_BYTES: Final = 1024 * MIB
MOST_SKEW_S: Final = 2.0
TIMEOUT_S: Final = 10.0
MOST_COUNTED: Final = 10_000
"""Events that wait for the report tables are not counted further."""


class Finding(NamedTuple):
    """What one check found."""

    what: str
    fine: bool
    text: str
    """What was found; where it is not fine, also what to change."""


Check = Callable[[Settings], AsyncIterator[Finding]]


@click.command("doctor", short_help="Check this server and suggest changes.")
def command() -> None:
    """Check settings, disk, database, clock, NATS, mail, the public address and its proxy.

    For each fault it says what to change; with any, the exit code is 1. Run it where the server
    runs, with the server's settings; a server may be running.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise Failure(f"the settings are wrong: {error}", Exit.USAGE) from None
    findings = asyncio.run(_examine(settings))
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.fine else click.style("MEND", fg="red")
        click.echo(f"{mark} {finding.what}: {finding.text}")
    faults = sum(not finding.fine for finding in findings)
    click.echo(f"{faults} to mend" if faults else "all is well")
    if faults:
        sys.exit(Exit.FAILED)


async def _examine(settings: Settings) -> list[Finding]:
    findings = [
        Finding("version", True, f"Hexroom {hexroom_version()}, Python {sys.version.split()[0]}")
    ]
    for check in CHECKS:
        findings += [finding async for finding in check(settings)]
    return findings


async def data_folder(settings: Settings) -> AsyncIterator[Finding]:
    """Check that the data folder takes files, and has room."""
    folder = settings.data_dir
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        yield Finding(
            "data folder",
            False,
            f"{folder} cannot be written ({error.strerror}): give it to the server's user, or name "
            "another in HEXROOM_DATA_DIR",
        )
        return
    free = shutil.disk_usage(existing).free
    text = f"{folder}, {free / 1024**3:.1f} GiB free"
    if free < LEAST_FREE_BYTES:
        text += ": make room; when the disk is full, commands are refused as unavailable"
    yield Finding("data folder", free >= LEAST_FREE_BYTES, text)


async def database(settings: Settings) -> AsyncIterator[Finding]:
    """Check that the database answers, keeps what is committed, and agrees on the time."""
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        yield Finding("database", True, "none yet: the first start makes one in the data folder")
        return
    try:
        async with owner_url(settings) as url:
            await asyncio.to_thread(check_promises, url)
            version, skew = await asyncio.to_thread(_version_and_skew, url)
    except EmbeddedError as error:
        yield Finding("database", False, str(error))
    except DatabaseUnfit as error:
        yield Finding("database", False, str(error))
    except psycopg.OperationalError as error:
        yield Finding(
            "database",
            False,
            f"it does not answer ({str(error).splitlines()[0]}): check HEXROOM_DATABASE_URL, and "
            "that PostgreSQL runs and lets this machine in",
        )
    else:
        yield Finding("database", True, f"PostgreSQL {version}, keeps what is committed")
        text = f"{skew:.1f} s between this machine and the database"
        if skew > MOST_SKEW_S:
            text += ": let both keep time by NTP, or times in reports will not fit"
        yield Finding("clock", skew <= MOST_SKEW_S, text)


async def deleted_accounts(settings: Settings) -> AsyncIterator[Finding]:
    """Look whether stored rows name people whose account was deleted."""
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        return
    try:
        async with owner_url(settings) as url:
            naming = await asyncio.to_thread(campaigns_to_reseal, url)
    except (EmbeddedError, psycopg.Error):
        return  # No database, or one that no server has started on: said above.
    text = "no stored row names them"
    if naming:
        text = (
            f"stored rows of {len(naming)} campaigns still have names, which nobody is shown;"
            " a running server takes them out by itself, after which heads kept before do not fit; with"
            " HEXROOM_RESEAL=0, or where they stay, `hexroom campaign reseal --all` does, or says why not"
        )
    yield Finding("deleted accounts", True, text)


async def background_work(settings: Settings) -> AsyncIterator[Finding]:
    """Look how far the report tables are behind the record."""
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        return
    try:
        async with owner_url(settings) as url:
            waiting, oldest = await asyncio.to_thread(_not_taken_in, url)
    except (EmbeddedError, psycopg.Error):
        return
    text = "the report tables have all events"
    if waiting:
        text = (
            f"{waiting if waiting < MOST_COUNTED else f'{MOST_COUNTED} or more'} events are not in the"
            f" report tables yet, the oldest of {oldest:%Y-%m-%d %H:%M} UTC: a running server takes them"
            " in by itself; where they do not become fewer, look at its log, or run `hexroom rebuild`"
        )
    yield Finding("background work", True, text)


async def pictures(settings: Settings) -> AsyncIterator[Finding]:
    """Check that pictures can be stored where they are kept."""
    folder = settings.pictures
    if not folder.exists():
        yield Finding("pictures", True, "none yet")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            count = sum(1 for _ in folder.iterdir())
    except OSError as error:
        yield Finding(
            "pictures",
            False,
            f"{folder} cannot be written ({error.strerror}): give it to the server's user",
        )
    else:
        yield Finding("pictures", True, f"{count} entries in {folder}")


async def cluster(settings: Settings) -> AsyncIterator[Finding]:
    """Check that NATS answers where several nodes share rooms."""
    if settings.nats_url is None:
        return
    try:
        client = await nats.connect(
            settings.nats_url.split(","),
            connect_timeout=5,
            # Each server is asked once more: the client's sixty times take two minutes.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            allow_reconnect=False,
            error_cb=_unheard,
        )
        await client.close()
    except Exception as error:  # the client raises whatever its transport does
        yield Finding(
            "NATS", False, f"it does not answer ({error}): check HEXROOM_NATS_URL, and that it runs"
        )
    else:
        yield Finding("NATS", True, "it answers")


async def _unheard(_: Exception) -> None:
    """Let the client raise what it would also log."""


async def mail(settings: Settings) -> AsyncIterator[Finding]:
    """Check that the mail server lets us in; no mail is sent."""
    if settings.smtp_url is None:
        yield Finding(
            "mail",
            True,
            "not set: forgotten passwords need `hexroom user reset` (HEXROOM_SMTP_URL)",
        )
        return
    server = MailServer.parse(settings.smtp_url)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        username=server.user,
        password=server.password,
        timeout=TIMEOUT_S,
    )
    try:
        async with client:
            pass
    except (aiosmtplib.SMTPException, OSError) as error:
        yield Finding("mail", False, f"{server.host} refuses ({error}): check HEXROOM_SMTP_URL")
    else:
        yield Finding("mail", True, f"{server.host} lets us in")


async def public_address(settings: Settings) -> AsyncIterator[Finding]:
    """Check that browsers reach the server under its public URL, websockets too."""
    if settings.public_url is None:
        if not settings.is_loopback:
            yield Finding(
                "public address",
                False,
                "the server listens beyond this machine, and HEXROOM_PUBLIC_URL is not set: set it to "
                "the address in people's browsers, so that links and cookies fit",
            )
        return
    url = settings.public_url
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            async with session.get(f"{url}/healthz") as answer:
                fine, status = answer.status == 200, answer.status
                body = await answer.read()
        except (aiohttp.ClientError, ssl.SSLError, TimeoutError, OSError) as error:
            yield Finding(
                "public address",
                False,
                f"{url} is not reached from here ({error}): start the server, check DNS, the proxy "
                "and its certificate",
            )
            return
        text = f"{url} answers" if fine else f"{url}/healthz answers {status}: not our server?"
        yield Finding("public address", fine, text)
        if (finding := proxy_headers(url, _proxy_in(body))) is not None:
            yield finding
        yield await _websocket(session, url, settings.public_origin or url)


def proxy_headers(url: str, seen: ProxySeen | None) -> Finding | None:
    """Return whether the server learns who is behind its proxy; None where nobody is, or none can tell."""
    what = "proxy headers"
    match seen:
        case ProxySeen.BELIEVED:
            return Finding(what, True, "the proxy says for whom it speaks, and is believed")
        case ProxySeen.DISBELIEVED:
            return Finding(
                what,
                False,
                "the proxy says for whom it speaks, and is not believed, so that all who come by it share"
                " one limit of attempts: name its network in HEXROOM_PROXIES",
            )
        case ProxySeen.NONE if url.startswith("https:"):
            return Finding(
                what,
                False,
                "the proxy sends no X-Forwarded-For, so that all who come by it share one limit of"
                " attempts: have it set that header, as deploy/nginx.conf does",
            )
    return None


def _proxy_in(health: bytes) -> ProxySeen | None:
    """Return what /healthz says of the proxy; None of servers that do not say it."""
    try:
        return ProxySeen(json.loads(health)["proxy"])
    except (ValueError, TypeError, KeyError):
        return None


async def _websocket(session: aiohttp.ClientSession, url: str, origin: str) -> Finding:
    try:
        async with session.ws_connect(f"{url}/ws", headers={"Origin": origin}) as socket:
            await socket.receive(timeout=TIMEOUT_S)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(
            "websockets",
            False,
            f"the proxy does not pass them on ({error}): see deploy/nginx.conf, Upgrade and "
            "Connection headers",
        )
    return Finding("websockets", True, "they pass")


CHECKS: Final[tuple[Check, ...]] = (
    data_folder,
    database,
    deleted_accounts,
    background_work,
    pictures,
    cluster,
    mail,
    public_address,
)


def _not_taken_in(url: str) -> tuple[int, datetime | None]:
    """Return how many events the report tables lack, up to MOST_COUNTED, and when the first was."""
    with psycopg.connect(url, connect_timeout=int(TIMEOUT_S)) as connection:
        row = connection.execute(
            "SELECT count(*), min(created_at) AT TIME ZONE 'UTC' FROM (SELECT created_at FROM session_event"
            " WHERE transaction_id > coalesce((SELECT notification_id >> 22 FROM projection_tracking"
            " WHERE application_name = %s), 0)::text::xid8 LIMIT %s) AS waiting",
            (NAME, MOST_COUNTED),
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def _version_and_skew(url: str) -> tuple[str, float]:
    with psycopg.connect(url, connect_timeout=int(TIMEOUT_S)) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), clock_timestamp()"
        ).fetchone()
    assert row is not None
    return row[0], abs((SystemClock().now() - row[1].astimezone(UTC)).total_seconds())
