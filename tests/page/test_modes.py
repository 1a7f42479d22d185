"""Live and staged: a DM always knows which of them it is."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, answered, stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

REVEAL = "(key) => hexroom.table.commands.reveal([key], 'all')"


def staged_one(dm: Seat, key: str) -> None:
    dm.page.evaluate(REVEAL, key)
    dm.until("hexroom.table.room.get().staged.length === 1")


def test_no_change_of_mode_goes_unsaid(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    said = dm.page.locator("#toasts")
    stage(dm)
    expect(said).not_to_contain_text("players see")
    staged_one(dm, "3,3")
    dm.page.keyboard.press("r")
    dm.page.keyboard.press("p")
    live = "Published 1 change. Live: players see each change at once."
    expect(said.locator(".toast > span")).to_have_text(live)
    expect(dm.page.locator("#map")).to_have_attribute("data-tool", "look")
    said.get_by_role("button", name="Stage again").click()
    dm.until("hexroom.table.room.get().mode === 'staged'")
    staged_one(dm, "4,3")
    dm.page.get_by_role("button", name="Discard").click()
    dm.page.get_by_role("button", name="Discard all").click()
    dm.until("hexroom.table.room.get().mode === 'immediate'")
    answered(dm)
    dm.page.keyboard.press("Control+z")
    expect(said).to_contain_text("Staging: players see nothing until you publish.")
    # The queue comes by a message of its own, after that of the mode.
    dm.until("hexroom.table.room.get().staged.length === 1")


def test_a_dm_may_stay_staged_after_publishing(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    stage(dm)
    dm.page.get_by_label("Go on staging after publishing").check()
    dm.page.reload()
    dm.until("hexroom.table.room.get().mode === 'staged'")
    staged_one(dm, "3,3")
    dm.page.keyboard.press("r")
    dm.page.locator(".staged").get_by_role("button", name="Publish").click()
    dm.until("hexroom.table.room.get().staged.length === 0")
    answered(dm)
    assert dm.room("room.mode") == "staged"
    expect(dm.page.locator("#map")).to_have_attribute("data-tool", "reveal")
