"""A campaign as its DM keeps it, on the page."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served
from tests.support.seated import new_table

pytestmark = pytest.mark.browser


def open_campaign(dm: Seat) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="This campaign").click()
    expect(dm.page.get_by_role("dialog")).to_be_visible()


def test_a_dm_renames_archives_duplicates_and_deletes(served: Served, browser: Browser) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    open_campaign(dm)
    dm.page.get_by_label("Name", exact=True).fill("The Drowned Marches")
    dm.page.get_by_role("button", name="Save").click()
    expect(dm.page.get_by_label("Notices").get_by_text("Saved.")).to_be_visible()
    dm.page.get_by_role("button", name="Archive", exact=True).click()
    dm.page.wait_for_url(f"{served.origin}/")
    dm.page.get_by_role("link", name="The Drowned Marches").click()
    expect(
        dm.page.get_by_label("Notices").get_by_text("This campaign is archived: you can look")
    ).to_be_visible()
    open_campaign(dm)
    dm.page.get_by_role("button", name="Take out of the archive").click()
    expect(dm.page.get_by_role("dialog")).to_have_count(0)
    open_campaign(dm)
    dm.page.get_by_label("Begin another with the same map").fill("Second table")
    old = dm.page.url
    dm.page.get_by_role("button", name="Duplicate").click()
    dm.page.wait_for_url(lambda url: "/c/" in url and url != old)
    expect(dm.page.get_by_role("dialog")).to_have_count(0)
    open_campaign(dm)
    dm.page.get_by_role("button", name="Delete campaign").click()
    dm.page.get_by_role("button", name="Delete", exact=True).click()
    dm.page.wait_for_url(f"{served.origin}/")
    dm.page.get_by_role("button", name="Take back Second table").click()
    dm.page.wait_for_url("**/c/**")
