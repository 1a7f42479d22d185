"""Sites: icons in hexes, for the DM until they are revealed."""

import pytest
from pydantic import ValidationError

from events import Event
from events.core.features.hexes import HexesRevealed, RevealHexes
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.sites import (
    DeleteSite,
    NoSuchSite,
    RevealSite,
    SetSite,
    SiteDeleted,
    SiteRevealed,
    SiteSet,
    SiteWanted,
)
from events.core.features.terrain import MapSet, OffTheMap
from events.core.limits import MOST_SITES
from events.core.map_objects import SITE_KINDS, Site, SiteId
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
S = SiteId("s")
SEEN = HexesRevealed(hexes=runs([AT]), to="all")
GLIMPSED = HexesRevealed(hexes=runs([AT]), to="all", tier="terrain")
ONLY_ANN = Players(player_ids=(ANN.user,))
FOR_PLAYERS = {"id": "s", "hexKey": "0,0", "kind": "lair", "title": "The Nest"}


def wish(at: Hex = AT, **fields: JSON) -> SetSite:
    return SetSite(
        hex_key=at, site=SiteWanted.model_validate({"id": "s", "kind": "lair", **fields})
    )


def lair(**fields: JSON) -> SiteSet:
    return SiteSet(site=S, now=Site(AT, "lair", "The Nest", **fields))


def test_a_new_site_is_for_dms() -> None:
    outcome = given(*TABLE, SEEN).when(wish(title="The Nest")).then(lair()).tells(ANN)
    told = outcome.told(DM)[0]["site"]
    assert told == {**FOR_PLAYERS, "audience": "dm", "revealedTo": []}


def test_a_site_that_is_seen_shows_to_those_who_see_its_hex_fully() -> None:
    hidden = given(*TABLE, GLIMPSED, lair(audience="seen"))
    outcome = hidden.when(RevealHexes(hex_keys=(AT,), targets=ONLY_ANN))
    outcome.tells(ANN, "hex:revealed", "site:changed").tells(BEN)
    assert outcome.told(ANN)[1]["site"] == FOR_PLAYERS


def test_a_revealed_site_shows_to_those_who_see_its_hex_at_all() -> None:
    outcome = given(*TABLE, GLIMPSED, lair()).when(RevealSite(site_id="s", targets=ONLY_ANN))
    outcome.then(SiteRevealed(site=S, to=(ANN.user,)))
    outcome.shows(ANN, "sites", "s", FOR_PLAYERS).tells(BEN).tells(SAM)
    assert outcome.told(DM)[0]["site"]["audience"] == {"playerIds": [ANN.user]}
    again = outcome.again().when(RevealSite(site_id="s", targets=ONLY_ANN)).then()
    again.again().when(RevealSite(site_id="s", targets="all")).tells(BEN, "site:changed")


def test_a_site_that_moves_into_the_dark_is_gone_for_players() -> None:
    moved = given(*TABLE, SEEN, lair(audience="seen")).when(wish(FAR))
    moved.tells(ANN, "site:removed").tells(DM, "site:changed")


def test_deleting_a_site_tells_those_who_knew_it() -> None:
    outcome = given(*TABLE, SEEN, lair(audience="seen")).when(DeleteSite(site_id="s"))
    outcome.then(SiteDeleted(site=S)).tells(ANN, "site:removed").tells(DM, "site:removed")
    given(*TABLE, SEEN, lair()).when(DeleteSite(site_id="s")).tells(ANN)


def test_what_is_left_out_stays_and_what_is_the_same_changes_nothing() -> None:
    start = given(*TABLE, lair(audience="seen"))
    start.when(wish()).then()
    start.when(wish(title="")).then(SiteSet(site=S, now=Site(AT, "lair", audience="seen")))


def test_bad_sites_are_refused() -> None:
    given(*TABLE).when(DeleteSite(site_id="s")).refused(NoSuchSite)
    given(*TABLE).when(RevealSite(site_id="s", targets="all")).refused(NoSuchSite)
    given(*TABLE).when(wish(), by=ANN).refused(DmOnly)
    frame = MapSet(
        name="M", grid_width=3, grid_height=2, hex_size=30, orientation="flat", painted=()
    )
    given(*TABLE, frame).when(wish(FAR)).refused(OffTheMap)
    full = [SiteSet(site=SiteId(f"n{n}"), now=lair().now) for n in range(MOST_SITES)]
    given(*TABLE, *full).when(wish()).refused(TooMany)
    with pytest.raises(ValidationError):
        wish(kind="spaceport")


def test_there_are_kinds_enough_and_each_once() -> None:
    assert len(SITE_KINDS) == len(set(SITE_KINDS)) >= 40


def test_what_was_done_is_named() -> None:
    room = given(*TABLE, lair()).room
    assert lair().describe(given().room) == "Put The Nest in hex 0,0"
    assert wish(title="The Nest").describe(room) == "Put The Nest in hex 0,0"
    assert SiteRevealed(site=S, to="all").describe(room) == "Revealed The Nest to everyone"
    assert DeleteSite(site_id="s").describe(room) == "Delete The Nest"
    assert DeleteSite(site_id="x").describe(room) == "Delete a site"
