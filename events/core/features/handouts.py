"""Handouts: the pictures of notes, which a DM hands to players.

A handout is known to those to whom it was shown and to nobody else, whatever they know of the note:
its title and its picture, not the hex. Another picture on the note is one that nobody was shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from events.core.features.notes import expect_note, title_of
from events.core.features.pictures import Pixels
from events.core.limits import MOST_HANDOUTS, handouts
from events.core.messages import JSON, Command, Event, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown, changed_things
from events.core.state import Handout, Member, NoteId, RoomState, UserId
from events.core.targets import Targets, To, named, resolve, targets_named
from events.errors import NotFound, TooMany
from events.text import Id


class NoSuchHandout(NotFound):
    def __str__(self) -> str:
        return "this note has no picture"


class PictureNote(Command):
    """Give a note the picture that was uploaded for it; nobody was shown it yet."""

    tag = "note:picture"
    stageable = True
    internal = True
    checks_sender = True
    note_id: Id
    picture: Id
    width: Pixels
    height: Pixels

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        old = expect_note(room, self.note_id).handout
        if old is None and (n := handouts(room) + 1) > MOST_HANDOUTS:
            raise TooMany("pictures in notes", MOST_HANDOUTS, n)
        if old is None or old.id != self.picture:
            new = Handout(self.picture, self.width, self.height)
            yield NotePictured(note=NoteId(self.note_id), handout=new)

    def describe(self, room: RoomState) -> str:
        return f"Give {title_of(room, self.note_id)} a picture"


class RemoveNotePicture(Command):
    """Take the picture of a note away, from those to whom it was shown as well."""

    tag = "note:picture-remove"
    stageable = True
    internal = True
    checks_sender = True
    note_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_handout(room, self.note_id)
        yield NotePictured(note=NoteId(self.note_id))

    def describe(self, room: RoomState) -> str:
        return f"Take the picture of {title_of(room, self.note_id)} away"


class ShowHandout(Command):
    """Show the picture of a note to all or some, who keep it from then on."""

    tag = "handout:show"
    stageable = True
    note_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        return _audience_changed(HandoutShown, self, room)

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Show the picture of {title_of(room, self.note_id)} to {who}"


class HideHandout(Command):
    """Take the picture of a note back from all or some of those to whom it was shown."""

    tag = "handout:hide"
    stageable = True
    note_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        return _audience_changed(HandoutHidden, self, room)

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Take the picture of {title_of(room, self.note_id)} back from {who}"


class OpenHandout(Command):
    """Open a handout before those of the targets who have it. Nothing is recorded."""

    tag = "handout:open"
    ephemeral = True
    note_id: Id
    targets: Targets = "all"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_handout(room, self.note_id)
        resolve(self.targets, room, ())
        yield from ()

    def ephemeral_message(
        self, room: RoomState, by: Member, viewer: Member
    ) -> ServerMessage | None:
        handout = expect_handout(room, self.note_id)
        to = resolve(self.targets, room, (expect_note(room, self.note_id).at,))
        if viewer.is_dm or not has_handout(viewer, handout):
            return None
        if to != "all" and viewer.user not in to:
            return None
        return HandoutOpened(handout_id=NoteId(self.note_id))

    def describe(self, room: RoomState) -> str:
        return f"Open the picture of {title_of(room, self.note_id)}"


class NotePictured(Event):
    tag = "note_picture"
    note: NoteId
    handout: Handout | None = None
    """None takes it away."""

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.note, self.handout)

    def describe(self, room: RoomState) -> str:
        if self.handout is None:
            return f"Took the picture of {title_of(room, self.note)} away"
        return f"Gave {title_of(room, self.note)} a picture"


class HandoutShown(Event):
    tag = "handout_show"
    note: NoteId
    to: To

    def changed(self, old: Handout) -> Handout:
        if self.to == "all":
            return replace(old, shown_to="all", kept_from=())
        if old.shown_to == "all":
            return replace(old, kept_from=_without(old.kept_from, self.to))
        return replace(old, shown_to=tuple(sorted({*old.shown_to, *self.to})))

    def evolve(self, room: RoomState) -> RoomState:
        return _put_changed(room, self)

    def describe(self, room: RoomState) -> str:
        return f"Showed the picture of {title_of(room, self.note)} to {named(self.to, room)}"


class HandoutHidden(Event):
    tag = "handout_hide"
    note: NoteId
    to: To

    def changed(self, old: Handout) -> Handout:
        if self.to == "all":
            return replace(old, shown_to=(), kept_from=())
        if old.shown_to == "all":
            return replace(old, kept_from=tuple(sorted({*old.kept_from, *self.to})))
        return replace(old, shown_to=_without(old.shown_to, self.to))

    def evolve(self, room: RoomState) -> RoomState:
        return _put_changed(room, self)

    def describe(self, room: RoomState) -> str:
        who = named(self.to, room)
        return f"Took the picture of {title_of(room, self.note)} back from {who}"


class HandoutChanged(ServerMessage):
    """A handout is shown to the viewer, or is other than it was; one they did not have opens before them."""

    tag = "handout:changed"
    handout: JsonObject


class HandoutRemoved(ServerMessage):
    """A handout is no longer the viewer's to see."""

    tag = "handout:removed"
    handout_id: NoteId


