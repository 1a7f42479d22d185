"""Hints: what a note lets people notice on the hexes around it, without saying where it lies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from events.core.hex_tiers import seeing_otherwise
from events.core.messages import JSON, JsonObject, ServerMessage
from events.core.projection import NOT_DMS, Change, Projection, Shown
from events.core.state import Member, Note, Notes, RoomState, Tier, UserId
from events.geometry.grid import Hex, by_row, disc

Square = tuple[int, int]
SIDE_BITS = 4


class HintsChanged(ServerMessage):
    """On these hexes something else is noticed now, or nothing any more (no texts)."""

    tag = "hint:changed"
    hints: list[JsonObject]


class HintProjection(Projection[Hex]):
    """What is noticed on each hex, by players and spectators who see it fully.

    Only texts, without the notes they come of, in the order of the alphabet: nothing tells which
    hint belongs to which, or how many notes lie about. DMs have the notes themselves.
    """

    name = "hints"
    reads = frozenset({"notes", "visibility"})
    roles = NOT_DMS

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Hex]:
        return sorted(
            {
                at
                for note in room.notes.values()
                if note.hint
                for at in disc(note.at, note.radius)
                if at in room.visibility
            },
            key=lambda at: (at.r, at.q),
        )

    def touched(self, change: Change) -> Iterable[Hex]:
        for key in change.keys("notes"):
            yield from _around(change.before.notes.get(key))
            yield from _around(change.after.notes.get(key))
        if change.after.notes.derive(_influences):
            yield from change.resighted

    def individually_seen(self, room: RoomState, keys: Sequence[Hex]) -> Iterable[UserId]:
        return seeing_otherwise(room, keys)

    def visible(self, room: RoomState, viewer: Member, key: Hex) -> JSON | None:
        if viewer.is_dm or room.tier(viewer, key) is not Tier.FULL:
            return None
        square = (key.q >> SIDE_BITS, key.r >> SIDE_BITS)
        near = room.notes.derive(_influences).get(square, ())
        return sorted({note.hint for note in near if note.at.distance(key) <= note.radius}) or None

    def state_fields(self, whole: Shown[Hex]) -> Mapping[str, JSON]:
        return {"hints": [{"hexKey": str(at), "texts": texts} for at, texts in whole.items()]}

    def diff_messages(self, before: Shown[Hex], after: Shown[Hex]) -> Iterator[ServerMessage]:
        yield HintsChanged(
            hints=[
                {"hexKey": str(at), "texts": after.get(at, [])}
                for at in by_row(before.keys() | after.keys())
                if before.get(at) != after.get(at)
            ]
        )


def _around(note: Note | None) -> Iterable[Hex]:
    return disc(note.at, note.radius) if note is not None and note.hint else ()


def _influences(notes: Notes) -> dict[Square, list[Note]]:
    """Return the notes with a hint by the squares of the grid that they reach into."""
    by_square: dict[Square, list[Note]] = {}
    for note in notes.values():
        if note.hint:
            (q, r), n = note.at, note.radius
            for square_q in range(q - n >> SIDE_BITS, (q + n >> SIDE_BITS) + 1):
                for square_r in range(r - n >> SIDE_BITS, (r + n >> SIDE_BITS) + 1):
                    by_square.setdefault((square_q, square_r), []).append(note)
    return by_square
