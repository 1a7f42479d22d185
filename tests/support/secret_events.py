"""What happens behind a player's back, for the laws that hold what reaches that player to it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from events import (
    Command,
    Event,
    Member,
    RoomState,
    decide,
    fold,
)
from events.core.diffs import Changes
from events.core.features.checks import CheckRolled, SkillSet
from events.core.features.handouts import HandoutHidden, HandoutShown, NotePictured
from events.core.features.hexes import HexesHidden, HexesRevealed, HideHexes, RevealHexes
from events.core.features.history import HistoryRedone, HistoryUndone
from events.core.features.labels import LabelDeleted, LabelRevealed, LabelSet
from events.core.features.notes import NoteDeleted, NoteRevealed, NoteSet
from events.core.features.paths import PathDeleted, PathRevealed, PathSet
from events.core.features.pins import PinDeleted, PinSet
from events.core.features.regions import RegionDeleted, RegionRevealed, RegionSet
from events.core.features.resealing import RecordResealed
from events.core.features.rules import RuleDeleted, RuleSet
from events.core.features.sites import SiteDeleted, SiteRevealed, SiteSet
from events.core.features.staging import (
    ChangeStaged,
    ChangeUnstaged,
    Published,
)
from events.core.features.strokes import StrokeDrawn, StrokesErased
from events.core.features.terrain import HexesUpdated
from events.core.features.token_pictures import TokenPictured
from events.core.features.tokens import TokenCreated, TokenDeleted, TokenMoved, TokenUpdated
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
    Mode,
    Note,
    NoteId,
    Rule,
    RuleId,
    TokenId,
    UserId,
)
from events.core.values import ChangeId, Check, Pin, PinId, Stroke, StrokeId, ground
from events.geometry.course import CoursePoint, along, through
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM

OUT_OF_SIGHT = runs([Hex(7, q) for q in range(3)])


def in_secret(room: RoomState, who: Member) -> Iterable[Event]:
    """Yield what happens behind the player's back: far hexes painted, shown to another, staged."""
    yield HexesUpdated(painted=(("ruins", 3, OUT_OF_SIGHT),))
    yield TokenCreated(token=TokenId("lurker"), at=Hex(0, 0), label="a lurker", visible=False)
    yield TokenMoved(token=TokenId("lurker"), to=Hex(1, 0))
    yield TokenPictured(token=TokenId("lurker"), picture="grin")
    trap = Note(
        Hex(0, 0), "encounter", "Trap", dm_text="a pit", audience="dm", check=Check("notice", 12)
    )
    yield NoteSet(note=NoteId("secret"), now=trap)
    yield NoteRevealed(note=NoteId("secret"), to=(UserId("ben" if who is ANN else "ann"),))
    other = UserId("ben" if who is ANN else "ann")
    yield NotePictured(note=NoteId("secret"), handout=Handout("map", 9, 9))
    yield HandoutShown(note=NoteId("secret"), to=(other,))
    yield HandoutHidden(note=NoteId("secret"), to=(other,))
    yield HandoutShown(note=NoteId("secret"), to=(other,))
    yield SkillSet(user=other, skill="stealth", modifier=5)
    yield PinSet(pin=PinId("mine"), now=Pin(Hex(0, 0), "to be searched", other))
    yield PinSet(pin=PinId("gone"), now=Pin(Hex(1, 0), "was searched", other))
    yield PinDeleted(pin=PinId("gone"))
    for key in ("drawn", "erased"):
        yield StrokeDrawn(stroke=StrokeId(key), now=Stroke(Hex(0, 0), "0,0 9,9", other, "red"))
    yield StrokesErased(strokes=(StrokeId("erased"),))
    yield NoteSet(note=NoteId("far"), now=replace(trap, at=Hex(7, 0), hint="smoke", radius=2))
    yield from laid_in_secret(other)
    yield HexesRevealed(hexes=OUT_OF_SIGHT, to=(other,))
    yield HexesHidden(hexes=runs([Hex(7, 2)]), to=(other,))
    yield TokenCreated(token=TokenId("scout"), at=Hex(7, 0), label="a scout")
    yield TokenUpdated(token=TokenId("scout"), label="a spy")
    yield TokenDeleted(token=TokenId("scout"))
    yield NoteDeleted(note=NoteId("secret"))
    # A rule that stays would show its effect with the next step.
    yield RuleSet(rule=RuleId("secret"), now=Rule("all", 3, "full"))
    yield RuleDeleted(rule=RuleId("secret"))
    yield CheckRolled(
        number=99,
        note=NoteId("far"),
        token=TokenId("t2"),
        user=BEN.user,
        skill="notice",
        die=20,
        modifier=0,
        dc=12,
    )
    far = Changes(terrain=((None, ground("lava"), ((7, 3, 1),)),))
    yield HistoryUndone(after=0, version=1, description="Far away", put=far, kept="a note")
    yield HistoryRedone(version=1, description="Far away", put=far)
    staged = RevealHexes(hex_keys=(Hex(7, 0),), targets="all")
    change = ChangeId(room.last_change + 1)
    yield ChangeStaged(change=change, command=staged, by=DM.user, description="Reveal")
    yield Published(changes=(change,))
    yield ChangeUnstaged(change=change, reason="dropped", because="it no longer holds")
    yield RecordResealed(since=1)
    for command in (
        RevealHexes(hex_keys=(Hex(7, 0),), targets="all"),
        HideHexes(hex_keys=(Hex(7, 1),), targets="all"),
    ):
        if room.mode is Mode.STAGED:
            yield from decide(fold([], room), command, DM)


