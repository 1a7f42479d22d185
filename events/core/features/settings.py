"""Settings of the campaign: how players see the map."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Annotated, Literal

from pydantic import Field, Strict

from events.core.messages import (
    JSON,
    LEFT_OUT,
    Bool,
    Command,
    Event,
    Int,
    JsonObject,
    Message,
    ServerMessage,
)
from events.core.projection import Shown, SingleProjection
from events.core.state import Member, RoomSettings, RoomState
from events.core.values import HexUnit, LabelSettings, MapLook


class LabelStyleWanted(Message):
    """How hexes are to be called."""

    kind: Literal["axial", "columnRow"] = "columnRow"
    origin: Annotated[Int, Field(ge=0, le=1)] = 1
    order: Literal["columnRow", "rowColumn"] = "columnRow"


class SetSettings(Command):
    """Change some of the settings; what is left out stays."""

    tag = "settings:set"
    fog_opacity: Annotated[float, Strict(), Field(ge=0, le=1)] | None = None
    labels: Bool | None = None
    grid: Bool | None = None
    adjacent_terrain: Bool | None = None
    label_style: LabelStyleWanted | None = None
    show_map_extent: Bool | None = None
    paths_at_terrain: Bool | None = None
    map_look: MapLook | None = None
    hex_width: Annotated[float, Strict(), Field(ge=0, le=9999)] | None = None
    hex_unit: HexUnit | None = None

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        style = self.label_style
        changed = SettingsChanged(
            fog_opacity=self.fog_opacity,
            labels=self.labels,
            grid=self.grid,
            adjacent_terrain=self.adjacent_terrain,
            label_style=LabelSettings(style.kind, style.origin, style.order) if style else None,
            show_map_extent=self.show_map_extent,
            paths_at_terrain=self.paths_at_terrain,
            map_look=self.map_look,
            hex_width=self.hex_width,
            hex_unit=self.hex_unit,
        )
        if changed.on(room.settings) != room.settings:
            yield changed

    def describe(self, room: RoomState) -> str:
        return "Change the settings"


class SettingsChanged(Event):
    """What is None stays as it was."""

    tag = "settings_change"
    fog_opacity: float | None = None
    labels: bool | None = None
    grid: bool | None = None
    adjacent_terrain: bool | None = None
    label_style: LabelSettings | None = None
    show_map_extent: bool | None = None
    paths_at_terrain: Annotated[bool | None, LEFT_OUT] = None
    map_look: Annotated[MapLook | None, LEFT_OUT] = None
    hex_width: Annotated[float | None, LEFT_OUT] = None
    hex_unit: Annotated[HexUnit | None, LEFT_OUT] = None

    def said(self) -> JsonObject:
        """Return the settings that this names."""
        return {name: value for name, value in dict(self).items() if value is not None}

    def on(self, old: RoomSettings) -> RoomSettings:
        return replace(old, **self.said())

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(settings=self.on(room.settings))

    def describe(self, room: RoomState) -> str:
        return f"Changed the settings: {', '.join(self.said()).replace('_', ' ')}"


class SettingsTold(ServerMessage):
    """All settings, some of which changed."""

    tag = "settings:changed"
    settings: JsonObject


class SettingsProjection(SingleProjection):
    """The settings; everyone knows them, since everyone's page follows them."""

    name = "settings"
    reads = frozenset({"settings"})

    def visible(self, room: RoomState, viewer: Member, key: str) -> JSON | None:
        settings = room.settings
        return {
            "fogOpacity": settings.fog_opacity,
            "labels": settings.labels,
            "grid": settings.grid,
            "adjacentTerrain": settings.adjacent_terrain,
            "labelStyle": asdict(settings.label_style),
            "showMapExtent": settings.show_map_extent,
            "pathsAtTerrain": settings.paths_at_terrain,
            "mapLook": settings.map_look,
            "hexWidth": settings.hex_width,
            "hexUnit": settings.hex_unit,
        }

    def state_fields(self, whole: Shown[str]) -> Mapping[str, JSON]:
        return {"settings": whole["settings"]}

    def diff_messages(self, before: Shown[str], after: Shown[str]) -> Iterator[ServerMessage]:
        yield SettingsTold(settings=after["settings"])
