"""Curves as SVG, drawn by hand: a few lines, their axes, and words beside them."""

from collections.abc import Mapping, Sequence
from typing import Final

Point = tuple[float, float]

WIDTH, HEIGHT, MARGIN = 640, 320, 56
COLOURS: Final = ("#1b5e9b", "#b3541e", "#3d7a3d", "#7a3d7a")
DASHES: Final = ("", "8 4", "2 4", "12 4 2 4")


def draw(
    title: str, across: str, up: str, curves: Mapping[str, Sequence[Point]], most: float
) -> str:
    """Return the curves; the upward axis ends at ``most``. Colour is never alone: lines differ."""
    furthest = max(x for curve in curves.values() for x, _ in curve)

    def place(x: float, y: float) -> str:
        left = MARGIN + x / furthest * (WIDTH - 2 * MARGIN)
        top = HEIGHT - MARGIN - min(y, most) / most * (HEIGHT - 2 * MARGIN)
        return f"{left:.1f},{top:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="12"><title>{title}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{WIDTH / 2}" y="20" text-anchor="middle" font-size="14">{title}</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{across}</text>',
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle"'
        f' transform="rotate(-90 14 {HEIGHT / 2})">{up}</text>',
    ]
    for step in range(5):
        x, y = furthest * step / 4, most * step / 4
        left, low = place(x, 0).split(",")
        _, top = place(0, y).split(",")
        parts += [
            f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{top}" y2="{top}" stroke="#ddd"/>',
            f'<text x="{MARGIN - 6}" y="{float(top) + 4}" text-anchor="end">{y:g}</text>',
            f'<text x="{left}" y="{float(low) + 16}" text-anchor="middle">{x:,.0f}</text>',
        ]
    for index, (name, curve) in enumerate(curves.items()):
        colour, dash = COLOURS[index % 4], DASHES[index % 4]
        points = " ".join(place(x, y) for x, y in curve)
        legend = 44 + 16 * index
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>',
            f'<line x1="{MARGIN + 8}" x2="{MARGIN + 40}" y1="{legend}" y2="{legend}"'
            f' stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>',
            f'<text x="{MARGIN + 46}" y="{legend + 4}">{name}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
