"""A viewer's map in a terminal: two characters a hex, distinguished by sign and colour."""

from collections.abc import Iterable
from typing import Final

from rich.text import Text

from events.core.state import RoomState
from events.core.view import project
from events.geometry.grid import Hex
from events.geometry.offset import cell_of
from events.maps.terrain import TERRAINS, look
from events.record.viewpoint import Viewer

SIGNS: Final = {
    "plains": "·",
    "forest": "♣",
    "hills": "∩",
    "mountain": "▲",
    "swamp": "≈",
    "desert": "∴",
    "water": "~",
    "coast": "≋",
    "tundra": "*",
    "volcanic": "!",
}
TOKEN: Final = "●"
PARTLY: Final = "?"
"""Stands beside the sign of a hex of which only the terrain is known."""


def terminal_map(room: RoomState, viewer: Viewer, width: int, height: int) -> Text:
    """Return the map of what the viewer sees, as much of it as fits."""
    member = viewer.at(room)
    view = project(room, member)
    shown = dict(view["hexes"])
    standing = {Hex.parse(token["hexKey"]) for token in view["tokens"].values()}
    cells = set(shown) | standing
    if not cells or width < 4 or height < 2:
        return Text("nothing is in sight yet", style="dim italic")
    pointy = room.map is not None and room.map.orientation == "pointy"
    places = {at: _place(at, pointy=pointy) for at in cells}
    deep = not pointy
    if deep and 2 * (_span(y for _, y in places.values()) // 2 + 1) > height:
        # Too high for half steps: one line a row.
        places, deep = {at: (x, y // 2) for at, (x, y) in places.items()}, False
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    lines: dict[int, dict[int, tuple[Hex, bool]]] = {}
    for at, (x, y) in places.items():
        lines.setdefault(y - top, {})[x - left] = (at, True)
        if deep:
            lines.setdefault(y - top + 1, {})[x - left] = (at, False)
    text = Text(no_wrap=True)
    for y in range(min(height, max(lines) + 1)):
        row, x = lines.get(y, {}), 0
        while x < min(width - 1, max(row, default=-1) + 1):
            if (cell := row.get(x)) is None:
                text.append(" ")
                x += 1
            else:
                at, upper = cell
                sign, style = _cell(at, shown.get(at), at in standing, is_dm=member.is_dm)
                text.append(sign if upper else "  ", style=style)
                x += 2
        text.append("\n")
    return text


def _span(of: Iterable[int]) -> int:
    values = tuple(of)
    return max(values) - min(values)


def _place(at: Hex, *, pointy: bool) -> tuple[int, int]:
    column, row = cell_of(at, "pointy" if pointy else "flat")
    if pointy:
        return column * 2 + (row & 1), row
    # Flat-topped columns stand half a hex apart, so each hex is two lines high.
    return column * 2, row * 2 + (column & 1)


def _cell(at: Hex, shown: object, token: bool, *, is_dm: bool) -> tuple[str, str]:
    if not isinstance(shown, dict):
        return f"{TOKEN} ", "bold"
    terrain = str(shown.get("terrain", ""))
    dressed = look(terrain)
    sign = SIGNS.get(terrain) or next((c for c in terrain if c.isalnum()), "?")
    if token:
        sign = TOKEN
    mark = PARTLY if shown.get("tier") == "terrain" else " "
    hidden = is_dm and not _seen_by_anyone(shown)
    style = f"{'dim ' if hidden else 'bold '}{dressed.ink} on {dressed.fill}"
    return sign + mark, style


def _seen_by_anyone(shown: dict[str, object]) -> bool:
    viewers = shown.get("viewers")
    if not isinstance(viewers, dict):
        return True
    return viewers["everyone"] != "hidden" or any(
        tier != "hidden" for tier in viewers["apart"].values()
    )


def legend() -> Text:
    """Return what the signs of the usual terrains mean."""
    text = Text()
    for terrain, sign in SIGNS.items():
        dressed = TERRAINS[terrain]
        text.append(f" {sign} ", style=f"bold {dressed.ink} on {dressed.fill}")
        text.append(f" {terrain}  ", style="dim")
    return text
