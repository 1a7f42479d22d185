"""Strokes: what players draw by hand for themselves and for each other."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.merging import MergeMembers
from events.core.features.staging import ModeSet
from events.core.features.strokes import (
    MOST_STROKES,
    PLAYER_POINTS,
    STROKE_POINTS,
    DrawStroke,
    EraseStrokes,
    NoSuchStroke,
    NotYourStroke,
    StrokeDrawn,
    StrokesAreForPlayers,
    StrokesErased,
)
from events.core.state import Mode, Stroke, StrokeId
from events.errors import PlayersOnly, TooMany
from events.geometry.grid import Hex
from tests.support.given import ANN, BEN, DM, SAM, given

AT = Hex(4, 4)
LINE = "0,0 50,-20"
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
MINE = StrokeDrawn(stroke=StrokeId("mine"), now=Stroke(AT, LINE, ANN.user))
OURS = StrokeDrawn(stroke=StrokeId("ours"), now=Stroke(AT, LINE, ANN.user, "red", party=True))
SHOWN = {"id": "mine", "hexKey": "4,4", "points": LINE, "by": "ann", "color": "ink", "party": False}


def erase(*ids: str) -> EraseStrokes:
    return EraseStrokes(stroke_ids=ids)


def test_a_stroke_for_oneself_is_told_to_nobody_else() -> None:
    drawn = given(*TABLE).when(DrawStroke(hex_key=AT, points=LINE), by=ANN)
    (event,) = drawn.events
    assert isinstance(event, StrokeDrawn)
    assert event.now == Stroke(AT, LINE, ANN.user)
    drawn.tells(ANN, "stroke:drawn").tells(BEN).tells(SAM).tells(DM)
    given(*TABLE, MINE).when(erase("mine"), by=ANN).shows(ANN, "strokes", "mine", None)
    given(*TABLE).when(DrawStroke(hex_key=AT, points=LINE), by=ANN, seed=9).shows(
        BEN, "strokes", event.stroke, None
    )


def test_a_stroke_for_the_party_is_told_to_players_and_dms() -> None:
    drawn = given(*TABLE).when(DrawStroke(hex_key=AT, points=LINE, party=True), by=ANN)
    for who in (ANN, BEN, DM):
        drawn.tells(who, "stroke:drawn")
    drawn.tells(SAM)


def test_players_erase_their_own_at_once_and_a_dm_the_partys() -> None:
    table = given(*TABLE, MINE, OURS)
    both = table.when(erase("ours", "mine", "ours"), by=ANN)
    both.then(StrokesErased(strokes=(StrokeId("mine"), StrokeId("ours"))))
    both.tells(ANN, "stroke:erased").tells(BEN, "stroke:erased").tells(SAM)
    assert both.told(BEN)[0]["strokeIds"] == ["ours"]
    table.when(erase("ours"), by=BEN).refused(NotYourStroke)
    table.when(erase("mine"), by=BEN).refused(NoSuchStroke)
    table.when(erase("ours")).tells(DM, "stroke:erased")
    table.when(erase("mine")).refused(NoSuchStroke)
    table.when(erase("ours", "none"), by=ANN).refused(NoSuchStroke)
    table.when(DrawStroke(hex_key=AT, points=LINE)).refused(StrokesAreForPlayers)
    table.when(DrawStroke(hex_key=AT, points=LINE), by=SAM).refused(PlayersOnly)
    table.when(erase("ours"), by=SAM).refused(PlayersOnly)


def test_strokes_do_not_wait_while_the_dm_prepares() -> None:
    staged = given(*TABLE, OURS, ModeSet(mode=Mode.STAGED))
    staged.when(DrawStroke(hex_key=AT, points=LINE), by=ANN).tells(ANN, "stroke:drawn")
    staged.when(erase("ours")).then(StrokesErased(strokes=(StrokeId("ours"),)))


def test_a_player_draws_so_many_lines_of_so_many_points() -> None:
    def drawn(n: int, points: str = LINE) -> Event:
        return StrokeDrawn(stroke=StrokeId(f"s{n}"), now=Stroke(AT, points, ANN.user))

    more = DrawStroke(hex_key=AT, points=LINE)
    full = given(*TABLE, *map(drawn, range(MOST_STROKES)))
    full.when(more, by=ANN).refused(TooMany)
    assert full.when(more, by=BEN).events, "it is each player's own limit"
    long = " ".join(["1,1"] * STROKE_POINTS)
    crowded = given(*TABLE, *(drawn(n, long) for n in range(PLAYER_POINTS // STROKE_POINTS)))
    crowded.when(more, by=ANN).refused(TooMany)
    assert DrawStroke(hex_key=AT, points=long).points == long
    with pytest.raises(TooMany):
        DrawStroke(hex_key=AT, points=f"{long} 1,1")
    for points in (
        "",
        "1,1",
        "1,1 2",
        "1,1  2,2",
        "1.5,1 2,2",
        "1,1 123456,2",
        " 1,1 2,2",
        "١,1 2,2",
    ):
        with pytest.raises(ValidationError):
            DrawStroke(hex_key=AT, points=points)
    with pytest.raises(ValidationError):
        DrawStroke.model_validate({"hex_key": AT, "points": LINE, "color": "#ff0000"})


def test_strokes_go_along_when_two_persons_are_one() -> None:
    merged = given(*TABLE, MINE).when(MergeMembers(user_id=ANN.user, into=BEN.user))
    merged.shows(BEN, "strokes", "mine", {**SHOWN, "by": "ben"})
