"""A timeline tells a viewer's moments, and nothing of those between them."""

import pytest

from events import Event
from events.core.features.hexes import HexesRevealed, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.sessions import SessionEnded, SessionStarted
from events.core.features.staging import ChangeStaged, ModeSet
from events.core.features.terrain import HexesUpdated
from events.core.state import ChangeId, Mode, Role
from events.geometry.grid import Hex, runs
from events.record.errors import TooMuchHappened
from tests.support.given import ANN, BEN, DM
from tests.support.given_record import EVENING, commits, timeline

HERE, THERE = runs([Hex(0, 0)]), runs([Hex(5, 0), Hex(6, 0)])
TABLE: list[Event] = [
    MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)
]
PAINTED = HexesUpdated(painted=(("hills", 0, HERE), ("marsh", 0, THERE)))
STAGED = ChangeStaged(
    change=ChangeId(1),
    command=RevealHexes(hex_keys=(Hex(1, 0),), targets="all"),
    by=DM.user,
    description="Reveal hex 1,0",
)
NIGHT = commits(
    [*TABLE, PAINTED],
    [SessionStarted(session=EVENING)],
    [HexesRevealed(hexes=THERE, to=(BEN.user,))],
    [HexesRevealed(hexes=HERE, to="all")],
    [ModeSet(mode=Mode.STAGED)],
    [STAGED],
    [SessionEnded()],
)


async def test_a_dm_sees_every_commit_by_its_version() -> None:
    line = await timeline(NIGHT, DM, start=1)
    assert [moment.version for moment in line.moments] == [5, 6, 7, 8, 9, 10]
    assert [moment.kind for moment in line.moments] == [
        "session", "reveal", "reveal", "staging", "staging", "session",
    ]  # fmt: skip
    assert line.moments[1].caption == "Revealed 2 hexes around 6,0 to Ben"
    assert (line.start_version, line.end_version) == (4, 10)


async def test_a_player_sees_their_own_moments_numbered_from_one() -> None:
    line = await timeline(NIGHT, ANN, start=1)
    assert [(m.version, m.kind) for m in line.moments] == [
        (1, "session"), (2, "reveal"), (3, "other"), (4, "session"),
    ]  # fmt: skip
    assert line.moments[1].caption == "Hex 0,0 came into sight"
    assert (line.start_version, line.end_version) == (0, 4)


async def test_staging_makes_no_mark_for_a_player() -> None:
    line = await timeline(NIGHT, ANN, start=1)
    assert [mark["kind"] for mark in line.marks()] == ["session", "reveal", "session"]


async def test_what_only_another_was_shown_is_that_players_moment() -> None:
    line = await timeline(NIGHT, BEN, start=1)
    assert line.moments[1].caption == "2 hexes around 6,0 came into sight"


async def test_every_position_has_the_room_that_its_moment_left() -> None:
    line = await timeline(NIGHT, ANN, start=1)
    rooms = [line.room(0), *(step.room for step in line.steps())]
    assert [line.room(index) for index in range(len(line) + 1)] == rooms


async def test_a_long_timeline_still_finds_every_position() -> None:
    steps = [
        [PlayerJoined(user=ANN.user)] if n % 2 else [ModeSet(mode=Mode.STAGED)] for n in range(3000)
    ]
    line = await timeline(commits(TABLE, *steps), DM, start=1)
    rooms = [step.room for step in line.steps()]
    assert [line.room(index + 1) for index in (0, 1, 1000, 2047, 2999)] == [
        rooms[index] for index in (0, 1, 1000, 2047, 2999)
    ]


async def test_a_player_who_was_a_dm_sees_the_past_as_the_player_they_are() -> None:
    once = MemberSet(user=ANN.user, name=ANN.name, role=Role.DM)
    line = await timeline(commits([*TABLE, PAINTED, once], [STAGED]), ANN, start=1)
    assert not line.moments


async def test_a_version_is_found_at_or_before_it() -> None:
    line = await timeline(NIGHT, DM, start=1)
    assert [line.index_of(version) for version in (0, 4, 5, 7, 10, 99)] == [0, 0, 1, 3, 6, 6]


@pytest.mark.parametrize("leap", [1, 2, 5])
async def test_what_is_passed_over_unseen_is_not_missed(
    leap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every position is what it was, however many commits in between are kept as a state only."""
    unseen: list[list[Event]] = [[ModeSet(mode=mode)] for mode in (Mode.STAGED, Mode.IMMEDIATE)]
    painted: list[list[Event]] = [
        [HexesUpdated(painted=(("hills", n, THERE),))] for n in range(1, 30)
    ]
    seen: list[list[Event]] = [
        [HexesRevealed(hexes=runs([Hex(n, 9)]), to="all")] for n in range(40)
    ]
    groups = [TABLE, *seen[:3], *painted[:7], seen[3], *unseen, *painted[7:]]
    for n in range(4, 40):
        groups += [seen[n], *painted[: n % 8]]
    record = commits(*groups)
    whole = await timeline(record, ANN, start=1)
    monkeypatch.setattr("events.replay.timeline.LEAP", leap)
    monkeypatch.setattr("events.replay.timeline.KEPT_STATES", 6)
    line = await timeline(record, ANN, start=1)
    assert line.moments != whole.moments, "some were passed over"
    assert [moment.mark for moment in line.moments] == [moment.mark for moment in whole.moments]
    assert line.final == whole.final
    for index in range(len(whole) + 1):
        assert line.room(index) == whole.room(index)
        steps = [(step.messages, step.room) for step in line.steps(index)]
        assert steps == [(step.messages, step.room) for step in whole.steps(index)]


async def test_a_timeline_may_be_too_long_by_what_it_tells() -> None:
    assert len(await timeline(NIGHT, ANN, start=1, most=4)) == 4
    for viewer, most in ((ANN, 3), (DM, 5)):
        with pytest.raises(TooMuchHappened):
            await timeline(NIGHT, viewer, start=1, most=most)
