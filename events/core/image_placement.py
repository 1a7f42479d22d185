"""How an uploaded picture lies under the grid."""

import math
from typing import Annotated, Self

from pydantic import Field, ValidationError

from events.core.messages import Message
from events.core.values import MapFrame
from events.geometry.layout import Point, frame_bounds

_Far = Annotated[float, Field(ge=-1e8, le=1e8)]


class Alignment(Message):
    """Offset, scale and rotation of a picture about its top left corner, in the units of hexSize.

    As CSS says it: ``translate(x, y) rotate(rotation) scale(scale)``.
    """

    x: _Far = 0.0
    y: _Far = 0.0
    """Where the top left corner lies; the centre of hex 0,0 is the origin."""
    scale: Annotated[float, Field(ge=1e-4, le=1e4)] = 1.0
    """Units of the map for one pixel of the picture."""
    rotation: Annotated[float, Field(ge=-360, le=360)] = 0.0
    """Degrees, clockwise."""

    @classmethod
    def covering(cls, frame: MapFrame, width: int, height: int) -> Self:
        """Return how a picture covers all of a map, in its middle; as it is where that is too far or too large."""
        left, top, across, down = frame_bounds(
            frame.grid_width, frame.grid_height, frame.hex_size, frame.orientation
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
        x, y = pixel[0] * self.scale, pixel[1] * self.scale
        return self.x + x * cos - y * sin, self.y + x * sin + y * cos

    def to_picture(self, point: Point) -> Point:
        """Return the point of the picture that lies on a point of the map, in pixels."""
        cos, sin = self._turn()
        x, y = point[0] - self.x, point[1] - self.y
        return (x * cos + y * sin) / self.scale, (y * cos - x * sin) / self.scale

    def _turn(self) -> tuple[float, float]:
        angle = math.radians(self.rotation)
        return math.cos(angle), math.sin(angle)
