"""A campaign on a real server, and raw sockets at it, for the tests of the websocket."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp.test_utils import TestServer

from actors.room.actor import RoomActor
from events.core.state import RoomId
from tests.support.people import Person
from web.app import ROOMS

Message = dict[str, Any]
_ids = itertools.count(1)


class Seat:
    """One socket, read message by message."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self) -> Message:
        """Return the next message; fail if the socket closes instead."""
        frame = await self.socket.receive()
        assert frame.type is aiohttp.WSMsgType.TEXT, frame
        message: Message = json.loads(frame.data)
        return message

    async def until(self, type: str) -> Message:
        """Return the next message of a type, passing over others."""
        while (message := await self.next())["type"] != type:
            pass
        return message

    async def send(self, type: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": type, **fields}))

    async def ask(self, type: str, **fields: Any) -> Message:
        """Return the ack or error of a command."""
        await self.send(type, id=f"ask-{next(_ids)}", **fields)
        while (message := await self.next())["type"] not in ("ack", "error"):
            pass
        return message

    async def quiet(self) -> list[Message]:
        """Return all that was sent before the answer to a ping."""
        await self.send("ping")
        told = []
        while (message := await self.next())["type"] != "pong":
            told.append(message)
        return told

    async def closed(self) -> int:
        """Return the close code, passing over what comes before."""
        while (frame := await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
        assert self.socket.close_code is not None, frame
        return self.socket.close_code


@dataclass
class Campaign:
    """A campaign with a DM and players, who can sit down at it."""

    id: str
    server: TestServer
    dm: Person
    ann: Person
    ben: Person

    @property
    def room(self) -> RoomActor:
        room = self.server.app[ROOMS].find(RoomId(UUID(self.id)))
        assert room is not None
        return room

    @asynccontextmanager
    async def socket(self, person: Person, **query: str) -> AsyncIterator[Seat]:
        """Open a socket without reading from it."""
        headers = {} if person.origin is None else {"Origin": person.origin}
        if person.token is not None:
            headers["Authorization"] = f"Bearer {person.token}"
        query = {"campaignId": self.id, **query}
        async with person.http.ws_connect(
            "/ws", params={k: v for k, v in query.items() if v}, headers=headers, max_msg_size=0
        ) as socket:
            yield Seat(socket)

    @asynccontextmanager
    async def seat(self, person: Person, **query: str) -> AsyncIterator[Seat]:
        """Open a socket and read until the state."""
        async with self.socket(person, **query) as seat:
            await seat.until("session:state")
            yield seat

    async def refused(self, person: Person, **query: str) -> tuple[str, int]:
        """Return the error code and the close code of a handshake that is refused."""
        async with self.socket(person, **query) as seat:
            error = await seat.next()
            assert error["type"] == "error"
            return error["code"], await seat.closed()


async def a_campaign(server: TestServer, dm: Person, ann: Person, ben: Person) -> Campaign:
    """Return a new campaign of the DM that the others joined as guests."""
    made = await dm.post("/api/campaigns", {"name": "Night"})
    campaign = made.body["id"]
    invite = await dm.post(f"/api/campaigns/{campaign}/invites", {"role": "player"})
    for person, name in ((ann, "Ann"), (ben, "Ben")):
        joined = await person.post(f"/api/invites/{invite.body['token']}/accept", {"name": name})
        person.id = joined.body["userId"]
    return Campaign(campaign, server, dm, ann, ben)
