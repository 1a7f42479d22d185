"""Pictures of tokens over HTTP: who uploads them, who gets them, and what is kept of them."""

import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image
from yarl import URL

from events.core.features.archiving import ArchiveRoom
from events.core.features.handouts import ShowHandout
from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.history import UndoAction
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.staging import Publish, SetMode
from events.core.features.tokens import CreateToken, DeleteToken
from events.core.image_sizes import HANDOUT_SIDE, TOKEN_SIDE
from events.core.messages import Command
from events.core.state import Member, Mode, Role, RoomId, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.journal import Request
from tests.support.people import Answer, Person, ShiftedClock
from tests.web.conftest import Meet
from web.app import ROOMS
from web.images.attached import TOKEN_BYTES
from web.images.campaign_files import KEPT_OF

AT = Hex(0, 0)
Do = Callable[[Command], Awaitable[None]]


def picture(
    colour: str = "red", size: tuple[int, int] = (300, 200), kind: str = "PNG"
) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, comment=b"taken at home")
    file.seek(0)
    return file


class Table:
    """A campaign with a DM, two players, and tokens: a hero of Bob's and an ogre."""

    def __init__(self, dm: Person, bob: Person, cat: Person, campaign: str, do: Do) -> None:
        self.dm, self.bob, self.cat, self.id, self.do = dm, bob, cat, campaign, do

    async def wear(
        self, who: Person, token: str = "ogre", data: io.BytesIO | bytes | None = None
    ) -> Answer:
        path = f"/api/campaigns/{self.id}/tokens/{token}/picture"
        return await who.call(
            "PUT", path, data=io.BytesIO(data) if isinstance(data, bytes) else data or picture()
        )

    async def worn(self, token: str = "ogre") -> str:
        """Return the id of a picture that the DM gives to a token."""
        answer = await self.wear(self.dm, token)
        assert answer.status == 200, answer.body
        return str(answer.body["id"])

    async def image(self, who: Person, image: str, **headers: str) -> tuple[int, bytes]:
        path = f"/api/campaigns/{self.id}/images/{image}"
        async with who.http.get(path, headers=headers) as response:
            return response.status, await response.read()


@pytest.fixture
async def table(server: TestServer, ann: Person, meet: Meet) -> Table:
    campaign = await ann.campaign()
    bob, cat = await meet(), await meet()
    for who, name in ((bob, "Bob"), (cat, "Cat")):
        assert (await who.accept(await ann.invite(campaign), name)).status == 200

    for who in (ann, bob, cat):
        # Whoever looks into a room comes in.
        await who.get(f"/api/campaigns/{campaign}/map/picture")

    async def do(command: Command) -> None:
        room = await server.app[ROOMS].open(RoomId(UUID(campaign)))
        by = Member(UserId(ann.id), Role.DM, "Ann")
        await room.ask(Request(command.stamped(lambda: 7), by, ShiftedClock().now()))

    await do(CreateToken(token_id="ogre", hex_key=AT, label="an ogre"))
    await do(CreateToken(token_id="hero", hex_key=Hex(5, 5), label="Bob's", owner_id=bob.id))
    return Table(ann, bob, cat, campaign, do)


async def test_who_sees_a_token_gets_its_picture_and_others_are_told_of_none(table: Table) -> None:
    image = await table.worn()
    missing = await table.image(table.bob, "t-00000000-0000-4000-8000-000000000000")
    assert missing[0] == 404
    assert await table.image(table.bob, image) == missing
    assert (await table.image(table.dm, image))[0] == 200

    await table.do(RevealHexes(hex_keys=(AT,), targets="all"))
    status, content = await table.image(table.bob, image)
    assert status == 200
    again, nothing = await table.image(table.bob, image, **{"If-None-Match": f'"{image}"'})
    assert (again, nothing) == (304, b"")
    seen = Image.open(io.BytesIO(content), formats=["WEBP"]).convert("RGBA")
    assert seen.size == (TOKEN_SIDE, TOKEN_SIDE)
    middle = TOKEN_SIDE // 2
    red, _, _, opaque = seen.getpixel((middle, middle))  # type: ignore[misc]  # RGBA, so a tuple
    assert (red > 240, opaque) == (True, 255)
    assert seen.getpixel((3, 3))[3] == 0  # type: ignore[index]  # the circle does not reach there

    # Whoever has it in the cache asks again, and is not told that it is still the same.
    await table.do(HideHexes(hex_keys="all", targets="all"))
    assert await table.image(table.bob, image, **{"If-None-Match": f'"{image}"'}) == missing


async def test_somebody_who_is_no_member_gets_no_picture(table: Table, meet: Meet) -> None:
    image = await table.worn()
    stranger = await (await meet()).sign_up("Eve")
    assert (await table.image(stranger, image))[0] == 404


async def test_owners_give_pictures_to_their_own_tokens_and_to_no_others(table: Table) -> None:
    answer = await table.wear(table.bob, "hero")
    assert answer.status == 200
    assert (await table.image(table.bob, answer.body["id"]))[0] == 200
    assert (await table.image(table.cat, answer.body["id"]))[0] == 404
    unseen, missing = await table.wear(table.cat, "hero"), await table.wear(table.cat, "nobody")
    assert (unseen.status, unseen.body) == (missing.status, missing.body)
    assert unseen.status == 404
    await table.do(RevealHexes(hex_keys=(AT, Hex(5, 5)), targets="all"))
    assert (await table.wear(table.cat, "hero")).status == 403
    path = f"/api/campaigns/{table.id}/tokens/hero/picture"
    assert (await table.cat.delete(path)).status == 403
    assert (await table.bob.delete(path)).status == 204
    assert (await table.bob.delete(path)).status == 404


