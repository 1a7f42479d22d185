"""What somebody chooses for their own browser: other keys, and a sound."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served

pytestmark = pytest.mark.browser


HEARD = """globalThis.heard = 0;
const { start } = OscillatorNode.prototype;
OscillatorNode.prototype.start = function (at) { globalThis.heard += 1; start.call(this, at); };"""
LATER = (
    "() => { const now = performance.now.bind(performance); performance.now = () => now() + 1000; }"
)


def test_keys_are_changed_taken_and_reset_and_a_reveal_is_heard_if_wished(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser)
    dm.context.add_init_script(HEARD)
    dm.open(served.links["dm"])
    keys, tool = dm.page.keyboard, "hexroom.table.ui.get().tool"
    keys.press("?")
    dialog = dm.page.get_by_role("dialog", name="Keys")
    status = dialog.locator("p[role=status]")
    dialog.get_by_role("button", name="Reveal: R. Change").click()
    keys.press("Enter")
    expect(status).to_contain_text("not free")
    keys.press("h")
    expect(status).to_contain_text("This key is taken, for: Hide.")
    keys.press("Escape")
    expect(dialog.get_by_role("button", name="Reveal: R. Change")).to_be_focused()
    keys.press("Enter")
    keys.press("h")
    keys.press("h")
    expect(status).to_have_text("Reveal: H. Hide has no key now.")
    dialog.get_by_role("button", name="Hide: no key. Change").click()
    keys.press("Alt+j")
    expect(dialog.get_by_role("button", name="Hide: Alt+J. Change")).to_be_visible()
    keys.press("Escape")
    rail = dm.page.get_by_role("toolbar", name="Tools")
    expect(rail.get_by_role("button", name="Reveal")).to_have_attribute("title", "Reveal (H)")

    dm.page.reload()
    dm.until("hexroom.table.room.get().ready")
    for key, taken in (("h", "reveal"), ("r", "reveal"), ("Alt+j", "hide")):
        keys.press(key)
        assert dm.page.evaluate(f"() => {tool}") == taken
    keys.press("?")
    dialog.get_by_role("button", name="Usual keys again").click()
    expect(status).to_contain_text("usual")
    expect(dialog.get_by_role("button", name=re.compile("Usual keys"))).to_be_hidden()
    keys.press("Escape")
    keys.press("r")
    assert dm.page.evaluate(f"() => {tool}") == "reveal"
    keys.press("h")
    assert dm.page.evaluate(f"() => {tool}") == "hide"

    dm.page.evaluate("() => hexroom.table.commands.reveal(['3,3'], 'all')")
    dm.until("hexroom.table.room.get().viewers.at(3, 3)")
    assert dm.page.evaluate("() => heard") == 0
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_label("A sound when something is revealed").check()
    dm.until("heard === 3")
    # One sound stands for all that is revealed within a moment: let that moment be over.
    dm.page.evaluate(LATER)
    dm.page.evaluate("() => hexroom.table.commands.reveal(['20,-4'], 'all')")
    dm.until("heard === 6")
