"""A viewer's map as SVG: it is given the hexes that the viewer may see, so nothing else can be in it."""

import math
from base64 import b64encode
from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, Point, bounds, centre
from events.geometry.offset import Orientation
from events.maps.labels import LabelStyle, label
from events.maps.terrain import Pattern, look

GRID = "#4a4a4a"


def _bump(x: float, y: float, radius: float) -> tuple[Point, ...]:
    arc = [math.pi * step / 6 for step in range(7)]
    return tuple(
        (round(x - radius * math.cos(a), 3), round(y - radius * math.sin(a), 3)) for a in arc
    )


def _wave(y: float) -> tuple[Point, ...]:
    return tuple((round(-0.48 + step * 0.16, 3), y - 0.08 * (step % 2)) for step in range(7))


MARKS: Mapping[Pattern, tuple[tuple[Point, ...], ...]] = {
    "plain": (),
    "dots": (((-0.35, -0.2),), ((0.1, -0.35),), ((0.4, 0.0),), ((-0.1, 0.1),), ((0.2, 0.4),), ((-0.4, 0.3),)),
    "trees": (
        ((-0.5, 0.3), (-0.3, -0.2), (-0.1, 0.3), (-0.5, 0.3)),
        ((0.1, 0.3), (0.3, -0.2), (0.5, 0.3), (0.1, 0.3)),
        ((-0.2, 0.0), (0.0, -0.5), (0.2, 0.0)),
    ),
    "bumps": (_bump(-0.25, 0.25, 0.25), _bump(0.3, 0.3, 0.2), _bump(0.1, -0.1, 0.25)),
    "peaks": (((-0.55, 0.35), (-0.15, -0.4), (0.2, 0.35)), ((0.05, 0.02), (0.25, -0.25), (0.55, 0.35))),
    "reeds": (((-0.5, 0.25), (0.5, 0.25)), ((-0.3, 0.25), (-0.3, -0.15)), ((0.0, 0.25), (0.0, -0.35)), ((0.3, 0.25), (0.3, -0.15))),
    "waves": (_wave(-0.2), _wave(0.1), _wave(0.4)),
    "shore": (_wave(-0.1), ((-0.3, 0.25),), ((0.0, 0.35),), ((0.3, 0.25),)),
    "flakes": (((-0.3, 0.0), (0.3, 0.0)), ((-0.15, -0.26), (0.15, 0.26)), ((-0.15, 0.26), (0.15, -0.26))),
    "cross": (((-0.5, 0.35), (-0.15, -0.3), (0.15, -0.3), (0.5, 0.35)), ((-0.1, -0.45),), ((0.1, -0.5),)),
}  # fmt: skip
"""The lines of a pattern, a single point being a dot; in units of centre to corner, alike for both orientations."""


def svg(
    hexes: Mapping[Hex, str],
    orientation: Orientation,
    hex_size: float,
    *,
    title: str = "Map",
    labels: LabelStyle | None = None,
    ground: bytes | None = None,
) -> str:
    """Return the picture of exactly these hexes, with their labels if a style is given.

    ground: a WebP that lies over their terrain and covers all of the picture, clear where there is none.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    kinds = {terrain: f"t{number}" for number, terrain in enumerate(sorted(set(hexes.values())))}
    width, height = right - left, bottom - top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="title">',
        f'<title id="title">{_text(title)}</title><defs>',
        *(_symbol(terrain, kind, orientation, hex_size) for terrain, kind in kinds.items()),
        "</defs>",
    ]
    for at, terrain in hexes.items():
        x, y = centre(at, hex_size, orientation)
        parts.append(f'<use href="#{kinds[terrain]}" x="{x:.2f}" y="{y:.2f}"/>')
    if ground is not None:
        data = b64encode(ground).decode()
        parts.append(
            f'<image x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" '
            f'preserveAspectRatio="none" href="data:image/webp;base64,{data}"/>'
        )
        parts.append(_borders(hexes, orientation, hex_size))
    if labels is not None:
        parts.append(
            f'<g font-family="sans-serif" font-size="{hex_size * 0.3:.2f}" text-anchor="middle">'
        )
        for at, terrain in hexes.items():
            x, y = centre(at, hex_size, orientation)
            name = _text(label(at, labels, orientation))
            ink = text_ink(look(terrain).fill)
            parts.append(
                f'<text x="{x:.2f}" y="{y + hex_size * 0.75:.2f}" fill="{ink}">{name}</text>'
            )
        parts.append("</g>")
    parts.append("</svg>")
    return "\n".join(parts)


def _borders(hexes: Iterable[Hex], orientation: Orientation, size: float) -> str:
    steps = [
        (after[0] * size - before[0] * size, after[1] * size - before[1] * size)
        for before, after in pairwise(CORNERS[orientation])
    ]
    around = "".join(f"l{x:.2f} {y:.2f}" for x, y in steps)
    first_x, first_y = CORNERS[orientation][0]
    line = "".join(
        f"M{x + first_x * size:.2f} {y + first_y * size:.2f}{around}z"
        for x, y in (centre(at, size, orientation) for at in hexes)
    )
    return f'<path d="{line}" fill="none" stroke="{GRID}" stroke-width="{size * 0.03:.2f}"/>'


def text_ink(fill: str) -> str:
    """Return black or white, whichever is read better on the fill; one of them always has 4.5:1."""
    return "#000000" if contrast(fill, "#000000") >= contrast(fill, "#ffffff") else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _symbol(terrain: str, kind: str, orientation: Orientation, size: float) -> str:
    shown = look(terrain)
    outline = " ".join(f"{x * size:.2f},{y * size:.2f}" for x, y in CORNERS[orientation])
    # A line of no length with round ends is a dot.
    marks = "".join(
        "M" + "L".join(f"{x * size:.2f} {y * size:.2f}" for x, y in (*line, line[-1]))
        for line in MARKS[shown.pattern]
    )
    return (
        f'<g id="{kind}"><title>{_text(terrain)}</title>'
        f'<polygon points="{outline}" fill="{shown.fill}" stroke="{GRID}" stroke-width="{size * 0.03:.2f}"/>'
        f'<path d="{marks}" fill="none" stroke="{shown.ink}" stroke-width="{size * 0.06:.2f}" '
        'stroke-linecap="round" stroke-linejoin="round"/></g>'
    )


def _text(text: str) -> str:
    """Return the text as XML, without the characters that XML cannot hold."""
    return escape("".join(c for c in text if c.isprintable()))
