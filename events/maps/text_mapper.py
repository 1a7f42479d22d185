"""Text Mapper's text, whole: ``0101 dark-green trees village "Thorp"``, ``0101-0203 river "Brindle"``.

Columns of even number are pushed down and counted from 01, which is our odd-q; ``option swap-even-odd`` turns that.
An ``include`` is never fetched, but the words that the well-known ones define are understood.
"""

import re
from collections.abc import Sequence
from typing import Final

from events.core.map_objects import PathKind
from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.encoding import decoded
from events.maps.errors import BadMap
from events.maps.imported import ImportedSite
from events.maps.imports import Draft, ImportedNote, ImportOptions, Warned, style_of
from events.maps.labels import LabelStyle
from events.maps.site_kinds import path_kind, site_kind
from events.maps.terrain import meaningful
from events.maps.uwp import UWP, in_words, port_of, trade_in_words

_PLACE: Final = r"(?:-?[0-9]{1,6}\.-?[0-9]{1,6}(?:\.[0-9]{1,6})?|-?[0-9]{2}-?[0-9]{2}(?:[0-9]{2})?)"
_PARTS: Final = re.compile(r"(-?[0-9]{1,6})\.(-?[0-9]{1,6})(?:\.([0-9]{1,6}))?|(-?[0-9]{2})(-?[0-9]{2})([0-9]{2})?")  # fmt: skip
_HEX: Final = re.compile(rf"({_PLACE})(?:\s+(.*))?")
_LINE: Final = re.compile(rf"({_PLACE}(?:-{_PLACE})+)\s+(\S+)(.*)")
_ONE_PLACE_LINE: Final = re.compile(rf"({_PLACE})-+\s+(\S+).*")
_EACH_PLACE: Final = re.compile(rf"(?:^|-)({_PLACE})")
_LABEL: Final = re.compile(r'["“”„«]([^"“”„«»]*)["“”»](?:\s+[0-9]+)?(?:\s+[a-z]+\([^)]*\))*')
_ATTRIBUTE: Final = re.compile(r'\b([a-z]+)=(?:["“”]([^"“”]*)["“”]|(\S+))(?:\s+[0-9]+)?')
_DRAWING: Final = re.compile(r"<.*|(?:text|glow|label|other|url|grid|width|height)\s.*|\S+\s+(?:attributes|lib|xml|path)\s.*")  # fmt: skip
_KNOWN_INCLUDES: Final = ("default", "gnomeyland", "bright", "apocalypse", "traveller", "alpine", "darkisland", "naive", "smale", "schroeder")  # fmt: skip


def read(data: bytes, options: ImportOptions) -> Draft:
    """Return the map of a Text Mapper file; like the original, skip what is no hex, but say so."""
    decoding = decoded(data)
    lines = [(number, raw.strip()) for number, raw in enumerate(decoding.text.splitlines(), 1)]
    swapped = any(re.fullmatch(r"option\s+swap-even-odd", line) for _, line in lines)
    style = style_of(options, LabelStyle(parity="even" if swapped else "odd"))
    draft = Draft("textmapper", options.orientation or "flat", style)
    if decoding.guessed_at:
        draft.warnings.append(Warned(decoding.remark, decoding.guessed_at))
    _LineReader(draft, options).read(lines)
    if not draft.hexes:
        raise BadMap('expected lines like 0101 mountain "Peak", found none')
    return draft


