"""A painted night: pictures of one colour under the grid, and what shows of them."""

import io
from typing import Any

from PIL import Image

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.sessions import EndSession, StartSession
from events.core.features.settings import SetSettings
from events.core.features.terrain import SetMap
from events.core.state import UserId
from events.core.targets import Players
from events.geometry.grid import Hex, runs
from tests.support.recorded_night import Night

CENTRES = {"0,0": (80, 80), "1,0": (170, 132)}
"""Where the middles of two hexes lie in the first tile."""
NONE, RED, BLUE = "none", "red", "blue"
Colours = tuple[str, ...]


async def paint(night: Night) -> None:
    """Give the night a map, and a red picture so that both hexes lie in its first tile."""
    ground = (("hills", 0, runs(Hex(q, r) for q in range(6) for r in range(4))),)
    await night.do(
        SetMap(
            name="A",
            grid_width=6,
            grid_height=6,
            hex_size=30.0,
            orientation="flat",
            painted=ground,
        )
    )
    await lay(night, "red")
    aligned = {"x": -40, "y": -40, "scale": 0.5, "rotation": 0}
    path = f"/api/campaigns/{night.id}/map/picture/alignment"
    assert (await night.dm.call("PUT", path, aligned)).status == 200


async def play(night: Night) -> Night:
    """Play an evening with a red picture, then a blue one, then none that players may know of."""
    await paint(night)
    night.session = str((await night.do(StartSession())).session)
    await night.do(RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    only_ben = Players(player_ids=(UserId(night.ben.id),))
    await night.do(RevealHexes(hex_keys=(Hex(1, 0),), targets=only_ben))
    await lay(night, "blue")
    await night.do(HideHexes(hex_keys=(Hex(0, 0),), targets="all"))
    await night.do(SetSettings(show_map_extent=False))
    await night.do(EndSession())
    return night


def painted(colour: str) -> io.BytesIO:
    """Return a file of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (700, 600), colour).save(file, "PNG")
    file.seek(0)
    return file


async def lay(night: Night, colour: str) -> None:
    path = f"/api/campaigns/{night.id}/map/picture"
    answer = await night.dm.call("PUT", path, data=painted(colour))
    assert answer.status == 200


def colours(webp: bytes) -> Colours:
    """Return what shows at the two hexes."""
    image = Image.open(io.BytesIO(webp), formats=["WEBP"]).convert("RGBA")
    pixels: list[Any] = [image.getpixel(at) for at in CENTRES.values()]
    return tuple(
        NONE if not alpha else RED if red > blue else BLUE for red, _, blue, alpha in pixels
    )
