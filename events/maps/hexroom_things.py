"""What Hexroom's own JSON holds besides terrain: notes, paths, sites, regions and labels, exactly."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from events.core.features.notes import FARTHEST_HINT, Hint, NoteText
from events.core.features.regions import Color
from events.core.left_out import LEFT_OUT
from events.core.limits import MAP_HEXES, REGION_HEXES
from events.core.map_objects import PathKind, RegionKind, SiteKind
from events.core.messages import JsonObject
from events.core.values import NoteKind
from events.geometry.course import BadCourse, PointKey, along, through
from events.geometry.grid import FAR, HexKey, Runs, count, hexes, runs
from events.maps.document import WIRE, Coordinate
from events.maps.errors import BadMap
from events.maps.imported import ImportedLabel, ImportedPath, ImportedRegion, ImportedSite
from events.maps.imports import Draft, ImportedMap, ImportedNote
from events.text import Name, Word

Who = Literal["dm", "seen", "all"]
"""For DMs; for who sees the hex fully; for who sees it at all."""


# Not strict, for hex keys and points are texts in JSON; unknown fields are passed over.
_LAX = ConfigDict(**{**WIRE, "strict": False, "extra": "ignore"})


class _Thing(BaseModel):
    model_config = _LAX

    audience: Who = "dm"

    def who(self) -> JsonObject:
        return {"dm_only": self.audience == "dm", "for_all": self.audience == "all"}


class CheckThing(BaseModel):
    model_config = _LAX

    skill: Name
    dc: int = Field(ge=1, le=100)


class NoteThing(_Thing):
    hex_key: HexKey
    kind: NoteKind = "poi"
    title: Name
    player_text: NoteText = ""
    dm_text: NoteText = ""
    hint: Hint = ""
    radius: int | None = Field(None, ge=0, le=FARTHEST_HINT)
    check: CheckThing | None = None
    site: Annotated[SiteKind | None, LEFT_OUT] = None


class PathThing(_Thing):
    kind: PathKind
    name: Word = ""
    along: bool = False
    points: tuple[PointKey, ...] = Field(min_length=1, max_length=2_000)


class SiteThing(_Thing):
    hex_key: HexKey
    kind: SiteKind
    title: Word = ""


def _bounded(runs: Runs) -> Runs:
    """Refuse what takes a few bytes in the file and all memory when it is spread out."""
    if any(q + n - 1 > FAR for q, _, n in runs):
        raise ValueError(f"a hex lies within ±{FAR}")
    if (named := count(runs)) > MAP_HEXES:
        raise ValueError(f"a region has at most {MAP_HEXES} hexes, not {named}")
    return runs


_GivenRun = tuple[Coordinate, Coordinate, Annotated[int, Field(ge=1, le=MAP_HEXES)]]


class RegionThing(_Thing):
    name: Name
    kind: RegionKind = "realm"
    color: Color = ""
    hexes: Annotated[tuple[_GivenRun, ...], Field(min_length=1), AfterValidator(_bounded)]


class LabelThing(_Thing):
    hex_key: HexKey
    text: Name
    x: float = Field(0.0, ge=-100, le=100)
    y: float = Field(0.0, ge=-100, le=100)
    size: float = Field(0.4, ge=0.1, le=20)
    angle: float = Field(0.0, ge=-180, le=180)


class ThingsDocument(BaseModel):
    """The fields beside those of a map document; each may be left out."""

    model_config = _LAX

    notes: tuple[NoteThing, ...] = Field((), max_length=10_000)
    paths: tuple[PathThing, ...] = Field((), max_length=5_000)
    sites: tuple[SiteThing, ...] = Field((), max_length=5_000)
    regions: tuple[RegionThing, ...] = Field((), max_length=500)
    labels: tuple[LabelThing, ...] = Field((), max_length=2_000)

    @field_validator("regions")
    @classmethod
    def _are_held(cls, regions: tuple[RegionThing, ...]) -> tuple[RegionThing, ...]:
        if (named := sum(count(region.hexes) for region in regions)) > REGION_HEXES:
            raise ValueError(f"all regions have at most {REGION_HEXES} hexes, not {named}")
        return regions


NAMES = frozenset(ThingsDocument.model_fields)


def read_things(fields: JsonObject, draft: Draft) -> None:
    """Add what the fields hold to a draft; raise BadMap with the position of the first fault."""
    try:
        things = ThingsDocument.model_validate(
            {name: fields[name] for name in NAMES & fields.keys()}
        )
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])  # fmt: skip
        text = fault["msg"].removeprefix("Value error, ")
        raise BadMap(text[0].lower() + text[1:], position=place.removeprefix(".")) from None
    for note in things.notes:
        check = (note.check.skill, note.check.dc) if note.check else None
        draft.note(
            ImportedNote(
                note.hex_key,
                note.title,
                note.player_text,
                note.dm_text,
                **note.who(),
                kind=note.kind,
                hint=note.hint,
                radius=note.radius,
                check=check,
                site=note.site,
            )
        )
    for index, path in enumerate(things.paths):
        draft.paths.append(_path(path, f"paths[{index}]"))
    for site in things.sites:
        draft.site(ImportedSite(site.hex_key, site.kind, site.title, **site.who()))
    for region in things.regions:
        members = tuple(sorted(hexes(region.hexes)))
        draft.region(
            ImportedRegion(region.name, members, region.kind, region.color, **region.who())
        )
    for label in things.labels:
        measures = (label.x, label.y, label.size, label.angle)
        draft.label(ImportedLabel(label.hex_key, label.text, *measures, **label.who()))


def things_of(whole: ImportedMap) -> JsonObject:
    """Return the fields that hold what lies on the map, empty ones left out."""
    things = ThingsDocument(
        notes=tuple(
            NoteThing(
                hex_key=note.hex, kind=note.kind, title=note.title, player_text=note.player_text, dm_text=note.dm_text,
                hint=note.hint, radius=note.radius, audience=_who(note), site=note.site,
                check=CheckThing(skill=note.check[0], dc=note.check[1]) if note.check else None,
            )
            for note in whole.notes
        ),
        paths=tuple(
            PathThing(kind=path.kind, name=path.name, along=path.along, points=path.points, audience=_who(path))
            for path in whole.paths
        ),
        sites=tuple(
            SiteThing(hex_key=site.hex, kind=site.kind, title=site.title, audience=_who(site)) for site in whole.sites
        ),
        regions=tuple(
            RegionThing(
                name=region.name, kind=region.kind, color=region.color, hexes=runs(region.hexes), audience=_who(region)
            )
            for region in whole.regions
        ),
        labels=tuple(
            LabelThing(
                hex_key=label.hex, text=label.text, x=label.x, y=label.y, size=label.size, angle=label.angle,
                audience=_who(label),
            )
            for label in whole.labels
        ),
    )  # fmt: skip
    fields: JsonObject = things.model_dump(by_alias=True, mode="json")
    return {name: of for name, of in fields.items() if of}


def _who(
    of: ImportedNote | ImportedPath | ImportedSite | ImportedRegion | ImportedLabel,
) -> Who:
    if of.for_all:
        return "all"
    return "dm" if of.dm_only else "seen"


def _path(path: PathThing, position: str) -> ImportedPath:
    """Return the path in its normal form; raise BadMap where its points make no line."""
    try:
        course = (along if path.along else through)(path.points)
    except BadCourse as bad:
        raise BadMap(str(bad), position=position) from None
    return ImportedPath(path.kind, course, path.name, path.along, **path.who())
