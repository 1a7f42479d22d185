"""The hexes of ``session:state``, joined from what is encoded once for each look.

A map has many hexes and few looks. A DM's of 40 000 hexes takes the event loop a fraction of the time
that it takes to make a view of it first.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic_core import to_json

from events.core.hex_looks import Look, seen_as, seen_by_dm
from events.core.state import HexTerrain, Member, RoomState, Visibility, tier_for
from events.core.visibility import NOBODY

Cell = tuple[int, int, Visibility | None, HexTerrain | None]
"""q and r of a hex, who sees it and what it is made of."""


class _Pieces(NamedTuple):
    """What the hexes of one look have in the state beside their keys."""

    revealed: bool
    terrain: bytes
    partly: bool
    """Whether terrain is all that is seen."""
    viewers: bytes


class _Runs:
    """Hexes side by side that are made of the same, as they are put one by one."""

    __slots__ = ("_of",)

    def __init__(self) -> None:
        self._of: dict[bytes, list[list[int]]] = {}
        """Runs ``[q, r, n]`` by what they are made of."""

    def put(self, q: int, r: int, made_of: bytes) -> None:
        runs = self._of.setdefault(made_of, [])
        if runs and runs[-1][1] == r and runs[-1][0] + runs[-1][2] == q:
            runs[-1][2] += 1
        else:
            runs.append([q, r, 1])

    def encoded(self) -> bytes:
        return b",".join(
            b"{%b,%b}" % (made_of[1:], b'"runs":%b' % to_json(runs))
            for made_of, runs in self._of.items()
        )


def encoded_hexes(room: RoomState, viewer: Member, *, in_runs: bool = False) -> bytes:
    """Return the fields of the state that tell of hexes, as JSON without the braces around them.

    in_runs: what they are made of stands in ``painted``, by runs of hexes, and ``terrain`` is empty.

    Not for players in a room whose settings show terrain next to what is seen.
    """
    revealed, terrain, partly, reveals = list[bytes](), list[bytes](), list[bytes](), list[bytes]()
    of_looks: dict[tuple[int, int], _Pieces | None] = {}
    runs = _Runs()
    for q, r, visibility, hex_terrain in _cells(room, viewer):
        # By identity, as in `HexProjection.shown`.
        both = (id(visibility), id(hex_terrain))
        if both not in of_looks:
            look = (
                seen_by_dm(visibility, hex_terrain)
                if viewer.is_dm
                else seen_as(tier_for(viewer, visibility), hex_terrain)
            )
            of_looks[both] = None if look is None else _pieces(look)
        pieces = of_looks[both]
        if pieces is None:
            continue
        if in_runs and pieces.terrain:
            runs.put(q, r, pieces.terrain)
            if not pieces.revealed:
                continue
        key = b'"%d,%d"' % (q, r)
        if pieces.terrain and not in_runs:
            terrain.append(b'{"key":%b%b}' % (key, pieces.terrain))
        if pieces.revealed:
            revealed.append(key)
            if pieces.partly:
                partly.append(b'{"key":%b,"tier":"terrain"}' % key)
            if pieces.viewers:
                reveals.append(b'{"key":%b,"viewers":%b}' % (key, pieces.viewers))
    fields = [_list(b"revealedHexes", revealed), _list(b"terrain", terrain)]
    if in_runs:
        fields.append(b'"painted":[%b]' % runs.encoded())
    if partly:
        fields.append(_list(b"tiers", partly))
    if any(pieces is not None and pieces.viewers for pieces in of_looks.values()):
        fields.append(_list(b"reveals", reveals))
    return b",".join(fields)


def _cells(room: RoomState, viewer: Member) -> Iterator[Cell]:
    """Yield the hexes in the order of `HexProjection.keys`."""
    if viewer.is_dm:
        for q, r, terrain, visibility in room.terrain.beside(room.visibility):
            yield q, r, visibility, terrain
        for q, r, visibility, ground in room.visibility.beside(room.terrain):
            if ground is None:
                yield q, r, visibility, None
    else:
        yield from room.visibility.beside(room.terrain)


def _pieces(look: Look) -> _Pieces:
    viewers = look.get("viewers")
    return _Pieces(
        viewers is not NOBODY,
        look.terrain_json,
        look.get("tier") == "terrain",
        b"" if viewers is None else to_json(viewers),
    )


def _list(name: bytes, items: Iterable[bytes]) -> bytes:
    return b'"%b":[%b]' % (name, b",".join(items))
