"""The DM's tools for paths, sites, regions and labels: drawn, changed, revealed, taken back."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.page.test_gestures import PHONE, assert_fair
from tests.support.browsers import Seat, Served, answered, stage
from tests.support.seated import joined

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RUNS = """(() => [...room.shown].map(([q, r]) => [-1, 0, 1, 2, 3].map((step) => [q + step, r])).filter((run) => {
    const is = run.map(([q, r]) => room.shown.at(q, r));
    return is[0] === "full" && is[1] === "full" && !is[2] && !is[3] && !is[4];
}).map((run) => run.map(String)))()"""
"""Five hexes in a row each, of which a player sees the first two."""

BARE = """(keys) => {
    const { paths, sites, regions, labels, map, notes, tokens } = hexroom.table.room.get();
    const taken = new Set([sites, labels, notes, tokens].flatMap((all) => Object.values(all).map((each) => each.hexKey)));
    for (const path of Object.values(paths)) for (const key of Object.keys(path.pieces)) taken.add(key);
    return !keys.some((key) => taken.has(key));
}"""
"""Whether nothing but ground and regions lies in hexes."""


def run_of(dm: Seat, player: Seat) -> list[str]:
    """Return five bare hexes in a row, of which the player sees the first two, in the middle of the DM's map."""
    found: list[list[str]] = player.room(RUNS)
    run = next(run for run in found if dm.page.evaluate(BARE, run))
    dm.page.evaluate("(key) => hexroom.scene.goTo(key)", run[2])
    return run


def take(dm: Seat, tool: str) -> None:
    """Take one of the drawing tools in hand."""
    if not dm.page.locator(".drawbar").is_visible():
        dm.page.keyboard.press("d")
    dm.page.get_by_role("radio", name=tool, exact=True).click()


def things(seat: Seat, part: str) -> dict[str, Any]:
    """Return what the seat's page knows of a sort, by id."""
    known: dict[str, Any] = seat.room(
        f"JSON.parse(JSON.stringify(room.{part}, (k, v) => v instanceof Set ? [...v].sort() : v))"
    )
    return known


def named(seat: Seat, part: str, name: str) -> Any:
    """Wait until the seat's page knows of a thing of this name; return it."""
    is_it = f"(each) => [each.name, each.title, each.text].includes({name!r})"
    seat.until(f"Object.values(hexroom.table.room.get().{part}).some({is_it})")
    return next(
        each
        for each in things(seat, part).values()
        if name in (each.get("name"), each.get("title"), each.get("text"))
    )


def gone(seat: Seat, part: str, id_: str) -> None:
    seat.until(f"!('{id_}' in hexroom.table.room.get().{part})")


def undo(dm: Seat) -> None:
    answered(dm)
    dm.page.keyboard.press("Control+z")


def reveal_to(dm: Seat, name: str) -> None:
    """Reveal what is asked about to one player, or to everyone."""
    dialog = dm.page.get_by_role("dialog", name="Reveal")
    if name != "Everyone":
        dialog.get_by_role("button", name=name).click()
    assert_fair(dm)
    dialog.get_by_role("button", name="Reveal", exact=True).click()
    expect(dialog).to_have_count(0)


def test_what_a_dm_draws_shows_to_those_who_may_know(served: Served, browser: Browser) -> None:
    player = Seat(browser).open(served.links["player"])
    dm = Seat(browser).open(served.links["dm"])
    other = joined(dm, browser, "Ada")
    run = run_of(dm, player)
    expect(player.page.locator(".drawbar, [data-tool=draw]").locator("visible=true")).to_have_count(
        0
    )

    a_road_shows_where_its_hexes_are_seen(dm, player, run)
    a_secret_trail_is_revealed_to_one(dm, player, other, run)
    a_site_is_placed_and_revealed(dm, player, run)
    a_region_is_painted_in_secret_and_published(dm, player, run)
    a_label_is_written(dm, player, run)


def a_road_shows_where_its_hexes_are_seen(dm: Seat, player: Seat, run: list[str]) -> None:
    take(dm, "Path")
    dm.page.get_by_label("Name", exact=True).fill("Salt Way")
    dm.click_hex(run[0])
    dm.click_hex(run[2])
    dm.click_hex(run[1])
    dm.page.keyboard.press("Backspace")
    dm.click_hex(run[4])
    dm.page.keyboard.press("Enter")
    road = named(dm, "paths", "Salt Way")
    assert (road["kind"], road["points"]) == ("road", run)
    assert sorted(named(player, "paths", "Salt Way")["pieces"]) == sorted(run[:2])

    # Its last point is pulled back by hand, then that is undone, and then all of it.
    dm.page.mouse.move(*dm.at(run[4]))
    dm.page.mouse.down()
    dm.page.mouse.move(*dm.at(run[3]), steps=5)
    dm.page.mouse.up()
    dm.until(f"hexroom.table.room.get().paths['{road['id']}'].points.length === 4")
    undo(dm)
    dm.until(f"hexroom.table.room.get().paths['{road['id']}'].points.length === 5")
    undo(dm)
    gone(dm, "paths", road["id"])
    gone(player, "paths", road["id"])


