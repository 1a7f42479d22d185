"""Names of hexes as people write them: ``0101``, ``00.00``, ``F12``; a view of the axial key."""

import re
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from events.geometry.grid import Hex
from events.geometry.offset import Cell, Orientation, Parity, cell_of, hex_of

_FIGURES = re.compile(r"(-?[0-9]{1,7})(-?[0-9]{1,7})")
_LETTERS = re.compile(r"(-?)([A-Za-z]{1,5})(-?[0-9]{1,7})")
_SEPARATED = re.compile(r"(-?[0-9]{1,7})([.,:;/_ x-])(-?[0-9]{1,7})")


class LabelStyle(BaseModel):
    """How hexes are named: which columns are pushed, where counting starts, and how it is written."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    parity: Parity = "odd"
    """The columns (pointy-top: rows) that are pushed, counted from 0 whatever the labels start at."""
    first_column: int = Field(default=1, ge=-1000, le=1000)
    first_row: int = Field(default=1, ge=-1000, le=1000)
    order: Literal["column-row", "row-column"] = "column-row"
    width: int = Field(default=2, ge=1, le=7)
    """Digits that a number has at least; both grow together where one needs more."""
    separator: Literal["", ".", ",", ":", ";", "/", "_", " ", "x", "-"] = ""
    letters: bool = False
    """The column as letters from A (A … Z, AA …) and the row without padding: ``F12``."""


def label(hex_: Hex, style: LabelStyle, orientation: Orientation) -> str:
    """Return the name of a hex; parse_label reads it back."""
    cell = cell_of(hex_, orientation, style.parity)
    row = cell.row + style.first_row
    if style.letters:
        return f"{_letters(cell.column)}{row}"
    column = cell.column + style.first_column
    width = max(style.width, len(str(abs(column))), len(str(abs(row))))
    pair = (column, row) if style.order == "column-row" else (row, column)
    return style.separator.join(f"{'-' if n < 0 else ''}{abs(n):0{width}}" for n in pair)


def parse_label(text: str, style: LabelStyle, orientation: Orientation) -> Hex:
    """Return the hex of that name, or raise ValueError with what was expected.

    Without a separator the digits are halved, so ``0101`` and ``001001`` are the same hex.
    """
    column, row = _lettered(text, style) if style.letters else _numbered(text, style)
    return hex_of(Cell(column, row - style.first_row), orientation, style.parity)


def detect_style(labels: Iterable[str]) -> LabelStyle:
    """Return the style most of the labels are written in; the parity cannot be seen and stays odd."""
    texts = [text.strip() for text in labels]
    if sum(1 for text in texts if _LETTERS.fullmatch(text)) > len(texts) / 2:
        rows = [int(match[3]) for text in texts if (match := _LETTERS.fullmatch(text))]
        return LabelStyle(letters=True, first_row=_origin(rows), width=1)
    separators = [match[2] for text in texts if (match := _SEPARATED.fullmatch(text))]
    separator = max(set(separators), key=separators.count) if separators else ""
    if len(separators) <= len(texts) / 2:
        separator = ""
    pairs = [pair for text in texts if (pair := _split(text, separator))]
    return LabelStyle.model_validate(
        {
            "separator": separator,
            "first_column": _origin(int(column) for column, _ in pairs),
            "first_row": _origin(int(row) for _, row in pairs),
            "width": min((len(n.lstrip("-")) for pair in pairs for n in pair), default=2),
        }
    )


def _origin(numbers: Iterable[int]) -> int:
    """Return 0 where something is numbered 0, else 1, as nearly all maps are counted."""
    return 0 if any(n == 0 for n in numbers) else 1


def _numbered(text: str, style: LabelStyle) -> Cell:
    pair = _split(text.strip(), style.separator)
    if pair is None or (not style.separator and len(pair[1].lstrip("-")) < style.width):
        raise ValueError(f"expected a label like {_example(style)}, found {text[:20]!r}")
    first, second = int(pair[0]), int(pair[1])
    column, row = (first, second) if style.order == "column-row" else (second, first)
    return Cell(column - style.first_column, row)


def _lettered(text: str, style: LabelStyle) -> Cell:
    match = _LETTERS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"expected a label like {_example(style)}, found {text[:20]!r}")
    column = _from_letters(match[2])
    return Cell(-column - 1 if match[1] else column, int(match[3]))


def _split(text: str, separator: str) -> tuple[str, str] | None:
    if separator:
        match = _SEPARATED.fullmatch(text)
        return (match[1], match[3]) if match and match[2] == separator else None
    if text.isascii() and text.isdigit():
        middle, odd = divmod(len(text), 2)
        return None if odd or middle > 7 else (text[:middle], text[middle:])
    digits = text.removeprefix("-")
    sign, middle = text[: len(text) - len(digits)], digits.find("-")
    if middle < 0:
        middle = len(digits) // 2
        if len(digits) % 2:
            return None
    first, second = sign + digits[:middle], digits[middle:]
    return (first, second) if _FIGURES.fullmatch(first + second) and first and second else None


def _example(style: LabelStyle) -> str:
    return label(hex_of(Cell(2, 2), "flat", style.parity), style, "flat")


def _letters(column: int) -> str:
    sign, rest, text = ("-", -column, "") if column < 0 else ("", column + 1, "")
    while rest:
        rest, letter = divmod(rest - 1, 26)
        text = chr(ord("A") + letter) + text
    return sign + text


def _from_letters(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
