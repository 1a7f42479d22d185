"""Python's hexes are those of the golden file; `checks/vectors.check.js` asserts the same of the page's."""

import json

import pytest

from events.maps import parse_label
from tests.page.hex_vectors import FILE, STYLES, vectors

GOLDEN = json.loads(FILE.read_text())


@pytest.mark.parametrize(
    "part", ["offsets", "centres", "bounds", "labels", "stretches", "words", "tileMaps"]
)
def test_python_says_what_the_golden_file_says(part: str) -> None:
    assert json.loads(json.dumps(vectors()[part])) == GOLDEN[part]


def test_labels_of_the_golden_file_read_back() -> None:
    for name, orientation, q, r, text in GOLDEN["labels"]:
        assert parse_label(text, STYLES[name], orientation) == (q, r)
