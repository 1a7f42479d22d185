import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.document import MAX_HEXES, MapDocument, document_of, map_document
from events.maps.errors import BadMap

PLAIN = {"version": 1, "name": "Marches", "gridWidth": 2, "gridHeight": 1, "hexSize": 40}
HEX = {"q": 0, "r": 0, "terrain": "hills"}


def with_hex(**fields: object) -> dict[str, object]:
    return {**PLAIN, "orientation": "flat", "hexes": [{**HEX, **fields}]}


@pytest.mark.parametrize(
    ("fields", "position"),
    [
        (with_hex(q=1_000_001), "hexes[0].q"),
        (with_hex(r=-1_000_001), "hexes[0].r"),
        (with_hex(q="0"), "hexes[0].q"),
        (with_hex(q=True), "hexes[0].q"),
        (with_hex(q=0.0), "hexes[0].q"),
        (with_hex(terrain=""), "hexes[0].terrain"),
        (with_hex(terrain="x" * 81), "hexes[0].terrain"),
        (with_hex(terrain="a\0b"), "hexes[0].terrain"),
        (with_hex(terrain="hi\u200bll"), "hexes[0].terrain"),
        (with_hex(terrain="hi\u202ell"), "hexes[0].terrain"),
        (with_hex(surprise=1), "hexes[0].surprise"),
        ({**PLAIN, "orientation": "round"}, "orientation"),
        ({**PLAIN, "gridWidth": 0}, "gridWidth"),
        ({**PLAIN, "hexSize": 0}, "hexSize"),
        ({**PLAIN, "hexSize": float("nan")}, "hexSize"),
        ({**PLAIN, "name": " "}, "name"),
        ({**PLAIN, "version": 2}, "version"),
    ],
)
def test_a_fault_is_named_by_its_place(fields: object, position: str) -> None:
    with pytest.raises(BadMap) as caught:
        document_of(fields)

    assert caught.value.position.startswith(position)


def test_a_hex_stands_only_once() -> None:
    with pytest.raises(BadMap, match=r"hexes\[1\] repeats the hex 0,0"):
        document_of({**PLAIN, "orientation": "flat", "hexes": [HEX, HEX]})


def test_the_edges_are_allowed() -> None:
    edge = {"q": 1_000_000, "r": -1_000_000, "terrain": "x" * 80, "terrainVariant": 3}

    document = document_of({**PLAIN, "orientation": "pointy", "hexes": [edge]})

    assert document.terrain() == {Hex(1_000_000, -1_000_000): "x" * 80}


def test_a_hundred_thousand_hexes_are_taken_and_one_more_is_not() -> None:
    hexes = [{"q": n, "r": 0, "terrain": "hills"} for n in range(MAX_HEXES)]

    assert len(document_of({**PLAIN, "hexes": hexes}).hexes) == MAX_HEXES
    with pytest.raises(BadMap, match="at most 100000 hexes") as caught:
        document_of({**PLAIN, "hexes": [*hexes, {"q": -1, "r": 0, "terrain": "hills"}]})
    assert caught.value.code == "too_large"
    with pytest.raises(BadMap, match="100001 hexes"):
        map_document("Wide", {Hex(n, 0): "hills" for n in range(MAX_HEXES + 1)}, "flat")


def test_the_grid_reaches_from_the_first_to_the_last_hex() -> None:
    corners = [Cell(0, 0), Cell(29, 19), Cell(29, 0)]

    document = map_document("M", {hex_of(at, "flat"): "hills" for at in corners}, "flat")

    assert (document.grid_width, document.grid_height) == (30, 20)


def test_names_are_kept_composed() -> None:
    document = MapDocument(name="Mu\u0308hle", grid_width=1, grid_height=1)

    assert document.name == "Mühle"