def laid_in_secret(other: UserId) -> Iterable[Event]:
    """Yield what is laid for DMs or another player here, and for all who see the hexes far away."""
    near, far = (Hex(0, 0), Hex(1, 0)), (Hex(7, 0), Hex(7, 1))
    for number, (who, players, (start, end)) in enumerate(
        [("dm", (), near), ("dm", (other,), near), ("seen", (), far), ("all", (), far)]
    ):
        key = f"hidden-{number}"
        knows: dict[str, Any] = {"audience": who, "players": players}
        course = through([CoursePoint(start), CoursePoint(end)])
        yield PathSet(path=PathId(key), now=Path("trail", course, "the way in", **knows))
        wall = along([CoursePoint(start, 0), CoursePoint(end, 1)])
        yield PathSet(path=PathId(f"{key}w"), now=Path("wall", wall, along=True, **knows))
        yield SiteSet(site=SiteId(key), now=Site(start, "lair", "a nest", **knows))
        yield RegionSet(region=RegionId(key), now=Region("Peril", runs((start, end)), **knows))
        yield LabelSet(label=LabelId(key), now=Label(start, "Beware", **knows))
    for number in (0, 1):
        key = f"hidden-{number}"
        yield PathRevealed(path=PathId(key), to=(other,))
        yield SiteRevealed(site=SiteId(key), to=(other,))
        yield RegionRevealed(region=RegionId(key), to=(other,))
        yield LabelRevealed(label=LabelId(key), to=(other,))
    yield PathDeleted(path=PathId("hidden-0"))
    yield SiteDeleted(site=SiteId("hidden-0"))
    yield RegionDeleted(region=RegionId("hidden-0"))
    yield LabelDeleted(label=LabelId("hidden-0"))


PUBLIC: frozenset[str] = frozenset(
    {
        # Everyone knows who is a member, who is here, and that the DM prepares something.
        "member_set", "member_remove", "member_merge", "player_join", "player_leave",
        "broadcast_mode",
        # How the session goes, what the campaign is called, and how the map is drawn.
        "room_open", "room_archive", "session_start", "session_pause", "session_resume", "session_end",
        "settings_change",
        # The frame of the map and where the backdrop lies are everyone's; a map laid over hexes
        # that a player sees changes them.
        "map_parity",
        "map_set", "picture_lay", "picture_align", "picture_remove",
    }
)  # fmt: skip


def reads_the_secret(command: Command) -> bool:
    """Return whether the DM's command itself names the secret: all hexes, or the whole queue.

    Who is merged with another learns all that was shown to that one: this is what the DM asks for.
    """
    if getattr(command, "into", None) == ANN.user:
        return True
    return getattr(command, "hex_keys", None) == "all" or command.tag in (
        "broadcast:publish",
        "staged:undo",
        "map:set",
        "map:import",
    )
