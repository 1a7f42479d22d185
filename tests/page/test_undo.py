"""What is taken back is named, with the way back, and other DMs hear of it."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsers import Seat, Served, answered, stage
from tests.support.seated import joined

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


def two_dms(served: Served, browser: Browser) -> tuple[Seat, Seat]:
    """Return the DM, and the demo's player, who was made a second one."""
    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_label(f"Role of {served.player}").select_option("dm")
    dm.page.get_by_role("dialog").get_by_role("button", name="Make DM").click()
    dm.until("hexroom.table.room.get().people.filter((p) => p.role === 'dm').length === 2")
    return dm, Seat(browser).open(served.links["player"])


def test_another_dm_hears_what_was_taken_back(served: Served, browser: Browser) -> None:
    dm, other = two_dms(served, browser)
    dm.page.evaluate(TOKEN, "Wyvern")
    other.until(WYVERN)

    dm.page.keyboard.press("Control+z")
    expect(notices(other).get_by_text("Mara took back: Put Wyvern on hex 0405")).to_be_visible()
    expect(notices(dm).get_by_text("Taken back: Put Wyvern")).to_be_visible()
    expect(notices(dm).get_by_text("took back")).to_have_count(0)


def test_another_dm_hears_of_older_actions_and_of_their_own_too(
    served: Served, browser: Browser
) -> None:
    dm, other = two_dms(served, browser)
    player = joined(dm, browser, "Pia")
    dm.page.evaluate(TOKEN, "Wyvern")
    other.until(WYVERN)
    other.page.evaluate(TOKEN, "Ghoul")
    dm.until("hexroom.table.room.get().history.newest.description.includes('Ghoul')")
    dm.page.evaluate(TOKEN, "Ogre")
    other.until("hexroom.table.room.get().history.newest.description.includes('Ogre')")

    dm.page.get_by_role("tab", name="Log").click()
    for name, whose in (("Wyvern", ""), ("Ghoul", " (yours)")):
        dm.page.get_by_role("button", name=f"Undo: Put {name}").click()
        said = notices(other).get_by_text(f"Mara took back: Put {name} on hex 0405{whose}")
        expect(said).to_be_visible()
        # It cannot be taken back twice, and the log says so.
        entry = dm.page.locator(".entry", has_text=f"Put {name} on").last
        expect(entry).to_contain_text("taken back")
        expect(entry.get_by_role("button", name="Undo")).to_have_count(0)
    expect(notices(dm).get_by_text("took back")).to_have_count(0)
    answered(player)
    assert "took back" not in notices(player).inner_text()
    assert not [m for m in player.received if m["type"] == "history:changed"]


def test_the_log_takes_a_published_queue_back_as_the_one_thing_it_was(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    stage(dm)
    for name in ("Wyvern", "Ghoul"):
        dm.page.evaluate(TOKEN, name)
    dm.until("hexroom.table.room.get().staged.length === 2")
    dm.page.evaluate("() => hexroom.table.commands.publish()")
    dm.until(WYVERN)

    dm.page.get_by_role("tab", name="Log").click()
    published = dm.page.locator(".entry", has_text="Published 2 changes").first
    published.get_by_text("Published 2 changes").click()
    expect(published.get_by_text("Put Ghoul on hex 0405")).to_be_visible()
    # One inside would take all of them back, and not say so.
    undo = published.get_by_role("button", name="Undo")
    expect(undo).to_have_count(1)
    undo.click()
    expect(notices(dm).get_by_text("Taken back: Published 2 changes")).to_be_visible()
    dm.until(f"!{WYVERN}")
    dm.until("Object.values(hexroom.table.room.get().tokens).every((t) => t.label !== 'Ghoul')")
