"""Maps as files over HTTP: laid, imported, looked at, and commands to their rooms."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import FormData
from aiohttp.test_utils import TestServer

from events.core.features.hexes import RevealHexes
from events.core.messages import Command
from events.core.state import Member, Role, RoomId, UserId
from events.geometry.grid import Hex
from events.journal import Request
from tests.support.people import Answer, Person
from web.app import ROOMS

MARCHES = {
    "version": 1,
    "name": "The Märches",
    "gridWidth": 3,
    "gridHeight": 1,
    "hexSize": 40,
    "orientation": "flat",
    "hexes": [
        {"q": 0, "r": 0, "terrain": "hills", "terrainVariant": 0},
        {"q": 1, "r": 0, "terrain": "water", "terrainVariant": 2},
        {"q": 2, "r": -1, "terrain": "forest", "terrainVariant": 0},
    ],
}
CSV = b"label,terrain\n0101,hills\n0102,Ocean\n"

TEXT = b"""0101 hill village "Thorp"
0102 water
0103 forest "Lair"
0101-0102-0103 river "Brindle"
"""


async def put(who: Person, campaign: str, document: object) -> Answer:
    return await who.call("PUT", f"/api/campaigns/{campaign}/map", document)


async def send(
    who: Person, campaign: str, call: str, data: bytes, name: str = "m.csv", **options: Any
) -> Answer:
    form = FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    if options:
        form.add_field("options", json.dumps(options))
    return await who.call("POST", f"/api/campaigns/{campaign}/map/{call}", data=form)


async def look(who: Person, campaign: str) -> Answer:
    return await who.get(f"/api/campaigns/{campaign}/map")


async def reveal(server: TestServer, campaign: str, dm: Person, *hexes: Hex) -> None:
    await ask(server, campaign, dm, RevealHexes(hex_keys=hexes, targets="all"))


async def ask(server: TestServer, campaign: str, dm: Person, command: Command) -> None:
    room = await server.app[ROOMS].open(RoomId(UUID(campaign)))
    by = Member(UserId(dm.id), Role.DM, "Ann")
    await room.ask(Request(command, by, datetime(2026, 1, 31, tzinfo=UTC)))
