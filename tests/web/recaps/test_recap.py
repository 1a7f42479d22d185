"""A recap is safe for the audience that is chosen."""

import io

from PIL import Image

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.sessions import EndSession, StartSession
from events.core.state import UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from events.report.recap import Recap, markdown
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.recorded_night import Night


async def test_each_audience_is_told_what_it_knows(night: Night) -> None:
    url = f"/api/sessions/{night.session}/recap"
    dm = (await night.dm.get(url)).body
    ann = (await night.ann.get(url)).body
    ben = (await night.ben.get(url)).body
    everyone = (await night.dm.get(url, params={"as": "players"})).body
    assert "to Ben" in dm
    assert "0606" in ben
    for told in (ann, everyone):
        assert "0606" not in told
        assert "ruins" not in told
        assert "Staged" not in told
        assert "came into sight" in told


async def test_what_one_player_lost_is_not_told_to_all(night: Night) -> None:
    started = await night.do(StartSession())
    only_ann = Players(player_ids=(UserId(night.ann.id),))
    await night.do(RevealHexes(hex_keys=(Hex(2, 2),), targets="all"))
    await night.do(HideHexes(hex_keys=(Hex(2, 2),), targets=only_ann))
    await night.do(EndSession())
    url = f"/api/sessions/{started.session}/recap"
    told = (await night.dm.get(url, params={"as": "players", "format": "json"})).body
    assert told["newHexes"] == 0
    assert "out of sight" not in told["markdown"]


async def test_a_player_asks_only_for_themself(night: Night) -> None:
    url = f"/api/sessions/{night.session}/recap"
    for other in ("players", night.ben.id, night.dm.id):
        assert (await night.ann.get(url, params={"as": other})).status == 403
    assert (await night.ann.get(url, params={"format": "pdf"})).status == 400


async def test_the_page_has_a_map_and_the_picture_moves(night: Night) -> None:
    url = f"/api/sessions/{night.session}/recap"
    page = (await night.ann.get(url, params={"format": "html"})).body
    assert "<svg" in page
    assert "<script" not in page
    for kind in ("webp", "gif"):
        async with night.ann.http.get(url, params={"format": kind}) as response:
            assert response.content_type == f"image/{kind}"
            picture = Image.open(io.BytesIO(await response.read()))
            assert getattr(picture, "n_frames", 1) == 4


async def test_the_command_writes_the_same_text(night: Night, hexroom: Hexroom) -> None:
    told = "\n".join(lines(await hexroom("recap", "the", "--as", "Ann")))
    body = (await night.ann.get(f"/api/sessions/{night.session}/recap")).body
    assert told.split() == body.split()
    assert (await hexroom("recap", "the", "--picture", "x.png")).exit_code == 2
    assert (await hexroom("recap", "the", "--session", "4")).exit_code == 3


def test_names_cannot_dress_up_as_markdown() -> None:
    assert "\\@everyone" in markdown(Recap("@everyone", "Session 1", "x"))
