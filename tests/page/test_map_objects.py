"""Rivers, roads, sites and labels on the page's canvas, for a DM and for a player."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browsers import Seat, Served, answered, stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RUN = """(() => {
    for (const [q, r] of room.shown) {
        const is = [-1, 0, 1, 2, 3].map((step) => room.shown.at(q + step, r));
        if (is[0] === "full" && is[1] === "full" && !is[2] && !is[3] && !is[4])
            return [-1, 0, 1, 2, 3].map((step) => `${q + step},${r}`);
    }
})()"""
"""Five hexes in a row, of which a player sees the first two."""

PATCH = """([x, y]) => {
    const [canvas] = document.querySelectorAll("#map canvas");
    const box = canvas.getBoundingClientRect(), s = canvas.width / box.width, side = Math.round(12 * s);
    const { data } = canvas.getContext("2d").getImageData((x - box.left) * s - side / 2, (y - box.top) * s - side / 2, side, side);
    return [...data].join();
}"""
"""The ground's pixels around the middle of a hex."""


def patches(seat: Seat, keys: Sequence[str]) -> list[str]:
    """Return what the ground looks like at each hex, once it rests."""
    return [str(seat.page.evaluate(PATCH, seat.at(key))) for key in keys]


def asked(dm: Seat, type_: str, **fields: Any) -> None:
    """Have the DM send a command, and wait for its answer."""
    dm.page.evaluate(
        "([type, fields]) => hexroom.table.commands.ask(type, fields)", [type_, fields]
    )
    answered(dm)


def made(dm: Seat, part: str, type_: str, **fields: Any) -> str:
    """Have the DM make something besides what the demo has; return its id once it shows."""
    before = set(dm.room(f"Object.keys(room.{part})"))
    asked(dm, type_, **fields)
    dm.until(f"Object.keys(hexroom.table.room.get().{part}).length > {len(before)}")
    (new,) = set(dm.room(f"Object.keys(room.{part})")) - before
    return str(new)


def knows(seat: Seat, part: str, id_: str, *, still: bool = True) -> None:
    """Wait until the seat's page knows of a thing, or knows of it no more."""
    seat.until(f"('{id_}' in hexroom.table.room.get().{part}) === {str(still).lower()}")


def differ(before: Sequence[str], after: Sequence[str]) -> list[bool]:
    return [one != other for one, other in zip(before, after, strict=True)]


@pytest.fixture
def seats(served: Served, browser: Browser) -> tuple[Seat, Seat, list[str]]:
    """Return a DM, a player, and hexes of which the player sees the first two."""
    player = Seat(browser, painted=True).open(served.links["player"])
    dm = Seat(browser, painted=True).open(served.links["dm"])
    return dm, player, player.room(RUN)


def test_a_river_is_drawn_as_far_as_its_hexes_are_seen(seats: tuple[Seat, Seat, list[str]]) -> None:
    dm, player, run = seats
    places = run[1:]
    before, seen = patches(dm, places), patches(player, places)
    river = {"kind": "river", "points": run, "audience": "seen"}
    id_ = made(dm, "paths", "path:set", path=river)
    knows(player, "paths", id_)
    assert differ(before, patches(dm, places)) == [True, True, True, True]
    assert differ(seen, patches(player, places)) == [True, False, False, False]

    asked(dm, "path:delete", pathId=id_)
    knows(dm, "paths", id_, still=False)
    knows(player, "paths", id_, still=False)
    assert patches(dm, places) == before
    assert patches(player, places) == seen


THINGS: dict[str, dict[str, Any]] = {
    "site": {"kind": "castle", "title": "Greyfang"},
    "label": {"text": "Here be dragons", "size": 1.5, "angle": 20},
    "note": {"kind": "lore", "title": "A drawn note", "site": "lair"},
}


def test_what_a_player_may_know_of_is_drawn_for_them(seats: tuple[Seat, Seat, list[str]]) -> None:
    dm, player, run = seats
    # A site would lie over the words of a label.
    for key, (name, what) in zip((run[0], run[1], run[0]), THINGS.items(), strict=True):
        where = {"hexKey": key}
        before, seen = patches(dm, [key]), patches(player, [key])
        secret = {**what, "audience": "dm"}
        thing = made(dm, f"{name}s", f"{name}:set", **where, **{name: secret})
        assert differ(before, patches(dm, [key])) == [True], name
        assert patches(player, [key]) == seen, name

        asked(dm, f"{name}:set", **where, **{name: {**what, "id": thing, "audience": "all"}})
        knows(player, f"{name}s", thing)
        assert differ(seen, patches(player, [key])) == [True], name


def test_a_staged_road_is_drawn_for_the_dm_alone(seats: tuple[Seat, Seat, list[str]]) -> None:
    dm, player, run = seats
    stage(dm)
    before, seen = patches(dm, run[1:2]), patches(player, run[1:2])
    asked(dm, "path:set", path={"kind": "road", "points": run, "audience": "all"})
    dm.until("hexroom.table.room.get().staged.length > 0")
    assert differ(before, patches(dm, run[1:2])) == [True]
    assert patches(player, run[1:2]) == seen
