"""Members: who is what in a campaign; every change reaches the room and the open sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.pool import Pool
from events.record.campaigns import Connection, put_member
from web.accounts.access_events import Access, AccessEnded, RoleChanged
from web.accounts.auth import Auth
from web.campaigns.rooms import Rooms
from web.campaigns.routes import (
    CampaignStore,
    MemberDetails,
    MemberListed,
    MembersDetailed,
    listed_members,
)
from web.http.api import Body, Conflict, Denied, Missing, OverLimit, body_of, success, word_in
from web.http.openapi import described


class NewRole(Body):
    role: Role


_LEFT: Final = """
SELECT removed_by = account_id, role FROM campaign_member
WHERE campaign_id = %s AND account_id = %s AND removed_at >= %s
"""


_GUESTS: Final = """
SELECT FROM account WHERE id = %(user)s AND email IS NULL AND (
    SELECT count(*) FROM campaign_member JOIN account ON account.id = account_id
    WHERE campaign_id = %(campaign)s AND removed_at IS NULL AND email IS NULL
) >= %(most)s
"""
"""A row where the user is a guest for whom there is no place."""

_RANKS: Final = (Role.SPECTATOR, Role.PLAYER, Role.DM)


class MembershipChanges:
    """Changes who is a member; one change of a campaign at a time, tables first, then the room."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        access: Access,
        rooms: Rooms,
        *,
        most_members: int,
        most_guests: int,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._access = access
        self._rooms = rooms
        self._most_members = most_members
        self._most_guests = most_guests
        self._changing: WeakValueDictionary[RoomId, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def changing(self, campaign: RoomId) -> AsyncIterator[None]:
        """Hold back other changes of the campaign's members, until the room was told of this one."""
        lock = self._changing.get(campaign)
        if lock is None:
            lock = self._changing[campaign] = asyncio.Lock()
        async with lock:
            yield

    @asynccontextmanager
    async def transaction(self, campaign: RoomId) -> AsyncIterator[Connection]:
        """Open a transaction that other nodes' changes of this campaign wait for; raise Missing."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "SELECT FROM campaign WHERE id = %s AND deleted_at IS NULL FOR UPDATE", (campaign,)
            )
            if await cursor.fetchone() is None:
                raise Missing("campaign")
            yield connection

    async def find(self, connection: Connection, campaign: RoomId, user: UserId) -> Member | None:
        """Return the member, as the transaction sees the table."""
        cursor = await connection.execute(
            "SELECT name, role FROM campaign_member"
            " WHERE campaign_id = %s AND account_id = %s AND removed_at IS NULL",
            (campaign, user),
        )
        row = await cursor.fetchone()
        return None if row is None else Member(user, Role(row[1]), row[0])

    async def role_of_invited(
        self,
        connection: Connection,
        campaign: RoomId,
        user: UserId,
        invited_as: Role,
        invited_at: datetime,
    ) -> Role:
        """Return the role that an invite of that time gives to the user.

        Who left by themself since comes back as what they were then, and not as more: a DM who was
        made a player does not become DM again by an old link. Raise Denied where a DM removed them
        since; of those removed long ago nobody knows who did it.
        """
        rows = await connection.execute(_LEFT, (campaign, user, invited_at))
        row = await rows.fetchone()
        if row is None:
            return invited_as
        by_themself, role = row
        if not by_themself:
            raise Denied("a DM removed you from this campaign: ask for a new invite")
        return min(invited_as, Role(role), key=_RANKS.index)

    async def add(self, connection: Connection, campaign: RoomId, member: Member) -> None:
        """Store a member, new or come back; the caller tells the room after the transaction.

        Guests take a part of the places only, whether a link or a DM lets them in, so that a flood of
        them keeps out no account. Raise TooMany.
        """
        if len(await self._roles(connection, campaign)) >= self._most_members:
            raise OverLimit(f"a campaign has at most {self._most_members} members")
        rows = await connection.execute(
            _GUESTS, {"campaign": campaign, "user": member.user, "most": self._most_guests}
        )
        if await rows.fetchone() is not None:
            raise OverLimit(
                f"a campaign has at most {self._most_guests} guests: who signs up can still join"
            )
        await put_member(connection, campaign, member, self._clock.now())

    async def tell(self, campaign: RoomId, member: Member, by: Member | None = None) -> None:
        """Tell the room of a member who joined or has another role."""
        await self._rooms.membership_changed(campaign, member.user, member.name, member.role, by)

    async def set_role(self, campaign: RoomId, user: UserId, role: Role, by: Member) -> Member:
        """Return the member in the new role; raise Missing, or Conflict for the last DM."""
        async with self.changing(campaign):
            async with self.transaction(campaign) as connection:
                self._keep_a_dm(await self._roles(connection, campaign), user, role)
                changed = await connection.execute(
                    "UPDATE campaign_member SET role = %s"
                    " WHERE campaign_id = %s AND account_id = %s RETURNING name",
                    (role, campaign, user),
                )
                row = await changed.fetchone()
            assert row is not None
            member = Member(user, role, row[0])
            self._access.publish(RoleChanged(user, campaign, role))
            await self.tell(campaign, member, by)
            return member

    async def remove(self, campaign: RoomId, user: UserId, by: Member) -> None:
        """End a membership; raise Missing, or Conflict for the last DM."""
        async with self.changing(campaign):
            async with self.transaction(campaign) as connection:
                self._keep_a_dm(await self._roles(connection, campaign), user, None)
                changed = await connection.execute(
                    "UPDATE campaign_member SET removed_at = %s, removed_by = %s, merged_into = NULL"
                    " WHERE campaign_id = %s AND account_id = %s RETURNING name",
                    (self._clock.now(), by.user, campaign, user),
                )
                row = await changed.fetchone()
            assert row is not None
            self._access.publish(AccessEnded(user=user, campaign=campaign))
            await self._rooms.membership_changed(campaign, user, row[0], None, by)

    async def _roles(self, connection: Connection, campaign: RoomId) -> dict[UserId, Role]:
        cursor = await connection.execute(
            "SELECT account_id, role FROM campaign_member"
            " WHERE campaign_id = %s AND removed_at IS NULL",
            (campaign,),
        )
        return {UserId(user): Role(role) for user, role in await cursor.fetchall()}

    def _keep_a_dm(self, roles: dict[UserId, Role], user: UserId, role: Role | None) -> None:
        if user not in roles:
            raise Missing("member")
        others = (each for who, each in roles.items() if who != user)
        if roles[user] is Role.DM and role is not Role.DM and Role.DM not in others:
            raise Conflict("the last DM stays: make somebody else a DM first")


class MemberRoutes:
    """The calls about the members of a campaign."""

    def __init__(
        self, auth: Auth, book: CampaignStore, membership: MembershipChanges, rooms: Rooms
    ) -> None:
        self._auth = auth
        self._book = book
        self._membership = membership
        self._rooms = rooms

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/campaigns/{id}/members", self.list)
        app.router.add_patch("/api/campaigns/{id}/members/{user}", self.change)
        app.router.add_delete("/api/campaigns/{id}/members/{user}", self.remove)

    @described(gives=MembersDetailed)
    async def list(self, request: web.Request) -> web.Response:
        """List the members, with what tells two of one name apart."""
        membership = await self._book.require(request, dm=True)
        members = await self._book.members(membership.campaign)
        details = await self._book.details(membership)
        online = await self._rooms.online([membership.campaign])
        return success(
            MembersDetailed(
                members=tuple(
                    MemberDetails(**dict(each), **details[each.user_id]._asdict())
                    for each in listed_members(members, online[membership.campaign])
                    if each.user_id in details
                )
            )
        )

    @described(takes=NewRole, gives=MemberListed)
    async def change(self, request: web.Request) -> web.Response:
        """Give a member another role; it holds at once, on open sockets too."""
        membership = await self._book.require(request, dm=True)
        user = UserId(word_in(request.match_info["user"], "member"))
        body = await body_of(request, NewRole)
        member = await self._membership.set_role(
            membership.campaign, user, body.role, membership.member
        )
        online = await self._rooms.online([membership.campaign])
        (listed,) = listed_members((member,), online[membership.campaign])
        return success(listed)

    @described(status=204)
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a member: the DM anybody, everybody themself."""
        membership = await self._book.require(request)
        user = UserId(word_in(request.match_info["user"], "member"))
        if not membership.member.is_dm and user != membership.member.user:
            raise Denied("this is for the DM")
        await self._membership.remove(membership.campaign, user, membership.member)
        return web.Response(status=204)
