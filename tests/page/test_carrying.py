"""Tokens move without dragging, and whoever comes to the map begins where something is."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, answered, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MINE = "Object.values(room.tokens).find((t) => t.ownerId === room.userId)"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


def test_a_token_is_moved_by_keys_and_by_two_taps(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    phone = Seat(browser, **PHONE).open(served.links["player"])
    start_session(dm)
    phone.until("hexroom.table.room.get().status === 'active'")

    # The focus begins on a token; M takes it up, Enter puts it a hex further.
    key = dm.page.evaluate("() => { hexroom.table.focusMap(); return document.activeElement.dataset.key; }")  # fmt: skip
    token = dm.room(f"Object.values(room.tokens).find((t) => t.hexKey === '{key}').id")
    dm.page.keyboard.press("m")
    expect(dm.page.locator(".carry")).to_contain_text("goes to the hex you choose")
    dm.page.keyboard.press("ArrowRight")
    to = dm.page.evaluate("() => document.activeElement.dataset.key")
    dm.page.keyboard.press("Enter")
    dm.until(f"hexroom.table.room.get().tokens['{token}'].hexKey === '{to}'")
    expect(dm.page.locator(".carry")).to_be_hidden()
    dm.page.keyboard.press("m")
    dm.page.keyboard.press("ArrowDown")
    dm.page.keyboard.press("Escape")
    answered(dm)
    assert dm.room(f"room.tokens['{token}'].hexKey") == to

    start = phone.room(f"{MINE}.hexKey")
    q, r = map(int, start.split(","))
    end = f"{q},{r - 1}"
    phone.page.evaluate("(key) => hexroom.scene.frame([key])", start)
    phone.page.touchscreen.tap(*phone.at(start))
    expect(phone.page.locator(".carry")).to_be_visible()
    phone.page.touchscreen.tap(*phone.at(end))
    phone.until(
        f"(() => {{ const room = hexroom.table.room.get(); return {MINE}.hexKey === '{end}'; }})()"
    )


def test_looking_at_the_map_never_leads_into_the_fog(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    phone = Seat(browser, **PHONE).open(served.links["player"])
    dm.page.evaluate(
        "async () => { const { room, commands } = hexroom.table; for (const id of Object.keys(room.get().tokens)) await commands.deleteToken(id); }"
    )
    phone.until("Object.keys(hexroom.table.room.get().tokens).length === 0")
    phone.page.get_by_role("button", name="Look at the map").click()
    phone.until("document.activeElement.getAttribute('role') === 'gridcell'")
    q, r = phone.page.evaluate("() => document.activeElement.dataset.key").split(",")
    assert phone.room(f"room.shown.at({q}, {r})")
