"""Labels: free text on the map, for those who may know of it."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesRevealed
from events.core.features.labels import (
    DeleteLabel,
    LabelDeleted,
    LabelRevealed,
    LabelSet,
    LabelWanted,
    NoSuchLabel,
    RevealLabel,
    SetLabel,
    Unwritten,
)
from events.core.features.members import MemberSet, PlayerJoined
from events.core.limits import MOST_LABELS
from events.core.map_objects import Label, LabelId
from events.core.messages import JSON
from events.core.targets import Players
from events.errors import DmOnly, TooMany
from events.geometry.grid import Hex, runs
from tests.support.given import ANN, BEN, DM, SAM, given

AT, FAR = Hex(0, 0), Hex(3, 0)
TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, BEN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, BEN, SAM)),
)
L = LabelId("l")
SEEN = HexesRevealed(hexes=runs([AT]), to="all")
FOR_PLAYERS = {
    "id": "l",
    "hexKey": "0,0",
    "text": "Here be dragons",
    "x": 0.0,
    "y": 0.0,
    "size": 0.4,
    "angle": 0.0,
}


def wish(at: Hex = AT, **fields: JSON) -> SetLabel:
    return SetLabel(hex_key=at, label=LabelWanted.model_validate({"id": "l", **fields}))


def dragons(**fields: JSON) -> LabelSet:
    return LabelSet(label=L, now=Label(AT, "Here be dragons", **fields))


def test_a_new_label_is_for_dms() -> None:
    outcome = given(*TABLE, SEEN).when(wish(text="Here be dragons")).then(dragons()).tells(ANN)
    assert outcome.told(DM)[0]["label"] == {**FOR_PLAYERS, "audience": "dm", "revealedTo": []}


def test_a_label_that_is_seen_shows_with_its_hex() -> None:
    outcome = given(*TABLE, SEEN, dragons()).when(wish(audience="seen"))
    outcome.shows(ANN, "labels", "l", FOR_PLAYERS)
    outcome.again().when(wish(FAR)).tells(ANN, "label:removed").tells(DM, "label:changed")


def test_a_label_is_turned_and_moved_and_keeps_its_text() -> None:
    turned = given(*TABLE, dragons()).when(wish(angle=-30, x=0.5, size=2))
    turned.then(dragons(angle=-30.0, x=0.5, size=2.0))


def test_a_label_is_revealed_to_one_player() -> None:
    only_ann = Players(player_ids=(ANN.user,))
    outcome = given(*TABLE, SEEN, dragons()).when(RevealLabel(label_id="l", targets=only_ann))
    outcome.then(LabelRevealed(label=L, to=(ANN.user,)))
    outcome.tells(ANN, "label:changed").tells(BEN)


def test_bad_labels_are_refused() -> None:
    given(*TABLE).when(wish()).refused(Unwritten)
    given(*TABLE).when(DeleteLabel(label_id="l")).refused(NoSuchLabel)
    given(*TABLE).when(wish(text="Mine"), by=ANN).refused(DmOnly)
    full = [LabelSet(label=LabelId(f"n{n}"), now=dragons().now) for n in range(MOST_LABELS)]
    given(*TABLE, *full).when(wish(text="One more")).refused(TooMany)


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "a\nb"}, {"size": 0}, {"size": 21}, {"angle": 181}, {"x": 1e9}],
)
def test_a_label_that_could_not_be_drawn_is_refused(fields: dict[str, JSON]) -> None:
    with pytest.raises(ValidationError):
        wish(**{"text": "Here be dragons", **fields})


def test_what_was_done_is_named() -> None:
    room = given(*TABLE, dragons()).room
    assert dragons().describe(given().room) == "Wrote “Here be dragons” at hex 0,0"
    assert wish(angle=5).describe(room) == "Change “Here be dragons” at hex 0,0"
    assert LabelDeleted(label=L).describe(room) == "Deleted the label “Here be dragons”"
