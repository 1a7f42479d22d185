"""Files that are no map of hexes are refused with a sentence that says what they are."""

import json

import pytest

from events.maps.errors import BadMap
from events.maps.reading import import_map, preview

HEXJSON = {"layout": "odd-r", "hexes": {"Q0R0": {"n": "A", "q": 0, "r": 0}}}
AZGAAR = {"info": {"version": "1.9"}, "settings": {}, "mapCoordinates": {}}
HEXES = {"version": 1, "name": "M", "gridWidth": 2, "gridHeight": 2, "hexes": [{"q": 0, "r": 0, "terrain": "hills"}]}  # fmt: skip


def of(fields: object) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "m.json", "expected"),
        *(
            (b"", f"m.{ending}", "the file is empty")
            for ending in ("csv", "txt", "wxx", "xlsx", "map")
        ),
        (b"\xef\xbb\xbf\r\n", "m.csv", "the file is empty"),
        (
            b"1.89.1|File can be loaded in azgaar.github.io/Fantasy-Map-Generator|2023-01-01",
            "m.map",
            "Azgaar",
        ),
        (b"GIF89a\x01\x00\x01\x00", "m.gif", "a GIF picture, not a map; lay it under the grid"),
        (b"\x89PNG\r\n\x1a\n", "m.png", "a PNG picture"),
        (b"%PDF-1.4", "m.pdf", "a PDF"),
        (b"PK\x05\x06" + bytes(18), "m.zip", "this archive holds no spreadsheet"),
        (b'<?xml version="1.0"?>\n<map version="1.5" tiledversion="1.7"/>', "m.tmx", "a Tiled map"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "m.svg", "an SVG picture, not a map"),
        (
            b"<!DOCTYPE html><html></html>",
            "m.html",
            "a web page, not a map; in Google Sheets choose File",
        ),
        (b"\xef\xbb\xbf\n<HTML lang=en>", "m.csv", "a web page"),
        (b"<campaign/>", "m.xml", "expected <map>, found <campaign>"),
        (of(HEXJSON), "m.json", "this is HexJSON"),
        (of(AZGAAR), "m.map", "Azgaar"),
        (of({"tiledversion": "1.7", "layers": []}), "m.json", "this is a Tiled map"),
        (of({"saveVersion": 13}), "m.json", "Hexfriend"),
        (of({"walls": [], "_stats": {}}), "m.json", "a Foundry scene"),
        (of([]), "m.json", "found a list"),
        (of(HEXES)[:-9], "m.json", "not valid JSON"),
    ],
)
def test_a_file_of_another_kind_is_named(data: bytes, name: str, said: str) -> None:
    with pytest.raises(BadMap, match=said):
        import_map(data, name)
    error = preview(data, name).error
    assert error is not None
    assert said in str(error.text)


def test_a_map_below_many_blank_lines_is_read() -> None:
    assert len(import_map(b"\n" * 400 + b"0101 hills\n", "m.txt").document.hexes) == 1


@pytest.mark.parametrize(
    ("things", "position", "said"),
    [
        ({"paths": [{"kind": "road", "points": ["0,0"]}]}, "paths[0]", "at least two points"),
        ({"paths": [{"kind": "road", "points": ["0,0"] * 9_999}]}, "paths[0].points", "at most 2000"),
        ({"paths": [{"kind": "canal", "points": ["0,0", "0,1"]}]}, "paths[0].kind", "river"),
        ({"sites": [{"hexKey": "here", "kind": "city"}]}, "sites[0].hexKey", "q,r"),
        ({"regions": [{"name": "R", "hexes": []}]}, "regions[0].hexes", "at least 1"),
        ({"regions": [{"name": "R", "color": "red", "hexes": [[0, 0, 1]]}]}, "regions[0].color", "pattern"),
        ({"regions": [{"name": "R", "hexes": [[0, 0, 100_001]]}]}, "regions[0].hexes[0][2]", "100000"),
        ({"regions": [{"name": "R", "hexes": [[0, 0, 0]]}]}, "regions[0].hexes[0][2]", "1"),
        ({"regions": [{"name": "R", "hexes": [[0, 1_000_001, 1]]}]}, "regions[0].hexes[0][1]", "1000000"),
        ({"regions": [{"name": "R", "hexes": [[999_999, 0, 3]]}]}, "regions[0].hexes", "within ±1000000"),
        ({"regions": [{"name": "R", "hexes": [[0, r, 50_001] for r in range(2)]}]}, "regions[0].hexes", "at most 100000 hexes"),
        ({"regions": [{"name": "R", "hexes": [[0, 0, 100_000]]}] * 6}, "regions", "at most 500000 hexes"),
        ({"labels": [{"hexKey": "0,0", "text": "", "size": 1}]}, "labels[0].text", "must not be empty"),
        ({"notes": [{"hexKey": "0,0"}]}, "notes[0].title", "required"),
    ],
)  # fmt: skip
def test_a_fault_in_what_lies_on_the_map_is_named(
    things: dict[str, object], position: str, said: str
) -> None:
    with pytest.raises(BadMap, match=said) as caught:
        import_map(of({**HEXES, **things}), "m.json")

    assert caught.value.position == position
