"""What lies over the land of a drawn map, as SVG."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from zlib import crc32

from events.maps.inks import Inks
from events.maps.overlay import Areas, Icon, Lines, Mark, Words
from events.maps.site_shapes import site_shape
from events.maps.strokes import Polyline

_Courses = Mapping[int, tuple[str, str]]
_SERIFS = "Iowan Old Style, Palatino Linotype, Palatino, Georgia, DejaVu Serif, serif"
_STYLES = {
    "region": 'font-style="italic" font-weight="700" letter-spacing="{}"',
    "label": 'font-style="italic" font-weight="600"',
    "title": 'font-weight="600"',
}


def overlay_svg(marks: Sequence[Mark], inks: Inks) -> str:
    """Return the marks as a group, with the symbols that it uses."""
    courses = _courses(marks)
    kinds = sorted({(mark.kind, mark.secret) for mark in marks if isinstance(mark, Icon)})
    symbols = "".join(_symbol(kind, inks, secret=secret) for kind, secret in kinds)
    drawn = "".join(f'<path id="{name}" d="{data}"/>' for name, data in courses.values())
    return "\n".join(
        (
            f'<g stroke-linecap="round" stroke-linejoin="round"><defs>{symbols}{drawn}</defs>',
            *(_drawn(mark, inks, courses) for mark in marks),
            "</g>",
        )
    )


def _courses(marks: Sequence[Mark]) -> _Courses:
    """Return, by name, the path data that several marks share, such as a road and its casing."""
    drawn = [mark.lines for mark in marks if isinstance(mark, Lines)]
    times = Counter(map(id, drawn))
    several = {id(lines): lines for lines in drawn if times[id(lines)] > 1}
    data = {of: _data(lines) for of, lines in several.items()}
    return {of: (id_of("c", drawn), drawn) for of, drawn in data.items()}


def id_of(kind: str, content: str) -> str:
    """Return an id for what is drawn in a way: a page may have several maps, and its ids are those of all."""
    return f"{kind}{crc32(content.encode()):08x}"


def _drawn(mark: Mark, inks: Inks, courses: _Courses) -> str:
    match mark:
        case Lines():
            dash = f' stroke-dasharray="{_numbers(mark.dash)}"' if mark.dash else ""
            ends = ' stroke-linecap="butt"' if mark.flat_ends else ""
            name, _ = courses.get(id(mark.lines), ("", ""))
            of = f'<use href="#{name}"' if name else f'<path d="{_data(mark.lines)}"'
            return (
                f'{of} fill="none" stroke="{mark.colour}" '
                f'stroke-width="{mark.width:.2f}"{_opacity("stroke", mark.opacity)}{dash}{ends}/>'
            )
        case Areas():
            return "".join(_areas(mark))
        case Icon():
            x, y = mark.at
            place = f"translate({x:.1f} {y:.1f}) scale({mark.half / 10:.3f})"
            return f'<use href="#{_name(mark.kind, secret=mark.secret)}" transform="{place}"/>'
        case Words():
            return _words(mark, inks)


def _areas(mark: Areas) -> Iterator[str]:
    below = 0.0
    for polygons, opacity in mark.layers:
        # It lies over those before, and together they are to be as strong as said.
        more = 1 - (1 - opacity) / (1 - below)
        fill = f'fill="{mark.colour}"{_opacity("fill", more)}'
        yield f'<path d="{_data(polygons, "z")}" {fill}/>'
        below = opacity


def _words(mark: Words, inks: Inks) -> str:
    x, y = mark.at
    turned = f' transform="rotate({mark.angle:.1f} {x:.1f} {y:.1f})"' if mark.angle else ""
    style = _STYLES[mark.style].format(f"{mark.size * 0.16:.1f}")
    text = escape("".join(character for character in mark.text if character.isprintable()))
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{_SERIFS}" font-size="{mark.size:.1f}" {style} '
        f'text-anchor="middle" dominant-baseline="central" fill="{mark.colour}" stroke="{inks.halo}" '
        f'stroke-opacity="{inks.halo_opacity}" stroke-width="{mark.size * 0.26:.1f}" '
        f'paint-order="stroke"{turned}>{text}</text>'
    )


def _symbol(kind: str, inks: Inks, *, secret: bool) -> str:
    layers = site_shape(kind)
    halo = "".join(data for _, data in layers)
    parts = [
        f'<path d="{halo}" fill="none" stroke="{inks.halo}" stroke-opacity="{inks.halo_opacity}" '
        'stroke-width="4.4"/>'
    ]
    for fill, data in layers:
        colour, line = (
            (inks.sites[fill], inks.sites["line"]) if fill else ("none", inks.sites["pen"])
        )
        parts.append(f'<path d="{data}" fill="{colour}" stroke="{line}" stroke-width="1.3"/>')
    if secret:
        parts.append(
            f'<circle r="14" fill="none" stroke="{inks.secret}" stroke-width="1.5" '
            'stroke-dasharray="3.2 2.6"/>'
        )
    return f'<g id="{_name(kind, secret=secret)}"><title>{kind}</title>{"".join(parts)}</g>'


def _name(kind: str, *, secret: bool) -> str:
    return f"secret-{kind}" if secret else f"site-{kind}"


def _data(lines: Iterable[Polyline], end: str = "") -> str:
    return "".join(
        ["M" + "L".join([f"{x:.1f} {y:.1f}" for x, y in line]) + end for line in lines if line]
    )


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def _opacity(of: str, value: float) -> str:
    return "" if value == 1 else f' {of}-opacity="{value:.2f}"'
