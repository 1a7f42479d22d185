"""The journal: players pin and draw what they want to remember, and notes are grouped by region."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

REGIONS = """Object.values(room.notes).map((note) => Object.values(room.regions)
    .filter((region) => region.hexes.has(note.hexKey)).map((region) => region.name).sort()[0] ?? "In no region")"""


def pin(player: Seat, text: str, *, party: bool) -> None:
    player.page.evaluate("() => hexroom.table.ask('5,5')")
    player.page.get_by_role("button", name="Pin", exact=True).click()
    dialog = player.page.get_by_role("dialog", name="New pin")
    dialog.get_by_label("What you want to remember").fill(text)
    dialog.get_by_label("The whole party sees it").set_checked(party)
    dialog.get_by_role("button", name="Pin it").click()
    expect(dialog).to_have_count(0)


def drag(player: Seat, *keys: str) -> None:
    places = [player.at(key) for key in keys]
    player.page.mouse.move(*places[0])
    player.page.mouse.down()
    for place in places[1:]:
        player.page.mouse.move(*place, steps=6)
    player.page.mouse.up()


def strokes(seat: Seat) -> int:
    return int(seat.room("Object.keys(room.strokes).length"))


def lines_are_the_players_own_or_the_partys(dm: Seat, player: Seat) -> None:
    """Draw by mouse, by finger and by keys, wipe over a line, and have the DM erase the rest."""
    player.page.keyboard.press("Escape")
    player.page.get_by_role("button", name="Draw by hand").click()
    tool = player.page.get_by_role("group", name="Draw by hand")
    drag(player, "9,5", "11,4", "12,6")
    player.until("Object.keys(hexroom.table.room.get().strokes).length === 1")
    tool.get_by_role("radio", name="Red").click()
    tool.get_by_role("radio", name="Party").click()
    for key in ("9,8", "11,8"):
        player.page.evaluate(
            "(key) => { hexroom.table.select(key); hexroom.table.focusMap(); }", key
        )
        player.page.keyboard.press("Enter")
    player.until("Object.keys(hexroom.table.room.get().strokes).length === 2")
    dm.until("Object.keys(hexroom.table.room.get().strokes).length === 1")
    assert dm.room("Object.values(room.strokes).map((s) => [s.color, s.hexKey])") == [
        ["red", "9,8"]
    ]
    # A finger draws, too.
    touch = player.context.new_cdp_session(player.page)
    (x, y), (to_x, to_y) = player.at("9,9"), player.at("12,9")
    points = [(x + (to_x - x) * i / 6, y + (to_y - y) * i / 6) for i in range(7)]
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for at in points:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": [{"x": at[0], "y": at[1]}]},
        )
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    dm.until("Object.keys(hexroom.table.room.get().strokes).length === 2")
    assert strokes(player) == 3

    tool.get_by_role("button", name="Erase").click()
    drag(player, "10,5", "10,4", "10,3")
    player.until("Object.keys(hexroom.table.room.get().strokes).length === 2")
    assert strokes(dm) == 2
    tool.get_by_role("button", name="Take the last line back").click()
    dm.until("Object.keys(hexroom.table.room.get().strokes).length === 1")
    expect(dm.page.get_by_text("1 line by Finn, for the party")).to_be_visible()
    dm.page.get_by_role("tabpanel").get_by_role("button", name="Erase").click()
    player.until("Object.keys(hexroom.table.room.get().strokes).length === 0")
    dm.page.keyboard.press("Control+z")
    player.until("Object.keys(hexroom.table.room.get().strokes).length === 1")
    dm.page.get_by_role("tabpanel").get_by_role("button", name="Erase").click()
    expect(tool.get_by_role("button", name="Take the last line back")).to_be_disabled()
    player.page.keyboard.press("Escape")
    player.page.keyboard.press("Escape")
    expect(tool).to_be_hidden()
    player.page.evaluate("() => hexroom.table.ask('5,5')")


def test_pins_are_the_players_own_or_the_partys_and_notes_go_by_region(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    player = Seat(browser).open(served.links["player"])
    start_session(dm)
    player.until("hexroom.table.room.get().status === 'active'")
    pin(player, "Smoke in the west", party=True)
    pin(player, "I do not trust the reeve", party=False)

    card = player.page.get_by_role("dialog", name="Hex ")
    expect(card.get_by_text("I do not trust the reeve")).to_be_visible()
    dm.page.get_by_role("tab", name="Notes").click()
    expect(dm.page.get_by_text("Smoke in the west")).to_be_visible()
    assert dm.room("Object.keys(room.pins).length") == 1
    assert not any("do not trust" in str(message) for message in dm.received)

    lines_are_the_players_own_or_the_partys(dm, player)
    dm.page.get_by_label("Order of the notes").select_option("region")
    heads = dm.page.get_by_role("tabpanel").get_by_role("heading", level=3)
    regions = set(dm.room(REGIONS))
    assert len(regions) > 1
    known = sorted(regions - {"In no region"})
    expect(heads).to_have_text(["Pins", *known, *sorted(regions - set(known))])
    dm.page.get_by_role("button", name="Remove").click()
    expect(card.get_by_text("Smoke in the west")).to_have_count(0)
    assert player.room("Object.keys(room.pins).length") == 1
