import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.history import UndoAction
from events.core.features.settings import SetSettings
from events.core.messages import Command
from events.core.state import Member, Role, RoomId, UserId
from events.geometry.grid import Hex
from events.journal import Request
from events.maps import generate
from events.maps.hexroom_json import export
from tests.support.people import Answer, Person, ShiftedClock
from tests.support.seats import Campaign
from tests.web.conftest import Meet
from web.app import ROOMS
from web.images.campaign_files import Pictures
from web.images.ingest import MAX_BYTES
from web.images.store import NoSuchTile

ALIGNED = {"x": -40, "y": -40, "scale": 0.5, "rotation": 0}


def picture(colour: str = "red") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (700, 600), colour).save(file, "PNG")
    file.seek(0)
    return file


async def lay(who: Person, campaign: str, data: io.BytesIO | None = None) -> Answer:
    return await who.call("PUT", f"/api/campaigns/{campaign}/map/picture", data=data or picture())


async def align(who: Person, campaign: str, **fields: float) -> Answer:
    path = f"/api/campaigns/{campaign}/map/picture/alignment"
    return await who.call("PUT", path, {**ALIGNED, **fields})


async def tile(
    who: Person, campaign: str, which: str = "0/0/0", *, of: str = "", **headers: str
) -> tuple[int, bytes, Any]:
    shown = await who.get(f"/api/campaigns/{campaign}/map/picture")
    path = f"/api/campaigns/{campaign}/map/picture/{of or shown.body['id']}/{which}"
    async with who.http.get(path, headers=headers) as response:
        return response.status, await response.read(), response.headers


def alpha(data: bytes, x: int, y: int) -> object:
    return Image.open(io.BytesIO(data), formats=["WEBP"]).convert("RGBA").getpixel((x, y))[3]  # type: ignore[index] # RGBA, so a tuple


@pytest.fixture
async def campaign(ann: Person) -> str:
    """A campaign with a map and an aligned picture."""
    campaign = await ann.campaign()
    await ann.call("PUT", f"/api/campaigns/{campaign}/map", data=export(generate(1, 10, 10)))
    assert (await lay(ann, campaign)).status == 200
    assert (await align(ann, campaign)).status == 200
    return campaign


@pytest.fixture
async def bob(ann: Person, campaign: str, meet: Meet) -> Person:
    """A player of the campaign."""
    guest = await meet()
    assert (await guest.accept(await ann.invite(campaign), "Bob")).status == 200
    return guest


async def ask(server: TestServer, campaign: str, dm: Person, command: Command) -> None:
    room = await server.app[ROOMS].open(RoomId(UUID(campaign)))
    by = Member(UserId(dm.id), Role.DM, "Ann")
    await room.ask(Request(command, by, ShiftedClock().now()))


async def test_a_picture_is_laid_and_aligned(ann: Person, campaign: str) -> None:
    shown = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body

    assert (shown["width"], shown["height"], shown["levels"], shown["tileSize"]) == (700, 600, 2, 512)  # fmt: skip
    assert shown["alignment"] == ALIGNED


async def test_players_get_pixels_of_the_hexes_they_see_fully(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    _, nothing, _ = await tile(bob, campaign)
    assert alpha(nothing, 80, 80) == 0

    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(1, 0),), targets="all", tier="terrain"))  # fmt: skip

    status, some, headers = await tile(bob, campaign)
    assert (status, headers["Content-Type"]) == (200, "image/webp")
    # The centre of 0,0 lies at pixel (80, 80), that of 1,0 at (200, 149).
    assert (alpha(some, 80, 80), alpha(some, 200, 149)) == (255, 0)
    _, whole, _ = await tile(ann, campaign)
    assert (alpha(whole, 80, 80), alpha(whole, 200, 149)) == (255, 255)


