"""What shows or ends something for others is asked first, and stands apart in the menu."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, answered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_nobody_becomes_dm_by_a_key_in_a_list(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    role = dm.page.get_by_label(f"Role of {served.player}")
    role.select_option("dm")
    asked = dm.page.get_by_role("dialog", name=f"Make {served.player} a DM?")
    expect(asked).to_contain_text("will see everything")
    dm.page.keyboard.press("Escape")
    expect(role).to_have_value("player")
    assert dm.room("room.people.filter((p) => p.role === 'dm').length") == 1
    role.select_option("dm")
    asked.get_by_role("button", name="Make DM").click()
    dm.until("hexroom.table.room.get().people.filter((p) => p.role === 'dm').length === 2")


def test_the_menu_has_groups_and_goes_by_arrow_keys(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.get_by_role("button", name="Menu").click()
    menu = dm.page.locator("#menu")
    for name in ("Players", "Map", "Campaign", "View"):
        expect(menu.get_by_role("group", name=name)).to_be_visible()
    expect(menu.get_by_role("button", name="Invite players")).to_be_focused()
    dm.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="See what a player sees")).to_be_focused()
    dm.page.keyboard.press("End")
    expect(menu.get_by_role("button", name="Keys", exact=True)).to_be_focused()
    dm.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Invite players")).to_be_focused()
    expect(menu.locator(".apart button")).to_have_count(2)
    menu.get_by_role("button", name="Reveal everything").click()
    expect(dm.page.get_by_role("dialog", name="Reveal the whole map?")).to_be_visible()
    dm.page.keyboard.press("Escape")
    answered(dm)
    assert dm.room("room.viewers.size") < dm.room("room.terrain.size")


def test_a_note_is_shown_to_everyone_only_when_that_was_meant(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.evaluate(
        "() => hexroom.table.commands.setNote('3,3', {kind: 'lore', title: 'Mill', playerText: 'Old.', audience: 'dm'})"
    )
    dm.page.get_by_role("tab", name="Notes").click()
    note = dm.page.locator(".note", has_text="Mill")
    note.get_by_role("button", name="Reveal to everyone").click()
    expect(dm.page.get_by_role("dialog", name="Reveal this note?")).to_contain_text("Mill")
    dm.page.get_by_role("button", name="Cancel").click()
    answered(dm)
    expect(note).to_contain_text("DM only")
    note.get_by_role("button", name="Reveal to everyone").click()
    dm.page.get_by_role("button", name="Reveal", exact=True).last.click()
    expect(note).not_to_contain_text("DM only")
