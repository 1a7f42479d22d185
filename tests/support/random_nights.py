"""What random nights begin with and how they are played: a DM, two players and a spectator."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from events import (
    Change,
    Command,
    Event,
    Member,
    Rejected,
    RoomState,
    advance,
    decide,
)
from events.core.features.handouts import HandoutShown, NotePictured
from events.core.features.labels import LabelSet
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.notes import NoteSet
from events.core.features.paths import PathSet
from events.core.features.pictures import PictureLaid
from events.core.features.pins import PinSet
from events.core.features.regions import RegionSet
from events.core.features.rules import RuleSet
from events.core.features.sessions import SessionStarted
from events.core.features.sites import SiteSet
from events.core.features.strokes import StrokeDrawn
from events.core.features.terrain import HexesUpdated
from events.core.features.tokens import TokenCreated
from events.core.map_objects import (
    Label,
    LabelId,
    Path,
    PathId,
    Region,
    RegionId,
    Site,
    SiteId,
)
from events.core.state import (
    Handout,
    Note,
    NoteId,
    Picture,
    Rule,
    RuleId,
    SessionId,
    TokenId,
)
from events.core.values import Check, Pin, PinId, Stroke, StrokeId
from events.geometry.course import CoursePoint, through
from events.geometry.grid import Hex
from events.journal import Commit
from tests.support.given import ANN, BEN, DM, SAM

TABLE = (DM, ANN, BEN, SAM)
START: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in TABLE),
    PlayerJoined(user=DM.user),
    PlayerJoined(user=ANN.user),
    PlayerJoined(user=SAM.user),
    HexesUpdated(painted=(("hills", 0, ((-2, 0, 5), (-2, 1, 5))),)),
    SessionStarted(session=SessionId("s0")),
    TokenCreated(token=TokenId("t1"), at=Hex(0, 0), label="Ann's", owner=ANN.user),
    TokenCreated(token=TokenId("t2"), at=Hex(0, 1), label="Ben's", owner=BEN.user),
    RuleSet(rule=RuleId("r1"), now=Rule("all", 1, "full")),
    PictureLaid(picture=Picture("p1", 700, 600)),
    PinSet(pin=PinId("pin-1"), now=Pin(Hex(1, 1), "smoke", ANN.user, party=True)),
    StrokeDrawn(
        stroke=StrokeId("stroke-1"), now=Stroke(Hex(1, 1), "0,0 9,9", ANN.user, party=True)
    ),
    NoteSet(note=NoteId("n1"), now=Note(Hex(1, 0), "poi", "Well", check=Check("lore", 9))),
    NotePictured(note=NoteId("n1"), handout=Handout("h1", 9, 9)),
    HandoutShown(note=NoteId("n1"), to="all"),
    PathSet(
        path=PathId("p1"),
        now=Path("road", through([CoursePoint(Hex(-2, 0)), CoursePoint(Hex(2, 0))])),
    ),
    SiteSet(site=SiteId("s1"), now=Site(Hex(0, 1), "village", "Thornby")),
    RegionSet(
        region=RegionId("r1"), now=Region("The Vale", ((-2, 0, 5), (-2, 1, 5)), audience="seen")
    ),
    LabelSet(label=LabelId("l1"), now=Label(Hex(1, 1), "Beware", audience="seen")),
)
Step = tuple[Command, Member, int]


@dataclass(frozen=True, slots=True)
class Played(Change):
    """A change, and the commit that made it."""

    commit: Commit


def play(room: RoomState, night: Iterable[Step], version: int = len(START)) -> Iterator[Played]:
    """Yield what each command that is not refused does."""
    for command, by, seed in night:
        try:
            events = decide(room, command.stamped(lambda s=seed: s), by)  # type: ignore[misc]
        except Rejected:
            continue
        commit = Commit(version, events, by, datetime(2026, 1, 1, tzinfo=UTC))
        after = advance(room, commit)
        yield Played(room, after, events, commit)
        room, version = after, commit.version
