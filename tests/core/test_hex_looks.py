"""How hexes are told that show something else: joined from encoded parts, as the messages themselves are."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from events import EMPTY
from events.core.features.hexes import HexProjection
from events.core.hex_looks import Look, seen_as, seen_by_dm
from events.core.state import HexTerrain, Member, Role, Tier, UserId, Visibility, ground
from events.geometry.grid import Hex
from events.geometry.tilemap import TileMap
from tests.support.given import ANN, DM

GROUNDS = st.sampled_from([None, ground("hills"), ground("hills", 2), HexTerrain('söa"')])
SIGHTS = st.sampled_from(
    [
        None,
        Visibility(Tier.FULL),
        Visibility(Tier.TERRAIN),
        Visibility(exceptions=((UserId("ä"), Tier.FULL),)),
    ]
)
HEXES = st.builds(Hex, st.integers(-3, 3), st.integers(-3, 3))
OF_PLAYERS = st.builds(seen_as, st.sampled_from(Tier), GROUNDS)
OF_DMS = st.builds(seen_by_dm, SIGHTS, GROUNDS)


def views(looks: st.SearchStrategy[Look | None]) -> st.SearchStrategy[dict[Hex, Look]]:
    """Return what a viewer may see of some hexes."""
    return st.dictionaries(HEXES, looks, max_size=8).map(
        lambda shown: {at: look for at, look in sorted(shown.items()) if look is not None}
    )


def pairs(
    looks: st.SearchStrategy[Look | None],
) -> st.SearchStrategy[tuple[dict[Hex, Look], dict[Hex, Look]]]:
    """Return what a viewer saw of some hexes, and sees."""
    return st.tuples(views(looks), views(looks))


@settings(deadline=None)
@given(pairs(OF_PLAYERS) | pairs(OF_DMS))
def test_a_few_hexes_are_encoded_as_their_messages_are(
    seen: tuple[dict[Hex, Look], dict[Hex, Look]],
) -> None:
    part, (before, after) = HexProjection(), seen
    long_way = [message.encode() for message in part.diff_messages(before, after)]
    assert part.diff_encoded(before, after) == long_way


@settings(deadline=None)
@given(
    st.dictionaries(HEXES, SIGHTS.filter(bool)),
    st.dictionaries(HEXES, GROUNDS.filter(bool)),
    st.sampled_from([DM, ANN, Member(UserId("ä"), Role.PLAYER)]),
)
def test_the_hexes_of_a_state_are_encoded_as_its_fields_are(
    sights: dict[Hex, Visibility], terrain: dict[Hex, HexTerrain], viewer: Member
) -> None:
    part, room = HexProjection(), EMPTY.but(visibility=TileMap(sights), terrain=TileMap(terrain))
    long_way = to_json(part.state_fields(part.whole(room, viewer)))[1:-1]
    assert part.state_encoded(room, viewer) == long_way
    in_runs = json.loads(b"{%b}" % part.state_in_runs(room, viewer))
    assert unpacked(in_runs) == json.loads(b"{%b}" % long_way)


def test_hexes_side_by_side_of_the_same_terrain_are_one_run() -> None:
    hills, more = ground("hills"), ground("hills", 2)
    row = {Hex(q, 3): hills for q in range(16)}
    room = EMPTY.but(terrain=TileMap({**row, Hex(7, 3): more, Hex(40, 3): hills}))
    fields = json.loads(b"{%b}" % HexProjection().state_in_runs(room, DM))
    assert (fields["terrain"], fields["painted"]) == (
        [],
        [
            {"terrain": "hills", "runs": [[0, 3, 7], [8, 3, 8], [40, 3, 1]]},
            {"terrain": "hills", "variant": 2, "runs": [[7, 3, 1]]},
        ],
    )


def unpacked(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with terrain hex by hex, as it is told to who did not ask for runs."""
    fields["terrain"] = sorted(
        (
            {"key": f"{q + step},{r}", **{key: value for key, value in of.items() if key != "runs"}}
            for of in fields.pop("painted")
            for q, r, count in of["runs"]
            for step in range(count)
        ),
        key=lambda of: _in_tiles(of["key"]),
    )
    return fields


def _in_tiles(key: str) -> tuple[int, ...]:
    q, r = map(int, key.split(","))
    return r >> 4, q >> 4, r, q
