"""The table on a phone: a bar at the bottom, and nothing under anything else, down to 320 pixels."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SMALL: Any = {
    "viewport": {"width": 320, "height": 568},
    "has_touch": True,
    "is_mobile": True,
}

COVERED = """() => [...document.querySelectorAll("#app button, #app a, #app select")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".side, .twin, .menu") && !e.matches(".skip, .readout"))
    .filter((e) => {
        const b = e.getBoundingClientRect();
        return [0.2, 0.5, 0.8].some((part) => {
            const x = b.left + b.width * part, top = document.elementFromPoint(x, b.top + b.height / 2);
            return x < 0 || x > innerWidth || !(e === top || e.contains(top));
        });
    }).map((e) => e.outerHTML.slice(0, 90))"""

WIDER = """() => [...document.querySelectorAll("dialog[open]")]
    .filter((d) => d.scrollWidth > d.clientWidth || d.getBoundingClientRect().right > innerWidth).map((d) => d.ariaLabel)"""

SEVEN = """() => hexroom.table.room.update({ people: [...hexroom.table.room.get().people,
    ...Array.from({ length: 7 }, (_, i) => ({ userId: `p${i}`, name: `Player number ${i}`, role: "player", online: true }))] })"""


def test_nothing_lies_under_anything_at_320_pixels(served: Served, browser: Browser) -> None:
    dm = Seat(browser, **SMALL).open(served.links["dm"])
    assert dm.page.evaluate(COVERED) == []
    for key in ("r", "t"):
        dm.page.keyboard.press(key)
        assert dm.page.evaluate(COVERED) == []
    stage(dm)
    assert dm.page.evaluate(COVERED) == []
    for name in ("invite", "rules", "help", "generator", "skill-checks", "webhook", "sessions", "me"):  # fmt: skip
        dm.page.evaluate("(name) => hexroom.table.open(name)", name)
        dm.page.locator("dialog[open]").wait_for()
        assert dm.page.evaluate(WIDER) == []
        dm.page.keyboard.press("Escape")
        dm.page.locator("dialog[open]").wait_for(state="detached")
    dm.page.evaluate("() => hexroom.table.open('tokens', { hexKey: '3,3' })")
    dm.page.locator("dialog[open]").wait_for()
    assert dm.page.evaluate(WIDER) == []


def test_a_thumb_reaches_the_journal_the_table_and_oneself(
    served: Served, browser: Browser
) -> None:
    isa = Seat(browser, **SMALL).open(served.links["player"])
    bar = isa.page.get_by_role("navigation", name="Parts of the table")
    bar.get_by_role("button", name="Journal").tap()
    expect(isa.page.get_by_role("tab", name="Journal")).to_be_visible()
    expect(bar.get_by_role("button", name="Journal")).to_have_attribute("aria-current", "true")
    bar.get_by_role("button", name="Map").tap()
    expect(isa.page.get_by_role("tab", name="Journal")).to_be_hidden()
    mine = isa.room("Object.values(room.tokens).find((t) => t.ownerId === room.userId).hexKey")
    isa.page.evaluate("() => hexroom.scene.pan(-4000, -4000)")
    assert not isa.page.evaluate("(key) => hexroom.scene.sees([key])", mine)
    bar.get_by_role("button", name="Me").tap()
    isa.page.get_by_role("dialog").get_by_role("button", name="Find me").tap()
    isa.until(f"hexroom.scene.sees(['{mine}'])")


def test_the_brush_bar_is_one_row_by_which_all_of_seven_players_are_reached(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.keyboard.press("r")
    bar = dm.page.locator(".brushbar")
    height = "(node) => node.getBoundingClientRect().height"
    expect(bar.get_by_role("button", name="Everyone")).to_be_visible()
    before = bar.evaluate(height)
    dm.page.evaluate(SEVEN)
    everybody = bar.get_by_role("button", name="All players")
    expect(everybody).to_be_visible()
    assert bar.evaluate(height) <= before + 12
    assert bar.locator(".chips").evaluate("(node) => node.scrollWidth <= node.clientWidth")
    for name in ("Player number 6", "Player number 5"):
        everybody.click()
        dm.page.get_by_role("menuitemcheckbox", name=name).click()
    assert dm.room("hexroom.table.ui.get().targets.playerIds.length") == 2
    everybody.click()
    chosen = dm.page.get_by_role("menuitemcheckbox", checked=True)
    expect(chosen).to_have_text(["Player number 5", "Player number 6"])
    dm.page.keyboard.press("Escape")
    expect(everybody).to_be_focused()
    # A phone has no menu of them: the faces wrap.
    dm.page.set_viewport_size({"width": 390, "height": 844})
    bar.get_by_role("button", name="to Player number").click()
    expect(everybody).to_be_hidden()
    expect(bar.get_by_role("button", name="Player number 6", exact=True)).to_be_visible()
    assert bar.locator(".chips").evaluate("(node) => node.scrollWidth <= node.clientWidth")
