"""A DM brings a spreadsheet along, puts two columns right and lays it."""

import json

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.support.browsers import SETTLED, Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHEET = """\
Shared with the table,,,,,
x,y,HEX #,Terrain,Author,What players know
1,1,101,Hills,A mill by a brook.,R. Quill
1,2,102,Salt Marsh,Reeds.,S. Ink
"""
TOP = "hexroom.scene.placeOf('0,0').y - hexroom.scene.hexPixels() * Math.sqrt(3) / 2"
"""Where the upper edge of the first hex is on the screen."""
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


@pytest.mark.parametrize("begins", [True, False])
def test_undo_is_offered_where_a_map_can_be_taken_back(
    served: Served, browser: Browser, begins: bool
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    if begins:
        campaign = dm.page.evaluate(
            """async () => (await (await fetch("/api/campaigns", {
                method: "POST", headers: {"Content-Type": "application/json"}, body: '{"name": "New"}'})).json()).id"""
        )
        dm.open(f"{served.origin}/c/{campaign}")
    choose(dm, "Map from a file")
    bring(dm.page, SHEET)
    dm.page.get_by_role("button", name="Lay this map").click()
    laid = dm.page.locator(".toast", has_text="laid.")
    expect(laid).to_be_visible()
    expect(laid.get_by_role("button", name="Undo")).to_have_count(0 if begins else 1)
    if begins:
        # The notice takes room from the map, which is whole in view all the same.
        expect(dm.page.get_by_text("Nobody sees your map yet.")).to_be_visible()
        dm.until(f"{SETTLED} && {TOP} >= 0")
    can = str(not begins).lower()
    dm.until(f"Boolean(hexroom.table.room.get().history.canUndo) === {can}")
    if not begins:
        # What was done since stays: it is the import that the notice takes back.
        name = "hexroom.table.room.get().map.name"
        laid_name = dm.page.evaluate(f"() => {name}")
        dm.page.evaluate("() => hexroom.table.commands.reveal(['30,-3'], 'all')")
        dm.until("hexroom.table.room.get().viewers.at(30, -3)")
        laid.get_by_role("button", name="Undo").click()
        dm.until(f"{name} !== {json.dumps(laid_name)}")
        assert dm.room("Boolean(room.viewers.at(30, -3))")


def test_what_columns_mean_is_remembered_for_the_next_file_of_the_heading(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    choose(dm, "Map from a file")
    bring(dm.page, SHEET)
    dm.page.get_by_label("Author").select_option("public")
    dm.page.get_by_label("What players know").select_option("title")
    dm.page.keyboard.press("Escape")
    dm.page.reload()
    dm.until("Boolean(hexroom.table?.room.get().ready)")

    choose(dm, "Map from a file")
    bring(dm.page, SHEET.replace("Reeds", "Rushes"))

    expect(dm.page.get_by_label("Author")).to_have_value("public")
    expect(dm.page.get_by_label("What players know")).to_have_value("title")


def test_a_choice_is_not_undone_by_the_answer_to_an_earlier_one(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    choose(dm, "Map from a file")
    bring(dm.page, SHEET)
    held: list[Route] = []
    dm.page.route("**/map/preview", lambda route: held.append(route))
    with dm.page.expect_request("**/map/preview"):
        dm.page.get_by_label("Author").select_option("public")
    dm.page.get_by_label("What players know").select_option("title")

    with dm.page.expect_response("**/map/preview"):
        held[0].continue_()
    while len(held) < 2:
        dm.page.evaluate("() => new Promise(requestAnimationFrame)")

    # The answer to the first choice is there, the one to the second is held back.
    expect(dm.page.get_by_label("What players know")).to_have_value("title")
    assert dm.page.get_by_label("Author").input_value() == "public"
    held[1].continue_()
    expect(dm.page.get_by_role("button", name="Lay this map")).to_be_enabled()
    expect(dm.page.get_by_label("What players know")).to_have_value("title")


SPARSE = """\
Hex,Terrain,Text
001001,plains,Alone
090098,hills,A town
090099,forest,Its wood
091099,swamp,Its moor
"""


def test_a_table_with_a_sparse_map_is_looked_at_where_something_is(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.click_hex("8,4")
    choose(dm, "Map from a file")
    bring(dm.page, SPARSE)
    dm.page.get_by_role("button", name="Lay this map").click()

    dm.until("hexroom.table.room.get().terrain.at(89, 53)")
    seen = "hexroom.scene.hexPixels() >= 9 && hexroom.scene.sees(['89,53', '89,54'])"
    dm.until(f"{SETTLED} && {seen}")
    dm.page.reload()
    dm.until(f"hexroom.table.room.get().ready && {SETTLED} && {seen}")


LINKED = """\
HEX #,Terrain,Title,Players
0101,Hills,Old Mill,Smoke over [[0203]] and [[Salt Pans]].
0203,Salt Marsh,Salt Pans,White crusts.
"""


def test_links_of_a_file_lead_to_hexes_and_notes(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    choose(dm, "Map from a file")
    bring(dm.page, LINKED)
    dm.page.get_by_role("button", name="Lay this map").click()
    dm.until(f"{NOTES}.some((n) => n.title === 'Salt Pans')")
    there = dm.page.evaluate(f"{NOTES}.find((n) => n.title === 'Salt Pans').hexKey")
    for name in ("0203", "Salt Pans"):
        mill = dm.page.evaluate(f"{NOTES}.find((n) => n.title === 'Old Mill').hexKey")
        dm.page.evaluate("key => hexroom.table.ask(key)", mill)
        dm.page.locator("button.link", has_text=name).first.click()
        dm.until(f"hexroom.table.scene.overlay.selected === '{there}'")