async def test_a_tile_follows_what_is_hidden_again(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    _, _, before = await tile(bob, campaign)
    same, body, _ = await tile(bob, campaign, **{"If-None-Match": before["ETag"]})
    assert (same, body) == (304, b"")
    assert before["Cache-Control"] == "private, no-cache"

    await ask(server, campaign, ann, HideHexes(hex_keys="all", targets="all"))

    status, data, after = await tile(bob, campaign, **{"If-None-Match": before["ETag"]})
    assert (status, alpha(data, 80, 80)) == (200, 0)
    assert after["ETag"] != before["ETag"]


async def test_no_picture_tells_how_far_the_map_goes_where_that_is_kept_from_players(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    known = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body["id"]
    await ask(server, campaign, ann, SetSettings(show_map_extent=False))

    assert (await bob.get(f"/api/campaigns/{campaign}/map/picture")).status == 204
    inside = await bob.get(f"/api/campaigns/{campaign}/map/picture/{known}/0/0/0")
    outside = await bob.get(f"/api/campaigns/{campaign}/map/picture/{known}/0/9/9")
    assert (inside.status, inside.body) == (outside.status, outside.body)
    assert (await tile(ann, campaign))[0] == 200


@pytest.mark.parametrize("which", ["0/2/0", "0/0/2", "2/0/0", "-1/0/0", "0/x/0", "0/٣/0", "0/99999/0"])  # fmt: skip
async def test_there_is_no_tile_outside(ann: Person, campaign: str, which: str) -> None:
    status, _, _ = await tile(ann, campaign, which)

    assert status == 404


async def test_another_picture_takes_the_place_and_the_alignment(
    ann: Person, campaign: str
) -> None:
    old = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body["id"]

    shown = (await lay(ann, campaign, picture("blue"))).body

    assert shown["id"] != old
    assert shown["alignment"] == ALIGNED
    assert (await tile(ann, campaign))[0] == 200


async def test_of_earlier_pictures_only_a_dm_gets_tiles(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    old = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body["id"]

    await lay(ann, campaign, picture("blue"))

    assert (await tile(ann, campaign, of=old))[0] == 200
    assert (await tile(bob, campaign, of=old))[0] == 404
    assert (await tile(ann, campaign, f"0/0/0?as={bob.id}", of=old))[0] == 404


async def test_a_dm_gets_no_tile_of_another_campaign(
    ann: Person, bob: Person, campaign: str
) -> None:
    # Players know the ids of pictures; one may be a DM elsewhere.
    theirs = (await bob.get(f"/api/campaigns/{campaign}/map/picture")).body["id"]
    eve = await ann.campaign("Elsewhere")
    await ann.call("PUT", f"/api/campaigns/{eve}/map", data=export(generate(1, 10, 10)))
    await lay(ann, eve)

    assert (await tile(ann, eve))[0] == 200
    assert (await tile(ann, eve, of=theirs))[0] == 404


async def test_what_is_undone_lies_again_for_everyone(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    _, red, _ = await tile(bob, campaign)
    await lay(ann, campaign, picture("blue"))
    _, blue, _ = await tile(bob, campaign)

    await ask(server, campaign, ann, UndoAction())

    assert (await tile(bob, campaign))[1] == red != blue


async def test_the_picture_that_lies_is_kept_however_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.images.campaign_files._KEPT", 1)
    campaign, file = RoomId(UUID(int=1)), tmp_path / "red.png"
    file.write_bytes(picture().getvalue())
    pictures = Pictures(tmp_path)
    for name in ("first", "second", "third"):
        await pictures.take(campaign, name, file)

    await pictures.forget_old(campaign, but="first")

    kept = [name for name in ("first", "second", "third") if pictures.brought(campaign, name)]
    assert kept == ["first", "third"]
    with pytest.raises(NoSuchTile):
        pictures.store.facts("second")


OLD, FORK = RoomId(UUID(int=1)), RoomId(UUID(int=2))


class Meeting(Pictures):
    """Pictures of another process, which is told when somebody is between looking at a mark and acting on it."""

    def __init__(self, folder: Path, then: Callable[[], None]) -> None:
        super().__init__(folder)
        self._then = then

    def brought(self, campaign: RoomId, picture: str) -> bool:
        found = super().brought(campaign, picture)
        self._then()
        return found

    def marked(self, picture: str) -> bool:
        found = super().marked(picture)
        self._then()
        return found


class Waiting(Pictures):
    """Pictures of another process, which says when it comes to where it may have to wait."""

    def __init__(self, folder: Path, came: threading.Event) -> None:
        super().__init__(folder)
        self._came = came

    @contextmanager
    def held(self) -> Iterator[None]:
        self._came.set()
        with super().held():
            yield


@pytest.mark.parametrize("first", ["the fork", "the origin"])
async def test_a_fork_has_the_pixels_of_its_picture_or_no_mark_of_it(
    tmp_path: Path, first: str
) -> None:
    file = tmp_path / "red.png"
    file.write_bytes(picture().getvalue())
    pictures = Pictures(tmp_path)
    await pictures.take(OLD, "p", file)
    came = threading.Event()
    other = Waiting(tmp_path, came)

    def forget(which: Pictures) -> None:
        (tmp_path / "brought" / str(OLD) / "p").unlink()
        asyncio.run(which.forget("p"))

    def share(which: Pictures) -> None:
        which.share(OLD, FORK, ["p"])

    one_does, other_does = (share, forget) if first == "the fork" else (forget, share)

    def do_the_other() -> None:
        other_does(other)
        came.set()

    meanwhile = threading.Thread(target=do_the_other)

    def start_and_wait() -> None:
        # It has come as far as it gets while it is waited for: to the lock, or to its end.
        if not meanwhile.ident:
            meanwhile.start()
            came.wait()

    await asyncio.to_thread(one_does, Meeting(tmp_path, start_and_wait))
    await asyncio.to_thread(meanwhile.join)

    kept = (tmp_path / "tiles" / "p").exists()
    assert pictures.brought(FORK, "p") == kept == (first == "the fork")


async def test_the_newest_pictures_are_kept(
    ann: Person, campaign: str, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.images.campaign_files._KEPT", 2)
    first, second, third = [(await lay(ann, campaign)).body["id"] for _ in range(3)]
    assert (await tile(ann, campaign, of=first))[0] == 404
    assert (await tile(ann, campaign, of=second))[0] == 200

    await ask(server, campaign, ann, UndoAction())

    assert (await tile(ann, campaign))[0] == (await tile(ann, campaign, of=third))[0] == 200


async def test_a_removed_picture_is_gone(ann: Person, campaign: str) -> None:
    path = f"/api/campaigns/{campaign}/map/picture"

    assert (await ann.delete(path)).status == 204

    assert (await ann.get(path)).status == 204
    assert (await ann.delete(path)).status == 404
    assert (await align(ann, campaign)).status == 404


async def test_a_dm_may_look_with_a_players_eyes_and_nobody_else_with_others(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    await ask(server, campaign, ann, RevealHexes(hex_keys=(Hex(0, 0),), targets="all"))
    _, seen, _ = await tile(bob, campaign)

    assert (await tile(ann, campaign, f"0/0/0?as={bob.id}"))[1] == seen
    assert (await tile(bob, campaign, f"0/0/0?as={ann.id}"))[1] == seen
    _, nothing, _ = await tile(ann, campaign, "0/0/0?as=nobody")
    assert alpha(nothing, 80, 80) == 255, "revealed to all, so to spectators too"


async def test_open_pages_are_told_of_another_picture(
    ann: Person, bob: Person, campaign: str, server: TestServer
) -> None:
    night = Campaign(campaign, server, ann, bob, bob)
    async with night.seat(bob) as seat:
        assert (await align(ann, campaign, x=5)).status == 200
        told = await seat.until("picture:changed")
        assert told["picture"]["alignment"] == {**ALIGNED, "x": 5}


async def test_only_dms_change_pictures(bob: Person, campaign: str) -> None:
    path = f"/api/campaigns/{campaign}/map/picture"

    for answer in (await lay(bob, campaign), await align(bob, campaign), await bob.delete(path)):
        assert (answer.status, answer.code) == (403, "forbidden")


async def test_strangers_learn_nothing(ann: Person, campaign: str, meet: Meet) -> None:
    shown = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body
    eve = await (await meet()).sign_up("Eve")

    path = f"/api/campaigns/{campaign}/map/picture"
    for answer in (
        await eve.get(path),
        await lay(eve, campaign),
        await eve.get(f"{path}/{shown['id']}/0/0/0"),
    ):
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg/>", 400, "invalid_message"),
        (b"", 400, "invalid_message"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 2000, 400, "invalid_message"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES, 413, "too_large"),
    ],
)
async def test_what_is_no_picture_is_refused_and_the_old_one_stays(
    ann: Person, campaign: str, data: bytes, status: int, code: str
) -> None:
    before = (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body

    answer = await lay(ann, campaign, io.BytesIO(data))

    assert (answer.status, answer.code) == (status, code)
    assert (await ann.get(f"/api/campaigns/{campaign}/map/picture")).body == before


@pytest.mark.parametrize("fields", [{"scale": 0}, {"rotation": 361}, {"x": 1e9}, {"skew": 1}])
async def test_an_impossible_alignment_is_refused(
    ann: Person, campaign: str, fields: dict[str, float]
) -> None:
    answer = await align(ann, campaign, **fields)

    assert (answer.status, answer.code) == (400, "invalid_message")


async def test_a_picture_needs_a_map_to_be_seen_on(ann: Person) -> None:
    campaign = await ann.campaign()
    await lay(ann, campaign)

    assert (await tile(ann, campaign))[0] == 404


async def test_many_tiles_at_once_are_served(ann: Person, bob: Person, campaign: str) -> None:
    both = [tile(who, campaign, f"0/{n % 2}/{n % 2}") for n in range(8) for who in (ann, bob)]

    assert {status for status, _, _ in await asyncio.gather(*both)} == {200}
