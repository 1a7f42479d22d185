"""Gestures do what they show, and the page is neither stale nor stuck."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browsers import Seat, Served, answered, stage
from tests.support.line_proxy import before

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

HTML = "<html><body><h1>413 Request Entity Too Large</h1><hr>nginx</body></html>"


def asked_of(seat: Seat) -> list[dict[str, Any]]:
    """Return the list that the commands of this seat's next page are added to."""
    sent: list[dict[str, Any]] = []

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] != "ping":
            sent.append(message)

    seat.page.on("websocket", lambda line: line.on("framesent", hear))
    return sent


def hidden_land(seat: Seat) -> list[str]:
    """Return keys of hexes on land that lie apart and that no player was shown."""
    keys: list[str] = seat.page.evaluate(
        """() => { const { terrain, viewers, tokens } = hexroom.table.room.get(), held = new Set(Object.values(tokens).map((t) => t.hexKey));
            return [...terrain].filter(([q, r]) => !viewers.at(q, r) && !held.has(`${q},${r}`) && q > 5 && q < 16 && r > 1 && r < 8).map(([q, r]) => `${q},${r}`); }"""
    )
    return keys


def begin_stroke(dm: Seat) -> None:
    """Press the pointer on a hidden hex and move on to another."""
    keys = hidden_land(dm)
    dm.page.mouse.move(*dm.at(keys[0]))
    dm.page.mouse.down()
    dm.page.mouse.move(*dm.at(keys[-1]), steps=4)


def test_a_stroke_does_to_its_end_what_it_did_when_it_began(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser)
    sent = asked_of(dm)
    dm.open(served.links["dm"])
    dm.page.keyboard.press("r")
    dm.page.keyboard.down("Shift")
    begin_stroke(dm)
    dm.page.keyboard.up("Shift")
    dm.page.keyboard.press("t")
    expect(dm.page.locator(".brushbar")).to_have_attribute("data-does", "hide")
    dm.page.mouse.up()
    answered(dm)
    assert {message["type"] for message in sent} <= {"hex:hide"}


def test_escape_cancels_a_stroke_and_a_drag(served: Served, browser: Browser) -> None:
    dm = Seat(browser)
    sent = asked_of(dm)
    dm.open(served.links["dm"])
    dm.page.keyboard.press("r")
    begin_stroke(dm)
    dm.page.keyboard.press("Escape")
    dm.page.mouse.up()
    dm.page.keyboard.press("Escape")
    token = dm.page.evaluate("() => Object.values(hexroom.table.room.get().tokens)[0].hexKey")
    dm.page.mouse.move(*dm.at(token))
    dm.page.mouse.down()
    dm.page.mouse.move(*dm.at(hidden_land(dm)[0]), steps=4)
    dm.page.keyboard.press("Escape")
    dm.page.mouse.up()
    # What comes after is done: the lines are in order, so nothing was asked before it.
    dm.page.evaluate("() => hexroom.table.commands.point('3,3')")
    answered(dm)
    assert [message["type"] for message in sent] == ["hex:point"]


def test_a_letter_meant_for_a_panel_publishes_nothing(served: Served, browser: Browser) -> None:
    dm = Seat(browser)
    sent = asked_of(dm)
    dm.open(served.links["dm"])
    dm.page.get_by_role("button", name="Start a new session").click()
    stage(dm)
    key = hidden_land(dm)[0]
    dm.page.evaluate("(key) => hexroom.table.commands.reveal([key], 'all')", key)
    dm.until("hexroom.table.room.get().staged.length === 1")
    dm.page.get_by_role("tab", name="Table").focus()
    dm.page.keyboard.press("p")
    dm.page.evaluate("() => hexroom.table.commands.point('3,3')")
    answered(dm)
    assert "broadcast:publish" not in {message["type"] for message in sent}
    dm.page.evaluate("() => document.activeElement.blur()")
    dm.page.keyboard.press("p")
    dm.until("hexroom.table.room.get().staged.length === 0")


def test_single_letters_work_by_place_and_can_be_switched_off(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    press = "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))"
    tool = dm.page.locator("#map")
    dm.page.evaluate(press, ["к", "KeyR"])
    expect(tool).to_have_attribute("data-tool", "reveal")
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_label("Keys of a single letter").uncheck()
    dm.page.keyboard.press("Escape")
    dm.page.evaluate("() => document.activeElement.blur()")
    dm.page.keyboard.press("r")
    dm.page.keyboard.press("Control+z")
    expect(tool).to_have_attribute("data-tool", "look")
    dm.page.reload()
    dm.until("hexroom.table.room.get().ready")
    dm.page.keyboard.press("r")
    expect(tool).to_have_attribute("data-tool", "look")


def test_a_dead_line_is_noticed_when_somebody_comes_back(served: Served, browser: Browser) -> None:
    port = int(served.origin.rpartition(":")[2])
    with before(port) as proxy:
        dm = Seat(browser)
        dm.page.clock.install()
        dm.open(served.links["dm"].replace(f":{port}/", f":{proxy.port}/"))
        proxy.freeze()
        # By the clock before this it took 35 seconds; a tenth of that is left for a slow machine.
        with dm.page.expect_websocket(timeout=20_000):
            dm.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
            dm.page.clock.fast_forward(5_500)
        dm.until("hexroom.table.live.line.get().phase === 'open'")


def test_an_answer_of_a_proxy_ends_with_a_sentence_and_the_form_back(
    served: Served, browser: Browser
) -> None:
    def html(route: Route) -> None:
        route.fulfill(status=413, content_type="text/html", body=HTML)

    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Picture under the map").click()
    dm.page.route(re.compile(r"/map/picture$"), html)
    dm.page.locator("#picture-file").set_input_files(
        {"name": "map.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    )
    expect(dm.page.locator("#toasts")).to_contain_text("larger than the proxy")
    expect(dm.page.locator("section.picture progress")).to_have_count(0)


def test_a_link_is_called_copied_only_when_it_was(served: Served, browser: Browser) -> None:
    dm = Seat(browser)
    dm.context.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;"
    )
    dm.open(served.links["dm"])
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Invite players").click()
    dm.page.get_by_role("button", name="Copy").click()
    expect(dm.page.locator("#toasts")).to_contain_text("Ctrl+C")
    expect(dm.page.locator("#toasts")).not_to_contain_text("copied.")
    field = dm.page.get_by_label("Invite link")
    assert field.evaluate("(f) => f.selectionEnd - f.selectionStart === f.value.length")
