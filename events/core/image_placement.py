"""How an uploaded picture lies under the grid."""

import math
from dataclasses import asdict
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, model_validator

from events.core.messages import LEFT_OUT, Message
from events.core.values import MapFrame, Placement
from events.geometry.layout import Point, frame_bounds

MOST_STRETCH: Final = 10.0
"""How much longer a pixel may be one way than the other: more is a slip of the hand, and makes hexes into lines."""
_Far = Annotated[float, Field(ge=-1e8, le=1e8)]
_Scale = Annotated[float, Field(ge=1e-4, le=1e4)]


class Alignment(Message):
    """Offset, scale and rotation of a picture about its top left corner, in the units of hexSize.

    As CSS says it: ``translate(x, y) rotate(rotation) scale(scale, scaleY)``.
    """

    x: _Far = 0.0
    y: _Far = 0.0
    """Where the top left corner lies; the centre of hex 0,0 is the origin."""
    scale: _Scale = 1.0
    """Units of the map for one pixel of the picture, along its width."""
    rotation: Annotated[float, Field(ge=-360, le=360)] = 0.0
    """Degrees, clockwise."""
    scale_y: Annotated[_Scale | None, LEFT_OUT] = None
    """The same along its height; left out where it is that of the width."""

    @model_validator(mode="after")
    def _expect_hexes(self) -> Self:
        across, down = self.scales
        if max(across, down) > MOST_STRETCH * min(across, down):
            raise ValueError(f"scale and scaleY: at most {MOST_STRETCH:.0f} times each other")
        return self

    @classmethod
    def of(cls, placement: Placement) -> Self:
        """Return how a picture of the record lies."""
        return cls(**asdict(placement))

    def placement(self) -> Placement:
        """Return this as the record keeps it: one scale where both are the same."""
        scale_y = None if self.scale_y == self.scale else self.scale_y
        return Placement(self.x, self.y, self.scale, self.rotation, scale_y)

    @property
    def scales(self) -> tuple[float, float]:
        """Units of the map for one pixel, along the picture's width and its height."""
        return self.scale, self.scale if self.scale_y is None else self.scale_y

    @classmethod
    def covering(cls, frame: MapFrame, width: int, height: int) -> Self:
        """Return how a picture covers all of a map, in its middle; as it is where that is too far or too large."""
        left, top, across, down = frame_bounds(
            frame.grid_width,
            frame.grid_height,
            frame.hex_size,
            frame.orientation,
            frame.parity,
        )
        scale = max(across / width, down / height)
        x, y = left + (across - width * scale) / 2, top + (down - height * scale) / 2
        try:
            return cls(x=x, y=y, scale=scale)
        except ValidationError:
            return cls()

    def to_map(self, pixel: Point) -> Point:
        """Return the point of the map that a point of the picture lies on."""
        cos, sin = self._turn()
        across, down = self.scales
        x, y = pixel[0] * across, pixel[1] * down
        return self.x + x * cos - y * sin, self.y + x * sin + y * cos

    def to_picture(self, point: Point) -> Point:
        """Return the point of the picture that lies on a point of the map, in pixels."""
        cos, sin = self._turn()
        x, y = point[0] - self.x, point[1] - self.y
        across, down = self.scales
        return (x * cos + y * sin) / across, (y * cos - x * sin) / down

    def _turn(self) -> tuple[float, float]:
        angle = math.radians(self.rotation)
        return math.cos(angle), math.sin(angle)
