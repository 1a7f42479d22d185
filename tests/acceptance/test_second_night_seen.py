"""The second night as it looks, in real browsers: a DM and a party of three.

With ``HEXROOM_PICTURES=docs/images`` its pictures for the documents are made anew.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.page.test_gestures import assert_fair
from tests.support.browsers import Seat, Served
from tests.support.painted_page import at, picture, worldographer
from tests.support.seated import joined, new_table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PICTURES = os.environ.get("HEXROOM_PICTURES")
NAMES = ("Ana", "Ben", "Cy")
CAMP, WOOD, FORD = at(8, 7), at(8, 6), at(8, 8)


PREVIEWED = """[[0.5, 0.5], [0.4, 0.85], [0.75, 0.85]].every(([x, y]) => {
    const canvas = document.querySelector("dialog canvas");
    return canvas.getContext("2d").getImageData(canvas.width * x, canvas.height * y, 1, 1).data[3] > 0;
})"""
"""Whether the map in a dialog is painted, as far as its lower edge."""


def shoot(seat: Seat, name: str) -> None:
    """Wait until nothing moves on somebody's screen; take a picture of it if they are made anew."""
    seat.until("hexroom.scene.resting()")
    if PICTURES:
        seat.page.screenshot(path=Path(PICTURES) / f"second-night-{name}.png")


def do(seat: Seat, expression: str) -> None:
    """Ask for something as the page does, and wait for the answer."""
    seat.page.evaluate(f"() => hexroom.table.commands.{expression}")


def knows_hexes(seat: Seat) -> int:
    return int(seat.room("room.shown.size"))


def choose(dm: Seat, item: str) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name=item, exact=True).click()


def a_dm(served: Served, browser: Browser) -> Seat:
    """Return somebody who signed up and made a campaign."""
    return new_table(served, browser, "Dora", "The Fenmark", painted=True, color_scheme="dark")


def test_a_second_night_in_four_browsers(served: Served, browser: Browser) -> None:
    dm = a_dm(served, browser)
    look = {"painted": PICTURES is not None, "color_scheme": "dark"}
    ana, ben, cy = party = [joined(dm, browser, name, **look) for name in NAMES]
    bring_a_map(dm)
    a_country_is_drawn(dm)
    for player in party:
        assert player.room("room.terrain.size") == 0

    # The party sets out: steps reveal what is near, to who takes them.
    dm.page.get_by_role("button", name="Start session").click()
    choose(dm, "Rules and settings")
    dm.page.get_by_label("Shown to").select_option("owner")
    dm.page.get_by_role("button", name="Add rule").click()
    expect(dm.page.get_by_text("reveal hexes within 1 to its owner")).to_be_visible()
    assert_fair(dm)
    dm.page.keyboard.press("Escape")
    do(dm, f"reveal(['{CAMP}'], 'all')")
    for player, name, colour in zip(party, NAMES, ("#b3402e", "#3f62a8", "#7a4ea3"), strict=True):
        owner = player.room("room.userId")
        do(dm, f"createToken({{tokenId: '{name}', hexKey: '{CAMP}', label: '{name}', color: '{colour}', ownerId: '{owner}'}})")  # fmt: skip
        player.until(f"hexroom.table.room.get().tokens['{name}']")

    # It splits: one to the north, two to the south, and each knows their own way.
    ana.page.keyboard.press("Alt+ArrowUp")
    for player in (ben, cy):
        player.page.keyboard.press("Alt+ArrowDown")
    for player, home in ((ana, WOOD), (ben, FORD), (cy, FORD)):
        player.until(f"Object.values(hexroom.table.room.get().tokens).find((t) => t.ownerId === hexroom.table.room.get().userId).hexKey === '{home}'")  # fmt: skip
        player.until("hexroom.table.room.get().shown.size > 6")
    # Ben sees Cy come after him: the last that either is told of it.
    ben.until(f"hexroom.table.room.get().tokens['Cy'].hexKey === '{FORD}'")
    cy.until(f"hexroom.table.room.get().tokens['Ben'].hexKey === '{FORD}'")
    assert not ana.knows(at(8, 9))
    assert not ben.knows(at(8, 5))
    dm.until("hexroom.table.room.get().viewers.size > 10")
    shoot(dm, "split")
    shoot(ana, "player")

    a_trail_is_found(dm, ana, ben)
    an_ambush_is_taken_back(dm, ben)
    a_mistake_is_taken_back(dm, party)
    a_check_is_rolled(dm, ana)
    a_picture_lies_under_it(dm, ana)
    dm.page.get_by_role("button", name="End", exact=True).click()
    dm.page.get_by_role("button", name="End session").click()
    for player in party:
        player.until("document.documentElement.dataset.phase === 'ended'")
        assert "answers" not in repr(player.received)
        assert "GM only" not in repr(player.received)


