"""The recap for all players tells what each of them was told, and all of it."""

import asyncio
from collections.abc import Iterable

from hypothesis import given, settings

from events import RoomState, fold, messages_for
from events.core.features.hexes import HexesHidden, HexesRevealed
from events.core.features.members import MemberSet
from events.core.features.paths import PathRevealed, PathSet
from events.core.features.sites import SiteRevealed, SiteSet
from events.core.features.terrain import HexesUpdated
from events.core.features.tokens import TokenCreated
from events.core.messages import Event, ServerMessage
from events.core.state import Path, PathId, Site, SiteId, TokenId
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex, disc, runs
from events.maps.inks import INKS
from events.record.viewpoint import ALL_PLAYERS
from events.replay.timeline import Timeline
from events.report.recap import Recap, markdown, recap, recap_html
from tests.support.given import ANN, BEN, DM
from tests.support.given_record import commits, read
from tests.support.random_nights import START, Step, play
from tests.support.strategies import nights

AROUND = tuple(disc(Hex(0, 0), 3))
TABLE: list[Event] = [
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN)),
    HexesUpdated(painted=(("hills", 0, runs(AROUND)),)),
    TokenCreated(token=TokenId("t1"), at=Hex(0, 0), label="Ranger", owner=ANN.user),
]


async def recap_of(*groups: Iterable[Event]) -> Recap:
    record = commits(TABLE, *groups)
    line = await Timeline.of(fold(TABLE), len(TABLE), read(record[1:]), ALL_PLAYERS)
    return recap(line, "The Marches", "Session 1")


async def test_a_reveal_is_told_to_all_though_a_token_in_it_was_known_to_its_owner() -> None:
    told = await recap_of([HexesRevealed(hexes=runs(AROUND), to="all")])
    assert told.new_hexes == len(AROUND) == 37
    assert "37 hexes are new" in markdown(told)
    assert "37 hexes around" in told.lines[0].what
    assert "Ranger" not in told.lines[0].what


async def test_a_reveal_is_told_to_all_though_one_of_them_knew_a_hex_of_it() -> None:
    told = await recap_of(
        [HexesRevealed(hexes=runs(AROUND[:1]), to=(BEN.user,))],
        [HexesRevealed(hexes=runs(AROUND), to="all")],
    )
    assert told.new_hexes == 37
    assert [line.what.split()[0] for line in told.lines] == ["36"]


async def test_it_is_not_told_that_one_player_was_shown_again_what_all_others_see() -> None:
    told = await recap_of(
        [HexesRevealed(hexes=runs(AROUND[1:3]), to="all")],
        [HexesHidden(hexes=runs(AROUND[1:2]), to=(ANN.user,))],
        [HexesRevealed(hexes=runs(AROUND[1:2]), to=(ANN.user,))],
    )
    assert len(told.lines) == 1
    assert told.new_hexes == 2


async def test_of_what_one_player_sees_less_of_the_lesser_part_is_told() -> None:
    told = await recap_of(
        [
            HexesRevealed(hexes=runs(AROUND), to="all", tier="terrain"),
            HexesRevealed(hexes=runs(AROUND[:9]), to=(BEN.user,)),
        ],
    )
    assert [line.what for line in told.lines] == [
        "37 hexes around 0,0 came into sight (terrain only)"
    ]


async def test_the_map_of_a_recap_has_what_lies_on_it_for_its_audience() -> None:
    way = through([CoursePoint(at) for at in (Hex(-1, 0), Hex(0, 0), Hex(1, 0))])
    road = PathSet(path=PathId("p1"), now=Path("road", way))
    trail = PathSet(path=PathId("p2"), now=Path("trail", way, "Secret", audience="dm"))
    lair = SiteSet(site=SiteId("s1"), now=Site(Hex(0, 0), "lair", "Hydra"))
    inn = SiteSet(site=SiteId("s2"), now=Site(Hex(1, 0), "inn", "The Red Fox", audience="seen"))
    told = await recap_of(
        [road, trail, lair, inn],
        [HexesRevealed(hexes=runs(AROUND), to="all")],
        [PathRevealed(path=PathId("p2"), to=(ANN.user,))],
        [SiteRevealed(site=SiteId("s1"), to="all")],
    )
    page = recap_html(told)
    assert "The Red Fox" in page
    assert INKS["atlas"].paths["road"].colour in page
    assert INKS["atlas"].paths["trail"].colour not in page
    assert [len(frame.things.sites) for frame in told.frames] == [0, 1, 2]


Facts = dict[str, set[str]]


def facts(messages: Iterable[ServerMessage]) -> Facts:
    """Return of which hexes and things messages tell something, by the kind of message."""
    found: Facts = {}
    for message in messages:
        said = message.to_wire()
        if "hexKeys" in said:
            ids = set(said["hexKeys"])
        elif "changes" in said:
            ids = {change["key"] for change in said["changes"]}
        else:
            thing = said.get("token") or said.get("site") or said.get("note") or said.get("label")
            ids = {thing["id"]} if thing else set()
        found.setdefault(message.tag.partition(":")[0], set()).update(ids)
    return found


@settings(max_examples=150)
@given(nights())
def test_what_all_were_told_is_what_each_of_them_was_told(night: list[Step]) -> None:
    room = fold(START)
    played = list(play(room, night))
    for step in played:
        told = facts(ALL_PLAYERS.messages(step))
        each = [
            facts(messages_for(step, who)) for who in (ALL_PLAYERS.member, *step.after.players())
        ]
        for kind in ("hex", "token", "note", "site", "label"):
            both = set.intersection(*(known.get(kind, set()) for known in each))
            assert told.get(kind, set()) == both, kind


@settings(max_examples=60)
@given(nights())
def test_the_recap_has_a_line_for_each_step_that_all_were_told_of(night: list[Step]) -> None:
    room = fold(START)
    played = list(play(room, night))

    async def commits_() -> Timeline:
        return await Timeline.of(room, len(START), read([p.commit for p in played]), ALL_PLAYERS)

    line = asyncio.run(commits_())
    told = [step for step in played if tuple(ALL_PLAYERS.messages(step))]
    assert [moment.commit for moment in line.moments] == [played.index(step) for step in told]
    made = recap(line, "The Marches", "Session 1")
    if told:
        shared = shared_hexes(played[-1].after)
        assert made.frames[-1].hexes.keys() == shared


def shared_hexes(room: RoomState) -> set[Hex]:
    """Return the hexes that each player sees, and would who is nobody in particular."""
    witnesses = (ALL_PLAYERS.member, *room.players())
    return {at for at in room.visibility if all(room.tier(who, at) for who in witnesses)}
