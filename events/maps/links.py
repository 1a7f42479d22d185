"""Links between the notes of a file: ``[[0102]]`` names a hex, ``[[GREYFANG]]`` a note by its title."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from events.geometry.grid import Hex
from events.maps.imports import ImportedNote

_LINK = re.compile(r"\[\[([^\[\]\n]{1,80})\]\]")


def linked(
    notes: Iterable[ImportedNote],
    hex_of: Callable[[str], Hex | None],
    written: Callable[[Hex], str],
) -> tuple[list[ImportedNote], Sequence[str]]:
    """Return the notes with links to hexes as the campaign writes labels, and the links that lead nowhere.

    Links by title stay as they are: they lead to whatever note has that title, if the reader knows of it.
    """
    notes = list(notes)
    titles = {note.title.casefold() for note in notes if note.title}
    loose: dict[str, None] = {}

    def anew(link: re.Match[str]) -> str:
        name = link[1].strip()
        at = hex_of(name)
        if at is not None:
            return f"[[{written(at)}]]"
        if name.casefold() not in titles:
            loose[name] = None
        return f"[[{name}]]"

    def rewritten(text: str) -> str:
        return _LINK.sub(anew, text) if "[[" in text else text

    return [
        replace(note, player_text=rewritten(note.player_text), dm_text=rewritten(note.dm_text))
        for note in notes
    ], tuple(loose)
