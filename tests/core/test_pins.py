"""Pins: what players note on the map for themselves and for each other."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.merging import MergeMembers
from events.core.features.pins import (
    MOST_PINS,
    PIN_CHARS,
    DeletePin,
    NoSuchPin,
    NotYourPin,
    PinDeleted,
    PinsAreForPlayers,
    PinSet,
    SetPin,
)
from events.core.features.staging import ModeSet
from events.core.state import Mode, Pin, PinId
from events.errors import PlayersOnly, TooMany
from events.geometry.grid import Hex
from tests.support.given import ANN, BEN, DM, SAM, given

AT = Hex(4, 4)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
MINE = PinSet(pin=PinId("mine"), now=Pin(AT, "smoke", ANN.user))
OURS = PinSet(pin=PinId("ours"), now=Pin(AT, "a trail", ANN.user, party=True))
SMOKE = {"id": "mine", "hexKey": "4,4", "text": "smoke", "by": "ann", "party": False}


def test_a_pin_for_oneself_is_told_to_nobody_else() -> None:
    pinned = given(*TABLE).when(SetPin(hex_key=AT, text=" smoke "), by=ANN)
    (event,) = pinned.events
    assert isinstance(event, PinSet)
    assert event.now == Pin(AT, "smoke", ANN.user)
    pinned.tells(ANN, "pin:changed").tells(BEN).tells(SAM).tells(DM)
    given(*TABLE).when(SetPin(hex_key=AT, text="x", pin_id="mine"), by=ANN).refused(NoSuchPin)


def test_a_pin_for_the_party_is_told_to_players_and_dms() -> None:
    pinned = given(*TABLE).when(SetPin(hex_key=AT, text="a trail", party=True), by=ANN)
    for who in (ANN, BEN, DM):
        pinned.tells(who, "pin:changed")
    pinned.tells(SAM)


def test_a_pin_becomes_the_partys_and_its_owners_again() -> None:
    shared = given(*TABLE, MINE).when(
        SetPin(hex_key=AT, text="smoke", pin_id="mine", party=True), by=ANN
    )
    shared.tells(ANN, "pin:changed").tells(BEN, "pin:changed").shows(
        BEN, "pins", "mine", {**SMOKE, "party": True}
    )
    own = shared.again().when(SetPin(hex_key=AT, text="smoke", pin_id="mine"), by=ANN)
    own.tells(ANN, "pin:changed").tells(BEN, "pin:removed").tells(DM, "pin:removed")
    own.shows(ANN, "pins", "mine", SMOKE)
    own.again().when(SetPin(hex_key=AT, text="smoke", pin_id="mine"), by=ANN).then()


def test_players_change_their_own_pins_and_a_dm_takes_the_partys_away() -> None:
    table = given(*TABLE, MINE, OURS)
    table.when(DeletePin(pin_id="mine"), by=ANN).then(PinDeleted(pin=PinId("mine")))
    for command in (DeletePin(pin_id="ours"), SetPin(hex_key=AT, text="x", pin_id="ours")):
        table.when(command, by=BEN).refused(NotYourPin)
    for command in (DeletePin(pin_id="mine"), SetPin(hex_key=AT, text="x", pin_id="mine")):
        table.when(command, by=BEN).refused(NoSuchPin)
    table.when(DeletePin(pin_id="ours")).then(PinDeleted(pin=PinId("ours")))
    table.when(DeletePin(pin_id="mine")).refused(NoSuchPin)
    table.when(SetPin(hex_key=AT, text="x")).refused(PinsAreForPlayers)
    table.when(SetPin(hex_key=AT, text="x"), by=SAM).refused(PlayersOnly)


def test_pins_do_not_wait_while_the_dm_prepares() -> None:
    staged = given(*TABLE, OURS, ModeSet(mode=Mode.STAGED))
    staged.when(SetPin(hex_key=AT, text="smoke"), by=ANN).tells(ANN, "pin:changed")
    staged.when(DeletePin(pin_id="ours")).then(PinDeleted(pin=PinId("ours")))


def test_a_player_has_so_many_pins_of_so_many_characters() -> None:
    full = [PinSet(pin=PinId(f"p{n}"), now=Pin(AT, "x", ANN.user)) for n in range(MOST_PINS - 1)]
    last = given(*TABLE, *full).when(SetPin(hex_key=AT, text="x" * PIN_CHARS), by=ANN)
    assert last.events
    more = SetPin(hex_key=AT, text="x")
    last.again().when(more, by=ANN).refused(TooMany)
    assert last.again().when(more, by=BEN).events, "it is each player's own limit"
    assert last.again().when(SetPin(hex_key=AT, text="y", pin_id="p0"), by=ANN).events
    for text in ("x" * (PIN_CHARS + 1), " \n ", "a\0"):
        with pytest.raises(ValidationError):
            SetPin(hex_key=AT, text=text)


def test_pins_go_along_when_two_persons_are_one() -> None:
    merged = given(*TABLE, MINE).when(MergeMembers(user_id=ANN.user, into=BEN.user))
    merged.shows(BEN, "pins", "mine", {**SMOKE, "by": "ben"})
