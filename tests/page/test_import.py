"""A DM brings a spreadsheet along, puts two columns right and lays it."""

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHEET = """\
Shared with the table,,,,,
x,y,HEX #,Terrain,Author,What players know
1,1,101,Hills,A mill by a brook.,R. Quill
1,2,102,Salt Marsh,Reeds.,S. Ink
"""
NOTES = "Object.values(hexroom.table.room.get().notes)"


def choose(dm: Seat, item: str) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name=item, exact=True).click()


def bring(page: Page, text: str) -> None:
    file: FilePayload = {"name": "Marches.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("dialog input[type=file]").set_input_files(files=[file])
    page.locator(".columns table").wait_for()


def test_two_columns_are_put_right(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    notes = len(dm.page.evaluate(NOTES))
    choose(dm, "Map from a file")
    bring(dm.page, SHEET)

    dm.page.get_by_label("Author").select_option("public")
    expect(dm.page.get_by_label("Author")).to_have_value("public")
    dm.page.get_by_label("What players know").select_option("leave")
    expect(dm.page.get_by_label("What players know")).to_have_value("leave")
    lay = dm.page.get_by_role("button", name="Lay this map")
    expect(lay).to_be_enabled()
    lay.click()

    dm.until(f"{NOTES}.length === {notes + 2}")
    dm.until(f"{NOTES}.some((n) => n.playerText === 'A mill by a brook.' && n.dmText === '')")
    assert dm.wrong == []
