"""Roster: makes rooms agree with the tables of campaigns and members."""

from weakref import WeakSet

from actors.clock import Clock
from actors.errors import NoAnswer
from actors.refs import Places, RoomRef
from events.features.members import OpenRoom, RemoveMember, SetMember
from events.journal import Request
from events.messages import Command
from events.state import Member, Role, RoomId, UserId
from web.api import Unavailable
from web.campaigns import CampaignBook, Standing


class Roster:
    """The rooms of this process as campaigns and members see them; a `web.rooms.Rooms`."""

    def __init__(self, directory: Places, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._agreed: WeakSet[RoomRef] = WeakSet()

    async def opened(self, campaign: RoomId, name: str, by: Member) -> None:
        await self._ask(campaign, by, OpenRoom(name=name))
        await self._ask(campaign, by, SetMember(user=by.user, name=by.name, role=by.role))

    async def membership_changed(
        self, campaign: RoomId, user: UserId, name: str, role: Role | None
    ) -> None:
        by = Member(user, role or Role.SPECTATOR, name)
        if role is None:
            await self._ask(campaign, by, RemoveMember(user=user))
        else:
            await self._ask(campaign, by, SetMember(user=user, name=name, role=role))

    def online(self, campaign: RoomId) -> frozenset[UserId]:
        room = self._directory.find(campaign)
        return room.state.online if room is not None else frozenset()

    async def enter(self, standing: Standing, book: CampaignBook) -> RoomRef:
        """Return the room, which knows the member as the tables do; raise NoAnswer.

        The first who enters after the room came to memory makes it agree with all the tables say,
        should a change of membership not have reached it.
        """
        room = await self._directory.open(standing.campaign)
        member = standing.member
        if room not in self._agreed:
            await self._agree(room, standing, await book.members(standing.campaign))
            self._agreed.add(room)
        if (await room.census()).members.get(member.user) != member:
            await self._tell(room, member, _set(member))
        return room

    async def _agree(self, room: RoomRef, standing: Standing, members: tuple[Member, ...]) -> None:
        called, known, _ = await room.census()
        if called != standing.name:
            await self._tell(room, standing.member, OpenRoom(name=standing.name))
        for member in members:
            if known.get(member.user) != member:
                await self._tell(room, member, _set(member))
        for user in known.keys() - {member.user for member in members}:
            await self._tell(room, known[user], RemoveMember(user=user))

    async def _ask(self, campaign: RoomId, by: Member, command: Command) -> None:
        try:
            await self._tell(await self._directory.open(campaign), by, command)
        except NoAnswer as error:
            raise Unavailable from error

    async def _tell(self, room: RoomRef, by: Member, command: Command) -> None:
        await room.ask(Request(command, by, self._clock.now()))


def _set(member: Member) -> SetMember:
    return SetMember(user=member.user, name=member.name, role=member.role)
