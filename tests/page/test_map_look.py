"""The look of the map is the campaign's, until somebody chooses another one in their own browser."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import SETTLED, Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def choose_own(seat: Seat, look: str) -> None:
    seat.page.get_by_role("button", name="Menu").click()
    choice = seat.page.locator("#menu").get_by_label("Look of the map")
    expect(choice.locator("option").first).to_have_text("As the campaign")
    choice.select_option(look)
    seat.page.keyboard.press("Escape")


def changes(seat: Seat, before: str) -> None:
    for _ in range(100):
        if seat.picture() != before:
            return
    raise AssertionError("the map looks as before")


def test_a_players_map_follows_the_campaigns_look_unless_they_chose_one(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    player = Seat(browser, painted=True).open(served.links["player"])
    player.until(SETTLED)
    before = player.picture()
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.locator("#menu").get_by_role("button", name="Rules and settings").click()
    look = dm.page.get_by_role("dialog").get_by_label("Look of the map")
    look.select_option("ink")
    player.until("hexroom.table.room.get().settings.mapLook === 'ink'")
    changes(player, before)
    ink = player.picture()
    choose_own(player, "night")
    changes(player, ink)
    night = player.picture()
    look.select_option("atlas")
    player.until("hexroom.table.room.get().settings.mapLook === 'atlas'")
    assert player.picture() == night