def bring_a_map(dm: Seat) -> None:
    """A Worldographer file is looked at, put right and laid, in one step."""
    choose(dm, "Map from a file")
    file: FilePayload = {"name": "Fenmark.wxx", "mimeType": "application/octet-stream", "buffer": worldographer()}  # fmt: skip
    dm.page.locator("dialog input[type=file]").set_input_files(files=[file])
    dm.page.get_by_text("22 × 15, 330 hexes").wait_for()
    # The country that the campaign began with goes.
    dm.page.get_by_role("combobox", name="What to do with it").select_option("replace")
    dm.page.get_by_role("combobox", name="Mountains Snowcapped").select_option("tundra")
    expect(dm.page.get_by_role("button", name="Lay this map")).to_be_enabled()
    # It is drawn, and no player's words lie over it.
    expect(dm.page.locator("dialog .fog-words")).to_be_hidden()
    dm.until(PREVIEWED)
    assert_fair(dm)
    shoot(dm, "import")
    dm.page.get_by_role("combobox", name="Mountains Snowcapped").select_option("mountain")
    expect(dm.page.get_by_role("combobox", name="Mountains Snowcapped")).to_have_value("mountain")
    expect(dm.page.get_by_role("button", name="Lay this map")).to_be_enabled()
    dm.page.get_by_role("button", name="Lay this map").click()
    dm.until("hexroom.table.room.get().terrain.size === 330")
    dm.until("Object.values(hexroom.table.room.get().notes).length === 3")
    dm.page.get_by_role("button", name="Undo", exact=True).last.click()
    dm.until("Object.values(hexroom.table.room.get().notes).length === 0")
    dm.page.keyboard.press("Control+Shift+z")
    dm.until("Object.values(hexroom.table.room.get().notes).length === 3")


def draw(dm: Seat, tool: str, name: str, *, secret: bool = False) -> None:
    """Take a drawing tool in hand, and name what is drawn next."""
    if not dm.page.locator(".drawbar").is_visible():
        dm.page.keyboard.press("d")
    dm.page.get_by_role("radio", name=tool, exact=True).click()
    dm.page.get_by_label("Who knows of it").select_option("dm" if secret else "seen")
    dm.page.get_by_label("Name", exact=True).fill(name)


def a_country_is_drawn(dm: Seat) -> None:
    """A road, a trail that nobody is told of, and a wood are drawn on the new map."""
    # They go by themselves too, so whatever is still there is put away at once.
    dm.page.evaluate("() => document.querySelectorAll('#toasts [aria-label=Dismiss]').forEach((each) => each.click())")  # fmt: skip
    dm.page.evaluate("(key) => hexroom.scene.goTo(key)", CAMP)
    dm.until("hexroom.scene.resting()")
    draw(dm, "Path", "Fen Road")
    for key in (at(5, 7), CAMP, at(12, 9)):
        dm.click_hex(key)
    dm.page.keyboard.press("Enter")
    dm.until("Object.values(hexroom.table.room.get().paths).length === 1")
    draw(dm, "Region", "The Hush", secret=True)
    dm.page.get_by_label("Kind of region").select_option("forest")
    dm.click_hex(at(9, 5))
    dm.click_hex(at(7, 5))
    dm.until("Object.values(hexroom.table.room.get().regions)[0]?.hexes.size > 7")
    dm.page.keyboard.press("Escape")
    draw(dm, "Path", "Smoke Path", secret=True)
    dm.page.get_by_role("radio", name="Trail").click()
    dm.click_hex(WOOD)
    dm.click_hex(at(8, 4))
    dm.click_hex(at(8, 4))
    dm.until("Object.values(hexroom.table.room.get().paths).length === 2")
    assert_fair(dm)
    shoot(dm, "drawn")
    # What is chosen, then the tool: both are let go.
    dm.page.keyboard.press("Escape")
    dm.page.keyboard.press("Escape")
    expect(dm.page.locator(".drawbar")).to_be_hidden()
    dm.page.evaluate("() => hexroom.scene.fit()")


def a_trail_is_found(dm: Seat, ana: Seat, ben: Seat) -> None:
    """Ana is shown the secret trail, from the card of a hex; Ben is told nothing of it."""
    assert ana.room("Object.values(room.paths).map((p) => p.name)") == ["Fen Road"]
    dm.page.mouse.click(*dm.at(WOOD), button="right")
    dm.page.get_by_role("button", name="Reveal Smoke Path").click()
    dialog = dm.page.get_by_role("dialog", name="Reveal Smoke Path")
    dialog.get_by_role("button", name="Ana").click()
    dialog.get_by_role("button", name="Reveal", exact=True).click()
    ana.until("Object.values(hexroom.table.room.get().paths).some((p) => p.name === 'Smoke Path')")
    expect(dialog).to_have_count(0)
    dm.page.keyboard.press("Escape")
    assert "Smoke Path" not in repr(ben.received)


