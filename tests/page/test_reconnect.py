"""What hands hold is kept: the focus of the keyboard, words that were typed, a thumb's reach."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def write_note(seat: Seat, key: str, text: str) -> None:
    """Open the note dialog on a hex and write a text that is not saved."""
    seat.click_hex(key)
    seat.page.keyboard.press("n")
    seat.page.get_by_label("Title").fill("The Mill")
    seat.page.get_by_label("What players read").fill(text)


def test_the_focus_goes_to_what_takes_the_place_of_a_control(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    keys = dm.page.keyboard
    dm.page.get_by_role("button", name="Start a new session").focus()
    keys.press("Enter")
    expect(dm.page.get_by_role("button", name="Pause")).to_be_focused()
    keys.press("Enter")
    expect(dm.page.get_by_role("button", name="Resume")).to_be_focused()
    dm.page.get_by_role("radio", name="Live").focus()
    keys.press("ArrowRight")
    expect(dm.page.get_by_role("radio", name="Staged")).to_be_focused()
    dm.page.get_by_role("button", name="Menu").focus()
    keys.press("Enter")
    dm.page.get_by_role("button", name="Keys", exact=True).focus()
    keys.press("Enter")
    dm.page.get_by_role("dialog", name="Keys").wait_for()
    keys.press("Escape")
    expect(dm.page.get_by_role("button", name="Menu")).to_be_focused()


def test_words_are_not_thrown_away_by_a_slip(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    write_note(dm, "3,3", "It turns in no wind.")
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("heading", name="Throw away what you wrote?").wait_for()
    dm.page.get_by_role("button", name="Cancel").click()
    expect(dm.page.get_by_label("What players read")).to_have_value("It turns in no wind.")
    dm.page.get_by_role("button", name="Close").click()
    dm.page.get_by_role("button", name="Throw away").click()
    expect(dm.page.locator("dialog")).to_have_count(0)


def test_who_was_signed_out_is_told_and_keeps_what_they_wrote(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    write_note(dm, "3,3", "It turns in no wind.")
    dm.page.evaluate("async () => (await fetch('/api/auth/logout', {method: 'POST'})).status")
    dm.until("document.querySelector('.banner').textContent.includes('You are signed out')")
    dm.page.get_by_role("button", name="Save note").click()
    dm.until("document.querySelector('#toasts').textContent.includes('Sign in again')")
    assert dm.page.evaluate("() => Boolean(document.querySelector('#toasts').closest('dialog'))")
    expect(dm.page.get_by_label("What players read")).to_have_value("It turns in no wind.")


def test_a_killed_server_costs_no_word_and_no_dialog(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    write_note(dm, "3,3", "It turns in no wind.")
    served.kill()
    dm.until("hexroom.table.live.line.get().phase === 'lost'")
    dm.page.get_by_label("Only for you").fill("The miller is dead.")

    served.start()

    dm.until("hexroom.table.live.line.get().phase === 'open'")
    expect(dm.page.get_by_label("What players read")).to_have_value("It turns in no wind.")
    dm.page.get_by_role("button", name="Save note").click()
    expect(dm.page.locator("dialog")).to_have_count(0)
    kept = dm.room("Object.values(room.notes).filter((each) => each.title === 'The Mill')")
    assert [(note["playerText"], note["dmText"]) for note in kept] == [
        ("It turns in no wind.", "The miller is dead.")
    ]


def test_what_is_saved_while_the_server_is_away_is_kept_and_sent_once(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    write_note(dm, "3,3", "It turns in no wind.")
    served.kill()
    dm.until("hexroom.table.live.line.get().phase === 'lost'")
    dm.page.get_by_role("button", name="Save note").click()
    dm.until("hexroom.table.commands.pending.get().length === 1")

    served.start()

    expect(dm.page.locator("dialog")).to_have_count(0)
    assert dm.room("Object.values(room.notes).filter((n) => n.title === 'The Mill').length") == 1


def test_a_part_of_the_page_that_does_not_come_is_told(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.route(
        re.compile(r"/(parts/help-\w+|pages/help)\.js$"), lambda route: route.fulfill(status=404)
    )
    dm.page.keyboard.press("?")
    expect(dm.page.locator("#toasts")).to_contain_text("load the page anew")


def test_a_second_tap_opens_the_card(served: Served, browser: Browser) -> None:
    dm = Seat(browser, **PHONE).open(served.links["dm"])
    # Two slow taps are no double click.
    dm.page.evaluate(
        "() => addEventListener('dblclick', (e) => e.stopImmediatePropagation(), true)"
    )
    dm.page.touchscreen.tap(*dm.at("14,2"))
    dm.until("hexroom.table.ui.get().selected === '14,2'")
    expect(dm.page.get_by_role("dialog")).to_have_count(0)
    dm.page.touchscreen.tap(*dm.at("14,2"))
    expect(dm.page.get_by_role("dialog", name="Hex")).to_be_visible()


def test_a_dm_has_a_phone_in_hand(served: Served, browser: Browser) -> None:
    dm = Seat(browser, **PHONE).open(served.links["dm"])
    assert dm.page.evaluate("() => document.querySelector('.bar').offsetHeight") <= 60
    dm.page.get_by_role("button", name="Reveal", exact=True).tap()
    everyone = dm.page.get_by_role("button", name="Everyone", exact=True)
    expect(everyone).to_be_hidden()
    dm.page.get_by_role("button", name="to everyone").tap()
    expect(everyone).to_be_visible()
    dm.page.touchscreen.tap(*dm.at("14,2"))
    expect(everyone).to_be_hidden()

    dm.page.get_by_role("button", name="Look around").tap()
    touch = dm.context.new_cdp_session(dm.page)
    x, y = dm.at("14,2")
    dm.page.evaluate(
        "() => { const { commands } = hexroom.table, point = commands.point; commands.point = (key) => (hexroom.pointed = key, point(key)); }"
    )
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    dm.until("hexroom.pointed === '14,2'")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_painter_that_could_not_be_fetched_is_fetched_again(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser, painted=True)
    refused: list[str] = []

    def refuse_twice(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) > 2:
            route.continue_()
        else:
            route.abort()

    dm.context.route(re.compile("things-worker|map-objects"), refuse_twice)
    dm.open(served.links["dm"])
    while len(refused) < 3:
        dm.page.evaluate("() => new Promise(requestAnimationFrame)")
    dm.at("0,0")
