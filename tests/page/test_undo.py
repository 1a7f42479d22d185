"""What is taken back is named, with the way back, and other DMs hear of it."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsers import Seat, Served, answered, stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TOKEN = "(label) => hexroom.table.commands.createToken({ hexKey: '3,3', label })"
WYVERN = "Object.values(hexroom.table.room.get().tokens).some((each) => each.label === 'Wyvern')"


def notices(seat: Seat) -> Locator:
    return seat.page.get_by_label("Notices")


def test_undo_says_what_it_took_back_and_offers_to_do_it_again(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.evaluate(TOKEN, "Wyvern")
    dm.until(WYVERN)

    dm.page.keyboard.press("Control+z")
    said = notices(dm).get_by_text("Taken back: Put Wyvern on hex 0405")
    expect(said).to_be_visible()
    dm.until(f"!{WYVERN}")
    notices(dm).get_by_role("button", name="Redo").click()
    expect(notices(dm).get_by_text("Done again: Put Wyvern on hex 0405")).to_be_visible()
    dm.until(WYVERN)


def test_what_is_taken_out_of_the_queue_is_put_back_there_and_never_live(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    stage(dm)
    dm.page.evaluate(TOKEN, "Wyvern")
    dm.until("hexroom.table.room.get().staged.length === 1")

    dm.page.keyboard.press("Control+z")
    dm.until("hexroom.table.room.get().staged.length === 0")
    expect(notices(dm).get_by_text("Taken back: Put Wyvern on hex 0405")).to_be_visible()
    notices(dm).get_by_role("button", name="Put back").click()
    dm.until("hexroom.table.room.get().staged.length === 1")

    dm.page.get_by_role("button", name="Take back: Put Wyvern").click()
    dm.until("hexroom.table.room.get().staged.length === 0")
    put_back = notices(dm).get_by_role("button", name="Put back")
    expect(put_back).to_be_visible()
    dm.page.get_by_role("radio", name="Live").click()
    dm.until("hexroom.table.room.get().mode === 'immediate'")
    put_back.click()
    expect(notices(dm).get_by_text("The table is live again: stage it anew.")).to_be_visible()
    answered(dm)
    assert not dm.page.evaluate(f"() => {WYVERN}")


def test_another_dm_hears_what_was_taken_back(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_label(f"Role of {served.player}").select_option("dm")
    dm.page.get_by_role("dialog").get_by_role("button", name="Make DM").click()
    dm.until("hexroom.table.room.get().people.filter((p) => p.role === 'dm').length === 2")
    other = Seat(browser).open(served.links["player"])
    dm.page.evaluate(TOKEN, "Wyvern")
    other.until(WYVERN)

    dm.page.keyboard.press("Control+z")
    expect(notices(other).get_by_text("Mara took back: Put Wyvern on hex 0405")).to_be_visible()
    expect(notices(dm).get_by_text("Taken back: Put Wyvern")).to_be_visible()
    expect(notices(dm).get_by_text("took back")).to_have_count(0)
