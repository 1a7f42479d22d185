import gzip
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.geometry.grid import Hex
from events.maps import imports
from events.maps.document import MAX_HEXES
from events.maps.errors import BadMap
from events.maps.imports import Format, ImportOptions
from events.maps.labels import LabelStyle
from events.maps.reading import Preview, detect, import_map, preview
from tests.support.wxx import wxx

CSV = b"label,terrain\n0101,hills\n0102,water\n0201,swamp\n0202,Ocean\n0301,hills\n0302,odd stuff\n"
WXX = wxx([[1, 2], [3, 4]])
FORMATS: tuple[Format, ...] = ("hexroom", "worldographer", "textmapper", "spreadsheet")


@pytest.mark.parametrize(
    ("data", "filename", "kind"),
    [
        (WXX, "m", "worldographer"),
        (gzip.decompress(WXX), "m", "worldographer"),
        (b"<?xml version='1.0'?><map/>", "m", "worldographer"),
        (gzip.decompress(WXX).decode("utf-16").encode("utf-16-le"), "", "worldographer"),
        (b' {"version":1}', "m", "hexroom"),
        (CSV, "m", "spreadsheet"),
        (CSV.decode().encode("utf-16"), "m", "spreadsheet"),
        (b"0101 hill\n0102 water\n", "m.txt", "textmapper"),
        (b"0101 hill\n0102 water\n", "m.csv", "spreadsheet"),
        (b"", "", "textmapper"),
    ],
)
def test_the_format_is_seen(data: bytes, filename: str, kind: Format) -> None:
    assert detect(data, filename) == kind


def test_all_is_shown_before_anything_is_taken() -> None:
    shown = preview(CSV, "C:\\maps\\The Marches.csv")

    assert (shown.format, shown.name, shown.orientation) == ("spreadsheet", "The Marches", "flat")
    assert (shown.columns, shown.rows, shown.hexes) == (3, 2, 6)
    assert shown.labels == LabelStyle()
    assert [(t.name, t.count, t.proposed, t.known) for t in shown.terrains] == [
        ("hills", 2, "hills", True),
        ("water", 1, "water", True),
        ("swamp", 1, "swamp", True),
        ("Ocean", 1, "water", True),
        ("odd stuff", 1, "odd stuff", False),
    ]
    assert shown.error is None
    assert any("compare the neighbours" in warned.text for warned in shown.warnings)


def neighbours(shown: Preview) -> dict[str, str | None]:
    return {direction: place.terrain for direction, place in shown.neighbours.items()}


def test_the_wrong_parity_shows_in_the_neighbours() -> None:
    odd = preview(CSV, options=ImportOptions(parity="odd"))
    even = preview(CSV, options=ImportOptions(parity="even"))

    assert odd.sample is not None
    assert odd.sample.label == "0201"
    assert neighbours(odd)["SW"] == "water"
    assert odd.sample != even.sample or neighbours(odd) != neighbours(even)


def test_options_win_over_the_file() -> None:
    shown = preview(
        CSV,
        options=ImportOptions(
            name="Other",
            orientation="pointy",
            labels=LabelStyle(order="row-column"),
            terrain={"odd stuff": "plains"},
        ),
    )

    assert (shown.name, shown.orientation) == ("Other", "pointy")
    assert (shown.columns, shown.rows) == (2, 3)
    assert shown.terrains[-1].proposed == "plains"


def test_an_error_is_shown_and_not_raised() -> None:
    shown = preview(b"0101,hills\n0102,hills\nxx,hills\n", "m.csv")

    assert shown.error is not None
    assert (shown.error.line, shown.hexes) == (3, 0)
    all_blank = preview(wxx([[0, 0]]))
    assert all_blank.error is not None
    assert all_blank.terrains[0].name == "Blank"


