"""Hints: what a note lets people notice on the hexes around it, without saying where it lies."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from events.core.features.hexes import resighted, seen_apart
from events.core.features.history import HistoryRedone, HistoryUndone
from events.core.features.notes import NoteDeleted, NoteSet
from events.core.messages import JSON, Event, ServerMessage
from events.core.projection import Shown
from events.core.state import Member, Note, NoteId, Notes, RoomState, Tier, UserId
from events.geometry.grid import Hex, disc
from events.geometry.grid import hexes as hexes_of

Square = tuple[int, int]
SIDE_BITS = 4


class HintsChanged(ServerMessage):
    """On these hexes something else is noticed now, or nothing any more (no texts)."""

    tag = "hint:changed"
    hints: list[dict[str, Any]]


class HintProjection:
    """What is noticed on each hex, by players and spectators who see it fully.

    Only texts, without the notes they come of, in the order of the alphabet: nothing tells which
    hint belongs to which, or how many notes lie about. DMs have the notes themselves.
    """

    name = "hints"

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Hex]:
        if viewer.is_dm:
            return ()
        return sorted(
            {
                at
                for note in room.notes.values()
                if note.hint
                for at in disc(note.at, note.radius)
                if at in room.sights
            },
            key=lambda at: (at.r, at.q),
        )

    def touched(self, room: RoomState, event: Event) -> Iterable[Hex] | None:
        match event:
            case NoteSet() | NoteDeleted():
                return _around(room.notes.get(event.note))
            case HistoryUndone() | HistoryRedone():
                around = {
                    at
                    for key in event.put.keys("notes")
                    for at in _around(room.notes.get(NoteId(key)))
                }
                return (*around, *hexes_of(event.put.hexes("sights")))
            case _:
                where = resighted(event)
                if where is None:
                    return None
                return hexes_of(where) if room.notes.derive(_influences) else ()

    def apart(self, room: RoomState, keys: Sequence[Hex]) -> Iterable[UserId]:
        return seen_apart(room, keys)

    def show(self, room: RoomState, viewer: Member, key: Hex) -> JSON | None:
        if viewer.is_dm or room.tier(viewer, key) is not Tier.FULL:
            return None
        square = (key.q >> SIDE_BITS, key.r >> SIDE_BITS)
        near = room.notes.derive(_influences).get(square, ())
        return sorted({note.hint for note in near if note.at.distance(key) <= note.radius}) or None

    def state(self, whole: Shown[Hex]) -> Mapping[str, JSON]:
        return {"hints": [{"hexKey": str(at), "texts": texts} for at, texts in whole.items()]}

    def say(
        self, was: Shown[Hex], now: Shown[Hex], whole: Callable[[], Shown[Hex]]
    ) -> Iterator[ServerMessage]:
        yield HintsChanged(
            hints=[
                {"hexKey": str(at), "texts": now.get(at, [])}
                for at in sorted(was.keys() | now.keys(), key=lambda at: (at.r, at.q))
                if was.get(at) != now.get(at)
            ]
        )


def _around(note: Note | None) -> Iterable[Hex]:
    return disc(note.at, note.radius) if note is not None and note.hint else ()


def _influences(notes: Notes) -> dict[Square, list[Note]]:
    """Return the notes with a hint by the squares of the grid that they reach into."""
    found: dict[Square, list[Note]] = {}
    for note in notes.values():
        if note.hint:
            (q, r), n = note.at, note.radius
            for square_q in range(q - n >> SIDE_BITS, (q + n >> SIDE_BITS) + 1):
                for square_r in range(r - n >> SIDE_BITS, (r + n >> SIDE_BITS) + 1):
                    found.setdefault((square_q, square_r), []).append(note)
    return found
