"""Pins: what players note on their own copy of the map, for themselves or for the party.

A pin for oneself is told to its owner alone, a DM's page does not have it either. One for the party is
told to all players and DMs. A player may pin any hex, seen or not: the answer never depends on it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator

from events.core.messages import JSON, Bool, Command, Event, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown, changed_things
from events.core.state import Member, Pin, PinId, Role, RoomState, UserId
from events.errors import Forbidden, NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import BadName, Id, clean_text

PIN_CHARS: Final = 500
MOST_PINS: Final = 50
"""The most pins of one player."""


def _pin_text(text: str) -> str:
    clean = clean_text(text, PIN_CHARS).strip()
    if not clean:
        raise BadName("a pin needs some text")
    return clean


PinText = Annotated[str, AfterValidator(_pin_text)]


class NoSuchPin(NotFound):
    def __str__(self) -> str:
        return "no such pin"


class NotYourPin(Forbidden):
    def __str__(self) -> str:
        return "this pin is another player's; players change their own"


class PinsAreForPlayers(Forbidden):
    def __str__(self) -> str:
        return "pins are for players; a DM writes notes"


class SetPin(Command):
    """Pin a text to a hex, for oneself or for the party, or change a pin of one's own."""

    tag = "pin:set"
    dm_only = False
    hex_key: HexKey
    text: PinText
    party: Bool = False
    pin_id: Id | None = None
    """One that is to be changed; left out, a new one is made."""
    new_id: Id | None = None
    """Stamped: the id of a new one. What a client sends here is overwritten."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        return self.model_copy(update={"new_id": str(UUID(int=seed(), version=4))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if by.is_dm:
            raise PinsAreForPlayers
        assert self.new_id is not None, "commands are stamped before they are decided"
        pin = Pin(self.hex_key, self.text, by.user, self.party)
        if self.pin_id is None:
            n = sum(each.by == by.user for each in room.pins.values()) + 1
            if n > MOST_PINS:
                raise TooMany("pins of one player", MOST_PINS, n)
            yield PinSet(pin=PinId(self.new_id), now=pin)
        elif expect_own(room, by, self.pin_id) != pin:
            yield PinSet(pin=PinId(self.pin_id), now=pin)

    def describe(self, room: RoomState) -> str:
        return f"Pin a note to hex {room.label(self.hex_key)}"


class DeletePin(Command):
    """Take a pin away: a player their own, a DM any of the party's."""

    tag = "pin:delete"
    dm_only = False
    pin_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if not by.is_dm:
            expect_own(room, by, self.pin_id)
        else:
            expect_pin(room, by, self.pin_id)
        yield PinDeleted(pin=PinId(self.pin_id))

    def describe(self, room: RoomState) -> str:
        return "Take a pin away"


class PinSet(Event):
    tag = "pin_set"
    pin: PinId
    now: Pin

    def evolve(self, room: RoomState) -> RoomState:
        pins = room.pins.put(self.pin, self.now)
        # Its owner sees what others may not, now or once it is for the owner alone.
        return room.but(pins=pins, individually_seen=room.individually_seen | {self.now.by})

    def describe(self, room: RoomState) -> str:
        who = room.name_of(self.now.by)
        if not self.now.party:
            return f"{who} pinned something for themselves"
        return f"{who} pinned a note to hex {room.label(self.now.at)} for the party"


class PinDeleted(Event):
    tag = "pin_delete"
    pin: PinId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(pins=room.pins.put(self.pin, None))

    def describe(self, room: RoomState) -> str:
        pin = room.pins.get(self.pin)
        return f"A pin of {room.name_of(pin.by)} was taken away" if pin else "A pin was taken away"


class PinChanged(ServerMessage):
    """A pin is new, or other than it was."""

    tag = "pin:changed"
    pin: JsonObject


class PinRemoved(ServerMessage):
    """A pin is no longer there for the viewer."""

    tag = "pin:removed"
    pin_id: PinId


class PinProjection(Projection[PinId]):
    """Each pin, to its owner; those for the party to players and DMs."""

    name = "pins"
    reads = frozenset({"pins"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[PinId]:
        return room.pins

    def touched(self, change: Change) -> Iterable[PinId]:
        return change.keys("pins")

    def individually_seen(self, room: RoomState, keys: Sequence[PinId]) -> Iterable[UserId]:
        return {pin.by for key in keys if (pin := room.pins.get(key)) is not None}

    def visible(self, room: RoomState, viewer: Member, key: PinId) -> JSON | None:
        pin = room.pins.get(key)
        if pin is None or not knows_pin(viewer, pin):
            return None
        return {
            "id": key,
            "hexKey": str(pin.at),
            "text": pin.text,
            "by": pin.by,
            "party": pin.party,
        }

    def state_fields(self, whole: Shown[PinId]) -> Mapping[str, JSON]:
        return {"pins": list(whole.values())}

    def diff_messages(self, before: Shown[PinId], after: Shown[PinId]) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield PinRemoved(pin_id=key) if new is None else PinChanged(pin=new)


def knows_pin(viewer: Member, pin: Pin) -> bool:
    """Return whether the viewer may know of the pin."""
    return viewer.user == pin.by or (pin.party and viewer.role is not Role.SPECTATOR)


def expect_pin(room: RoomState, by: Member, pin_id: str) -> Pin:
    """Return the pin; raise NoSuchPin where there is none that the asker may know of."""
    pin: Pin | None = room.pins.get(PinId(pin_id))
    if pin is None or not knows_pin(by, pin):
        raise NoSuchPin
    return pin


def expect_own(room: RoomState, by: Member, pin_id: str) -> Pin:
    """Return the asker's own pin; raise NoSuchPin or NotYourPin."""
    pin = expect_pin(room, by, pin_id)
    if pin.by != by.user:
        raise NotYourPin
    return pin
