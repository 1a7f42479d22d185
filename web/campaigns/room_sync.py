"""RoomSync: makes rooms agree with the tables of campaigns and members."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Protocol
from weakref import WeakSet

from actors.room.locator import RoomLocator
from actors.room.ref import Online, RoomRef
from actors.runtime.clock import Clock
from actors.runtime.errors import NoAnswer
from events.core.features.archiving import ArchiveRoom
from events.core.features.members import CountWaiting, OpenRoom, RemoveMember, SetMember
from events.core.messages import Command
from events.core.state import Member, Role, RoomId, UserId
from events.journal import Request
from web.campaigns.routes import Membership
from web.http.api import Missing, Unavailable


class Tables(Protocol):
    """The tables of members; `web.campaigns.routes.CampaignStore` reads them."""

    async def find(self, campaign: RoomId, user: UserId) -> Membership | None:
        """Return what the user is in the campaign."""

    async def members(self, campaign: RoomId) -> tuple[Member, ...]:
        """Return all members."""


class RoomSync:
    """The rooms as campaigns and members see them; a `web.campaigns.rooms.Rooms`."""

    def __init__(self, directory: RoomLocator, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._agreed: WeakSet[RoomRef] = WeakSet()
        self._agreeing: dict[RoomRef, asyncio.Task[None]] = {}
        self.on_opened: Callable[[RoomId], Awaitable[None]] | None = None
        """Awaited for a room that came to memory, before it is made to agree with the tables."""

    async def opened(self, campaign: RoomId, name: str, by: Member) -> None:
        await self._ask(campaign, by, OpenRoom(name=name))
        await self._ask(campaign, by, SetMember(user=by.user, name=by.name, role=by.role))

    async def renamed(self, campaign: RoomId, name: str, by: Member) -> None:
        await self._ask(campaign, by, OpenRoom(name=name))

    async def archived(self, campaign: RoomId, archived: bool, by: Member) -> None:
        await self._ask(campaign, by, ArchiveRoom(archived=archived))

    async def membership_changed(
        self, campaign: RoomId, user: UserId, name: str, role: Role | None, by: Member | None = None
    ) -> None:
        by = by or Member(user, role or Role.SPECTATOR, name)
        if role is None:
            await self._ask(campaign, by, RemoveMember(user=user))
        else:
            await self._ask(campaign, by, SetMember(user=user, name=name, role=role))

    async def people_waiting(self, campaign: RoomId, waiting: int, by: Member) -> None:
        with suppress(NoAnswer):  # They are in the table: DMs see them when they come.
            room = await self._directory.open(campaign)
            await self._tell(room, by, CountWaiting(waiting=waiting))

    async def online(self, campaigns: Collection[RoomId]) -> Online:
        present = await self._directory.online(campaigns)
        return {campaign: present.get(campaign, frozenset()) for campaign in campaigns}

    async def enter(self, membership: Membership, tables: Tables) -> RoomRef:
        """Return the room, which knows the member as the tables do; raise Missing or NoAnswer.

        The first who enters after the room came to memory makes it agree with all the tables say,
        should a change of membership not have reached it. Missing: a member no more.
        """
        room = await self._directory.open(membership.campaign)
        member = membership.member
        if room not in self._agreed:
            agreeing = self._agreeing.get(room)
            if agreeing is None:
                # Once for all who enter meanwhile: each of a crowd would read all the members.
                agreeing = asyncio.create_task(self._opened(room, membership, tables))
                self._agreeing[room] = agreeing
                agreeing.add_done_callback(partial(self._agreement_ended, room))
            await asyncio.shield(agreeing)
        if (await room.room_members()).members.get(member.user) == member:
            return room
        if not await self._settle(room, membership.campaign, member.user, tables):
            raise Missing("campaign")
        return room

    async def _opened(self, room: RoomRef, membership: Membership, tables: Tables) -> None:
        if self.on_opened is not None:
            await self.on_opened(membership.campaign)
        await self._agree(room, membership, tables)
        self._agreed.add(room)

    def _agreement_ended(self, room: RoomRef, agreeing: "asyncio.Task[None]") -> None:
        del self._agreeing[room]
        if not agreeing.cancelled():
            agreeing.exception()  # Whoever asked may be gone.

    async def _agree(self, room: RoomRef, membership: Membership, tables: Tables) -> None:
        campaign = membership.campaign
        called, in_room, _ = await room.room_members()
        if called != membership.name:
            await self._tell(room, membership.member, OpenRoom(name=membership.name))
        listed = {member.user: member for member in await tables.members(campaign)}
        for user in (*listed, *(in_room.keys() - listed.keys())):
            if in_room.get(user) != listed.get(user):
                await self._settle(room, campaign, user, tables)

    async def _settle(self, room: RoomRef, campaign: RoomId, user: UserId, tables: Tables) -> bool:
        """Make the room know of the user what the tables say; return whether they are a member.

        A change in between has the tables first and the room after, so what was told is as old as
        the look before it: it holds only if a look after it finds the same.
        """
        stored = await tables.find(campaign, user)
        while True:
            sent = stored
            if sent is not None:
                await self._tell(room, sent.member, _set(sent.member))
            elif (in_room := (await room.room_members()).members.get(user)) is not None:
                await self._tell(room, in_room, RemoveMember(user=user))
            stored = await tables.find(campaign, user)
            if stored == sent:
                return sent is not None

    async def _ask(self, campaign: RoomId, by: Member, command: Command) -> None:
        try:
            await self._tell(await self._directory.open(campaign), by, command)
        except NoAnswer as error:
            raise Unavailable from error

    async def _tell(self, room: RoomRef, by: Member, command: Command) -> None:
        await room.ask(Request(command, by, self._clock.now()))


def _set(member: Member) -> SetMember:
    return SetMember(user=member.user, name=member.name, role=member.role)
