"""Somebody with a browser, for the tests of the HTTP calls."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from actors.runtime.clock import SystemClock
from events.core.state import Member, Role, RoomId, UserId

Client = TestClient[Request, Application]


class Answer(NamedTuple):
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        """The code of an error, after a look at its form."""
        assert set(self.body) == {"error"}
        assert set(self.body["error"]) == {"code", "message"}
        assert "Traceback" not in self.body["error"]["message"]
        return str(self.body["error"]["code"])


class ShiftedClock(SystemClock):
    """The machine's clock, put forward by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()


@dataclass
class RoomsHeard:
    """Rooms that write down what they were told."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    connected: set[UserId] = field(default_factory=set)
    pause: asyncio.Event = field(default_factory=asyncio.Event)

    async def opened(self, campaign: RoomId, name: str, by: Member) -> None:
        self.told.append(("opened", str(campaign), name, by))

    async def renamed(self, campaign: RoomId, name: str, by: Member) -> None:
        self.told.append(("renamed", str(campaign), name, by.user))

    async def archived(self, campaign: RoomId, archived: bool, by: Member) -> None:
        self.told.append(("archived", str(campaign), archived, by.user))

    async def membership_changed(
        self, campaign: RoomId, user: UserId, name: str, role: Role | None, by: Member | None = None
    ) -> None:
        self.told.append((str(campaign), user, name, role, by.user if by else user))

    async def people_waiting(self, campaign: RoomId, waiting: int, by: Member) -> None:
        self.told.append(("waiting", str(campaign), waiting, by.user))

    async def online(self, campaigns: Collection[RoomId]) -> Mapping[RoomId, frozenset[UserId]]:
        return dict.fromkeys(campaigns, frozenset(self.connected))


class Person:
    """A browser: its cookies, and the origin of our own page."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.http: Client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        self.origin: str | None = str(server.make_url("/")).rstrip("/")
        self.token: str | None = None
        self.id = ""

    async def call(self, method: str, path: str, json: Any = None, **more: Any) -> Answer:
        headers = dict(more.pop("headers", {}))
        if self.origin is not None:
            headers.setdefault("Origin", self.origin)
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            more["json"] = json
        async with self.http.request(method, path, headers=headers, **more) as response:
            is_json = response.content_type == "application/json"
            body = await response.json() if is_json else await response.text()
            return Answer(response.status, body, response.headers)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.call("GET", path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.call("POST", path, json, **more)

    async def patch(self, path: str, json: Any = None) -> Answer:
        return await self.call("PATCH", path, json)

    async def delete(self, path: str) -> Answer:
        return await self.call("DELETE", path)

    async def sign_up(self, name: str = "Ann") -> "Person":
        email = f"{name.lower()}@example.org"
        answer = await self.post(
            "/api/auth/signup", {"name": name, "email": email, "password": f"{name}'s secret"}
        )
        assert answer.status == 201, answer
        self.id = answer.body["userId"]
        return self

    async def campaign(self, name: str = "The Marches") -> str:
        answer = await self.post("/api/campaigns", {"name": name})
        assert answer.status == 201, answer
        return str(answer.body["id"])

    async def invite(self, campaign: str, role: str = "player", **more: Any) -> str:
        answer = await self.post(f"/api/campaigns/{campaign}/invites", {"role": role, **more})
        assert answer.status == 201, answer
        return str(answer.body["token"])

    async def accept(self, token: str, name: str | None = None) -> Answer:
        answer = await self.post(f"/api/invites/{token}/accept", {"name": name} if name else None)
        if answer.status == 200:
            self.id = answer.body["userId"]
        return answer
