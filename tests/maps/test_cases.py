"""Files as DMs have them, and what an import without options comes to; see cases/README.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.maps.errors import BadMap
from events.maps.labels import LabelStyle, label
from events.maps.reading import import_map, preview

CASES = Path(__file__).parent / "cases"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CASES / "expected.json").read_text())


def test_no_case_is_without_a_file_or_an_expectation() -> None:
    assert {path.name for path in CASES.iterdir() if path.name[0].isdigit()} == set(EXPECTED)


@pytest.mark.parametrize("name", [name for name, of in EXPECTED.items() if "refused" not in of])
def test_a_file_comes_to_what_is_expected(name: str) -> None:
    expected = dict(EXPECTED[name])
    data = (CASES / name).read_bytes()

    imported, shown = import_map(data, name), preview(data, name)

    notes, terrain = imported.notes, imported.document.terrain()
    assert shown.error is None
    style = shown.labels

    def named(at: Any) -> str:
        return label(at, style, imported.document.orientation)

    labels = [named(at) for at in terrain]
    remarks = [(warned.text, warned.line) for warned in imported.warnings]
    # A note is for DMs only as far as it has a text that players do not get.
    found: dict[str, Any] = {
        "hexes": len(terrain),
        "notes": len(notes),
        "dmOnly": sum(1 for note in notes if note.dm_text),
        "titles": [note.title for note in notes if note.title],
        "labels": labels,
        "firstColumn": style.first_column,
        "firstRow": style.first_row,
        "parity": style.parity,
        "paths": len(imported.paths),
        "icons": {named(site.hex): site.kind for site in imported.sites},
        "encoding": shown.table.encoding if shown.table else None,
    }
    by_label = dict(zip(labels, terrain.values(), strict=True))
    for what, value in expected.items():
        match what:
            case "terrain":
                assert by_label == value
            case "public":
                assert set(value) <= {note.player_text for note in notes if not note.dm_only}
            case "secret":
                assert set(value) <= {note.dm_text for note in notes}
                assert not any(secret in note.player_text for note in notes for secret in value)
            case "attributes":
                texts = {named(note.hex): note.dm_text for note in notes}
                assert all(uwp in texts[at] for at, uwp in value.items())
            case "remark" if value.startswith("names line 1"):
                assert [line for text, line in remarks if "quote" in text] == [1]
            case "remark":
                assert value in [text for text, _ in remarks]
            case _:
                assert found[what] == value, what
    if "public" not in expected:
        assert not [note for note in notes if note.player_text or not note.dm_only]


@pytest.mark.parametrize("name", [name for name, of in EXPECTED.items() if "refused" in of])
def test_what_is_no_map_is_refused_with_what_it_looks_like(name: str) -> None:
    with pytest.raises(BadMap, match=EXPECTED[name]["refused"]):
        import_map((CASES / name).read_bytes(), name)


def test_the_style_of_labels_in_the_cases_is_read_and_not_assumed() -> None:
    shown = preview((CASES / "08-more-than-99-rows.csv").read_bytes(), "m.csv")

    assert shown.labels == LabelStyle(width=3)
