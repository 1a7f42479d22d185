"""Labels: free text on the map.

A label belongs to the hex from whose centre its place is measured: a player reads it if its audience
says so and they see that hex.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from events.core.audience import Knowing, for_dms, is_for, knowing, named_in, revealed_to
from events.core.features.terrain import expect_on_map
from events.core.hex_tiers import seeing_otherwise
from events.core.limits import MOST_LABELS
from events.core.map_objects import Label, LabelId
from events.core.messages import JSON, Command, Event, JsonObject, Message, ServerMessage
from events.core.projection import Change, Projection, Shown, changed_things
from events.core.state import Member, RoomState, UserId
from events.core.targets import Players, Targets, To, named, resolve, targets_named
from events.core.values import Audience
from events.errors import Invalid, NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import Id, Name

Offset = Annotated[float, Field(ge=-100, le=100)]


class NoSuchLabel(NotFound):
    def __str__(self) -> str:
        return "no such label"


class Unwritten(Invalid):
    def __str__(self) -> str:
        return "a new label needs a text"


class LabelWanted(Message):
    """A label as a DM wants it; what is left out stays as it is, or is empty in a new one."""

    id: Id | None = None
    """Stamped with a random one where the client gave none."""
    text: Name | None = None
    """A new label needs one."""
    x: Offset | None = None
    y: Offset | None = None
    """From the centre of the hex to the middle of the text, right and down, in hex sizes."""
    size: Annotated[float, Field(ge=0.1, le=20)] | None = None
    """The height of the letters, in hex sizes."""
    angle: Annotated[float, Field(ge=-180, le=180)] | None = None
    """In degrees, clockwise."""
    audience: Audience | Players | None = None
    """For DMs alone in a new one, unless said otherwise."""

    def on(self, at: HexKey, old: Label | None, room: RoomState) -> Label:
        """Return the label, made from the old one if there is one; raise Rejected."""
        if old is None or old.at != at:
            expect_on_map(room, (at,))
        before = Knowing(old.audience, old.players) if old else Knowing("dm")
        audience, players = knowing(self.audience, before, room)
        text = self.text or (old.text if old else None)
        if text is None:
            raise Unwritten
        usual = old or Label(at, text)
        return Label(
            at=at,
            text=text,
            x=usual.x if self.x is None else self.x,
            y=usual.y if self.y is None else self.y,
            size=usual.size if self.size is None else self.size,
            angle=usual.angle if self.angle is None else self.angle,
            audience=audience,
            players=players,
        )


class SetLabel(Command):
    """Write a label on the map, or change or move one that is there."""

    tag = "label:set"
    stageable = True
    hex_key: HexKey
    label: LabelWanted

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.label.id is not None:
            return self
        label = self.label.model_copy(update={"id": str(UUID(int=seed(), version=4))})
        return self.model_copy(update={"label": label})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.label.id is not None, "commands are stamped before they are decided"
        key = LabelId(self.label.id)
        old = room.labels.get(key)
        if old is None and len(room.labels) >= MOST_LABELS:
            raise TooMany("labels", MOST_LABELS, len(room.labels) + 1)
        label = self.label.on(self.hex_key, old, room)
        if label != old:
            yield LabelSet(label=key, now=label)

    def describe(self, room: RoomState) -> str:
        old = room.labels.get(LabelId(self.label.id or ""))
        text = self.label.text or (old.text if old else "")
        return f"{'Change' if old else 'Write'} {_quoted(text)} at hex {room.label(self.hex_key)}"


class DeleteLabel(Command):
    """Take a label off the map for good."""

    tag = "label:delete"
    stageable = True
    label_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_label(room, self.label_id)
        yield LabelDeleted(label=LabelId(self.label_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {label_named(room, self.label_id)}"


class RevealLabel(Command):
    """Let players know of a label, as soon as they see its hex at all."""

    tag = "label:reveal"
    stageable = True
    label_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        label = expect_label(room, self.label_id)
        to = resolve(self.targets, room, (label.at,))
        revealed = LabelRevealed(label=LabelId(self.label_id), to=to)
        if revealed.changed(label) != label:
            yield revealed

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Reveal {label_named(room, self.label_id)} to {who}"


class LabelSet(Event):
    tag = "label_set"
    label: LabelId
    now: Label

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.label, self.now)

    def describe(self, room: RoomState) -> str:
        verb = "Changed" if self.label in room.labels else "Wrote"
        return f"{verb} {_quoted(self.now.text)} at hex {room.label(self.now.at)}"


class LabelDeleted(Event):
    tag = "label_delete"
    label: LabelId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(labels=room.labels.put(self.label, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {label_named(room, self.label)}"


class LabelRevealed(Event):
    tag = "label_reveal"
    label: LabelId
    to: To

    def changed(self, old: Label) -> Label:
        audience, players = revealed_to(old, self.to)
        return replace(old, audience=audience, players=players)

    def evolve(self, room: RoomState) -> RoomState:
        old = room.labels.get(self.label)
        return room if old is None else _put(room, self.label, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Revealed {label_named(room, self.label)} to {named(self.to, room)}"


class LabelChanged(ServerMessage):
    """A label is new, or other than it was."""

    tag = "label:changed"
    label: JsonObject


class LabelRemoved(ServerMessage):
    """A label is no longer known."""

    tag = "label:removed"
    label_id: LabelId


class LabelProjection(Projection[LabelId]):
    """Each label, to those who may know of it."""

    name = "labels"
    reads = frozenset({"labels", "visibility"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[LabelId]:
        return room.labels

    def touched(self, change: Change) -> Iterable[LabelId]:
        return (*change.keys("labels"), *change.after.labels.within(change.resighted))

    def individually_seen(self, room: RoomState, keys: Sequence[LabelId]) -> Iterable[UserId]:
        labels = [label for key in keys if (label := room.labels.get(key)) is not None]
        return seeing_otherwise(room, [label.at for label in labels]).union(named_in(labels))

    def visible(self, room: RoomState, viewer: Member, key: LabelId) -> JSON | None:
        label: Label | None = room.labels.get(key)
        if label is None or not is_for(label, viewer, room.tier(viewer, label.at)):
            return None
        shown: dict[str, JSON] = {
            "id": key,
            "hexKey": str(label.at),
            "text": label.text,
            "x": label.x,
            "y": label.y,
            "size": label.size,
            "angle": label.angle,
        }
        return shown | for_dms(label) if viewer.is_dm else shown

    def state_fields(self, whole: Shown[LabelId]) -> Mapping[str, JSON]:
        return {"labels": list(whole.values())}

    def diff_messages(
        self, before: Shown[LabelId], after: Shown[LabelId]
    ) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield LabelRemoved(label_id=key) if new is None else LabelChanged(label=new)


def expect_label(room: RoomState, label_id: str) -> Label:
    """Return the label; raise NoSuchLabel."""
    label: Label | None = room.labels.get(LabelId(label_id))
    if label is None:
        raise NoSuchLabel
    return label


def label_named(room: RoomState, label_id: str) -> str:
    """Return the label in a DM's words."""
    label: Label | None = room.labels.get(LabelId(label_id))
    return f"the label {_quoted(label.text)}" if label else "a label"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _put(room: RoomState, key: LabelId, label: Label) -> RoomState:
    # Those named see what other players may not: from now on they are told one by one.
    individually_seen = (
        room.individually_seen.union(label.players) if label.players else room.individually_seen
    )
    return room.but(labels=room.labels.put(key, label), individually_seen=individually_seen)
