"""What lies on a Worldographer map besides tiles: features, labels, notes, shapes and information pages.

What is GM-only, lies in a layer that is not shown, or is switched off at the level of the map is for DMs alone.
"""

import html
import re
from collections.abc import Mapping
from typing import Final

from events.core.map_objects import PathKind
from events.geometry.grid import Hex
from events.maps.imported import ImportedLabel, ImportedRegion, ImportedSite
from events.maps.imports import Draft, ImportedNote, clean, one_line
from events.maps.site_kinds import path_kind, region_kind, site_kind
from events.maps.worldographer_plane import Plane
from events.maps.worldographer_xml import File, PlacedText, Shape

# No "<" within a tag: else a text of nothing but these is looked through once for each of them.
_TAG: Final = re.compile(r"<[^<>]*>")
_BREAK: Final = re.compile(r"(?i)<(?:br|/p|/h[1-6]|/li|/div|/tr)\b[^<>]*>")
_NAMED: Final = ("tags", "name", "strokeTexture", "strokeType", "mapLayer", "fillTexture")
"""Attributes of a shape whose words may say what it is, the most telling first."""


class Layers:
    """Adds what lies on the tiles to a draft whose tiles are there."""

    def __init__(self, file: File, draft: Draft, level: str) -> None:
        self._file = file
        self._draft = draft
        self._level = level
        self._plane = Plane(draft.orientation, draft.labels.parity)
        self._blank = {at for at, terrain in draft.hexes.items() if terrain == "Blank"}
        self._on_blank = 0
        self._regions = 0

    def add(self) -> None:
        for placed in self._file.placed:
            self._add_placed(placed)
        for shape in self._file.shapes:
            self._add_shape(shape)
        self._add_pages()
        if self._on_blank:
            self._draft.warn(
                f"{self._on_blank} features, labels or notes stand on blank hexes; they are kept"
            )
        for name in self._file.child_maps:
            self._draft.warn(f"the child map {one_line(name) or 'without a name'!r} is a file of its own: bring it to a campaign of its own")  # fmt: skip

    def _add_placed(self, placed: PlacedText) -> None:
        draft = self._draft
        if placed.level and self._level and placed.level != self._level:
            draft.warn(f"a {placed.kind} of the level {one_line(placed.level)} was left out", placed.line)  # fmt: skip
            return
        if placed.point is None:
            draft.warn(f"a {placed.kind} without a place was left out", placed.line)
            return
        at = self._plane.hex_at(placed.point)
        if at not in draft.hexes:
            draft.warn(f"a {placed.kind} stands outside the map and was left out", placed.line)
            return
        self._on_blank += at in self._blank
        dm_only = placed.gm_only or self._is_hidden(placed.attributes)
        match placed.kind:
            case "note":
                # Worldographer has no players: its notes are the game master's.
                text = _plain(placed.text)
                if placed.title or text:
                    draft.note(ImportedNote(at, placed.title or "Note", dm_text=text), placed.line)
            case "label":
                x, y = self._plane.offset(placed.point, at)
                angle = _angle(placed.attributes.get("rotate", ""))
                label = ImportedLabel(at, _plain(placed.title), x, y, angle=angle, dm_only=dm_only)
                draft.label(label, placed.line)
            case "feature":
                self._add_feature(placed, at, dm_only)

    def _add_feature(self, placed: PlacedText, at: Hex, dm_only: bool) -> None:
        """Add a site under its label; a name that is GM-only becomes a note of the DM's."""
        draft = self._draft
        name, kind = one_line(_plain(placed.text)), site_kind(placed.kind_of)
        if kind is None:
            draft.warn(f"{one_line(placed.kind_of)[:60] or 'feature'!r} is drawn as a landmark", placed.line)  # fmt: skip
        secret_name = placed.text_gm_only and not dm_only
        title = "" if secret_name else name or (one_line(placed.kind_of) if kind is None else "")
        draft.site(ImportedSite(at, kind or "landmark", title, dm_only), placed.line)
        if secret_name and name:
            draft.note(ImportedNote(at, name, dm_text=f"The name of the {one_line(placed.kind_of).lower() or 'feature'}."), placed.line)  # fmt: skip

    def _add_shape(self, shape: Shape) -> None:
        draft, attributes = self._draft, shape.attributes
        level = attributes.get("currentShapeViewLevel") or attributes.get("viewLevel") or ""
        if level and self._level and level != self._level:
            draft.warn(f"a shape of the level {one_line(level)} was left out", shape.line)
            return
        if shape.bad_points:
            draft.warn(f"{shape.bad_points} points of a shape have no place and were left out", shape.line)  # fmt: skip
        dm_only = attributes.get("isGMOnly", "").lower() == "true" or self._is_hidden(attributes)
        is_area = attributes.get("type", "Path").lower() == "polygon"
        strokes = [stroke for stroke in shape.strokes if len(stroke) >= (3 if is_area else 2)]
        if not strokes:
            points = sum(map(len, shape.strokes))
            draft.warn(f"a shape needs at least {3 if is_area else 2} points, found {points}; it was left out", shape.line)  # fmt: skip
        words = [attributes.get(name, "") for name in _NAMED]
        name = one_line(attributes.get("name", ""))
        curved = attributes.get("isCurve", "").lower() == "true"
        for stroke in strokes:
            if is_area:
                self._add_area(shape, stroke, name, words, dm_only)
                continue
            kind = path_kind(words) or _by_stroke(attributes)
            if kind is None:
                draft.warn("a line of no kind that we know is drawn as a trail", shape.line)
                kind = "trail"
            hexes = self._plane.along(stroke, curved=curved, line=shape.line)
            draft.through(kind, hexes, name, dm_only, shape.line)

    def _add_area(
        self, shape: Shape, outline: list[tuple[float, float]], name: str, words: list[str], dm_only: bool
    ) -> None:  # fmt: skip
        hexes = self._plane.inside(outline, self._draft.hexes, shape.line)
        if not hexes:
            self._draft.warn("an area has no hex of the map in it and was left out", shape.line)
            return
        self._regions += 1
        tag = next((word for word in words[:1] if word), "").replace(",", " ")
        kind = region_kind(words) or "other"
        color = _color(shape.attributes.get("fillColor") or shape.attributes.get("strokeColor") or "")  # fmt: skip
        title = name or (
            f"{tag.capitalize()} {self._regions}" if tag else f"Region {self._regions}"
        )
        self._draft.region(ImportedRegion(title, hexes, kind, color, dm_only), shape.line)

    def _add_pages(self) -> None:
        """Add the information pages as notes of the first hex, for DMs; pages without a text are headings."""
        pages = [page for page in self._file.pages if page.text.strip()]
        first = next(iter(self._draft.hexes), None)
        if not pages or first is None:
            return
        for page in pages:
            self._draft.note(ImportedNote(first, page.title or "Information", dm_text=_plain(page.text)), page.line)  # fmt: skip
        pages_are = (
            "an information page is a note"
            if len(pages) == 1
            else f"{len(pages)} information pages are notes"
        )
        self._draft.warn(f"{pages_are} of the first hex, for you alone")

    def _is_hidden(self, attributes: Mapping[str, str]) -> bool:
        """Return whether the game master hid it: by its layer, or at the level of the map."""
        level = f"is{self._level.capitalize()}" if self._level else "isWorld"
        return (
            attributes.get("mapLayer", "") in self._file.hidden_layers
            or attributes.get("isWorld" if level not in attributes else level, "").lower()
            == "false"
        )