async def test_what_is_refused_is_not_kept(table: Table, tmp_path: Path) -> None:
    assert (await table.wear(table.dm, "nobody")).status == 404
    await table.do(ArchiveRoom(archived=True))
    assert (await table.wear(table.dm)).status == 409
    folder = tmp_path / "pictures"
    assert [*(folder / "brought" / table.id).iterdir()] == []
    assert [*(folder / "tiles").iterdir()] == []


@pytest.mark.parametrize("named", ["z%91", "x" * 65, "%00"])
async def test_an_id_that_nothing_can_have_is_of_nothing_that_is_there(
    table: Table, named: str
) -> None:
    for things in ("tokens", "notes"):
        path = URL(f"/api/campaigns/{table.id}/{things}/{named}/picture", encoded=True)
        for method, more in (("PUT", {"data": picture()}), ("DELETE", {})):
            answer = await table.dm.call(method, path, **more)  # type: ignore[arg-type]  # a URL
            assert (answer.status, answer.code) == (404, "not_found"), (method, things)


async def test_undo_takes_a_picture_away_and_gives_it_back(table: Table) -> None:
    first = await table.worn()
    await table.do(RevealHexes(hex_keys=(AT,), targets="all"))
    second = await table.worn()
    assert (await table.image(table.bob, first))[0] == 404
    await table.do(UndoAction())
    assert (await table.image(table.bob, first))[0] == 200
    assert (await table.image(table.bob, second))[0] == 404


async def test_a_staged_picture_is_seen_when_it_is_published(table: Table) -> None:
    await table.do(RevealHexes(hex_keys=(AT,), targets="all"))
    await table.do(SetMode(mode=Mode.STAGED))
    await table.do(CreateToken(token_id="troll", hex_key=AT, label="a troll"))
    image = await table.worn("troll")
    assert (await table.image(table.bob, image))[0] == 404
    assert (await table.image(table.dm, image))[0] == 200
    await table.do(Publish())
    assert (await table.image(table.bob, image))[0] == 200


async def test_a_handout_is_given_to_those_to_whom_it_was_shown(table: Table) -> None:
    note = NoteWanted(id="n", kind="lore", title="A letter", audience="all")
    await table.do(RevealHexes(hex_keys=(AT,), targets="all"))
    await table.do(SetNote(hex_key=AT, note=note))
    path = f"/api/campaigns/{table.id}/notes/n/picture"
    answer = await table.dm.call("PUT", path, data=picture(size=(HANDOUT_SIDE * 2, 900)))
    assert (answer.body["width"], answer.body["height"]) == (HANDOUT_SIDE, 450)
    image = answer.body["id"]
    missing = await table.image(table.bob, "h-no-such")
    assert await table.image(table.bob, image) == missing
    only_bob = Players(player_ids=(UserId(table.bob.id),))
    await table.do(ShowHandout(note_id="n", targets=only_bob))
    assert (await table.image(table.bob, image))[0] == 200
    assert await table.image(table.cat, image) == missing
    assert (await table.bob.call("PUT", path, data=picture())).status == 403
    await table.do(UndoAction())
    assert await table.image(table.bob, image) == missing
    await table.do(ShowHandout(note_id="n", targets=only_bob))
    assert (await table.dm.delete(path)).status == 204
    assert await table.image(table.bob, image) == missing
    assert (await table.dm.delete(path)).status == 404


async def test_what_is_no_picture_or_too_large_is_refused_in_words(table: Table) -> None:
    largest = picture(size=(16_384, 1)).getvalue()
    for data, status, words in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400, "SVG is not taken"),
        (b"GIF89a" + bytes(600), 400, "expected a PNG, JPEG or WebP picture"),
        (picture().getvalue()[:150], 400, "the picture is damaged"),
        (largest + bytes(TOKEN_BYTES + 1 - len(largest)), 413, f"at most {TOKEN_BYTES} bytes"),
        (picture(size=(16_385, 1)).getvalue(), 413, "at most 16384 pixels a side"),
    ):
        answer = await table.wear(table.dm, data=data)
        assert answer.status == status
        assert words in answer.body["error"]["message"]
    assert (await table.wear(table.dm, data=largest + bytes(TOKEN_BYTES - len(largest)))).status == 200  # fmt: skip


async def test_what_a_camera_wrote_into_a_picture_is_not_kept(table: Table, tmp_path: Path) -> None:
    image = (await table.wear(table.dm, data=picture(kind="JPEG"))).body["id"]
    (kept,) = (tmp_path / "pictures" / "tiles" / image).glob("*.png")
    assert b"taken at home" not in kept.read_bytes()
    assert b"taken at home" not in (await table.image(table.dm, image))[1]


async def test_the_newest_pictures_are_kept_and_those_in_use(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KEPT_OF, "t", 1)
    hero = await table.worn("hero")
    first, second = await table.worn(), await table.worn()
    assert (await table.image(table.dm, hero))[0] == 200
    assert (await table.image(table.dm, first))[0] == 404
    await table.do(DeleteToken(token_id="ogre"))
    third = await table.worn("hero")
    assert [(await table.image(table.dm, each))[0] for each in (hero, second, third)] == [404, 404, 200]  # fmt: skip
