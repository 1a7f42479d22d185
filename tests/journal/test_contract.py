"""What every journal does, run by each of them."""

from collections.abc import Callable, Sequence
from typing import Protocol

import pytest

from events.core.state import Member, Role, RoomId, UserId
from events.journal import (
    AlreadyRecorded,
    Append,
    CommandId,
    Commit,
    Epoch,
    Fenced,
    Journal,
    JournalError,
    Lease,
    Unchanged,
    VersionConflict,
)
from events.journal.memory import MemoryJournal
from tests.support.sample_commits import (
    ANN,
    DORA,
    JOINED,
    NIGHT,
    STARTED,
    append,
    commit,
    revealed,
    room,
)

ROOM, OTHER = room(1), room(2)


class LeasingJournal(Journal, Protocol):
    async def lease(self, room: RoomId, node: str) -> Lease: ...


@pytest.fixture(params=["memory", "postgres"])
def journal(request: pytest.FixtureRequest) -> LeasingJournal:
    if request.param == "memory":
        return MemoryJournal()
    found: LeasingJournal = request.getfixturevalue("postgres_journal")
    return found


async def everything(journal: Journal, of: RoomId = ROOM) -> list[Commit]:
    return [commit async for commit in journal.read(of)]


async def fed(journal: Journal, after: int = 0, upto: int | None = None) -> list[Commit]:
    found: list[Commit] = []
    await journal.for_each_page(ROOM, found.extend, after, upto)
    return found


async def stored(journal: Journal, *batch: Append) -> Sequence[JournalError | None]:
    outcome = await journal.append(batch)
    assert outcome == [None] * len(batch)
    return outcome


async def test_what_was_appended_is_read_as_it_was(journal: LeasingJournal) -> None:
    first = commit(0, STARTED, revealed(1), revealed(2), session=NIGHT, id="a")
    second = commit(3, JOINED, by=ANN, session=NIGHT)
    third = commit(4)
    await stored(journal, append(Lease(ROOM), 0, first, second))
    await stored(journal, append(Lease(ROOM), 4, third))
    assert await everything(journal) == [first, second, third]


async def test_a_room_that_was_never_written_is_empty(journal: LeasingJournal) -> None:
    assert await everything(journal) == []


async def test_rooms_are_apart(journal: LeasingJournal) -> None:
    await stored(journal, append(Lease(ROOM), 0), append(Lease(OTHER), 0, commit(0, JOINED)))
    assert await everything(journal, ROOM) == [commit(0)]
    assert await everything(journal, OTHER) == [commit(0, JOINED)]


@pytest.mark.parametrize(
    ("after", "upto", "versions"),
    [
        (0, None, [2, 3, 6]),
        (2, None, [3, 6]),
        (1, None, [2, 3, 6]),
        (4, None, [6]),
        (6, None, []),
        (0, 5, [2, 3]),
        (0, 6, [2, 3, 6]),
        (2, 3, [3]),
        (3, 3, []),
        (0, 1, []),
        (5, 6, [6]),
        (6, 7, []),
    ],
)
async def test_a_stretch_is_read_in_whole_commits(
    journal: LeasingJournal, after: int, upto: int | None, versions: list[int]
) -> None:
    batch = (
        commit(0, revealed(1), revealed(2)),
        commit(2),
        commit(3, revealed(4), revealed(5), revealed(6)),
    )
    await stored(journal, append(Lease(ROOM), 0, *batch))
    assert [found.version async for found in journal.read(ROOM, after, upto)] == versions
    assert [found.version for found in await fed(journal, after, upto)] == versions


