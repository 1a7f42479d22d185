"""Damaged files: whatever is cut off, turned over or called by another name ends in a map or in `BadMap`, and in nothing else."""

import base64
import gzip
import json
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from events import Rejected, decide, fold
from events.core.features.members import MemberSet
from events.maps import BadMap, generate_country, import_map, lay_import, preview
from events.maps.hexroom_json import export_whole
from events.maps.import_command import Again
from tests.maps.test_traveller import SEC, T5, TAB, XML
from tests.support.given import DM
from tests.support.workbooks import xlsx
from tests.support.wxx import note, wxx

CASES = Path(__file__).parent / "cases"
ROWS = [["Hex", "Terrain", "Title"], ["0101", "hills", "Mill"], ["0102", "swamp", "Salt"]]
FILES = {
    **{path.name: path.read_bytes() for path in sorted(CASES.iterdir()) if path.name[0].isdigit()},
    **{
        f"sector.{end}": text.encode()
        for end, text in (("sec", SEC), ("tab", TAB), ("txt", T5), ("xml", XML))
    },
    "land.json": export_whole(generate_country(3, 9, 8)),
    "land.xlsx": xlsx({"Map": ROWS}),
    "land.xml": gzip.decompress(wxx([[1, 2], [3, 4]], notes=note("Trap", "Pit", 150, 150))),
    "land.wxx": wxx([[1, 2], [3, 4]], notes=note("Trap", "Pit", 150, 150)),
}
FUZZED = json.loads((Path(__file__).parent / "fuzzed.json").read_text())
"""What a coverage-guided fuzzer made of these, as small as it still reaches a line of its own: name and base64."""
NAMES = [*FILES, "m.csv", "m.txt", "m.json", "m.wxx", "m.xlsx", "m.ods", "m.xml", "m.sec", "m.tab", ""]  # fmt: skip
AGAIN: tuple[Again | None, ...] = (None, "replace", "merge")
ROOM = fold([MemberSet(user=DM.user, name=DM.name, role=DM.role)])


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, str]:
    """Draw a file of which something is cut off, turned over, doubled or put in, and a name."""
    own = draw(st.sampled_from(sorted(FILES)))
    data = bytearray(FILES[own])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(("cut", "flip", "put", "double", "drop"))):
            case "cut":
                del data[at:]
            case "flip" if at < len(data):
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "put":
                data[at:at] = draw(st.sampled_from(PIECES))
            case "double":
                data[at:at] = data[at : at + draw(st.integers(1, 200))]
            case _:
                del data[at : at + draw(st.integers(1, 60))]
    name = draw(st.sampled_from(NAMES)) if draw(st.booleans()) else own
    return bytes(data), name


PIECES = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\n", b"\r", b",,,,,,", b"[[0101]]", b"\xed\xa0\x80", b"99999999999999999999", b"-1",
    b"1e999", b"NaN", b"null", b"{", b"]", b"<!DOCTYPE x>", b"&lt;", "\u202e\u0663".encode(), b"PK\x03\x04", b"=HYPERLINK(1)", b"\t", b"0000",
]  # fmt: skip


def refusal(data: bytes, name: str) -> BadMap | None:
    """Return why the file is refused; None if it is a map, which a room then takes or refuses."""
    try:
        imported = import_map(data, name)
    except BadMap as error:
        return error
    ids = iter(range(10_000_000))
    for again in AGAIN:
        with suppress(Rejected):
            decide(ROOM, lay_import(imported, again).stamped(lambda: next(ids)), DM)
    return None


def expect_the_same_sentence(data: bytes, name: str) -> None:
    refused, shown = refusal(data, name), preview(data, name).error
    assert (refused and refused.text) == (shown and shown.text)
    assert (refused and refused.line) == (shown and shown.line)
    assert refused is None or refused.text.strip()


@settings(max_examples=400)
@given(damaged())
def test_a_damaged_file_is_a_map_or_refused_with_a_sentence(drawn: tuple[bytes, str]) -> None:
    expect_the_same_sentence(*drawn)


@settings(max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(NAMES))
def test_noise_is_refused_with_a_sentence(data: bytes, name: str) -> None:
    expect_the_same_sentence(data, name)


def test_what_a_fuzzer_found_ways_through_the_readers_with_is_a_map_or_a_sentence() -> None:
    for name, packed in FUZZED:
        expect_the_same_sentence(base64.b64decode(packed), name)
