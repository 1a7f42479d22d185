"""The picture under the grid in the past: each sees what they saw of it then, and of the one that lay there then."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestServer

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.sessions import StartSession
from events.core.features.tokens import CreateToken
from events.geometry.grid import Hex
from tests.support.painted_pictures import BLUE, NONE, RED, Colours, colours, painted, play
from tests.support.people import Person, ShiftedClock
from tests.support.recorded_night import Night
from tests.web.conftest import Meet
from web.history.tiles import REMEMBERED


@pytest.fixture
async def night(server: TestServer, clock: ShiftedClock, meet: Meet) -> Night:
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    return await play(await Night(server, clock, dora, ann, ben).begin())


class Watcher:
    """A replay that stands still, and what is known of the picture where it stands."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self.picture: str | None = None
        self.earlier: set[str] = set()
        self.position: Mapping[str, Any] = {}

    async def arrive(self) -> None:
        """Hear all that is told up to the next position."""
        while True:
            said = await self._socket.receive_json(timeout=20)
            if said["type"] in ("session:state", "picture:changed"):
                self.earlier |= {self.picture} if self.picture else set()
                self.picture = (said["picture"] or {}).get("id")
            if said["type"] == "replay:position":
                self.position = said
                return

    async def go(self, verb: str, **fields: object) -> None:
        await self._socket.send_json({"type": f"replay:{verb}", **fields})
        await self.arrive()

    async def tile(self, picture: str | None, **fields: object) -> dict[str, Any]:
        asked = {"type": "replay:tile", "picture": picture, "level": 0, "column": 0, "row": 0}
        await self._socket.send_json({**asked, "id": "t", **fields})
        said: dict[str, Any] = await self._socket.receive_json(timeout=20)
        return said

    async def image(self, image: str) -> dict[str, Any]:
        await self._socket.send_json({"type": "replay:image", "image": image, "id": "i"})
        said: dict[str, Any] = await self._socket.receive_json(timeout=20)
        return said

    async def seen(self) -> Colours | None:
        """Return the colours of the picture that lies there now; None where there is none to ask for."""
        if self.picture is None:
            return None
        return colours(bytes_of(await self.tile(self.picture)))


def bytes_of(said: Mapping[str, Any]) -> bytes:
    return b64decode(said["webp"])


@asynccontextmanager
async def watching(night: Night, who: Person, query: str = "") -> AsyncIterator[Watcher]:
    path = f"/ws/replay?sessionId={night.session}&paused=1{query}"
    async with who.http.ws_connect(path, headers={"Origin": str(who.origin)}) as socket:
        watcher = Watcher(socket)
        await watcher.arrive()
        yield watcher


async def evening(watcher: Watcher) -> list[Colours | None]:
    """Return what is seen of the picture from moment to moment."""
    seen = [await watcher.seen()]
    while watcher.position["index"] < watcher.position["count"]:
        await watcher.go("step", by=1)
        seen.append(await watcher.seen())
    return seen


ANN = [(NONE, NONE), (NONE, NONE), (RED, NONE), (BLUE, NONE), (NONE, NONE), None, None]
BEN = [(NONE, NONE), (NONE, NONE), (RED, NONE), (RED, RED), (BLUE, BLUE), (NONE, BLUE), None, None]
DORA = [(RED, RED)] * 4 + [(BLUE, BLUE)] * 4


async def test_a_replay_shows_of_each_picture_what_its_viewer_saw_then(night: Night) -> None:
    for who, seen in ((night.ann, ANN), (night.ben, BEN), (night.dm, DORA)):
        async with watching(night, who) as watcher:
            assert await evening(watcher) == seen


async def test_a_dm_sees_in_a_players_eyes_what_the_player_sees(night: Night) -> None:
    async with (
        watching(night, night.ben) as own,
        watching(night, night.dm, f"&as={night.ben.id}") as as_ben,
    ):
        for _ in BEN[1:]:
            for watcher in (own, as_ben):
                await watcher.go("step", by=1)
            assert await own.tile(own.picture) == await as_ben.tile(own.picture)