def test_the_names_on_the_wire_are_camel_case() -> None:
    assert '"dmOnlyNotes":0' in preview(CSV).model_dump_json(by_alias=True)
    assert ImportOptions.model_validate({"labels": {"firstColumn": 0}}).labels is not None


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.maps.reading.MAX_FILE_BYTES", 10)

    with pytest.raises(BadMap, match="larger than") as caught:
        import_map(CSV)
    assert caught.value.code == "too_large"


def spreadsheet_of(count: int) -> bytes:
    return "".join(f"{n % 1000:03}{n // 1000:03},hills\n" for n in range(count)).encode()


def wxx_of(count: int) -> bytes:
    return wxx([[1] * count])


@pytest.mark.parametrize("make", [spreadsheet_of, wxx_of])
def test_a_hundred_thousand_hexes_are_taken_and_one_more_is_not(
    make: Callable[[int], bytes],
) -> None:
    taken = import_map(make(MAX_HEXES), "m.csv" if make is spreadsheet_of else "m.wxx")

    assert len(taken.document.hexes) == MAX_HEXES
    with pytest.raises(BadMap, match="at most 100000") as caught:
        import_map(make(MAX_HEXES + 1), "m.csv" if make is spreadsheet_of else "m.wxx")
    assert caught.value.code == "too_large"


def test_notes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MAX_NOTES", 2)
    monkeypatch.setattr(imports, "MAX_NOTE_CHARS", 3)

    read = import_map(b"hex,terrain,name,public,gm\n0101,hills,A,text,\n0101,hills,B,,x\n", "m.csv")

    assert [note.player_text for note in read.notes] == ["tex", ""]
    assert any("cut to 3" in warned.text and warned.line == 2 for warned in read.warnings)
    with pytest.raises(BadMap, match="more than 2 notes"):
        import_map(b"0101,hills,A\n0101,hills,B\n0101,hills,C\n", "m.csv")


def test_warnings_beyond_the_limit_are_counted() -> None:
    read = import_map(b"0101 hill\n" + b"nonsense here\n" * 150, "m.txt")

    assert len(read.warnings) == 101
    assert read.warnings[-1].text == "50 more warnings"


pieces = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        (
            CSV, WXX, gzip.decompress(WXX), b"\xff\xfe", b"\xfe\xff", b"0101 hill\n", b'"', b"\0", b"<map>",
            b'{"version":1,"name":"M","gridWidth":1,"gridHeight":1,"hexes":[', b'{"q":1,"r":2,', b"]}", b"\n",
            b"<tiles tilesWide='1' tilesHigh='1'>", b"<tilerow>", b"</", b"&amp;", b"-99-99", b"include x", b",", b"\t",
        )
    ),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    data=st.lists(pieces, max_size=6).map(b"".join),
    kind=st.sampled_from((None, *FORMATS)),
    zipped=st.booleans(),
)
@example(data=b"\xff\xfe0", kind=None, zipped=False)
@example(data=b"A0\n", kind="spreadsheet", zipped=False)
def test_no_bytes_raise_anything_but_bad_map(
    data: bytes, kind: Format | None, zipped: bool
) -> None:
    data = gzip.compress(data, 1) if zipped else data
    options = ImportOptions(format=kind)

    shown = preview(data, "m", options)

    if shown.error is None:
        assert shown.hexes == len(import_map(data, "m", options).document.hexes)
    else:
        with pytest.raises(BadMap, match=r"\w"):
            import_map(data, "m", options)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), source=st.sampled_from((CSV, gzip.decompress(WXX), WXX)))  # fmt: skip
def test_one_wrong_byte_raises_nothing_but_bad_map(place: int, value: int, source: bytes) -> None:
    damaged = bytearray(source)
    damaged[place % len(damaged)] = value

    shown = preview(bytes(damaged))

    assert shown.error is not None or shown.hexes == len(import_map(bytes(damaged)).document.hexes)


def test_the_first_hex_of_each_format_is_the_same() -> None:
    texts = (b"0101,hills\n", b"0101 hill\n", wxx([[1]]))

    assert {next(iter(import_map(data).document.terrain())) for data in texts} == {Hex(0, 0)}
