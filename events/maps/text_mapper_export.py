"""A map in Text Mapper's format; what the format has no words for becomes comments, which Text Mapper skips."""

from collections.abc import Iterator

from events.geometry.grid import Hex
from events.geometry.offset import cell_of
from events.maps.document import MapDocument
from events.maps.imports import ImportedMap, one_line

_WORDS = {"mountain": "mountain", "plains": "light-green grass", "hills": "hill", "desert": "dust desert", "water": "water", "forest": "green forest"}  # fmt: skip


def export(whole: ImportedMap) -> bytes:
    """Return hexes with their terrain, sites and titles, and paths from hex to hex; UTF-8."""
    return "\n".join((*_lines(whole), "")).encode()


def _lines(whole: ImportedMap) -> Iterator[str]:
    document = whole.document
    yield f"# {_quotable(document.name)}, from Hexroom"
    if document.parity == "even":
        yield "option swap-even-odd"
    if document.orientation == "pointy":
        yield "# The hexes of this map have pointy tops; Text Mapper draws them with flat ones."
    sites: dict[Hex, list[str]] = {}
    titles: dict[Hex, list[str]] = {}
    for site in (*whole.sites, *whole.drawings()):
        sites.setdefault(site.hex, []).append(site.kind)
        if site.title:
            titles.setdefault(site.hex, []).append(site.title)
    for note in whole.notes:
        if note.title and note.title not in titles.get(note.hex, ()):
            titles.setdefault(note.hex, []).append(note.title)
    remarks = []
    for at, terrain in document.terrain().items():
        word = _WORDS.get(terrain) or "-".join(terrain.split())
        if word != terrain and terrain not in _WORDS:
            remarks.append(f"# {place(at, document)} terrain: {_quotable(terrain)}")
        labels = [f'"{_quotable(title)}"' for title in titles.get(at, ())]
        yield " ".join((place(at, document), word, *sites.get(at, ()), *labels))
    for path in whole.paths:
        hexes = list(dict.fromkeys(point.at for point in path.points))
        name = f' "{_quotable(path.name)}"' if path.name else ""
        if path.along or len(hexes) < 2:
            where = ", ".join(place(at, document) for at in hexes)
            remarks.append(f"# {path.kind} {_quotable(path.name)} at {where}".replace("  ", " "))
        else:
            way = "-".join(place(point.at, document) for point in path.points)
            yield f"{way} {path.kind}{name}"
    yield from remarks
    yield from _remarks(whole)


def _remarks(whole: ImportedMap) -> Iterator[str]:
    document = whole.document
    for region in whole.regions:
        where = " ".join(place(at, document) for at in region.hexes)
        yield f"# region {_quotable(region.name)} ({region.kind}): {where}"
    for text in whole.labels:
        yield f"# label at {place(text.hex, document)}: {_quotable(text.text)}"
    for note in whole.notes:
        for who, words in (("players", note.player_text), ("DM", note.dm_text)):
            if words:
                yield f"# {place(note.hex, document)} {who}: {' '.join(words.split())}"


def place(at: Hex, document: MapDocument) -> str:
    """Return a hex as ``0101``, from 1; with a dot where a number has more than two digits."""
    column, row = cell_of(at, document.orientation, document.parity)
    column, row = column + 1, row + 1
    if max(abs(column), abs(row)) > 99:
        return f"{column}.{row}"
    return "".join(f"{'-' if n < 0 else ''}{abs(n):02}" for n in (column, row))


def _quotable(text: str) -> str:
    return one_line(text).replace('"', "'")