async def test_a_replay_gives_the_picture_of_a_token_while_its_viewer_saw_the_token(
    server: TestServer, clock: ShiftedClock, meet: Meet
) -> None:
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    night = await Night(server, clock, dora, ann, ben).begin()
    for who in (dora, ann, ben):
        await who.get(f"/api/campaigns/{night.id}/map/picture")  # whoever looks comes in
    night.session = str((await night.do(StartSession())).session)
    await night.do(CreateToken(token_id="ogre", hex_key=Hex(0, 0), label="an ogre"))
    put = f"/api/campaigns/{night.id}/tokens/ogre/picture"
    worn = (await dora.call("PUT", put, data=painted("red"))).body["id"]
    shown = await night.do(RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    await night.do(HideHexes(hex_keys="all", targets="all"))

    async with watching(night, ann) as watcher:
        given = []
        while watcher.position["index"] < watcher.position["count"]:
            await watcher.go("step", by=1)
            given.append("webp" in await watcher.image(worn))
        assert given == [False, True, False]
        unseen = await watcher.image(worn)
        assert unseen == await watcher.image("t-no-such")
    past = f"/api/campaigns/{night.id}/state/images/{worn}"
    then = {"at": shown.at.isoformat()}
    for who in (ann, ben, dora):
        async with who.http.get(past, params=then) as answer:
            assert (answer.status, answer.content_type) == (200, "image/webp")
    assert (await ann.get(past)).status == 404


async def test_going_back_closes_what_was_closed_then(night: Night) -> None:
    async with watching(night, night.ben) as watcher:
        await evening(watcher)
        await watcher.go("seek", version=3)
        assert await watcher.seen() == (RED, RED)
        await watcher.go("step", by=-1)
        assert await watcher.seen() == (RED, NONE)


async def test_a_tile_that_is_had_is_not_sent_again(night: Night) -> None:
    async with watching(night, night.ann) as watcher:
        first = await watcher.tile(watcher.picture)
        await watcher.go("step", by=1)
        same = await watcher.tile(watcher.picture, has=first["key"])
        assert same == {key: value for key, value in first.items() if key != "webp"}
        await watcher.go("step", by=1)
        assert "webp" in await watcher.tile(watcher.picture, has=first["key"])


async def test_other_pictures_are_as_if_there_were_none(night: Night) -> None:
    async with watching(night, night.ann) as watcher:
        await evening(watcher)
        answers = [await watcher.tile(each) for each in (*watcher.earlier, "no-such", None)]
        assert len(answers) == 4
        assert answers == [answers[0]] * 4
        assert (answers[0]["type"], answers[0]["code"]) == ("error", "not_found")
        # Before it was laid, the blue one is not there either, nor a tile outside of the red one.
        blue = (await night.dm.get(f"/api/campaigns/{night.id}/map/picture")).body["id"]
        await watcher.go("seek", version=2)
        for fields in (
            {"picture": blue},
            {"column": 9},
            {"level": "٣"},
            {"row": -1},
            {"row": None},
        ):
            assert await watcher.tile(**{"picture": watcher.picture, **fields}) == answers[0]


async def test_a_tile_as_it_stood_is_asked_for_by_time(night: Night) -> None:
    reveal, only_ben, hide, _, _ = night.commits[2:]
    first, second = await ids(night)
    for who, commit, picture, seen in (
        (night.ann, reveal, first, (RED, NONE)),
        (night.ben, only_ben, first, (RED, RED)),
        (night.ann, only_ben, first, (RED, NONE)),
        (night.ann, hide, second, (NONE, NONE)),
        (night.ben, hide, second, (NONE, BLUE)),
        (night.ann, hide, first, None),
        (night.ann, reveal, second, None),
        (night.dm, reveal, second, (BLUE, BLUE)),
    ):
        assert await then(night, who, picture, at=commit.at.isoformat()) == seen
    assert await then(night, night.ben, second) is None, "now they may not know of it"


async def test_a_tile_as_it_stood_is_for_the_eyes_that_may_have_it(
    night: Night, meet: Meet
) -> None:
    first, _ = await ids(night)
    at = night.commits[3].at.isoformat()
    stranger = await (await meet()).sign_up("Stranger")
    assert await then(night, night.dm, first, at=at, **{"as": night.ben.id}) == (RED, RED)
    for who, query, status in (
        (night.ann, {"at": at, "as": night.ben.id}, 403),
        (night.ann, {"version": "3"}, 403),
        (stranger, {"at": at}, 404),
        (night.dm, {"at": "yesterday"}, 400),
        (night.dm, {"version": "99"}, 404),
    ):
        answer = await who.get(
            f"/api/campaigns/{night.id}/state/picture/{first}/0/0/0", params=query
        )
        assert answer.status == status, (query, answer.body)


async def test_few_moments_are_kept(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = await ids(night)
    assert REMEMBERED >= 2
    monkeypatch.setattr("web.history.tiles.REMEMBERED", 1)
    for commit, seen in ((night.commits[3], (RED, RED)), (night.commits[2], (RED, NONE))) * 2:
        assert await then(night, night.ben, first, at=commit.at.isoformat()) == seen


async def ids(night: Night) -> tuple[str, str]:
    """Return the ids of the red and the blue picture."""
    path = f"/api/campaigns/{night.id}/state"
    found = [
        (await night.dm.get(path, params={"at": commit.at.isoformat()})).body["picture"]["id"]
        for commit in (night.commits[2], night.commits[-1])
    ]
    return found[0], found[1]


async def then(night: Night, who: Person, picture: str, **query: str) -> Colours | None:
    """Return what is seen of a picture at a moment; None where there is no such tile."""
    path = f"/api/campaigns/{night.id}/state/picture/{picture}/0/0/0"
    async with who.http.get(path, params=query) as response:
        if response.status == 404:
            assert json.loads(await response.read())["error"]["code"] == "not_found"
            return None
        assert response.status == 200
        return colours(await response.read())
