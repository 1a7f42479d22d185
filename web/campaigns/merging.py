"""Two members who are one person: the merge of their seats, and what its undo means for the tables."""

import asyncio
import logging
from typing import Final

from aiohttp import web
from pydantic import Field

from actors.room.locator import RoomLocator
from actors.runtime.clock import Clock
from actors.runtime.errors import NoAnswer
from events.core.features.merging import MergeMembers, preview_of
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from events.record.campaigns import Connection
from web.accounts.access_events import Access, AccessEnded
from web.campaigns.members import MembershipChanges
from web.campaigns.room_client import HttpRoomClient
from web.campaigns.rooms import Rooms
from web.campaigns.routes import CampaignStore
from web.http.api import Answer, ApiError, Body, Query, body_of, query_of, success, word_in
from web.http.openapi import described

logger = logging.getLogger(__name__)

AGAIN_S: Final = 2.0
"""After so long is tried again what a fault held up."""


class Merge(Body):
    into: str
    """The member who stays."""


class MergeQuery(Query):
    into: str = Field(description="the id of the member who stays")


class MergePreview(Answer):
    """What the member who stays gets; nobody else sees or loses anything."""

    name: str
    into_name: str
    tokens: tuple[str, ...]
    hexes: int
    things: tuple[str, ...]
    rules: int
    skills: tuple[str, ...]


_MERGED: Final = """
SELECT account_id, removed_at IS NOT NULL, forgotten_at IS NOT NULL, campaign_member.name, role
FROM campaign_member JOIN account ON account.id = account_id
WHERE campaign_id = %s AND merged_into IS NOT NULL
"""
_END: Final = """
UPDATE campaign_member SET removed_at = %(now)s, removed_by = %(into)s, merged_into = %(into)s
WHERE campaign_id = %(campaign)s AND account_id = %(user)s AND removed_at IS NULL
"""
_GIVE_BACK: Final = """
UPDATE campaign_member SET removed_at = NULL, removed_by = NULL
WHERE campaign_id = %s AND account_id = %s AND merged_into IS NOT NULL
"""
# A guest with no other seat has no more use for a cookie, and whoever found the phone must have none.
_SEATLESS_GUEST: Final = """
SELECT FROM account WHERE id = %(user)s AND email IS NULL AND NOT EXISTS (
    SELECT FROM campaign_member WHERE account_id = %(user)s AND removed_at IS NULL
)
"""


class Merging:
    """Merges seats in the room, and has the tables follow: also when a DM undoes or redoes it.

    Whether a merge is in force is what the room says; `settle` makes the tables agree. It runs after
    each merge, after each undo and redo, and when a room comes to memory.
    """

    def __init__(
        self, pool: Pool, clock: Clock, access: Access, places: RoomLocator, rooms: Rooms
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._access = access
        self._places = places
        self._rooms = rooms
        self._turned: asyncio.Queue[RoomId] = asyncio.Queue()

    def undone(self, campaign: RoomId) -> None:
        """Look soon whether what a DM undid or redid was a merge."""
        self._turned.put_nowait(campaign)

    async def run(self) -> None:
        """Look after what was undone, until cancelled."""
        while True:
            campaign = await self._turned.get()
            try:
                await self.settle(campaign)
            except (*DATABASE_AWAY, NoAnswer, ApiError) as error:
                logger.warning("campaign %s: seats of a merge not settled: %s", campaign, error)
                await asyncio.sleep(AGAIN_S)
                self._turned.put_nowait(campaign)

    async def settle(self, campaign: RoomId, merged: UserId | None = None) -> None:
        """Make the tables agree with the room on merged seats; ``merged`` is one the tables do not know yet."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_MERGED, (campaign,))).fetchall()
        if not rows and merged is None:
            return
        room = await (await self._places.open(campaign)).whole()
        in_force = room.merged
        if merged is not None and merged in in_force:
            await self._end(campaign, merged, in_force[merged])
        for user, removed, forgotten, name, role in rows:
            if forgotten:
                # Undone or not, whoever deleted their account has no seat.
                if user in room.members:
                    await self._rooms.membership_changed(campaign, UserId(user), name, None)
            elif removed and user not in in_force:
                await self._give_back(campaign, Member(UserId(user), Role(role), name))
            elif not removed and user in in_force:
                await self._end(campaign, UserId(user), in_force[UserId(user)])

    async def _end(self, campaign: RoomId, user: UserId, into: UserId) -> None:
        ended: list[bytes] = []
        async with self._pool.connection() as connection, connection.transaction():
            params = {"campaign": campaign, "user": user, "into": into, "now": self._clock.now()}
            await connection.execute(_END, params)
            cursor = await connection.execute(_SEATLESS_GUEST, {"user": user})
            if await cursor.fetchone() is not None:
                ended = await _end_sign_ins(connection, user)
        self._access.publish(AccessEnded(user=user, campaign=campaign))
        for credential in ended:
            self._access.publish(AccessEnded(credential=credential))
        await self._rooms.membership_changed(campaign, user, "", None)

    async def _give_back(self, campaign: RoomId, member: Member) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(_GIVE_BACK, (campaign, member.user))
        await self._rooms.membership_changed(campaign, member.user, member.name, member.role)


class MergeRoutes:
    """The calls by which a DM says that two members are one person."""

    def __init__(
        self,
        book: CampaignStore,
        membership: MembershipChanges,
        merging: Merging,
        rooms: HttpRoomClient,
    ) -> None:
        self._book = book
        self._membership = membership
        self._merging = merging
        self._rooms = rooms

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/members/{user}/merge", self.preview)
        app.router.add_post("/api/campaigns/{id}/members/{user}/merge", self.merge)

    @described(gives=MergePreview, query=MergeQuery)
    async def preview(self, request: web.Request) -> web.Response:
        """Tell what merging a member into another would give to the one who stays; nothing happens."""
        membership = await self._book.require(request, dm=True)
        user = UserId(word_in(request.match_info["user"], "member"))
        into = UserId(word_in(query_of(request, MergeQuery).into, "member"))
        room = await self._rooms.whole(membership)
        preview = preview_of(room, user, into, membership.member)
        return success(
            MergePreview(name=room.name_of(user), into_name=room.name_of(into), **preview._asdict())
        )

    @described(takes=Merge, status=204)
    async def merge(self, request: web.Request) -> web.Response:
        """Give a member's tokens, and all that was shown to them, to another, and end their seat.

        Undone like any change of the DM's. A guest who has no other seat is signed out everywhere,
        and their way back leads nowhere.
        """
        membership = await self._book.require(request, dm=True)
        campaign = membership.campaign
        user = UserId(word_in(request.match_info["user"], "member"))
        body = await body_of(request, Merge)
        into = word_in(body.into, "member")
        async with self._membership.changing(campaign):
            await self._rooms.ask(membership, MergeMembers(user_id=user, into=into))
            await self._merging.settle(campaign, user)
        return web.Response(status=204)


async def _end_sign_ins(connection: Connection, user: UserId) -> list[bytes]:
    await connection.execute("DELETE FROM account_link WHERE account_id = %s", (user,))
    rows = await connection.execute(
        "DELETE FROM login_session WHERE account_id = %s RETURNING token_hash", (user,)
    )
    return [bytes(row[0]) for row in await rows.fetchall()]