async def test_long_records_are_read_whole_and_in_order(journal: LeasingJournal) -> None:
    commits: list[Commit] = []
    while (after := commits[-1].version if commits else 0) < 2_000:
        commits.append(commit(after, *(revealed(n) for n in range(1 + after % 7))))
    commits.append(commit(commits[-1].version, *(revealed(n) for n in range(1_200))))
    commits.append(commit(commits[-1].version))
    await stored(journal, append(Lease(ROOM), 0, *commits))
    assert await everything(journal) == commits
    assert await fed(journal) == commits
    halfway = commits[len(commits) // 2].version
    assert [c async for c in journal.read(ROOM, 0, halfway)] == commits[: len(commits) // 2 + 1]


@pytest.mark.parametrize("after", [0, 1, 3, 7])
async def test_another_version_than_the_last_is_refused(
    journal: LeasingJournal, after: int
) -> None:
    await stored(journal, append(Lease(ROOM), 0, commit(0), commit(1)))
    (refusal,) = await journal.append([append(Lease(ROOM), after)])
    assert isinstance(refusal, VersionConflict)
    assert (refusal.room, refusal.expected) == (ROOM, after)
    assert await everything(journal) == [commit(0), commit(1)]


async def test_one_stale_room_harms_no_other(journal: LeasingJournal) -> None:
    await stored(journal, *(append(Lease(room(n)), 0) for n in range(1, 6)))
    batch = [append(Lease(room(n)), 0 if n == 3 else 1) for n in range(1, 6)]
    outcome = await journal.append(batch)
    assert [type(refusal) for refusal in outcome if refusal] == [VersionConflict]
    for n in range(1, 6):
        assert len(await everything(journal, room(n))) == (1 if n == 3 else 2)


async def test_a_room_goes_on_after_a_refusal(journal: LeasingJournal) -> None:
    await stored(journal, append(Lease(ROOM), 0))
    await journal.append([append(Lease(ROOM), 0)])
    await stored(journal, append(Lease(ROOM), 1))
    assert await everything(journal) == [commit(0), commit(1)]


async def test_two_appends_of_one_room_in_a_batch_go_in_order(journal: LeasingJournal) -> None:
    await stored(journal, append(Lease(ROOM), 0), append(Lease(ROOM), 1))
    assert await everything(journal) == [commit(0), commit(1)]


async def test_an_empty_append_stores_nothing(journal: LeasingJournal) -> None:
    assert await journal.append([]) == []
    assert await journal.append([Append(Lease(ROOM), 0, ())]) == [None]
    assert await everything(journal) == []


async def test_a_command_id_is_recorded_once_for_each_user(journal: LeasingJournal) -> None:
    await stored(journal, append(Lease(ROOM), 0, commit(0, id="a"), commit(1, by=ANN, id="a")))
    (refusal,) = await journal.append([append(Lease(ROOM), 2, commit(2), commit(3, id="a"))])
    assert isinstance(refusal, AlreadyRecorded)
    assert len(await everything(journal)) == 2
    await stored(journal, append(Lease(OTHER), 0, commit(0, id="a")))


async def test_a_command_id_is_not_recorded_twice_in_a_batch(journal: LeasingJournal) -> None:
    (refusal,) = await journal.append(
        [append(Lease(ROOM), 0, commit(0, id="a"), commit(1, id="a"))]
    )
    assert isinstance(refusal, AlreadyRecorded)
    assert await everything(journal) == []


async def test_a_command_id_finds_all_that_it_caused(journal: LeasingJournal) -> None:
    wanted = commit(1, revealed(1), revealed(2), id="b")
    others = commit(0, id="a"), commit(3, id="c")
    await stored(journal, append(Lease(ROOM), 0, others[0], wanted, others[1]))
    assert await journal.find(ROOM, DORA.user, CommandId("b")) == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda: (ROOM, ANN.user, CommandId("a")),
        lambda: (OTHER, DORA.user, CommandId("a")),
        lambda: (ROOM, DORA.user, CommandId("z")),
    ],
)
async def test_a_command_id_that_was_not_recorded_is_not_found(
    journal: LeasingJournal, elsewhere: Callable[[], tuple[RoomId, str, CommandId]]
) -> None:
    await stored(journal, append(Lease(ROOM), 0, commit(0, id="a")))
    assert await journal.find(*elsewhere()) is None  # type: ignore[arg-type]  # users are UserIds


async def test_who_took_the_lease_fences_off_the_former_owner(journal: LeasingJournal) -> None:
    former = await journal.lease(ROOM, "north")
    await stored(journal, append(former, 0))
    owner = await journal.lease(ROOM, "south")
    (refusal,) = await journal.append([append(former, 1)])
    assert isinstance(refusal, Fenced)
    assert refusal.lease == former
    await stored(journal, append(owner, 1))
    assert await everything(journal) == [commit(0), commit(1)]


async def test_a_lease_that_nobody_gave_is_refused(journal: LeasingJournal) -> None:
    (refusal,) = await journal.append([append(Lease(ROOM, Epoch(9)), 0)])
    assert isinstance(refusal, Fenced)


async def test_a_fenced_room_harms_no_other(journal: LeasingJournal) -> None:
    former = await journal.lease(ROOM, "north")
    await journal.lease(ROOM, "south")
    kept = await journal.lease(OTHER, "north")
    outcome = await journal.append([append(former, 0), append(kept, 0)])
    assert [type(refusal) for refusal in outcome] == [Fenced, type(None)]
    assert await everything(journal, OTHER) == [commit(0)]


async def test_a_record_goes_on_past_the_small_numbers(journal: LeasingJournal) -> None:
    # 32 767 is where a number stops fitting two bytes, in which the driver sends it.
    long = commit(0, *(revealed(n) for n in range(32_600)))
    short = [commit(32_600 + n) for n in range(600)]
    await stored(journal, append(Lease(ROOM), 0, long, *short))
    assert [c.version async for c in journal.read(ROOM, 32_600)] == [c.version for c in short]


async def test_who_did_something_is_kept_by_id_and_role(journal: LeasingJournal) -> None:
    named = commit(0, by=Member(UserId("ann"), Role.PLAYER, "Ann of the Marches"))
    await stored(journal, append(Lease(ROOM), 0, named))
    (found,) = await everything(journal)
    assert found == named._replace(by=ANN)


def unchanged(number: int, id: str | None = None) -> Unchanged:
    return Unchanged(DORA.user, CommandId(id or f"c{number}"), b"0123456789abcdef", number)


async def test_what_changed_nothing_is_kept_by_room_in_its_order(journal: LeasingJournal) -> None:
    assert not await journal.unchanged(ROOM)
    await journal.keep_unchanged(Lease(ROOM), [unchanged(1), unchanged(2)])
    await journal.keep_unchanged(Lease(ROOM), [unchanged(3)])
    await journal.keep_unchanged(Lease(OTHER), [unchanged(9)])
    assert list(await journal.unchanged(ROOM)) == [unchanged(n) for n in (1, 2, 3)]
    assert list(await journal.unchanged(OTHER)) == [unchanged(9)]


async def test_what_changed_nothing_is_kept_once_as_it_was(journal: LeasingJournal) -> None:
    await journal.keep_unchanged(Lease(ROOM), [unchanged(1, "a")])
    await journal.keep_unchanged(Lease(ROOM), [unchanged(2, "a"), unchanged(3, "b")])
    assert list(await journal.unchanged(ROOM)) == [unchanged(1, "a"), unchanged(3, "b")]


async def test_a_former_owner_keeps_nothing(journal: LeasingJournal) -> None:
    former = await journal.lease(ROOM, "north")
    await journal.lease(ROOM, "south")
    with pytest.raises(Fenced):
        await journal.keep_unchanged(former, [unchanged(1)])
    assert not await journal.unchanged(ROOM)
