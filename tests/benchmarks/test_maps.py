"""Maps: importing, generating, drawing, cutting; each beside a limit of the same run.

The limit of an import is what pydantic takes to check the finished document, which no importer can avoid.
"""

import io
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestServer
from PIL import Image

from events import Change, Member, RoomState, decide, fold
from events.core.features.hexes import RevealHexes
from events.core.features.members import MemberSet
from events.core.image_placement import Alignment
from events.core.state import Role, UserId
from events.core.view import Disclosure
from events.geometry.grid import Hex, disc
from events.maps import (
    MapDocument,
    export_csv,
    export_json,
    generate,
    generate_country,
    import_map,
    lay,
    lay_import,
    preview,
)
from events.maps.hexroom_json import document
from events.maps.labels import LabelStyle
from events.maps.overlay import Things
from events.maps.svg import svg
from tests.benchmarks.crowded import crowded_map
from tests.support.people import Person
from tests.support.wxx import wxx
from web.app import create_app
from web.images.mask import cut_tile
from web.images.pyramid import Tile
from web.maps.png import png
from web.settings import Settings

pytestmark = pytest.mark.benchmark

SIDE = 200


def best(of: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of a few runs, in ms."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        of()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def say(what: str, ms: float, budget_ms: float, limit_ms: float | None = None) -> None:
    ratio = "" if limit_ms is None else f"   limit {limit_ms:7.0f} ms   × {ms / limit_ms:.1f}"
    print(f"{what:44} {ms:7.0f} ms   budget {budget_ms:6.0f} ms{ratio}")


@pytest.fixture(scope="module")
def world() -> MapDocument:
    return generate(1, SIDE, SIDE)


def test_importing_40_000_hexes(world: MapDocument) -> None:
    terrain = world.terrain()
    files = {
        "m.json": export_json(world),
        "m.csv": export_csv(terrain, (), LabelStyle(width=3), "flat"),
        "m.txt": _text_mapper(terrain),
        "m.wxx": wxx([[1 + (column + row) % 4 for row in range(SIDE)] for column in range(SIDE)]),
    }
    print()
    limit = best(lambda: document(files["m.json"]))
    for name, data in files.items():
        say(f"import {name}", best(lambda d=data, n=name: import_map(d, n)), 1500, limit)  # type: ignore[misc] # mypy infers no default
        say(f"preview {name}", best(lambda d=data, n=name: preview(d, n)), 2000, limit)  # type: ignore[misc] # mypy infers no default
    say("lay the document as a command", best(lambda: lay(world)), 500)


async def test_importing_40_000_hexes_end_to_end(
    world: MapDocument, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, database_connections=3, data_dir=tmp_path)
    server = TestServer(await create_app(settings))
    await server.start_server()
    ann = Person(server)
    await ann.sign_up("Ann")
    files = {
        "m.json": export_json(world),
        "m.csv": export_csv(world.terrain(), (), LabelStyle(width=3), "flat"),
    }
    print()
    for name, data in files.items():
        campaign = await ann.campaign()
        form = FormData()
        form.add_field("file", io.BytesIO(data), filename=name)
        start = time.perf_counter()
        answer = await ann.post(f"/api/campaigns/{campaign}/map/import", data=form)
        taken = (time.perf_counter() - start) * 1000
        assert answer.body["hexes"] == SIDE * SIDE, answer
        say(f"import {name} over HTTP, recorded", taken, 3000)
    await ann.http.session.close()
    await server.close()


def _text_mapper(terrain: Mapping[Hex, str]) -> bytes:
    """Return as many of the hexes as two digits can name."""
    grid = ((column, row) for column in range(1, 100) for row in range(1, 100))
    return "".join(f"{c:02}{r:02} {t}\n" for (c, r), t in zip(grid, terrain.values(), strict=False)).encode()  # fmt: skip


def test_making_and_drawing_40_000_hexes(world: MapDocument) -> None:
    terrain = world.terrain()
    print()
    say("generate 200 × 200", best(lambda: generate(2, SIDE, SIDE)), 1000)
    say("export JSON", best(lambda: export_json(world)), 500)
    say("draw SVG", best(lambda: svg(terrain, "flat", 40)), 500)
    say("draw PNG, 8192 pixels a side", best(lambda: png(terrain, "flat", 40), 1), 5000)


def test_drawing_40_000_hexes_with_all_that_lies_on_them() -> None:
    whole = crowded_map()
    terrain = whole.document.terrain()
    things = Things(whole.paths, whole.sites, whole.regions)
    print()
    say(
        "draw SVG with 2 000 paths", best(lambda: svg(terrain, "flat", 40, things=things), 1), 3000,
        best(lambda: svg(terrain, "flat", 40), 1),
    )  # fmt: skip
    say(
        "draw PNG with 2 000 paths", best(lambda: png(terrain, "flat", 40, things=things), 1), 20_000,
        best(lambda: png(terrain, "flat", 40), 1),
    )  # fmt: skip
    say("generate 200 × 200 with a country", best(lambda: generate_country(2, SIDE, SIDE), 1), 4000)


def test_a_reveal_costs_no_more_where_nothing_lies() -> None:
    """A reveal of seven hexes to five players: where paths, sites and regions are, beside them, and without any."""
    people = [
        Member(UserId(f"p{number}"), Role.PLAYER if number else Role.DM) for number in range(6)
    ]
    joined = [MemberSet(user=who.user, name=str(who.user), role=who.role) for who in people]
    whole = crowded_map()
    seeds = iter(range(1_000_000))
    command = lay_import(whole).stamped(lambda: next(seeds))
    crowded = fold(decide(fold(joined), command, people[0]), fold(joined))
    bare = fold(decide(fold(joined), lay(whole.document), people[0]), fold(joined))
    taken = {point.at for path in whole.paths for point in path.points}
    taken.update(*(region.hexes for region in whole.regions), (site.hex for site in whole.sites))
    free = [
        at
        for at in whole.document.terrain()
        if taken.isdisjoint(disc(at, 1)) and all(near in bare.terrain for near in disc(at, 1))
    ]
    crossed = [path.points[5].at for path in whole.paths]
    print()
    without = _reveals(bare, people, free[:40])
    say_us("reveal 7 hexes of a bare map", without)
    say_us("the same, where nothing lies", _reveals(crowded, people, free[:40]), without)
    say_us("the same, across paths and regions", _reveals(crowded, people, crossed[:40]), without)


def _reveals(room: RoomState, people: Sequence[Member], places: Sequence[Hex]) -> float:
    """Return what a reveal takes until the messages for all are there, in µs."""
    taken = []
    for at in places:
        command = RevealHexes(hex_keys=tuple(disc(at, 1)), targets="all")
        start = time.perf_counter()
        events = decide(room, command, people[0])
        change = Change(room, fold(events, room), events)
        disclosure = Disclosure(change)
        for who in people:
            disclosure.encoded_for(disclosure.audience(who))
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def say_us(what: str, us: float, limit_us: float | None = None) -> None:
    ratio = "" if limit_us is None else f"   bare {limit_us:7.0f} µs   × {us / limit_us:.2f}"
    print(f"{what:44} {us:7.0f} µs   budget as bare{ratio}")


def test_cutting_a_tile(world: MapDocument) -> None:
    image = Image.effect_noise((512, 512), 60).convert("RGB")
    visible = frozenset(at for at in world.terrain() if (at.q * 7 + at.r) % 5)
    whole = best(lambda: cut_tile(image, Alignment(), Tile(0, 5, 5), None, 40, "flat"))
    print()
    for level, place in ((0, 5), (2, 2), (4, 0)):
        tile = Tile(level, place, place)
        cut = best(lambda t=tile: cut_tile(image, Alignment(), t, visible, 40, "flat"))  # type: ignore[misc] # mypy infers no default
        say(f"cut a tile of 512 pixels, level {level}", cut, 150, whole)
