import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.core.features.terrain import MapSet
from events.core.state import RoomState
from events.geometry.offset import Parity
from events.maps.document import MapDocument, MapHex
from events.maps.errors import BadMap
from events.maps.hexroom_json import export
from events.maps.imports import ImportOptions
from events.maps.laying import document_of_room, lay
from events.maps.reading import import_map

names = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=80
).map(lambda text: text.strip() or "x")
keys = st.tuples(st.integers(-1_000_000, 1_000_000), st.integers(-1_000_000, 1_000_000))


def _document(
    name: str, hexes: dict[tuple[int, int], tuple[str, int]], size: float, parity: Parity = "odd"
) -> MapDocument:
    return MapDocument(
        name=name,
        grid_width=3,
        grid_height=2_000_001,
        hex_size=size,
        orientation="pointy",
        hexes=tuple(
            MapHex(q=q, r=r, terrain=terrain, terrain_variant=variant)
            for (q, r), (terrain, variant) in hexes.items()
        ),
        parity=parity,
    )


documents = st.builds(
    _document,
    names.filter(lambda name: len(name) <= 40),
    st.dictionaries(keys, st.tuples(names.map(lambda n: n[:20]), st.integers(0, 999)), max_size=12),
    st.one_of(st.integers(1, 100), st.floats(0.5, 100)),
    st.sampled_from(("odd", "even")),
)


@given(documents)
def test_what_is_exported_reads_back_the_same(document: MapDocument) -> None:
    read = import_map(export(document)).document

    assert read == document
    assert export(read) == export(document)


@given(documents)
def test_what_is_laid_in_a_room_is_the_document_again(document: MapDocument) -> None:
    laid = MapSet(**dict(lay(document))).evolve(RoomState())
    assert laid.map is not None

    again = document_of_room(laid.map, {at: laid.terrain[at] for at in laid.terrain})

    by_key = tuple(sorted(document.hexes, key=lambda at: (at.q, at.r)))
    assert again == document.model_copy(update={"hexes": by_key})


def test_the_wire_has_the_names_of_the_format() -> None:
    text = export(_document("M", {(0, -1): ("hills", 2)}, 40)).decode()

    assert text == (
        '{"version":1,"name":"M","gridWidth":3,"gridHeight":2000001,"hexSize":40,'
        '"orientation":"pointy","hexes":[{"q":0,"r":-1,"terrain":"hills","terrainVariant":2}]}'
    )


@pytest.mark.parametrize(
    ("data", "line", "position"),
    [
        (b"", None, ""),
        (b'{"version": 1,\n "name": }', 2, "column 10"),
        (b'{"version": 1,\n "hexSize": NaN}', 2, "column 13"),
        (b'{"a": "\\ud800"}', 1, "column 14"),
        (b"[" * 5000, 1, "column"),
        (b"[1]", None, ""),
        (b"{}", None, "version"),
        (b'{"version": 2}', None, "version"),
        (b'{"version": 1}', None, "name"),
        (b'{"version":1,"name":"M","gridWidth":1,"gridHeight":1,"hexes":7}', None, "hexes"),
        (b'{"version":1,"name":"M","gridWidth":1,"gridHeight":1,"hexes":[7]}', None, "hexes[0]"),
        (b'{"version":1,"name":"\\u0000","gridWidth":1,"gridHeight":1}', None, "name"),
    ],
)
def test_bad_json_is_refused_with_its_place(data: bytes, line: int | None, position: str) -> None:
    with pytest.raises(BadMap) as caught:
        import_map(data, "m.json", ImportOptions(format="hexroom"))

    assert caught.value.line == line
    assert caught.value.position.startswith(position)


def test_unknown_fields_are_left_out_and_said() -> None:
    read = import_map(
        b'{"version":1,"name":"M","gridWidth":1,"gridHeight":1,"author":"Ann",'
        b'"hexes":[{"q":0,"r":0,"terrain":"hills","terrainVariant":null,"icon":"x"}]}'
    )

    assert [warned.text for warned in read.warnings] == [
        "left out what Hexroom does not know: author, hexes.icon"
    ]
    assert read.document.hexes == (MapHex(q=0, r=0, terrain="hills"),)


def test_terrain_is_mapped_only_where_that_is_asked_for() -> None:
    data = export(_document("M", {(0, 0): ("Water Ocean", 0), (1, 0): ("void", 0)}, 40))

    kept = import_map(data).document
    mapped = import_map(data, options=ImportOptions(terrain={"void": ""})).document

    assert [at.terrain for at in kept.hexes] == ["Water Ocean", "void"]
    assert [at.terrain for at in mapped.hexes] == ["Water Ocean"]
