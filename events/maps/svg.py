"""A viewer's map as SVG. It gets only the hexes that the viewer may see, so it cannot show others."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from events.core.values import MapLook
from events.geometry.grid import Hex
from events.geometry.layout import CORNERS, bounds, centre
from events.geometry.offset import Orientation
from events.maps.contrast import contrast
from events.maps.glyphs import MARKS, GlyphShape, variant_of
from events.maps.inks import INKS
from events.maps.labels import LabelStyle, label
from events.maps.overlay import Things, marks
from events.maps.overlay_svg import id_of, overlay_svg
from events.maps.terrain import look
from events.maps.tints import SHEETS, fill_of, glyph_colour


def svg(
    hexes: Mapping[Hex, str],
    orientation: Orientation,
    hex_size: float,
    *,
    title: str = "Map",
    labels: LabelStyle | None = None,
    ground: bytes | None = None,
    things: Things | None = None,
    map_look: MapLook = "atlas",
) -> str:
    """Return the picture of exactly these hexes, with their labels if a style is given.

    ground: a WebP that lies over their terrain and covers all of the picture, clear where there is none.
    things: what lies on them.
    map_look: in whose colours it is drawn.
    """
    left, top, right, bottom = bounds(hexes, hex_size, orientation)
    # From the back to the front: what stands in a hex may rise over the one behind it.
    placed = sorted((centre(at, hex_size, orientation)[::-1], at) for at in hexes)
    looks = sorted({(terrain, variant_of(at)) for at, terrain in hexes.items()})
    kinds = {shown: id_of("t", f"{shown} {orientation} {hex_size} {map_look}") for shown in looks}
    named = id_of("title", title)
    width, height = right - left, bottom - top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.2f} {top:.2f} {width:.2f} {height:.2f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-labelledby="{named}">',
        f'<title id="{named}">{_text(title)}</title><defs>',
        *(_symbol(*shown, kind, orientation, hex_size, map_look) for shown, kind in kinds.items()),
        "</defs>",
    ]
    for (y, x), at in placed:
        kind = kinds[hexes[at], variant_of(at)]
        parts.append(f'<use href="#{kind}" x="{x:.2f}" y="{y:.2f}"/>')
    if ground is not None:
        data = b64encode(ground).decode()
        parts.append(
            f'<image x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}" '
            f'preserveAspectRatio="none" href="data:image/webp;base64,{data}"/>'
        )
        parts.append(_borders(hexes, orientation, hex_size, SHEETS[map_look].grid))
    if things:
        drawn = marks(
            things, orientation, hex_size, map_look, (left, top, right, bottom),
            numbered=labels is not None,
        )  # fmt: skip
        parts.append(overlay_svg(drawn, INKS[map_look]))
    if labels is not None:
        parts.append(
            f'<g font-family="sans-serif" font-size="{hex_size * 0.3:.2f}" text-anchor="middle">'
        )
        for at, terrain in hexes.items():
            x, y = centre(at, hex_size, orientation)
            name = _text(label(at, labels, orientation))
            ink = text_ink(fill_of(terrain, map_look))
            parts.append(
                f'<text x="{x:.2f}" y="{y + hex_size * 0.75:.2f}" fill="{ink}">{name}</text>'
            )
        parts.append("</g>")
    parts.append("</svg>")
    return "\n".join(parts)


def _borders(hexes: Iterable[Hex], orientation: Orientation, size: float, grid: str) -> str:
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
    return f'<path d="{line}" fill="none" stroke="{grid}" stroke-width="{size * 0.03:.2f}"/>'


def text_ink(fill: str) -> str:
    """Return black or white, whichever is read better on the fill; one of them always has 4.5:1."""
    return "#000000" if contrast(fill, "#000000") >= contrast(fill, "#ffffff") else "#ffffff"


def _symbol(
    terrain: str, variant: int, kind: str, orientation: Orientation, size: float, map_look: MapLook
) -> str:
    fill, sheet = fill_of(terrain, map_look), SHEETS[map_look]
    outline = " ".join(f"{x * size:.2f},{y * size:.2f}" for x, y in CORNERS[orientation])
    marks = "".join(_mark(shape, size, map_look) for shape in MARKS[look(terrain).pattern][variant])
    return (
        f'<g id="{kind}"><title>{_text(terrain)}</title>'
        # A line in its own colour closes the gaps between neighbours.
        f'<polygon points="{outline}" fill="{fill}" stroke="{fill}" stroke-width="{size * 0.03:.2f}"/>'
        f'<polygon points="{outline}" fill="none" stroke="{sheet.grid}" stroke-opacity="{sheet.grid_opacity}" '
        f'stroke-width="{size * 0.03:.2f}"/>'
        f'<g stroke-linecap="round" stroke-linejoin="round">{marks}</g></g>'
    )


def _mark(shape: GlyphShape, size: float, map_look: MapLook) -> str:
    fill, colour = glyph_colour(shape.fill, map_look), glyph_colour(shape.ink, map_look)
    line = "M" + "L".join(f"{x * size:.1f} {y * size:.1f}" for x, y in shape.points)
    end = "" if shape.fill is None else "z"
    ink = f' stroke="{colour}" stroke-width="{shape.width * size:.2f}"' if colour else ""
    return f'<path d="{line}{end}" fill="{fill or "none"}"{ink}/>'


def _text(text: str) -> str:
    """Return the text as XML, without the characters that XML cannot hold."""
    return escape("".join(c for c in text if c.isprintable()))
