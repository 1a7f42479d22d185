"""Posts a recap to the campaign's webhook when a session ends, at most once, outside of the rooms."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import hdrs
from pydantic_core import to_json

from actors.runtime.clock import Clock
from events.core.messages import JsonObject
from events.journal import BrokenRecord
from events.journal.database.away import DATABASE_AWAY
from events.record.errors import NotInRecord, RecordError
from events.record.reader import NumberedSession, Record
from events.record.viewpoint import ALL_PLAYERS, DM, Viewer
from events.report.recap import Recap
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures
from web.recaps.animation import SIDE, animated
from web.recaps.discord import MOST_PICTURE_BYTES, PICTURE, message, trial
from web.recaps.read import read_recap
from web.recaps.webhook_store import DMS, LOST, PLAYERS, Due, Hook, Hooks
from web.recaps.webhook_url import BadHookUrl, NotPublic, Permitted, PublicResolver, hook_url

logger = logging.getLogger(__name__)

EVERY_S: Final = 3.0
MOST_AT_ONCE: Final = 4
MOST_TRIES: Final = 6
FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 3_600.0
"""Whoever asks for a longer wait is not waited for."""

_LIMITS: Final = aiohttp.ClientTimeout(total=20, connect=8)


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What came of one request; the words are for people and do not hold the address."""

    why: str = ""
    again: bool = False
    """It was certainly not taken, and may be later."""
    wait_s: float = 0.0
    """How long the receiver asked to be left alone."""

    @property
    def taken(self) -> bool:
        return not self.why


class NobodyToTell(Exception):
    """The audience that was chosen is none any more; the text says why."""


