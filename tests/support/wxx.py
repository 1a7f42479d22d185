"""Worldographer files, made by hand for the tests."""

import gzip
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

TERRAINS = ("Blank", "Flat Grassland", "Hills Forest Evergreen", "Mountains Snowcapped", "Water Ocean")  # fmt: skip


def wxx(
    columns: Sequence[Sequence[int]],
    *,
    orientation: str = "COLUMNS",
    release: str = "2025",
    gm_only: Sequence[tuple[int, int]] = (),
    features: str = "",
    labels: str = "",
    notes: str = "",
    before: str = "",
    numbering: str = "",
    shapes: str = "",
    more: str = "",
) -> bytes:
    """Return a ``.wxx`` whose columns hold numbers of TERRAINS."""
    declaration = (
        "<?xml version='1.1' encoding='utf-16'?>"
        if release == "2025"
        else "<?xml version='1.0' encoding='utf-16'?>"
    )
    about = 'release="2025" version="2.06" schema="1.06"' if release == "2025" else 'version="1.74"'
    terrains = "\t".join(f"{name}\t{index}" for index, name in enumerate(TERRAINS))
    rows = "".join(
        "<tilerow>\n"
        + "".join(tile(terrain, gm_only=(x, y) in gm_only) for y, terrain in enumerate(column))
        + "</tilerow>\n"
        for x, column in enumerate(columns)
    )
    xml = (
        f"{declaration}\n{before}"
        f'<map type="WORLD" {about} lastViewLevel="WORLD" hexOrientation="{orientation}">\n'
        '<gridandnumbering numberFirstCol="0" numberFirstRow="0" numberOrder="COL_ROW" '
        f'numberPrePad="DOUBLE_ZERO" numberSeparator="." {numbering}/>\n'
        f"<terrainmap>{terrains}</terrainmap>\n"
        f'<tiles viewLevel="WORLD" tilesWide="{len(columns)}" tilesHigh="{len(columns[0])}">\n'
        f"{rows}</tiles>\n<features>\n{features}</features>\n<labels>\n{labels}</labels>\n"
        f"<shapes>\n{shapes}</shapes>\n<notes>\n{notes}</notes>\n{more}</map>\n"
    )
    return packed(xml)


def packed(xml: str) -> bytes:
    return gzip.compress(b"\xfe\xff" + xml.encode("utf-16-be"), 1, mtime=0)


def tile(terrain: int, *, gm_only: bool = False) -> str:
    return f"{terrain}\t120.0\t0\t{int(gm_only)}\t0\tZ\n"


def feature(kind: str, x: float, y: float, *, name: str = "", gm: bool = False, name_gm: bool = False) -> str:  # fmt: skip
    return (
        f'<feature type={quoteattr(kind)} isGMOnly="{str(gm).lower()}" uuid="1">'
        f'<location viewLevel="WORLD" x="{x}" y="{y}"/>'
        f'<label isGMOnly="{str(name_gm).lower()}"><location viewLevel="WORLD" x="{x}" y="{y}"/>'
        f"{escape(name)}</label></feature>\n"
    )


def label(text: str, x: float, y: float, *, gm: bool = False) -> str:
    return (
        f'<label isGMOnly="{str(gm).lower()}"><location viewLevel="WORLD" x="{x}" y="{y}" '
        f'scale="12.5"/>{escape(text)}</label>\n'
    )


def note(title: str, html: str, x: float, y: float) -> str:
    return (
        f'<note key="WORLD,{x},{y}" title={quoteattr(title)}>\n<notetext><![CDATA[{html}]]></notetext>'
        f'<location viewLevel="WORLD" x="{x}" y="{y}" /></note>\n'
    )


def shape(points: Sequence[tuple[float, float]], kind: str = "Path", **attributes: str) -> str:
    """Return a line or an area; ``strokeColor``, ``tags`` and the like as attributes."""
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    inner = "".join(
        f'<p type="{"m" if at == 0 else "l"}" x="{x}" y="{y}"/>' for at, (x, y) in enumerate(points)
    )
    return f'<shape type="{kind}"{said}>{inner}</shape>\n'
