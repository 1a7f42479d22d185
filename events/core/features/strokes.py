"""Strokes: what players draw by hand on their own copy of the map, for themselves or for the party.

They are as secret as pins: one for oneself is told to its owner alone, one for the party to players and
DMs. A player may draw anywhere, over what they see and over the unknown: the answer never depends on it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from events.core.messages import JSON, Bool, Command, Event, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import Member, Role, RoomState, Stroke, StrokeColor, StrokeId, UserId
from events.errors import Forbidden, NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import Id

STROKE_POINTS: Final = 200
MOST_STROKES: Final = 200
PLAYER_POINTS: Final = 5_000
"""The most points of all strokes of one player."""
_LONGEST: Final = STROKE_POINTS * len("-99999,-99999 ")
_POINTS: Final = re.compile(r"-?\d{1,5},-?\d{1,5}(?: -?\d{1,5},-?\d{1,5})+", re.ASCII)


def _points(text: str) -> str:
    if len(text) > _LONGEST or not _POINTS.fullmatch(text):
        raise ValueError('points are "x,y x,y …", at least two, each a whole number of five digits')
    if (n := count(text)) > STROKE_POINTS:
        raise TooMany("points of a stroke", STROKE_POINTS, n)
    return text


Points = Annotated[str, AfterValidator(_points)]


class NoSuchStroke(NotFound):
    def __str__(self) -> str:
        return "no such drawing"


class NotYourStroke(Forbidden):
    def __str__(self) -> str:
        return "this was drawn by another player; players erase their own"


class StrokesAreForPlayers(Forbidden):
    def __str__(self) -> str:
        return "drawing by hand is for players; a DM draws paths, regions and labels"


class DrawStroke(Command):
    """Draw a line by hand, for oneself or for the party."""

    tag = "stroke:draw"
    dm_only = False
    hex_key: HexKey
    """The hex from whose centre the points are measured."""
    points: Points
    """``x,y x,y …``, right and down, in hundredths of a hex size."""
    color: StrokeColor = "ink"
    party: Bool = False
    new_id: Id | None = None
    """Stamped: the id of the stroke. What a client sends here is overwritten."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        return self.model_copy(update={"new_id": str(UUID(int=seed(), version=4))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if by.is_dm:
            raise StrokesAreForPlayers
        assert self.new_id is not None, "commands are stamped before they are decided"
        own = [stroke for stroke in room.strokes.values() if stroke.by == by.user]
        if (n := len(own) + 1) > MOST_STROKES:
            raise TooMany("drawn lines of one player", MOST_STROKES, n)
        if (n := sum(count(each.points) for each in own) + count(self.points)) > PLAYER_POINTS:
            raise TooMany("points in the drawn lines of one player", PLAYER_POINTS, n)
        stroke = Stroke(self.hex_key, self.points, by.user, self.color, self.party)
        yield StrokeDrawn(stroke=StrokeId(self.new_id), now=stroke)

    def describe(self, room: RoomState) -> str:
        return f"Draw a line at hex {room.label(self.hex_key)}"


class EraseStrokes(Command):
    """Erase drawn lines: a player their own, a DM any of the party's."""

    tag = "stroke:erase"
    dm_only = False
    stroke_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_STROKES)]

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        ids = tuple(StrokeId(each) for each in sorted(set(self.stroke_ids)))
        for key in ids:
            stroke = room.strokes.get(key)
            if stroke is None or not knows_stroke(by, stroke):
                raise NoSuchStroke
            if not by.is_dm and stroke.by != by.user:
                raise NotYourStroke
        yield StrokesErased(strokes=ids)

    def describe(self, room: RoomState) -> str:
        return "Erase what was drawn by hand"


class StrokeDrawn(Event):
    tag = "stroke_draw"
    stroke: StrokeId
    now: Stroke

    def evolve(self, room: RoomState) -> RoomState:
        strokes = room.strokes.put(self.stroke, self.now)
        # Its owner sees what others may not.
        return room.but(strokes=strokes, individually_seen=room.individually_seen | {self.now.by})

    def describe(self, room: RoomState) -> str:
        who = room.name_of(self.now.by)
        if not self.now.party:
            return f"{who} drew something for themselves"
        return f"{who} drew at hex {room.label(self.now.at)} for the party"


class StrokesErased(Event):
    tag = "stroke_erase"
    strokes: tuple[StrokeId, ...]

    def evolve(self, room: RoomState) -> RoomState:
        strokes = room.strokes
        for key in self.strokes:
            strokes = strokes.put(key, None)
        return room.but(strokes=strokes)

    def describe(self, room: RoomState) -> str:
        stroke = room.strokes.get(self.strokes[0]) if self.strokes else None
        lines = "A drawn line" if len(self.strokes) == 1 else f"{len(self.strokes)} drawn lines"
        return f"{lines} of {room.name_of(stroke.by)} erased" if stroke else f"{lines} erased"


class StrokeSeen(ServerMessage):
    """A line was drawn by hand, or is the viewer's to see from now on."""

    tag = "stroke:drawn"
    stroke: JsonObject


class StrokesGone(ServerMessage):
    """Drawn lines are no longer there for the viewer."""

    tag = "stroke:erased"
    stroke_ids: list[StrokeId]


class StrokeProjection(Projection[StrokeId]):
    """Each stroke, to its owner; those for the party to players and DMs."""

    name = "strokes"
    reads = frozenset({"strokes"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[StrokeId]:
        return room.strokes

    def touched(self, change: Change) -> Iterable[StrokeId]:
        return change.keys("strokes")

    def individually_seen(self, room: RoomState, keys: Sequence[StrokeId]) -> Iterable[UserId]:
        return {stroke.by for key in keys if (stroke := room.strokes.get(key)) is not None}

    def visible(self, room: RoomState, viewer: Member, key: StrokeId) -> JSON | None:
        stroke = room.strokes.get(key)
        if stroke is None or not knows_stroke(viewer, stroke):
            return None
        return {
            "id": key,
            "hexKey": str(stroke.at),
            "points": stroke.points,
            "by": stroke.by,
            "color": stroke.color,
            "party": stroke.party,
        }

    def state_fields(self, whole: Shown[StrokeId]) -> Mapping[str, JSON]:
        return {"strokes": list(whole.values())}

    def diff_messages(
        self, before: Shown[StrokeId], after: Shown[StrokeId]
    ) -> Iterator[ServerMessage]:
        gone = [key for key in sorted(before.keys() | after.keys()) if after.get(key) is None]
        if gone:
            yield StrokesGone(stroke_ids=gone)
        for key in sorted(after):
            new = after[key]
            if new is not None and new != before.get(key):
                yield StrokeSeen(stroke=new)


def count(points: str) -> int:
    """Return how many points a stroke has."""
    return points.count(" ") + 1


def knows_stroke(viewer: Member, stroke: Stroke) -> bool:
    """Return whether the viewer may know of the stroke."""
    return viewer.user == stroke.by or (stroke.party and viewer.role is not Role.SPECTATOR)
