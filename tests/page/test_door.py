"""A DM asked before anybody comes in: the link, who waits, and who decides."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browsers import Seat, Served
from tests.support.seated import new_table, signed_up

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LOOKS_AFTER_MS = 4_000
"""How long a page that waits does so before it asks again; its clock is put forward by that."""


def test_a_guest_waits_at_the_door_until_a_dm_lets_them_in(
    served: Served, browser: Browser
) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    dialog = dm.page.get_by_role("dialog", name="Invite to the table")
    field = dialog.get_by_label("Invite link")
    before = field.input_value()
    dialog.get_by_label("Ask me before somebody comes in").check()
    expect(field).not_to_have_value(before)
    link = field.input_value()
    dm.page.reload()
    dm.until("hexroom.table.room.get().ready")
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    expect(field).to_have_value(before)
    dialog.get_by_text("Links in use (2)").click()
    listed = dialog.get_by_role("listitem").filter(has_text="used 0 times, asks you first")
    listed.get_by_role("button", name="Show").click()
    expect(field).to_have_value(link)
    dm.page.keyboard.press("Escape")

    guest = Seat(browser)
    guest.page.clock.install()
    guest.page.goto(link)
    guest.page.get_by_label("Your name at the table").fill("Gus")
    guest.page.get_by_role("button", name="Ask to come in").click()
    waits = guest.page.get_by_text("Your DM was asked to let you in.")
    expect(waits).to_be_visible()
    door = dm.page.get_by_role("region", name="Waiting to be let in")
    expect(door).to_contain_text("Gus asks to come in.")

    door.get_by_role("button", name="Not now").click()
    expect(door).to_be_hidden()
    guest.page.clock.fast_forward(LOOKS_AFTER_MS)
    expect(guest.page.get_by_text("Your DM did not let you in.")).to_be_visible(timeout=15_000)
    guest.page.get_by_role("button", name="Ask again").click()
    expect(door).to_be_visible()
    guest.page.reload()
    expect(waits).to_be_visible()
    door.get_by_role("button", name="Let in").click()
    expect(door).to_be_hidden()
    guest.page.clock.fast_forward(LOOKS_AFTER_MS)
    expect(guest.page.get_by_role("main", name="Map")).to_be_visible(timeout=15_000)


def test_an_invitation_asks_nothing_until_it_knows_who_came(
    served: Served, browser: Browser
) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    link = dm.page.get_by_label("Invite link").input_value()
    ben = signed_up(served, browser, "Ben")
    held: list[Route] = []
    ben.page.route("**/api/me", lambda route: held.append(route))
    with ben.page.expect_request("**/api/me"):
        ben.page.goto(link)
    expect(ben.page.get_by_role("heading")).to_have_text("You are invited")
    sit = ben.page.get_by_role("button", name="Take a seat")
    expect(sit).to_be_hidden()
    held.pop().continue_()
    expect(sit).to_be_focused()
    ben.page.keyboard.press("Enter")
    ben.page.wait_for_url("**/c/**")
    ben.until("hexroom.table.room.get().ready")
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("button", name="Who is at the table").click()
    expect(dm.page.get_by_role("button", name="More about Ben")).to_be_visible()