class HandoutOpened(ServerMessage):
    """The DM opens a handout that the viewer has. Carries no ``seq``."""

    tag = "handout:opened"
    handout_id: NoteId


class HandoutProjection(Projection[NoteId]):
    """Each handout, to those to whom it was shown; to DMs all, with whom they were shown to."""

    name = "handouts"
    reads = frozenset({"notes"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[NoteId]:
        return [key for key, note in room.notes.items() if note.handout is not None]

    def touched(self, change: Change) -> Iterable[NoteId]:
        return change.keys("notes")

    def individually_seen(self, room: RoomState, keys: Sequence[NoteId]) -> Iterable[UserId]:
        for key in keys:
            note = room.notes.get(key)
            if note is not None and note.handout is not None:
                yield from _named(note.handout)

    def visible(self, room: RoomState, viewer: Member, key: NoteId) -> JSON | None:
        note = room.notes.get(key)
        if note is None or note.handout is None or not has_handout(viewer, note.handout):
            return None
        handout: Handout = note.handout
        shown: dict[str, JSON] = {
            "id": key,
            "title": note.title,
            "image": handout.id,
            "width": handout.width,
            "height": handout.height,
        }
        if viewer.is_dm:
            to = handout.shown_to
            shown["shownTo"] = to if to == "all" else {"playerIds": list(to)}
            if handout.kept_from:
                shown["keptFrom"] = list(handout.kept_from)
        return shown

    def state_fields(self, whole: Shown[NoteId]) -> Mapping[str, JSON]:
        return {"handouts": list(whole.values())}

    def diff_messages(self, before: Shown[NoteId], after: Shown[NoteId]) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield HandoutRemoved(handout_id=key) if new is None else HandoutChanged(handout=new)


def has_handout(viewer: Member, handout: Handout) -> bool:
    """Return whether the handout is the viewer's to see."""
    if viewer.is_dm or handout.shown_to != "all":
        return viewer.is_dm or viewer.user in handout.shown_to
    return viewer.user not in handout.kept_from


def expect_handout(room: RoomState, note_id: str) -> Handout:
    """Return the picture of the note; raise NoSuchNote or NoSuchHandout."""
    handout = expect_note(room, note_id).handout
    if handout is None:
        raise NoSuchHandout
    return handout


def _audience_changed(
    kind: type[HandoutShown | HandoutHidden], command: ShowHandout | HideHandout, room: RoomState
) -> Iterator[Event]:
    """Yield the event that shows a handout to the targets or takes it back; nothing where it changes nothing."""
    handout = expect_handout(room, command.note_id)
    at = expect_note(room, command.note_id).at
    event = kind(note=NoteId(command.note_id), to=resolve(command.targets, room, (at,)))
    if event.changed(handout) != handout:
        yield event


def _put_changed(room: RoomState, event: HandoutShown | HandoutHidden) -> RoomState:
    note = room.notes.get(event.note)
    if note is None or note.handout is None:
        return room
    return _put(room, event.note, event.changed(note.handout))


def _named(handout: Handout) -> tuple[UserId, ...]:
    """Return who sees of it what other players may not, or the other way about."""
    return handout.kept_from if handout.shown_to == "all" else handout.shown_to


def _without(users: tuple[UserId, ...], removed: Iterable[UserId]) -> tuple[UserId, ...]:
    return tuple(sorted({*users} - {*removed}))


def _put(room: RoomState, key: NoteId, handout: Handout | None) -> RoomState:
    note = room.notes.get(key)
    if note is None:
        return room
    notes = room.notes.put(key, replace(note, handout=handout))
    players = () if handout is None else _named(handout)
    if not players:
        return room.but(notes=notes)
    # Those named see what other players may not: from now on they are told one by one.
    return room.but(notes=notes, individually_seen=room.individually_seen.union(players))
