"""The card of a hex: what people call it, and the land, which a DM changes there."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_hex_goes_by_its_name_and_its_terrain_is_changed_in_its_card(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.evaluate("() => hexroom.table.ask('3,3')")
    card = dm.page.get_by_role("dialog", name="Hex 0405")
    card.get_by_label("Terrain").select_option("volcanic")
    dm.until("hexroom.table.room.get().terrain.at(3, 3).terrain === 'volcanic'")
    expect(card.get_by_role("heading", level=2)).to_have_text("Volcanic")
    dm.page.evaluate(
        "() => hexroom.table.commands.setNote('3,3', {kind: 'lore', title: 'Mill', playerText: 'Old.', audience: 'dm'})"
    )
    expect(card.get_by_role("heading", level=2)).to_have_text("Mill")
    expect(card).to_contain_text("Volcanic · Hex 0405")