class _LineReader:
    """Adds lines to a draft: hexes of one level, and the lines between hexes once all of these are known."""

    def __init__(self, draft: Draft, options: ImportOptions) -> None:
        self._draft = draft
        self._level = options.level
        self._dm_only = options.audience != "seen"
        self._traveller = False
        self._left_out: dict[str, int] = {}

    def read(self, lines: Sequence[tuple[int, str]]) -> None:
        self._traveller = any(UWP.search(line) for _, line in lines)
        paths = []
        for number, line in lines:
            if not line or line.startswith("#"):
                continue
            drawn = _LINE.fullmatch(line)
            if drawn is not None:
                paths.append((number, drawn))
            elif (at := _HEX.fullmatch(line)) is not None:
                self._add_hex(at[1], at[2] or "", number)
            else:
                self._add_other(line, number)
        for number, drawn in paths:
            self._add_path(drawn[1], drawn[2], drawn[3], number)
        for level, count in self._left_out.items():
            self._draft.warn(
                f"the level {level} was left out ({count} line{'s' if count > 1 else ''}); choose it to bring it instead"
            )

    def _add_hex(self, place: str, rest: str, line: int) -> None:
        draft = self._draft
        at = self._hex(place, line)
        if at is None:
            return
        attributes = {key: quoted or bare for key, quoted, bare in _ATTRIBUTE.findall(rest)}
        rest = _ATTRIBUTE.sub(" ", rest)
        labels = [text.strip() for text in _LABEL.findall(rest) if text.strip()]
        if "name" in attributes:
            labels.insert(0, attributes.pop("name"))
        words = _LABEL.sub(" ", rest).split()
        profile = next((word for word in words if UWP.fullmatch(word)), attributes.pop("uwp", ""))
        words = [word for word in words if word != profile]
        ground = [word for word in words if meaningful(word)]
        sites = {word: kind for word in words if word not in ground and (kind := site_kind(word))}
        others = [word for word in words if word not in ground and word not in sites]
        if self._traveller:
            ground, others = ["space"], [word for word in others if word != "empty"]
        elif not ground and others and not sites:
            ground, others = others[:1], others[1:]
        self._put(at, " ".join(ground) or ("" if at in draft.hexes else "empty"), line)
        title = " ".join(labels)
        for kind in sites.values():
            draft.site(ImportedSite(at, kind, title, self._dm_only), line)
        self._add_note(at, title, profile, others, attributes, line)

    def _add_note(
        self, at: Hex, title: str, profile: str, words: list[str], attributes: dict[str, str], line: int
    ) -> None:  # fmt: skip
        texts = [in_words(profile)] if profile else []
        if words:
            texts.append(trade_in_words(" ".join(words)))
            if not self._traveller:
                self._draft.warn(f"{', '.join(words)[:80]}: not a known word, kept in a note", line)
        texts += [f"{key}: {value}" for key, value in attributes.items()]
        if profile:
            self._draft.site(ImportedSite(at, port_of(profile), title, self._dm_only), line)
        if title or texts:
            note = ImportedNote(at, title or " ".join(words), dm_text="\n".join(texts), dm_only=self._dm_only)  # fmt: skip
            self._draft.note(note, line)

    def _put(self, at: Hex, terrain: str, line: int) -> None:
        if at not in self._draft.hexes:
            self._draft.put(at, terrain, line)
        elif terrain and terrain != self._draft.hexes[at]:
            self._draft.warn("the hex was there already; its first terrain stays", line)

    def _add_path(self, places: str, word: str, rest: str, line: int) -> None:
        hexes = [self._hex(place, line) for place in _EACH_PLACE.findall(places)]
        if None in hexes:
            return
        names = [text.strip() for text in _LABEL.findall(rest) if text.strip()]
        kind: PathKind | None = path_kind([word])
        if kind is None:
            self._draft.warn(f"{word[:40]!r} is no line that we know; drawn as a trail", line)
            kind = "trail"
            names = names or [word]
        self._draft.through(
            kind, [at for at in hexes if at is not None], " ".join(names), self._dm_only, line
        )

    def _hex(self, place: str, line: int) -> Hex | None:
        """Return the hex of a place, None for one of another level."""
        match = _PARTS.fullmatch(place)
        assert match is not None, "as the pattern of places says"
        column, row, level = (
            match[1] or match[4],
            match[2] or match[5],
            match[3] or match[6] or "00",
        )
        if level not in self._draft.levels:
            self._draft.levels = (*self._draft.levels, level)
        if self._level is None:
            self._level = level
        if level != self._level:
            self._left_out[level] = self._left_out.get(level, 0) + 1
            return None
        self._draft.level = level
        style = self._draft.labels
        cell = Cell(int(column) - style.first_column, int(row) - style.first_row)
        return hex_of(cell, self._draft.orientation, style.parity)

    def _add_other(self, line: str, number: int) -> None:
        """Warn of a line that is not drawn, and name what it is."""
        first, _, rest = line.partition(" ")
        rest = rest.strip()
        if first == "include":
            name = rest.rsplit("/", 1)[-1].removesuffix(".txt")
            is_known = any(library in name.lower() for library in _KNOWN_INCLUDES)
            self._draft.warn(
                f"include {name[:40]}: never fetched; its words are known"
                if is_known
                else f"include {rest[:80]}: never fetched; paste what it names",
                number,
            )
        elif first == "option":
            if rest != "swap-even-odd":
                self._draft.warn(f"option {rest[:40]} was left out", number)
        elif first == "license":
            self._draft.warn(f"license: {rest[:200]}", number)
        elif (alone := _ONE_PLACE_LINE.fullmatch(line)) is not None:
            self._draft.warn(
                f"a {alone[2][:40]} needs at least two places, found {alone[1]}", number
            )
        elif _DRAWING.fullmatch(line):
            self._draft.warn(f"the drawing instruction {' '.join(line.split()[:2])[:40]!r} was left out", number)  # fmt: skip
        else:
            self._draft.warn(f"not understood, so left out: {line[:60]!r}", number)