def a_secret_trail_is_revealed_to_one(dm: Seat, player: Seat, other: Seat, run: list[str]) -> None:
    take(dm, "Path")
    dm.page.get_by_role("radio", name="Trail").click()
    dm.page.get_by_label("Who knows of it").select_option("dm")
    dm.page.get_by_label("Name", exact=True).fill("Smoke Path")
    dm.click_hex(run[0])
    dm.click_hex(run[1])
    # The last point once more.
    dm.click_hex(run[1])
    trail = named(dm, "paths", "Smoke Path")
    assert trail["audience"] == "dm"
    assert "Smoke Path" not in repr(player.received)

    dm.page.locator(".status").get_by_role("button", name="Reveal").click()
    reveal_to(dm, str(player.room("room.people.find((p) => p.userId === room.userId).name")))
    assert sorted(named(player, "paths", "Smoke Path")["pieces"]) == sorted(run[:2])
    answered(dm)
    undo(dm)
    gone(player, "paths", trail["id"])
    assert "Smoke Path" not in repr(other.received)
    undo(dm)
    gone(dm, "paths", trail["id"])


def a_site_is_placed_and_revealed(dm: Seat, player: Seat, run: list[str]) -> None:
    take(dm, "Site")
    dm.page.get_by_role("button", name="All", exact=True).click()
    assert_fair(dm)
    dm.page.get_by_label("Search kinds of sites").fill("dragon")
    dm.page.get_by_role("dialog").get_by_role("button", name="Monster lair").click()
    dm.page.get_by_label("Name", exact=True).fill("Old Bones")
    dm.click_hex(run[1])
    site = named(dm, "sites", "Old Bones")
    assert (site["kind"], site["hexKey"], site["audience"]) == ("lair", run[1], "dm")
    assert "Old Bones" not in repr(player.received)

    dm.page.mouse.click(*dm.at(run[1]), button="right")
    dm.page.get_by_role("button", name="Reveal Old Bones").click()
    reveal_to(dm, "Everyone")
    named(player, "sites", "Old Bones")
    player.page.evaluate("(key) => hexroom.table.ask(key)", run[1])
    card = player.page.get_by_role("dialog", name="Hex")
    expect(card).to_contain_text("Old Bones")
    expect(card.get_by_role("button", name="Old Bones")).to_have_count(0)
    player.page.keyboard.press("Escape")
    dm.page.keyboard.press("Escape")
    answered(dm)
    undo(dm)
    gone(player, "sites", site["id"])
    undo(dm)
    gone(dm, "sites", site["id"])


def a_region_is_painted_in_secret_and_published(dm: Seat, player: Seat, run: list[str]) -> None:
    stage(dm)
    take(dm, "Region")
    dm.page.get_by_label("Name", exact=True).fill("The Hush")
    dm.page.get_by_label("Who knows of it").select_option("seen")
    dm.page.locator(".drawbar").get_by_role("button", name="Smaller").click()
    # The second stroke does not wait until the first one is answered.
    dm.click_hex(run[1])
    dm.page.mouse.move(*dm.at(run[2]))
    dm.page.mouse.down()
    dm.page.mouse.move(*dm.at(run[4]), steps=8)
    dm.page.mouse.up()
    expect(dm.page.locator(".staged li")).to_have_count(2)
    dm.page.keyboard.down("Shift")
    dm.click_hex(run[4])
    dm.page.keyboard.up("Shift")
    expect(dm.page.locator(".staged li")).to_have_text(
        ["Mark the region The Hush", *["Change the region The Hush"] * 2]
    )
    assert_fair(dm)
    assert "The Hush" not in repr(player.received)
    dm.page.keyboard.press("p")
    region = named(dm, "regions", "The Hush")
    assert region["hexes"] == sorted(run[1:4])
    assert named(player, "regions", "The Hush")["hexes"] == run[1:2]
    dm.page.get_by_role("radio", name="Live").click()
    dm.until("hexroom.table.room.get().mode === 'immediate'")
    undo(dm)
    gone(player, "regions", region["id"])
    gone(dm, "regions", region["id"])


def a_label_is_written(dm: Seat, player: Seat, run: list[str]) -> None:
    take(dm, "Label")
    dm.page.get_by_label("Text", exact=True).fill("Here be dragons")
    dm.page.get_by_label("Who knows of it").select_option("seen")
    x, y = dm.at(run[1])
    dm.page.mouse.click(x + 4, y)
    label = named(dm, "labels", "Here be dragons")
    assert (label["hexKey"], label["x"] > 0, label["size"]) == (run[1], True, 0.6)
    named(player, "labels", "Here be dragons")
    dm.page.locator(".status").get_by_role("button", name="Edit").click()
    dialog = dm.page.get_by_role("dialog", name="Label: Here be dragons")
    assert_fair(dm)
    dialog.get_by_label("Turned").fill("30")
    dialog.get_by_role("button", name="Save").click()
    player.until(f"hexroom.table.room.get().labels['{label['id']}'].angle === 30")
    undo(dm)
    player.until(f"hexroom.table.room.get().labels['{label['id']}'].angle === 0")
    undo(dm)
    gone(player, "labels", label["id"])


