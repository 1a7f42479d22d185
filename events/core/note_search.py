"""Full text search over the notes a viewer may know."""

import unicodedata
from typing import Final, NamedTuple

from events.core.features.notes import NoteProjection
from events.core.messages import JSON, JsonObject
from events.core.state import Member, RoomState

MOST_FOUND: Final = 100
EXCERPT_CHARS: Final = 80

_NOTES: Final = NoteProjection()


class Found(NamedTuple):
    """A note that holds all the words, and where the first of them stands."""

    note: JsonObject
    """As the viewer sees it."""
    excerpt: str

    def to_json(self) -> dict[str, JSON]:
        """Return it as it is sent."""
        shown = {key: self.note[key] for key in ("id", "hexKey", "kind", "title")}
        return {**shown, "excerpt": self.excerpt}


def search(room: RoomState, viewer: Member, text: str) -> tuple[Found, ...]:
    """Return the notes that hold every word of the text, those with them in the title first.

    Only what the projection shows is searched: a word of the DM's text is found by DMs alone. Case
    and the way accents are written do not matter. At most 100 notes.
    """
    words = _plain(text).split()
    if not words:
        return ()
    hits: list[tuple[bool, str, str, Found]] = []
    for key in _NOTES.keys(room, viewer):
        shown = _NOTES.visible(room, viewer, key)
        if shown is None:
            continue
        texts = [shown["title"], shown["playerText"], shown.get("dmText", "")]
        plain = [_plain(part) for part in texts]
        if all(any(word in part for part in plain) for word in words):
            elsewhere = not all(word in plain[0] for word in words)
            hit = Found(shown, _excerpt(texts, words[0]))
            hits.append((elsewhere, plain[0], key, hit))
    return tuple(hit for *_, hit in sorted(hits, key=lambda ranked: ranked[:3])[:MOST_FOUND])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _excerpt(texts: list[str], word: str) -> str:
    for text in (*texts[1:], texts[0]):
        # Casefolding may change lengths, so a place found in the plain text is only about right.
        at = _plain(text).find(word)
        if at >= 0:
            start = max(0, min(at, len(text)) - EXCERPT_CHARS // 2)
            cut = " ".join(text[start : start + EXCERPT_CHARS].split())
            return ("…" if start else "") + cut + ("…" if start + EXCERPT_CHARS < len(text) else "")
    return ""
