"""A campaign's home page: its cover and the next date, set by DMs, seen by members alone."""

import io
from datetime import datetime

import pytest
from PIL import Image

from tests.support.people import Answer, Person
from tests.support.seats import Campaign
from tests.web.conftest import Meet
from web.images.covers import COVER_BYTES


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def picture(width: int = 2_000, height: int = 500, colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


async def choose(who: Person, campaign: str, data: bytes) -> Answer:
    return await who.call("PUT", f"/api/campaigns/{campaign}/cover", data=io.BytesIO(data))


async def seen(who: Person, campaign: str, cover: str) -> tuple[int, bytes]:
    async with who.http.get(f"/api/campaigns/{campaign}/cover/{cover}") as answer:
        return answer.status, await answer.read()


async def test_members_see_the_cover_that_their_dm_chose(night: Campaign, meet: Meet) -> None:
    about = f"/api/campaigns/{night.id}/about"
    assert (await night.ann.get(about)).body["cover"] is None
    chosen = await choose(night.dm, night.id, picture())
    assert chosen.status == 200, chosen
    assert (chosen.body["width"], chosen.body["height"]) == (1_600, 400)
    cover = chosen.body["id"]
    assert (await night.ann.get(about)).body["cover"] == cover
    (card,) = (await night.ann.get("/api/campaigns")).body["campaigns"]
    assert card["cover"] == cover
    status, content = await seen(night.ann, night.id, cover)
    assert (status, Image.open(io.BytesIO(content)).size) == (200, (1_600, 400))
    stranger = await (await meet()).sign_up("Eve")
    assert (await seen(stranger, night.id, cover))[0] == 404
    assert (await seen(await meet(), night.id, cover))[0] == 401

    other = (await choose(night.dm, night.id, picture(colour="blue"))).body["id"]
    assert [(await seen(night.ann, night.id, each))[0] for each in (cover, other)] == [404, 200]
    assert (await night.dm.delete(f"/api/campaigns/{night.id}/cover")).status == 204
    assert (await seen(night.ann, night.id, other))[0] == 404
    assert (await night.ann.get(about)).body["cover"] is None


async def test_a_cover_is_a_picture_of_at_most_ten_megabytes_and_a_dm_s_choice(
    night: Campaign,
) -> None:
    assert (await choose(night.ann, night.id, picture())).code == "forbidden"
    assert (await night.ann.delete(f"/api/campaigns/{night.id}/cover")).code == "forbidden"
    for bad, code in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "invalid_message"),
        (b"", "invalid_message"),
        (picture()[:-200], "invalid_message"),
        (b"\xff\xd8\xff" + bytes(COVER_BYTES), "too_large"),
    ):
        assert (await choose(night.dm, night.id, bad)).code == code
    assert (await night.ann.get(f"/api/campaigns/{night.id}/about")).body["cover"] is None


async def test_the_next_date_is_told_until_it_is_taken_back(night: Campaign) -> None:
    path = f"/api/campaigns/{night.id}"
    changed = await night.dm.patch(path, {"nextAt": "2026-12-04T19:00:00+01:00"})
    assert changed.status == 200, changed
    kept = await night.dm.patch(path, {"description": "A crawl."})
    told = (await night.ann.get(f"{path}/about")).body["nextAt"]
    assert kept.body["nextAt"] == changed.body["nextAt"] == told
    assert datetime.fromisoformat(told) == datetime.fromisoformat("2026-12-04T18:00:00+00:00")
    (card,) = (await night.ann.get("/api/campaigns")).body["campaigns"]
    assert card["nextAt"] == told
    assert (await night.dm.patch(path, {"nextAt": None})).body["nextAt"] is None


@pytest.mark.parametrize(
    "at", ["tomorrow", "2026-12-04T19:00:00", "2026-13-04T19:00:00Z", True, 7, "7", ""]
)
async def test_a_date_without_its_zone_is_refused(night: Campaign, at: object) -> None:
    refused = await night.dm.patch(f"/api/campaigns/{night.id}", {"nextAt": at})
    assert (refused.status, refused.code) == (400, "invalid_message")
