"""A table of people at real sockets: each hears all that the server tells them, and remembers it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.reference_client import ReferenceClient
from web.client import Message, RoomClient

PASSING = ("hex:pointed", "pong", "connected")
"""Messages that are no part of the stream, and change nothing that is known."""


@dataclass
class Chair:
    """Somebody at the table, and what they know by their messages alone."""

    name: str
    person: Person
    room: RoomClient
    knows: ReferenceClient
    heard: list[Message] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.person.id

    async def next(self) -> Message:
        async for message in self.room.messages():
            self.heard.append(message)
            if message["type"] == "session:state":
                self.knows.opened(message)
            elif message["type"] not in PASSING:
                self.knows.told(message)
            return message
        raise AssertionError("the connection ended")

    async def until(self, type: str, **fields: Any) -> Message:
        """Return the next message of that type with these fields."""
        while True:
            message = await self.next()
            if message["type"] == type and all(message.get(k) == v for k, v in fields.items()):
                return message

    async def caught_up(self) -> None:
        """Hear all that was told before now."""
        await self.room.ping()
        await self.until("pong")

    def said(self) -> str:
        """Return every byte of what was told, to be searched for what should not be in it."""
        return json.dumps(self.heard)


@dataclass
class Table:
    """A campaign, its DM and three players, all at their sockets."""

    id: str
    server: TestServer
    dm: Chair
    ann: Chair
    ben: Chair
    cy: Chair

    @property
    def players(self) -> tuple[Chair, ...]:
        return self.ann, self.ben, self.cy

    async def bring_map(self, data: bytes, filename: str) -> dict[str, Any]:
        """Return what the server says of a map file that the DM brings along."""
        form = FormData()
        form.add_field("file", data, filename=filename, content_type="application/octet-stream")
        path = f"/api/campaigns/{self.id}/map/import"
        answer = await self.dm.person.call("POST", path, data=form)
        assert answer.status == 200, answer
        return dict(answer.body)

    async def check(self) -> None:
        """Assert that what each knows by messages is what somebody who comes now is told."""
        for chair in (self.dm, *self.players):
            await chair.caught_up()
            client = RoomClient(
                str(self.server.make_url("/")), self.id, http=chair.person.http.session
            )
            async with client as fresh:
                expected = ReferenceClient(chair is self.dm)
                expected.opened(fresh.state)
            assert chair.knows.knows() == expected.knows(), chair.name


@asynccontextmanager
async def a_table(server: TestServer, people: list[Person]) -> AsyncIterator[Table]:
    """Yield a new campaign whose DM and players sit at their sockets."""
    dora = await people[0].sign_up("Dora")
    campaign = await dora.campaign("The Fenmark")
    token = await dora.invite(campaign)
    for person, name in zip(people[1:], ("Ann", "Ben", "Cy"), strict=True):
        assert (await person.accept(token, name)).status == 200
    url = str(server.make_url("/"))
    async with AsyncExitStack() as stack:
        chairs = []
        for person, name in zip(people, ("Dora", "Ann", "Ben", "Cy"), strict=True):
            client = RoomClient(url, campaign, http=person.http.session)
            room = await stack.enter_async_context(client)
            chairs.append(Chair(name, person, room, ReferenceClient(person is dora)))
        yield Table(campaign, server, *chairs)
