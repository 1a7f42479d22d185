"""What people may call things: one function decides for names, labels and titles alike."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field, Strict

NAME_CHARS = 80
"""The longest name, in code points after NFC."""

# Cc control, Cf format (zero width, bidi), Cs lone surrogates, Co private, Cn unassigned,
# Zl and Zp line breaks: none of them can be seen, all of them can deceive.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

MOST_MARKS = 30
"""Combining marks in a row, as in Unicode's stream-safe text (UAX #15).

Normalising sorts each run of them in quadratic time: a letter with 30 000 takes over a second.
"""
# Unicode calls these starters, though all that they are made of are marks.
_MARKS_IN_DISGUISE = frozenset("\u0f73\u0f75\u0f81")
_LONGEST_SPELLING = 4
"""How many code points one of NFC may be written with."""


class BadName(ValueError):
    """A name that is empty, too long, or holds what cannot be seen."""


def clean_name(text: str) -> str:
    """Return the name in NFC without blanks at its ends; raise BadName.

    1 to 80 code points, all printable: no NUL, control, lone surrogate, bidi or zero-width ones.
    """
    if len(text) > NAME_CHARS * _LONGEST_SPELLING:
        raise BadName(f"a name has at most {NAME_CHARS} characters, this one {len(text)}")
    name = _visible(text, keep="").strip()
    if not name:
        raise BadName("a name must not be empty")
    if len(name) > NAME_CHARS:
        raise BadName(f"a name has at most {NAME_CHARS} characters, this one {len(name)}")
    return name


def clean_text(text: str, most: int) -> str:
    """Return free text in NFC; line breaks and tabs are kept. Raise BadName past most characters."""
    if len(text) > most * _LONGEST_SPELLING:
        raise BadName(f"this text has at most {most} characters, not {len(text)}")
    clean = _visible(text.replace("\r\n", "\n"), keep="\n\t")
    if len(clean) > most:
        raise BadName(f"this text has at most {most} characters, not {len(clean)}")
    return clean


def with_few_marks(text: str) -> str:
    """Return the text without the marks past MOST_MARKS in a row; then it is quickly normalised."""
    if text.isascii():
        return text
    chars, marks = [], 0
    for char in text:
        marks = marks + 1 if _is_mark(char) else 0
        if marks <= MOST_MARKS:
            chars.append(char)
    return "".join(chars)


def _visible(text: str, keep: str) -> str:
    for char in text:
        if unicodedata.category(char) in _UNSEEN and char not in keep:
            raise BadName(f"the character U+{ord(char):04X} is not allowed here")
    if len(with_few_marks(text)) < len(text):
        raise BadName(f"more than {MOST_MARKS} marks on one letter")
    return unicodedata.normalize("NFC", text)


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) > 0 or char in _MARKS_IN_DISGUISE


Name = Annotated[str, AfterValidator(clean_name)]


def _word(text: str) -> str:
    return clean_name(text) if text else ""


Word = Annotated[str, AfterValidator(_word)]
"""A name, or nothing."""
ID_CHARS: Final = 64
Id = Annotated[str, Strict(), Field(pattern=rf"^[A-Za-z0-9_-]{{1,{ID_CHARS}}}$")]
"""An id that a client may choose."""
