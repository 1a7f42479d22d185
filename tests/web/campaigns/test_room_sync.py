"""Rooms and tables agree, though memberships change while somebody comes in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest

from actors.directory import Directory, serving
from actors.runtime.clock import SystemClock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.memory import MemoryJournal
from web.campaigns.room_sync import RoomSync
from web.campaigns.routes import Membership
from web.http.api import Missing

NIGHT = RoomId(UUID(int=7))
DORA = Member(UserId("dora"), Role.DM, "Dora")
ANN = Member(UserId("ann"), Role.PLAYER, "Ann")
ANN_AS_DM = Member(ANN.user, Role.DM, "Ann")


class Tables:
    """What the tables say; something may happen right after they were asked."""

    def __init__(self, *members: Member) -> None:
        self.known = {member.user: member for member in members}
        self.then: list[Callable[[], Awaitable[None]]] = []

    def standing(self, user: UserId) -> Membership:
        return Membership(NIGHT, "Night", self.known[user])

    async def find(self, campaign: RoomId, user: UserId) -> Membership | None:
        found = self.standing(user) if user in self.known else None
        await self._go_on()
        return found

    async def members(self, campaign: RoomId) -> tuple[Member, ...]:
        found = tuple(self.known.values())
        await self._go_on()
        return found

    async def _go_on(self) -> None:
        if self.then:
            await self.then.pop(0)()


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    async with serving(MemoryJournal()) as directory:
        yield directory


@pytest.fixture
def roster(directory: Directory) -> RoomSync:
    return RoomSync(directory, SystemClock())


async def entered(roster: RoomSync, tables: Tables, *members: Member) -> None:
    for member in members:
        await roster.enter(tables.standing(member.user), tables)


async def known(directory: Directory) -> dict[UserId, Member]:
    return dict((await (await directory.open(NIGHT)).room_members()).members)


async def test_who_was_demoted_at_the_door_comes_in_demoted(
    roster: RoomSync, directory: Directory
) -> None:
    tables = Tables(DORA, ANN_AS_DM)
    await entered(roster, tables, DORA)
    at_the_door = tables.standing(ANN.user)
    tables.known[ANN.user] = ANN
    await roster.membership_changed(NIGHT, ANN.user, "Ann", Role.PLAYER)

    await roster.enter(at_the_door, tables)

    assert (await known(directory))[ANN.user] == ANN


async def test_who_was_removed_at_the_door_does_not_come_in(
    roster: RoomSync, directory: Directory
) -> None:
    tables = Tables(DORA, ANN)
    await entered(roster, tables, DORA)
    at_the_door = tables.standing(ANN.user)
    del tables.known[ANN.user]
    await roster.membership_changed(NIGHT, ANN.user, "Ann", None)

    with pytest.raises(Missing):
        await roster.enter(at_the_door, tables)

    assert await known(directory) == {DORA.user: DORA}


async def test_a_change_while_the_room_is_told_is_not_undone(
    roster: RoomSync, directory: Directory
) -> None:
    tables = Tables(DORA)
    await entered(roster, tables, DORA)
    tables.known[ANN.user] = ANN_AS_DM

    async def demote() -> None:
        tables.known[ANN.user] = ANN
        await roster.membership_changed(NIGHT, ANN.user, "Ann", Role.PLAYER)

    tables.then.append(demote)
    await entered(roster, tables, ANN)

    assert (await known(directory))[ANN.user] == ANN


async def test_a_change_while_a_room_comes_to_memory_is_not_undone(
    roster: RoomSync, directory: Directory
) -> None:
    tables = Tables(DORA, ANN_AS_DM)

    async def demote() -> None:
        tables.known[ANN.user] = ANN
        await roster.membership_changed(NIGHT, ANN.user, "Ann", Role.PLAYER)

    tables.then.append(demote)
    await entered(roster, tables, DORA)

    assert await known(directory) == {DORA.user: DORA, ANN.user: ANN}


async def test_what_the_tables_no_longer_know_the_room_forgets(
    roster: RoomSync, directory: Directory
) -> None:
    await roster.membership_changed(NIGHT, ANN.user, "Ann", Role.PLAYER)

    await entered(roster, Tables(DORA), DORA)

    assert await known(directory) == {DORA.user: DORA}


async def test_a_crowd_that_comes_to_a_cold_room_has_all_members_read_once(
    roster: RoomSync, directory: Directory
) -> None:
    tables, read = Tables(DORA, ANN), 0
    opened: list[RoomId] = []

    async def open_(campaign: RoomId) -> None:
        opened.append(campaign)
        await asyncio.sleep(0)

    async def count() -> None:
        nonlocal read
        read += 1

    roster.on_opened = open_
    tables.then = [count] * 10
    await asyncio.gather(*(roster.enter(tables.standing(DORA.user), tables) for _ in range(20)))
    # All members, and each of the two before and after the room is told of them.
    assert (opened, read) == ([NIGHT], 5)
    assert await known(directory) == {DORA.user: DORA, ANN.user: ANN}


async def test_who_waits_for_another_to_open_the_room_is_looked_at_by_themselves(
    roster: RoomSync, directory: Directory
) -> None:
    tables = Tables(DORA, ANN)
    at_the_door = tables.standing(ANN.user)

    async def remove() -> None:
        del tables.known[ANN.user]

    tables.then.append(remove)
    outcomes = await asyncio.gather(
        roster.enter(tables.standing(DORA.user), tables),
        roster.enter(at_the_door, tables),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], Missing)
    assert await known(directory) == {DORA.user: DORA}


async def test_what_keeps_a_crowd_out_is_told_to_all_of_it_and_tried_again(
    roster: RoomSync,
) -> None:
    tables = Tables(DORA)

    async def fails() -> None:
        raise OSError("the database is away")

    tables.then.append(fails)
    outcomes = await asyncio.gather(
        *(roster.enter(tables.standing(DORA.user), tables) for _ in range(3)),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes] == [OSError] * 3
    await entered(roster, tables, DORA)
