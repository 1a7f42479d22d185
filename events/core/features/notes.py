"""Notes: what lies on a hex, with a text for players and one that never reaches them.

A player knows of a note if its audience says so and they see its hex: fully where the note is for
whoever sees it, at all where they were named. What is said of a note to players never holds the
DM's text, its check or who else knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from events.core.hex_tiers import seeing_otherwise
from events.core.limits import MOST_NOTES, expect_texts
from events.core.map_objects import SiteKind
from events.core.messages import JSON, Command, Event, Int, JsonObject, Message, ServerMessage
from events.core.projection import Change, Projection, Shown, changed_things
from events.core.state import Member, Note, NoteId, RoomState, Tier, UserId
from events.core.targets import Players, Targets, To, named, resolve, targets_named
from events.core.values import Audience, Check, NoteKind
from events.errors import NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import Id, Name, clean_text

TEXT_CHARS: Final = 20_000
HINT_CHARS: Final = 200
FARTHEST_HINT: Final = 10

NoteText = Annotated[str, AfterValidator(lambda text: clean_text(text, TEXT_CHARS))]
Hint = Annotated[str, AfterValidator(lambda text: clean_text(text, HINT_CHARS))]


class NoSuchNote(NotFound):
    def __str__(self) -> str:
        return "no such note"


class CheckWanted(Message):
    """A check as a DM asks for it."""

    skill: Name
    dc: Annotated[Int, Field(ge=1, le=100)]


class NoteWanted(Message):
    """A note as a DM wants it; what is left out stays as it is, or is empty in a new one."""

    id: Id | None = None
    """Stamped with a random one where the client gave none."""
    kind: NoteKind
    title: Name
    player_text: NoteText | None = None
    dm_text: NoteText | None = None
    audience: Audience | Players | None = None
    hint: Hint | None = None
    radius: Annotated[Int, Field(ge=0, le=FARTHEST_HINT)] | None = None
    check: Annotated[
        CheckWanted | Literal["none"] | None,
        BeforeValidator(lambda said: "none" if said is None else said),
    ] = None
    """``"none"`` or null takes it away."""
    site: Annotated[
        SiteKind | Literal["none"] | None,
        BeforeValidator(lambda said: "none" if said is None else said),
    ] = None
    """How it is drawn on the map; ``"none"`` or null takes the drawing away."""

    def on(self, at: HexKey, old: Note | None) -> Note:
        """Return the note, made from the old one if there is one."""
        note = old or Note(at, self.kind, self.title)
        audience, players = note.audience, note.players
        if isinstance(self.audience, Players):
            audience = "dm"
            players = tuple(UserId(user) for user in self.audience.player_ids)
        elif self.audience is not None:
            audience, players = self.audience, ()
        check = note.check
        if self.check is not None:
            check = None if self.check == "none" else Check(self.check.skill, self.check.dc)
        site = note.site
        if self.site is not None:
            site = None if self.site == "none" else self.site
        return Note(
            at=at,
            kind=self.kind,
            title=self.title,
            player_text=note.player_text if self.player_text is None else self.player_text,
            dm_text=note.dm_text if self.dm_text is None else self.dm_text,
            audience=audience,
            players=players,
            hint=note.hint if self.hint is None else self.hint,
            radius=note.radius if self.radius is None else self.radius,
            check=check,
            handout=note.handout,
            site=site,
        )


class SetNote(Command):
    """Write a note on a hex, or change one that is there."""

    tag = "note:set"
    stageable = True
    hex_key: HexKey
    note: NoteWanted

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.note.id is not None:
            return self
        note = self.note.model_copy(update={"id": str(UUID(int=seed(), version=4))})
        return self.model_copy(update={"note": note})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.note.id is not None, "commands are stamped before they are decided"
        key = NoteId(self.note.id)
        old = room.notes.get(key)
        if old is None and len(room.notes) >= MOST_NOTES:
            raise TooMany("notes", MOST_NOTES, len(room.notes) + 1)
        if isinstance(self.note.audience, Players):
            resolve(self.note.audience, room, ())
        note = self.note.on(self.hex_key, old)
        if note != old:
            expect_texts(room.notes, old, note)
            yield NoteSet(note=key, now=note)

    def describe(self, room: RoomState) -> str:
        return f"Write {self.note.title} on hex {room.label(self.hex_key)}"


class DeleteNote(Command):
    """Take a note away for good."""

    tag = "note:delete"
    stageable = True
    note_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_note(room, self.note_id)
        yield NoteDeleted(note=NoteId(self.note_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {title_of(room, self.note_id)}"


class RevealNote(Command):
    """Let players know of a note, as soon as they see its hex at all."""

    tag = "note:reveal"
    stageable = True
    note_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        note = expect_note(room, self.note_id)
        revealed = NoteRevealed(
            note=NoteId(self.note_id), to=resolve(self.targets, room, (note.at,))
        )
        if revealed.changed(note) != note:
            yield revealed

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Reveal {title_of(room, self.note_id)} to {who}"


class NoteSet(Event):
    tag = "note_set"
    note: NoteId
    now: Note

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.note, self.now)

    def describe(self, room: RoomState) -> str:
        verb = "Changed" if self.note in room.notes else "Wrote"
        return f"{verb} {self.now.title} on hex {room.label(self.now.at)}"


class NoteDeleted(Event):
    tag = "note_delete"
    note: NoteId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(notes=room.notes.put(self.note, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {title_of(room, self.note)}"


class NoteRevealed(Event):
    tag = "note_reveal"
    note: NoteId
    to: To

    def changed(self, old: Note) -> Note:
        if self.to == "all":
            return replace(old, audience="all", players=())
        if old.audience == "all":
            return old
        return replace(old, players=tuple(sorted({*old.players, *self.to})))

    def evolve(self, room: RoomState) -> RoomState:
        old = room.notes.get(self.note)
        return room if old is None else _put(room, self.note, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Revealed {title_of(room, self.note)} to {named(self.to, room)}"


class NoteChanged(ServerMessage):
    """A note is new, or other than it was."""

    tag = "note:changed"
    note: JsonObject


class NoteRemoved(ServerMessage):
    """A note is no longer known."""

    tag = "note:removed"
    note_id: NoteId


class NoteProjection(Projection[NoteId]):
    """Each note: whole to DMs, without their part to players who may know of it."""

    name = "notes"
    reads = frozenset({"notes", "visibility"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[NoteId]:
        return room.notes

    def touched(self, change: Change) -> Iterable[NoteId]:
        yield from change.keys("notes")
        yield from change.after.notes.within(change.resighted)

    def individually_seen(self, room: RoomState, keys: Sequence[NoteId]) -> Iterable[UserId]:
        notes = [note for key in keys if (note := room.notes.get(key)) is not None]
        yield from seeing_otherwise(room, [note.at for note in notes])
        for note in notes:
            yield from note.players

    def visible(self, room: RoomState, viewer: Member, key: NoteId) -> JSON | None:
        note = room.notes.get(key)
        if note is None or not knows_of(room, viewer, note):
            return None
        shown: dict[str, JSON] = {
            "id": key,
            "hexKey": str(note.at),
            "kind": note.kind,
            "title": note.title,
            "playerText": note.player_text,
        }
        if note.site is not None:
            shown["site"] = note.site
        if viewer.is_dm:
            shown |= _for_dms(note)
        return shown

    def state_fields(self, whole: Shown[NoteId]) -> Mapping[str, JSON]:
        return {"notes": list(whole.values())}

    def diff_messages(self, before: Shown[NoteId], after: Shown[NoteId]) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield NoteRemoved(note_id=key) if new is None else NoteChanged(note=new)


def knows_of(room: RoomState, viewer: Member, note: Note) -> bool:
    """Return whether the viewer may know of the note."""
    if viewer.is_dm:
        return True
    tier = room.tier(viewer, note.at)
    if note.audience == "all" or viewer.user in note.players:
        return tier is not Tier.HIDDEN
    return note.audience == "seen" and tier is Tier.FULL


def expect_note(room: RoomState, note_id: str) -> Note:
    """Return the note; raise NoSuchNote."""
    note: Note | None = room.notes.get(NoteId(note_id))
    if note is None:
        raise NoSuchNote
    return note


def title_of(room: RoomState, note_id: str) -> str:
    """Return the note's title, for a DM."""
    note = room.notes.get(NoteId(note_id))
    return note.title if note else "a note"


def _for_dms(note: Note) -> dict[str, JSON]:
    named_alone = note.audience == "dm" and note.players
    return {
        "dmText": note.dm_text,
        "audience": {"playerIds": list(note.players)} if named_alone else note.audience,
        "revealedTo": list(note.players),
        "hint": note.hint,
        "radius": note.radius,
        "check": {"skill": note.check.skill, "dc": note.check.dc} if note.check else None,
    }


def _put(room: RoomState, key: NoteId, note: Note) -> RoomState:
    # Those named see what other players may not: from now on they are told one by one.
    individually_seen = (
        room.individually_seen.union(note.players) if note.players else room.individually_seen
    )
    return room.but(notes=room.notes.put(key, note), individually_seen=individually_seen)