def test_paths_are_drawn_by_keys_and_by_fingers(served: Served, browser: Browser) -> None:
    dm = Seat(browser, color_scheme="light").open(served.links["dm"])
    phone = Seat(browser, **PHONE).open(served.links["dm"])
    before = set(things(dm, "paths"))

    keys = dm.page.keyboard
    keys.press("d")
    dm.page.locator(".drawbar").wait_for()
    for tool in ("Site", "Region", "Label", "Path"):
        keys.press("d")
        expect(dm.page.get_by_role("radio", name=tool, exact=True)).to_be_checked()
        assert_fair(dm)
    keys.press("g")
    dm.until("document.activeElement.getAttribute('role') === 'gridcell'")
    for key in ("Enter", "ArrowDown", "Enter", "ArrowDown", "Enter", "Backspace"):
        keys.press(key)
    expect(dm.page.locator(".status")).to_contain_text("2 points")
    # Undo takes back a point of what is being drawn, not what was done before it.
    keys.press("Control+z")
    expect(dm.page.locator(".status")).to_contain_text("1 point")
    keys.press("Enter")
    expect(dm.page.locator(".status")).to_contain_text("2 points")
    keys.press("Enter")
    dm.until(f"Object.keys(hexroom.table.room.get().paths).length === {len(before) + 1}")
    (drawn,) = set(things(dm, "paths")) - before
    keys.press("Control+z")
    gone(dm, "paths", drawn)
    keys.press("Escape")
    expect(dm.page.locator(".drawbar")).to_be_hidden()

    phone.page.get_by_role("button", name="Draw").tap()
    phone.page.locator(".drawbar").wait_for()
    assert_fair(phone)
    phone.page.locator(".drawbar .brief").tap()
    phone.page.get_by_role("radio", name="Border").tap()
    assert_fair(phone)
    phone.page.evaluate("() => hexroom.scene.goTo('2,3')")
    for x, y in (phone.at("2,3"), phone.at("4,3")):
        phone.page.touchscreen.tap(x, y)
    phone.page.get_by_role("button", name="Done").tap()
    phone.until(f"Object.keys(hexroom.table.room.get().paths).length === {len(before) + 1}")
    (border,) = set(things(phone, "paths")) - before
    assert things(phone, "paths")[border]["along"] is True
    phone.page.keyboard.press("Delete")
    phone.page.get_by_role("dialog").get_by_role("button", name="Delete").tap()
    gone(phone, "paths", border)
    assert phone.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_terrain_is_painted_by_lasso_copied_and_laid_down_by_one_command_each(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    page, bar = dm.page, dm.page.locator(".brushbar")

    def land(key: str) -> Any:
        return dm.room(f"room.terrain.at({key})?.terrain")

    def acks() -> int:
        answered(dm)
        return sum(message["type"] == "ack" for message in dm.received)

    page.keyboard.press("t")
    bar.get_by_role("radio", name="Lasso").click()
    bar.get_by_role("radio", name="Desert").click()
    before = acks()
    page.mouse.move(*dm.at("20,-4"))
    page.mouse.down()
    for key in ("24,-4", "24,-8", "20,-4"):
        page.mouse.move(*dm.at(key), steps=4)
    page.mouse.up()
    dm.until("hexroom.table.room.get().terrain.at(23, -5)?.terrain === 'desert'")
    assert acks() == before + 1
    assert [land(key) for key in ("24,-8", "22,-5", "19,-4")][:2] == ["desert", "desert"]
    assert land("19,-4") != "desert"

    bar.get_by_role("radio", name="Copy").click()
    bar.get_by_role("radio", name="Brush").click()
    dm.click_hex("19,-4")
    expect(bar.get_by_role("radio", name="Paste")).to_have_attribute("aria-checked", "true")
    around = [(0, 0), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]
    copied = [land(f"{19 + q},{-4 + r}") for q, r in around]
    there = [land(f"{10 + q},{4 + r}") for q, r in around]
    assert copied != there
    dm.click_hex("10,4")
    assert acks() == before + 2
    assert [land(f"{10 + q},{4 + r}") for q, r in around] == copied
    page.keyboard.press("Control+z")
    dm.until(f"hexroom.table.room.get().terrain.at(10, 4)?.terrain === '{there[0]}'")
    assert [land(f"{10 + q},{4 + r}") for q, r in around] == there
