"""The list of who is at the table: names stand whole, and what is done rarely is in a menu."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served
from tests.support.seated import joined, new_table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NAME = "Bartholomew Greyfang"


def test_a_name_of_twenty_letters_stands_whole_beside_all_a_dm_can_do(
    served: Served, browser: Browser
) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    joined(dm, browser, NAME)
    dm.page.get_by_role("button", name="Who is at the table").click()
    row = dm.page.locator("li.person", has_text=NAME)
    whole = row.locator(".who").evaluate(
        "(who) => who.scrollWidth <= who.clientWidth && who.clientHeight < 30"
    )
    assert whole
    boxes = [
        row.locator(what).bounding_box() for what in (".who", ".btn >> nth=0", ".btn >> nth=1")
    ]
    assert all(box and abs(box["y"] - boxes[0]["y"]) < 30 for box in boxes if boxes[0])


def test_what_is_rarely_done_with_somebody_is_in_a_menu_of_arrow_keys(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    more = dm.page.get_by_role("button", name=f"More about {served.player}")
    more.focus()
    dm.page.keyboard.press("ArrowDown")
    menu = dm.page.get_by_role("menu", name=f"More about {served.player}")
    items = menu.get_by_role("menuitem")
    expect(items).to_have_count(3)
    expect(items.nth(0)).to_be_focused()
    dm.page.keyboard.press("ArrowUp")
    expect(items.nth(2)).to_be_focused()
    dm.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(more).to_be_focused()
    more.click()
    menu.get_by_role("menuitem", name="Remove").click()
    expect(dm.page.get_by_role("dialog", name=f"Remove {served.player}?")).to_be_visible()
