"""The big screen at the table: what everyone knows, without controls, and never what a DM sees."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import SETTLED, Seat, Served, answered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

GOES_TO = """(x) => new Promise((done) => {
    const look = () => (hexroom.scene.camera().x === x ? done(true) : setTimeout(look, 20));
    look();
})"""

SPOT = "() => { const { x, y } = hexroom.scene.camera(); return [x, y].map(Math.round).join(); }"
LOOK_AT = f"(key) => {{ hexroom.scene.goTo(key); return ({SPOT})(); }}"

KNOWN = "() => [...hexroom.table.shown().get().shown].length"


def test_the_screen_shows_what_everyone_knows_and_nothing_else(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    # In the DM's own browser, before there is anybody with whose eyes it could see.
    second = dm.context.new_page()
    second.goto(f"{dm.page.url}?view=table")
    expect(second.get_by_text("The screen sees as a spectator")).to_be_visible()
    expect(second.locator("#map")).to_be_hidden()

    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Big screen").click()
    link = dm.page.get_by_role("dialog", name="Big screen").get_by_label("Big screen link")
    screen = Seat(browser)
    screen.page.goto(link.input_value())
    dm.page.keyboard.press("Escape")
    screen.page.get_by_label("Your name at the table").fill("Screen")
    screen.page.get_by_role("button", name="Take a seat").click()
    screen.page.wait_for_url("**/c/*?view=table")
    screen.until("hexroom.table.shown()?.get().ready")
    assert screen.page.locator("button:visible, a:visible, select:visible").count() == 0

    # Shown to one alone: not there. Shown to everyone: there, and in sight.
    player = dm.room("room.people.find((p) => p.role === 'player').userId")
    dm.page.evaluate("(id) => hexroom.table.commands.reveal(['3,3'], {playerIds: [id]})", player)
    dm.page.evaluate("() => hexroom.table.commands.reveal(['26,-6'], 'all')")
    screen.until("hexroom.table.shown().get().shown.at(26, -6) === 'full'")
    assert not screen.page.evaluate("() => hexroom.table.shown().get().shown.at(3, 3)")
    screen.until(f"{SETTLED} && hexroom.scene.sees(['26,-6'])")

    # The DM's window is the spectator's now, and goes along with the DM's map once that is wished.
    expect(second.locator("#map")).to_be_visible()
    assert second.evaluate("() => hexroom.table.shown() !== hexroom.table.room")
    assert second.evaluate(KNOWN) == screen.page.evaluate(KNOWN)
    camera = "() => JSON.stringify(hexroom.scene.camera())"
    before = second.evaluate(camera)
    dm.page.evaluate("() => hexroom.scene.pan(40, 40)")
    answered(dm)
    assert second.evaluate(camera) == before
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_label("A big screen in this browser follows my map").check()
    dm.page.evaluate("() => hexroom.scene.pan(40, 40)")
    x = dm.page.evaluate("() => hexroom.scene.camera().x")
    assert second.evaluate(GOES_TO, x)

    # Another machine goes along over what it knows, once that is wished, and is told of nothing else.
    dm.page.get_by_label("Big screens elsewhere follow it").check()
    screen.page.evaluate("() => hexroom.scene.fly({ x: 0, y: 0, scale: 1 })")
    spot = dm.page.evaluate(LOOK_AT, "26,-6")
    screen.until(f"({SPOT})() === '{spot}'")
    dm.page.evaluate("() => hexroom.table.commands.leadScreen('3,3', 30)")
    dm.page.evaluate("() => hexroom.table.commands.reveal(['27,-7'], 'all')")
    screen.until("hexroom.table.shown().get().shown.at(27, -7) === 'full'")
    led = {message["hexKey"] for message in screen.received if message["type"] == "screen:led"}
    assert led == {"26,-6"}
