"""The legend tells what is on the map that somebody sees, and the ruler how far it is."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

KINDS = "new Set([...room.terrain].map(([,, at]) => at.terrain)).size"
PAINTED = """[...document.querySelectorAll('.legend-drawing')].every((drawing) =>
    drawing.getContext('2d').getImageData(0, 0, drawing.width, drawing.height).data.some(Boolean))"""


def test_the_legend_has_what_its_viewer_sees(served: Served, browser: Browser) -> None:
    dm = Seat(browser, painted=True).open(served.links["dm"])
    player = Seat(browser, painted=True).open(served.links["player"])
    start_session(dm)
    dm.page.evaluate("() => hexroom.table.commands.reveal(['3,3'], 'all')")
    player.until("hexroom.table.room.get().terrain.at(3, 3)")
    for seat in (dm, player):
        seat.page.get_by_role("button", name="Legend").click()
        legend = seat.page.get_by_role("dialog", name="Legend")
        terrain = legend.locator("section", has_text="Terrain")
        expect(terrain.get_by_role("listitem")).to_have_count(seat.room(KINDS))
        seat.until(PAINTED)
        for name in seat.room("Object.values(room.regions).map(({ name }) => name)"):
            expect(legend.get_by_role("listitem").filter(has_text=name)).to_have_count(1)
    assert player.room(KINDS) < dm.room(KINDS)
    assert dm.room("Object.keys(room.regions).length")
    dm.page.keyboard.press("Escape")
    expect(dm.page.get_by_role("dialog", name="Legend")).to_have_count(0)
    expect(dm.page.get_by_role("button", name="Legend")).to_be_focused()


def test_the_ruler_measures_by_mouse_keys_and_fingers(served: Served, browser: Browser) -> None:
    dm = Seat(browser, has_touch=True).open(served.links["dm"])
    page, far = dm.page, dm.page.get_by_role("group", name="Ruler").get_by_role("status")
    page.evaluate("() => hexroom.table.commands.settings({ hexWidth: 6 })")
    dm.until("hexroom.table.room.get().settings.hexWidth === 6")
    measure = page.get_by_role("button", name="Measure")
    measure.click()
    expect(far).to_contain_text("Tap a hex")
    for key in ("10,0", "14,0", "14,-3"):
        dm.click_hex(key)
    expect(far).to_have_text("7 hexes, 42 miles")
    page.keyboard.press("Escape")
    expect(far).to_contain_text("Tap a hex")

    for key in ("10,0", "12,0"):
        page.touchscreen.tap(*dm.at(key))
    expect(far).to_have_text("2 hexes, 12 miles")

    page.mouse.move(*dm.at("10,0"))
    page.mouse.down()
    page.mouse.move(*dm.at("15,0"), steps=3)
    page.mouse.up()
    expect(far).to_have_text("5 hexes, 30 miles")

    page.keyboard.press("Escape")
    page.mouse.move(2, 2)
    page.evaluate("() => { hexroom.table.select('10,0'); hexroom.table.focusMap(); }")
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(far).to_have_text("2 hexes, 12 miles")
    expect(measure).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("x")
    expect(far).to_be_hidden()
