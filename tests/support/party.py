"""A DM and players with tokens of access, who may sit at any node."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from web.client import RoomClient


@dataclass(frozen=True)
class Guest:
    """Somebody with a bearer token."""

    id: str
    token: str


@dataclass(frozen=True)
class Party:
    """A campaign and who plays in it."""

    campaign: str
    dm: Guest
    players: tuple[Guest, ...]

    def sit(self, guest: Guest, url: str) -> RoomClient:
        """Return a client of the node at the URL."""
        return RoomClient(url, self.campaign, token=guest.token)


Browser = Callable[[], aiohttp.ClientSession]


async def gather_party(
    url: str, players: int = 2, name: str = "dora", browser: Browser | None = None
) -> Party:
    """Return a new campaign with a DM and players, made over HTTP at one node."""
    browser = browser or _browser
    async with browser() as http:
        dm = await _sign_up(http, url, name)
        made = await _post(http, url, "/api/campaigns", dm.token, name="The Vale")
        invited = await _post(
            http, url, f"/api/campaigns/{made['id']}/invites", dm.token, role="player"
        )
    joined = []
    for number in range(players):
        async with browser() as http:
            player = await _sign_up(http, url, f"{name}-{number}")
            await _post(http, url, f"/api/invites/{invited['token']}/accept", player.token)
            joined.append(player)
    return Party(made["id"], dm, tuple(joined))


def _browser() -> aiohttp.ClientSession:
    # Unsafe: cookies of a host that is a number are kept, too.
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def _sign_up(http: aiohttp.ClientSession, url: str, name: str) -> Guest:
    origin = {"Origin": str(URL(url).origin())}
    form = {"name": name, "email": f"{name}@example.org", "password": "correct horse battery"}
    async with http.post(f"{url}/api/auth/signup", json=form, headers=origin) as response:
        user = await response.json()
        assert response.status < 300, user
    async with http.post(f"{url}/api/tokens", json={"name": "test"}, headers=origin) as response:
        token = await response.json()
        assert response.status < 300, token
    return Guest(user.get("userId") or user["id"], token["token"])


async def _post(http: aiohttp.ClientSession, url: str, path: str, token: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(f"{url}{path}", json=body, headers=headers) as response:
        answer = await response.json()
        assert response.status < 300, answer
        return answer
