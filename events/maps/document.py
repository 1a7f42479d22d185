"""The map document: Hexroom's own format, and what every import becomes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from events.core.left_out import LEFT_OUT_ODD
from events.geometry.grid import FAR, Hex
from events.geometry.offset import Cell, Orientation, Parity, cell_of
from events.maps.errors import BadMap
from events.text import Name

MAX_HEXES = 100_000

WIRE = ConfigDict(
    frozen=True,
    extra="forbid",
    strict=True,
    alias_generator=to_camel,
    populate_by_name=True,
    allow_inf_nan=False,
)


Coordinate = Annotated[int, Field(ge=-FAR, le=FAR)]


def _none_is_first(variant: object) -> object:
    return 0 if variant is None else variant


class MapHex(BaseModel):
    """One hex of a map; the variant tells pictures of one terrain apart and means nothing else."""

    model_config = WIRE

    q: Coordinate
    r: Coordinate
    terrain: Name
    terrain_variant: Annotated[int, Field(ge=0, le=999), BeforeValidator(_none_is_first)] = 0

    @property
    def hex(self) -> Hex:
        return Hex(self.q, self.r)


class MapDocument(BaseModel):
    """A map as it is stored, exported and taken over; each hex at most once, in the order of its file."""

    model_config = WIRE

    version: Literal[1] = 1
    name: Name
    grid_width: int = Field(ge=1, le=2 * FAR + 1)
    """Columns from the first to the last, or more where the edge is empty."""
    grid_height: int = Field(ge=1, le=2 * FAR + 1)
    hex_size: int | Annotated[float, Field(allow_inf_nan=False)] = Field(
        default=40, gt=0, le=10_000
    )
    """From centre to corner, in pixels at the scale of 1."""
    orientation: Orientation = "flat"
    parity: Annotated[Parity, LEFT_OUT_ODD] = "odd"
    """Which columns (pointy-top: rows) are pushed, counted from 0."""
    hexes: tuple[MapHex, ...] = Field(default=(), max_length=MAX_HEXES, strict=False)

    @model_validator(mode="after")
    def _each_hex_once(self) -> Self:
        if len({(at.q, at.r) for at in self.hexes}) < len(self.hexes):
            places: set[Hex] = set()
            for index, at in enumerate(self.hexes):
                if at.hex in places:
                    raise ValueError(f"hexes[{index}] repeats the hex {at.q},{at.r}")
                places.add(at.hex)
        return self

    def terrain(self) -> Mapping[Hex, str]:
        """Return the terrain by hex."""
        return {Hex(at.q, at.r): at.terrain for at in self.hexes}


def document_of(fields: object) -> MapDocument:
    """Return the document these JSON values describe, or raise BadMap with the place of the fault."""
    try:
        return MapDocument.model_validate(fields)
    except ValidationError as error:
        raise _bad(error.errors(include_url=False, include_context=False)[0]) from None


def map_document(
    title: str,
    terrain: Mapping[Hex, str],
    orientation: Orientation,
    *,
    hex_size: float = 40,
    grid: Cell | None = None,
    variants: Mapping[Hex, int] | None = None,
    parity: Parity = "odd",
) -> MapDocument:
    """Return a document of these hexes, its grid as large as they reach if not told; BadMap past a limit."""
    if len(terrain) > MAX_HEXES:
        raise too_many(len(terrain))
    variants = variants or {}
    if grid is None:
        cells = [cell_of(at, orientation, parity) for at in terrain]
        grid = Cell(_reach([cell.column for cell in cells]), _reach([cell.row for cell in cells]))
    try:
        return MapDocument(
            name=title,
            grid_width=grid.column,
            grid_height=grid.row,
            hex_size=hex_size,
            orientation=orientation,
            parity=parity,
            hexes=tuple(
                MapHex(q=at.q, r=at.r, terrain=ground, terrain_variant=variants.get(at, 0))
                for at, ground in terrain.items()
            ),
        )
    except ValidationError as error:
        raise _bad(error.errors(include_url=False, include_context=False)[0]) from None


def too_many(hexes: int) -> BadMap:
    return BadMap(
        f"the map has {hexes} hexes; at most {MAX_HEXES} can be taken, so crop it first",
        code="too_large",
    )


def _reach(lines: Sequence[int]) -> int:
    """Return how many lines there are from 0, or from the first below it, to the last."""
    return max(0, max(lines, default=0)) - min(0, min(lines, default=0)) + 1


def _bad(fault: ErrorDetails) -> BadMap:
    if fault["type"] == "too_long" and fault["loc"] == ("hexes",):
        return BadMap(f"at most {MAX_HEXES} hexes can be taken, so crop the map", code="too_large")
    position = ""
    for part in fault["loc"]:
        position += f"[{part}]" if isinstance(part, int) else f".{part}"
    text = fault["msg"].removeprefix("Value error, ")
    return BadMap(text[0].lower() + text[1:], position=position.removeprefix("."))
