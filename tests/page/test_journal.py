"""The journal: players pin what they want to remember, and notes are grouped by region."""

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


def test_pins_are_the_players_own_or_the_partys_and_notes_go_by_region(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser, reduced_motion="reduce").open(served.links["dm"])
    player = Seat(browser, reduced_motion="reduce").open(served.links["player"])
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

    dm.page.get_by_label("Order of the notes").select_option("region")
    heads = dm.page.get_by_role("tabpanel").get_by_role("heading", level=3)
    regions = set(dm.room(REGIONS))
    assert len(regions) > 1
    known = sorted(regions - {"In no region"})
    expect(heads).to_have_text(["Pins", *known, *sorted(regions - set(known))])
    dm.page.get_by_role("button", name="Remove").click()
    expect(card.get_by_text("Smoke in the west")).to_have_count(0)
    assert player.room("Object.keys(room.pins).length") == 1
