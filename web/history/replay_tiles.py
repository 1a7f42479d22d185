"""Pictures over a replay's socket, as its viewer saw them at the moment it stands at: tiles of the backdrop, and what goes with tokens.

Over the socket, as no address could name that moment without telling more than the viewer knows.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from events.core.messages import JSON
from events.core.state import Member, RoomId, RoomState
from events.replay.player import Replay, Send, named
from web.images.attached import image_for
from web.images.store import NoSuchTile
from web.images.tiles import Tiles, tile_at

ASKED: Final = "replay:tile"
IMAGE: Final = "replay:image"
MOST_WAITING: Final = 16
"""Questions of one replay that wait; whoever asks for more is heard later."""


class ReplayTiles:
    """Answers the questions of one replay, one after the other."""

    def __init__(self, tiles: Tiles, campaign: RoomId, replay: Replay, send: Send) -> None:
        self.requests: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(maxsize=MOST_WAITING)
        self._tiles = tiles
        self._campaign = campaign
        self._replay = replay
        self._send = send
        self._index = -1
        self._room = RoomState()

    async def run(self) -> None:
        """Answer requests; return only by being cancelled."""
        while True:
            command = await self.requests.get()
            image = command.get("type") == IMAGE
            answer = await (self._image(command) if image else self._answer(command))
            await self._send([{**answer, **named(command)}])

    async def _image(self, command: Mapping[str, Any]) -> dict[str, JSON]:
        """Return a picture that goes with something the viewer sees; or an error."""
        room, viewer = self._now()
        image_id = str(command.get("image"))
        try:
            data = await image_for(self._tiles.pictures, self._campaign, room, viewer, image_id)
        except NoSuchTile:
            return {"type": "error", "code": "not_found", "message": "there is no such image"}
        return {"type": IMAGE, "image": image_id, "webp": b64encode(data).decode()}

    async def _answer(self, command: Mapping[str, Any]) -> dict[str, JSON]:
        """Return the tile, without its bytes where the asker ``has`` those; or an error."""
        picture, *numbers = (str(command.get(part)) for part in PARTS)
        room, viewer = self._now()
        try:
            key, data = await self._tiles.tile(
                self._campaign, room, viewer, picture, tile_at(*numbers)
            )
        except NoSuchTile:
            return {"type": "error", "code": "not_found", "message": "there is no such tile"}
        answer = {"type": ASKED, **{part: command[part] for part in PARTS}, "key": key}
        return answer if command.get("has") == key else {**answer, "webp": b64encode(data).decode()}

    def _now(self) -> tuple[RoomState, Member]:
        """Return the room where the replay stands, and the viewer as they may see it."""
        replay = self._replay
        if replay.index != self._index:
            self._index, self._room = replay.index, replay.timeline.room(replay.index)
        return self._room, replay.timeline.viewer.at(self._room)


PARTS: Final = ("picture", "level", "column", "row")
