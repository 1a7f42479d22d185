"""The text in a file whose encoding nothing names: found by its bytes."""

import re
import unicodedata
from typing import Final, NamedTuple

from charset_normalizer import from_bytes

from events.maps.errors import BadMap

_LOOKED_AT: Final = 64 * 1024
"""Bytes that an encoding is guessed by; long files cost no more than short ones."""
_OTHERS: Final = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp437", "shift_jis", "gb18030", "euc_kr", "big5"]  # fmt: skip
"""What a file may be in that is neither Unicode nor Western European."""
_WESTERN: Final = frozenset(
    "äöüßÄÖÜéèêëàâáãåçñíìîïóòôõøúùûýÿœæÉÈÊËÀÂÁÃÅÇÑÍÌÎÏÓÒÔÕØÚÙÛÝŒÆ¿¡ªº°§«»€£©®·–—‘’‚“”„…•×½¼¾²\u00a0"
)
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_NAMES: Final = {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "mac_roman": "Mac Roman"}  # fmt: skip


class Decoded(NamedTuple):
    """A file's text, and how it was found."""

    text: str
    encoding: str
    """As Python names it: ``utf-8``, ``utf-16``, ``cp1252`` …"""
    guessed_at: int | None = None
    """The first line that told that it is not UTF-8; None where nothing was guessed."""

    @property
    def remark(self) -> str:
        name = _NAMES.get(self.encoding, self.encoding)
        return f"the text is not UTF-8; read as {name}, so check the accents"


def decoded(data: bytes) -> Decoded:
    """Return the text of a file, or raise BadMap where it is no text.

    By its byte-order mark, else UTF-8, UTF-16 without a mark, Windows-1252 where that gives words of
    Western Europe, else what charset-normalizer finds likeliest.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, encoding)
    wide = _unmarked_utf16(data)
    if wide is not None:
        return Decoded(_checked(wide[0]), wide[1])
    try:
        return Decoded(_checked(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    encoding = "cp1252" if _is_western(data) else _guessed(data, line)
    try:
        return Decoded(_checked(data.decode(encoding)), encoding, line)
    except UnicodeDecodeError:
        raise _no_text(line) from None


def _marked(data: bytes, encoding: str) -> Decoded:
    name = encoding.removesuffix("-sig")
    try:
        return Decoded(_checked(data.decode(encoding)), name)
    except UnicodeDecodeError as error:
        raise BadMap(f"the text is not {name.upper()}, as its first bytes say") from error


def _unmarked_utf16(data: bytes) -> tuple[str, str] | None:
    """Return text and encoding where every second byte is mostly 0, as in UTF-16 of Latin letters."""
    head = data[:4096]
    half = len(head) // 2
    if half < 4:
        return None
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        other = head[1 - offset :: 2]
        if head[offset::2].count(0) > half * 0.7 and other.count(0) < half * 0.05:
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                return None
    return None


def _is_western(data: bytes) -> bool:
    """Return whether the bytes beyond ASCII are accents and quotes inside words, as Windows-1252 has them."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = re.findall(r"[^\x00-\x7f]+", text)
    return (
        sum(len(run) for run in beyond if len(run) <= 2 and set(run) <= _WESTERN)
        >= sum(map(len, beyond)) * 0.9
    )


def _guessed(data: bytes, line: int) -> str:
    best = from_bytes(data[:_LOOKED_AT], cp_isolation=_OTHERS).best()
    if best is None:
        raise _no_text(line)
    text = str(best)
    letters = sum(unicodedata.category(c)[0] in "LNPZ" or c in "\r\n\t" for c in text)
    if letters < len(text) * 0.9:
        raise _no_text(line)
    return best.encoding


def _no_text(line: int) -> BadMap:
    return BadMap(
        "the text is in no encoding that we know; save it as UTF-8 (CSV UTF-8 in Excel)", line=line
    )


def _checked(text: str) -> str:
    if "\0" in text:
        raise BadMap(
            "this is not a text: it has bytes that are 0",
            line=text.count("\n", 0, text.index("\0")) + 1,
        )
    return text