def an_ambush_is_taken_back(dm: Seat, ben: Seat) -> None:
    """It is prepared in secret, stroke by stroke, and taken back before anybody saw it."""
    before = len(ben.received)
    dm.page.keyboard.press("s")
    dm.until("hexroom.table.room.get().mode === 'staged'")
    do(dm, f"createToken({{tokenId: 'goblins', hexKey: '{at(10, 9)}', label: 'Goblins', color: '#5d8a4a'}})")  # fmt: skip
    dm.page.keyboard.press("r")
    dm.click_hex(at(11, 9))
    dm.page.locator(".staged li").nth(1).wait_for()
    ben.page.get_by_text("The DM is preparing").wait_for()
    dm.page.locator(".staged li").nth(1).hover()
    shoot(dm, "ambush")
    dm.page.keyboard.press("u")
    expect(dm.page.locator(".staged li")).to_have_count(1)
    dm.page.keyboard.press("u")
    expect(dm.page.locator(".staged li")).to_have_count(0)
    dm.page.keyboard.press("s")
    dm.until("hexroom.table.room.get().mode === 'immediate'")
    ben.until("!hexroom.table.room.get().preparing")
    told = [m["type"] for m in ben.received[before:]]
    assert set(told) <= {"dm:preparing", "pong"}
    dm.page.keyboard.press("Escape")


def a_mistake_is_taken_back(dm: Seat, party: list[Seat]) -> None:
    """The wrong hexes open in front of everyone, and close again."""
    had = [knows_hexes(player) for player in party]
    dm.page.keyboard.press("r")
    dm.click_hex(at(12, 4))
    dm.page.keyboard.press("Escape")
    for player in party:
        player.until(f"hexroom.table.room.get().shown.at({at(12, 4)}) === 'full'")
    dm.page.keyboard.press("Control+z")
    for player, before in zip(party, had, strict=True):
        player.until(f"hexroom.table.room.get().shown.size === {before}")


def a_check_is_rolled(dm: Seat, ana: Seat) -> None:
    """Where Ana steps something is to be noticed; the DM sees how well, and tells her."""
    choose(dm, "Skills and checks")
    dm.page.get_by_role("dialog").get_by_label("Player").select_option(label="Ana")
    dm.page.get_by_label("Skill", exact=True).fill("Perception")
    dm.page.get_by_label("Modifier").fill("4")
    dm.page.get_by_role("button", name="Keep").click()
    dm.page.get_by_role("button", name="Perception +4").wait_for()
    nest = "{kind: 'encounter', title: 'A nest', playerText: 'Eggs, still warm.', dmText: 'The wyvern is away till dusk.', audience: 'dm', check: {skill: 'Perception', dc: 12}}"
    do(dm, f"setNote('{at(8, 5)}', {nest})")
    ana.page.keyboard.press("Alt+ArrowUp")
    rolled = dm.page.get_by_role("dialog", name="Skills and checks").locator(".who")
    rolled.wait_for()
    assert_fair(dm)
    shoot(dm, "check")
    dm.page.get_by_role("button", name="Tell Ana").click()
    ana.until("Object.values(hexroom.table.room.get().notes).some((n) => n.title === 'A nest')")
    assert "wyvern" not in repr(ana.received)
    assert "check:rolled" not in {message["type"] for message in ana.received}
    dm.page.keyboard.press("Escape")


def a_picture_lies_under_it(dm: Seat, ana: Seat) -> None:
    """A painted map is laid under the grid, and Ana gets the pixels of her own hexes only."""
    shown = [at(column, row) for column in range(7, 14) for row in range(4, 11)]
    do(dm, f"reveal({shown}, 'all')")
    # They go by themselves too, so whatever is still there is put away at once.
    dm.page.evaluate("() => document.querySelectorAll('#toasts [aria-label=Dismiss]').forEach((each) => each.click())")  # fmt: skip
    expect(dm.page.locator("#toasts > *")).to_have_count(0)
    choose(dm, "Picture under the map")
    file: FilePayload = {"name": "fenmark.png", "mimeType": "image/png", "buffer": picture()}
    dm.page.locator("#picture-file").set_input_files(files=[file])
    dm.page.get_by_role("button", name="Fit to the map").wait_for()
    ana.until("hexroom.scene.under()?.get()?.alignment.scale === hexroom.table.pictured.get()?.alignment.scale && hexroom.scene.under()?.loaded()")  # fmt: skip
    dm.until("hexroom.scene.under().loaded()")
    assert_fair(dm)
    shoot(dm, "picture")
    x, y = dm.at(at(5, 5))
    before = dm.page.evaluate("() => hexroom.scene.under().get().alignment.x")
    dm.page.mouse.move(x, y)
    dm.page.mouse.down()
    dm.page.mouse.move(x + 40, y, steps=4)
    dm.page.mouse.up()
    # Kept once the hand rests; what is fitted before that is one step with it.
    ana.until(f"hexroom.scene.under().get().alignment.x > {before}")
    dm.page.get_by_role("button", name="Fit to the map").click()
    ana.until(f"hexroom.scene.under().get().alignment.x === {before}")
    ana.until("hexroom.scene.under().loaded()")
    shoot(ana, "picture-player")
    dm.page.get_by_role("button", name="Done").click()
    do(dm, "undo()")
    ana.until(f"hexroom.scene.under().get().alignment.x > {before}")
    do(dm, "redo()")
    ana.until(f"hexroom.scene.under().get().alignment.x === {before}")