def _by_stroke(attributes: Mapping[str, str]) -> PathKind | None:
    """Return what the colour of a line tells: blue flows, brown and grey are roads, dashed ones trails."""
    color = _color(attributes.get("strokeColor", ""))
    if not color:
        return None
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    dashed = "dash" in attributes.get("strokeType", "").lower() or "dot" in attributes.get("strokeType", "").lower()  # fmt: skip
    if blue > red + 30 and blue >= green:
        return "ferry" if dashed else "river"
    if red > green + 60 and red > blue + 60 and red > 150:
        return "border"
    return "trail" if dashed else "road"


def _color(text: str) -> str:
    """Return ``#rrggbb`` of "0.2,0.4,1.0,1.0" or "0x3366ffff"; empty for none."""
    parts = text.split(",")
    if len(parts) >= 3:
        try:
            values = [float(part) for part in parts[:3]]
        except ValueError:
            return ""
        if all(0 <= value <= 1 for value in values):
            return "#" + "".join(f"{round(value * 255):02x}" for value in values)
        return ""
    match = re.fullmatch(r"(?:0x|#)([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?", text.strip())
    return f"#{match[1].lower()}" if match else ""


def _angle(text: str) -> float:
    try:
        angle = float(text or 0)
    except ValueError:
        return 0.0
    return (angle + 180) % 360 - 180 if abs(angle) < 1e6 else 0.0


def _plain(text: str) -> str:
    """Return the words of a piece of HTML; never its tags."""
    return clean(html.unescape(_TAG.sub("", _BREAK.sub("\n", text))))
