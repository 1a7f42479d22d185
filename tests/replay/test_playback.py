"""What is played without stopping is what a replay of the timeline says, byte for byte."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from events import Member, RoomState, fold
from events.core.features.hexes import HexesRevealed
from events.core.features.members import MemberSet
from events.core.messages import JSON
from events.core.state import Role
from events.journal import Commit
from events.record.viewpoint import Viewer
from events.replay.playback import Played, played
from events.replay.player import Replay
from events.replay.timeline import Timeline
from tests.support.given import ANN, BEN, DM
from tests.support.given_record import commits, read
from tests.support.random_nights import START, TABLE, Step, play
from tests.support.strategies import nights


async def by_replay(room: RoomState, of: list[Commit], viewer: Viewer) -> list[Played]:
    line = await Timeline.of(room, 0, read(of), viewer)
    told: list[Played] = []

    async def put(messages: list[dict[str, JSON]]) -> None:
        said = [to_json(each) for each in messages if not each["type"].startswith("replay:")]
        told.append(Played(line.moments[len(told)].at, said))

    replay = Replay(line, put)
    for _ in line.moments:
        await replay.advance()
    return told


@settings(max_examples=100, deadline=None)
@given(nights(), st.sampled_from(TABLE))
async def test_a_night_played_at_once_is_the_replay_of_it(night: list[Step], who: Member) -> None:
    start, viewer = fold(START), Viewer(who)
    steps = [change.commit for change in play(start, night) if change.events]
    of = [each._replace(at=each.at + timedelta(seconds=n)) for n, each in enumerate(steps)]
    found = [each async for each in played(start, read(of), viewer)]
    assert found == await by_replay(start, of, viewer)


@pytest.mark.parametrize("now", [BEN, Member(ANN.user, Role.DM), ANN])
async def test_who_is_given_another_role_gets_the_state_anew(now: Member) -> None:
    of = commits(
        [MemberSet(user=DM.user, name="Dora", role=Role.DM)],
        [MemberSet(user=ANN.user, name="Ann", role=Role.SPECTATOR)],
        [HexesRevealed(hexes=((0, 0, 1),), to="all")],
        [MemberSet(user=ANN.user, name="Ann", role=Role.PLAYER)],
        [HexesRevealed(hexes=((2, 0, 1),), to=(ANN.user,))],
    )
    start = fold(())
    found = [each async for each in played(start, read(of), Viewer(now))]
    assert found == await by_replay(start, of, Viewer(now))
    renewed = [text for each in found for text in each.said if b'"session:state"' in text]
    assert len(renewed) == (2 if now == ANN else 0)
