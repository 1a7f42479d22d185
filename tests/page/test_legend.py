"""The legend tells what is on the map that somebody sees, and nothing beyond it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

KINDS = "new Set([...room.terrain].map(([,, at]) => at.terrain)).size"
PAINTED = """[...document.querySelectorAll('.legend-drawing')].every((drawing) =>
    drawing.getContext('2d').getImageData(0, 0, drawing.width, drawing.height).data.some(Boolean))"""


def test_the_legend_has_what_its_viewer_sees(served: Served, browser: Browser) -> None:
    dm = Seat(browser, reduced_motion="reduce").open(served.links["dm"])
    player = Seat(browser, reduced_motion="reduce").open(served.links["player"])
    start_session(dm)
    dm.page.evaluate("() => hexroom.table.commands.reveal(['3,3'], 'all')")
    player.until("hexroom.table.room.get().terrain.at(3, 3)")
    for seat in (dm, player):
        seat.page.get_by_role("button", name="Legend").click()
        legend = seat.page.get_by_role("dialog", name="Legend")
        terrain = legend.locator("section", has_text="Terrain")
        expect(terrain.get_by_role("listitem")).to_have_count(seat.room(KINDS))
        seat.until(PAINTED)
    assert player.room(KINDS) < dm.room(KINDS)
    dm.page.keyboard.press("Escape")
    expect(dm.page.get_by_role("dialog", name="Legend")).to_have_count(0)
    expect(dm.page.get_by_role("button", name="Legend")).to_be_focused()
