"""Labels as spreadsheets mangle them: Excel takes ``0101`` for a number and writes ``101``."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_DIGITS = re.compile(r"[0-9]{1,6}")


class Restored(NamedTuple):
    """Labels with their zeros, and how they were found."""

    labels: Sequence[str]
    remark: str = ""


def restored(labels: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Restored:
    """Return the labels, padded where zeros were lost; pairs are the columns and rows beside them, or empty texts.

    Zeros are lost where labels have an odd number of digits and none begins with a zero, or where the
    numbers beside a label say so. What is no number stays as it is.
    """
    by_pair = [_padded(name, *pair) for name, pair in zip(labels, pairs, strict=True)]
    if any(new is not None and new != old for new, old in zip(by_pair, labels, strict=True)):
        fixed = [new or old for new, old in zip(by_pair, labels, strict=True)]
        return Restored(_even(fixed), "lost zeros were put back, by the x and y columns")
    digits = [name for name in labels if _DIGITS.fullmatch(name)]
    lost = any(len(name) % 2 for name in digits) and not any(n[0] == "0" for n in digits)
    if lost and len(digits) > len(labels) / 2:
        return Restored(_even(labels), "lost zeros were put back: 101 is read as 0101")
    return Restored(labels)


def _padded(name: str, column: str, row: str) -> str | None:
    """Return the label that two numbers make, if the name is that label but for zeros."""
    if not all(map(_DIGITS.fullmatch, (name, column, row))) or max(len(column), len(row)) > 3:
        return None
    for width in (2, 3):
        for pair in ((column, row), (row, column)):
            whole = "".join(f"{int(number):0{width}}" for number in pair)
            if len(whole) == 2 * width and int(whole) == int(name) and len(name) <= len(whole):
                return whole
    return None


def _even(labels: Sequence[str]) -> list[str]:
    """Return the labels with as many digits as the longest needs for two numbers alike, at least four."""
    longest = max((len(name) for name in labels if _DIGITS.fullmatch(name)), default=4)
    width = max(4, longest + longest % 2)
    return [name.zfill(width) if _DIGITS.fullmatch(name) else name for name in labels]