class RecapPoster:
    """Looks for sessions that ended, and posts what happened in them.

    A post is claimed in the database before it is sent, so of all nodes one sends it, and none
    sends it again unless the receiver certainly did not take it. All its work is its own tasks
    and threads: no room ever waits for it.
    """

    def __init__(
        self, hooks: Hooks, record: Record, pictures: Pictures, clock: Clock, permitted: Permitted
    ) -> None:
        self._hooks = hooks
        self._record = record
        self._pictures = pictures
        self._clock = clock
        self._permitted = permitted

    async def run(self) -> None:
        """Post for ever; an outage of the database is waited out."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except DATABASE_AWAY as error:
                logger.warning("recaps: the database is away: %s", error)

    async def look(self) -> None:
        """Post all that is due now."""
        now = self._clock.now()
        await self._hooks.find(now)
        for session in await self._hooks.abandoned(now):
            logger.warning("recap of session %s was given up: %s", session, LOST)
        due = await self._hooks.take(now, MOST_AT_ONCE)
        async with asyncio.TaskGroup() as posting:
            for each in due:
                posting.create_task(self._post(each))

    async def try_out(self, hook: Hook, campaign: str) -> WebhookAnswer:
        """Return what came of posting a test message."""
        return await self._send(hook.url, trial(campaign), None)

    async def _post(self, due: Due) -> None:
        try:
            await self._make_and_send(due)
        except DATABASE_AWAY as error:
            # Whoever finds the row later knows by its state whether it may have been sent.
            logger.warning("%s: the database is away: %s", due, error)
        except Exception:
            # A fault of ours in one recap; the others are posted all the same.
            logger.exception("%s failed", due)
            await self._give_up(due, "making", "it could not be told")

    async def _make_and_send(self, due: Due) -> None:
        try:
            hook = await self._hooks.of(due.room)
            if hook is None:
                raise NobodyToTell("the webhook was taken away")
            if due.tries > MOST_TRIES:
                raise NobodyToTell("it could not be told")
            session = await self._record.session(due.room, due.session)
            post, picture = await self._post_of(due, hook, session)
        except (NobodyToTell, RecordError, BrokenRecord) as error:
            await self._give_up(due, "making", str(error))
            return
        if not await self._hooks.move(due, "making", "sending", self._clock.now()):
            return
        answered = await self._send(hook.url, post, picture)
        now = self._clock.now()
        if answered.taken:
            await self._hooks.move(due, "sending", "sent", now)
        elif answered.again and due.tries < MOST_TRIES and answered.wait_s <= LONGEST_WAIT_S:
            wait_s = max(answered.wait_s, FIRST_WAIT_S * 4 ** (due.tries - 1))
            at = now + timedelta(seconds=wait_s)
            await self._hooks.move(due, "sending", "waiting", at, answered.why)
        else:
            await self._give_up(due, "sending", answered.why)

    async def _give_up(self, due: Due, was: str, why: str) -> None:
        logger.warning("%s was given up after %d tries: %s", due, due.tries, why)
        await self._hooks.move(due, was, "given up", self._clock.now(), why)

    async def _post_of(
        self, due: Due, hook: Hook, session: NumberedSession
    ) -> tuple[JsonObject, bytes | None]:
        viewer = await self._viewer(due, hook.audience)
        recap = await read_recap(self._record, due.room, due.campaign, session, viewer)
        renderer = BackdropRenderer(self._pictures, due.room)
        picture = await asyncio.to_thread(_picture, recap, renderer) if hook.picture else None
        link = f"{hook.origin}/c/{due.room}?session={due.session}"
        return message(recap, link, picture=picture is not None), picture

    async def _viewer(self, due: Due, audience: str) -> Viewer:
        if audience == PLAYERS:
            return ALL_PLAYERS
        if audience == DMS:
            return DM
        try:
            viewer = await self._record.viewer(due.room, audience)
        except NotInRecord:
            raise NobodyToTell("the member that it was told for is none any more") from None
        if viewer.is_dm:
            # Chosen as a player: what a DM sees was not meant.
            raise NobodyToTell("the member that it was told for is a DM now; choose again")
        return viewer

    async def _send(self, url: str, post: JsonObject, picture: bytes | None) -> WebhookAnswer:
        try:
            # What an operator permits may have changed since it was stored.
            hook_url(url, self._permitted)
        except BadHookUrl as error:
            return WebhookAnswer(str(error))
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(self._permitted), use_dns_cache=False, force_close=True
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=_LIMITS, cookie_jar=aiohttp.DummyCookieJar()
                ) as client,
                client.post(url, data=_body(post, picture), allow_redirects=False) as response,
            ):
                return _answered(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            why = getattr(error, "os_error", None)
            if isinstance(why, NotPublic):
                return WebhookAnswer(str(why))
            return WebhookAnswer(f"{urlsplit(url).hostname} cannot be reached", again=True)
        except ValueError:
            return WebhookAnswer("the address cannot be used")
        except (aiohttp.ClientError, TimeoutError):
            return WebhookAnswer("no answer came; it may have arrived, so it is not sent again")


def _picture(of: Recap, renderer: BackdropRenderer) -> bytes | None:
    if len(of.frames) < 2 or not any(frame.hexes for frame in of.frames):
        return None
    for side in (SIDE, SIDE // 2):
        animation = animated(of, "gif", renderer, side)
        if len(animation) <= MOST_PICTURE_BYTES:
            return animation
    return None


def _body(post: JsonObject, picture: bytes | None) -> aiohttp.Payload | aiohttp.FormData:
    text = to_json(post)
    if picture is None:
        return aiohttp.BytesPayload(text, content_type="application/json")
    form = aiohttp.FormData()
    form.add_field("payload_json", text.decode(), content_type="application/json")
    form.add_field("files[0]", picture, filename=PICTURE, content_type="image/gif")
    return form


def _answered(response: aiohttp.ClientResponse) -> WebhookAnswer:
    status = response.status
    if 200 <= status < 300:
        return WebhookAnswer()
    if status == 429:
        wait_s = 0.0
        with suppress(ValueError):
            wait_s = max(float(response.headers.get(hdrs.RETRY_AFTER, "0")), 0.0)
        return WebhookAnswer("the receiver asks for patience (429)", again=True, wait_s=wait_s)
    if 300 <= status < 400:
        return WebhookAnswer(f"the address leads elsewhere ({status}); redirects are not followed")
    if status in (401, 403, 404):
        return WebhookAnswer(f"there is no such webhook any more ({status})")
    return WebhookAnswer(f"the receiver answered {status}", again=status >= 500 or status == 408)
