"""The hex below a point, to compare drawn maps with."""

from events.geometry.grid import Hex
from events.geometry.layout import ROOT_3, Point
from events.geometry.offset import Orientation


def hex_at(point: Point, hex_size: float, orientation: Orientation) -> Hex:
    """Return the hex that a point lies in; on a border, one of those that share it."""
    x, y = point[0] / hex_size, point[1] / hex_size
    if orientation == "flat":
        q, r = x * 2 / 3, y / ROOT_3 - x / 3
    else:
        q, r = x / ROOT_3 - y / 3, y * 2 / 3
    near_q, near_r, near_s = round(q), round(r), round(-q - r)
    off_q, off_r, off_s = abs(near_q - q), abs(near_r - r), abs(near_s + q + r)
    if off_q > off_r and off_q > off_s:
        return Hex(-near_r - near_s, near_r)
    return Hex(near_q, -near_q - near_s if off_r > off_s else near_r)
