"""A handout: brought with a note, shown full screen to whom the DM chose, and found again in the journal."""

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served
from tests.support.painted_pictures import painted

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SHOWN = "document.querySelector('dialog.handout img')?.naturalWidth === 700"


def test_a_handout_opens_before_a_player_and_stays_in_the_journal(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    player = Seat(browser).open(served.links["player"])
    dm.page.evaluate("() => hexroom.table.open('note-editor', '9,9')")
    editor = dm.page.get_by_role("dialog", name="New note")
    editor.get_by_label("Title").fill("A letter")
    editor.get_by_label("Choose a picture").set_input_files(
        {"name": "letter.png", "mimeType": "image/png", "buffer": painted("red").getvalue()}
    )
    editor.get_by_role("button", name="Save note").click()
    expect(editor).to_have_count(0)
    dm.page.get_by_role("tab", name="Notes").click()
    notices = dm.page.get_by_label("Notices")
    notices.get_by_role("button", name="Show it…").click()
    dm.page.get_by_role("dialog", name="Show A letter").get_by_role(
        "button", name="Show now"
    ).click()
    expect(notices.get_by_text("A letter is shown to everyone.")).to_be_visible()

    player.until(SHOWN)
    expect(player.page.get_by_role("dialog", name="A letter")).to_be_visible()
    take_back(dm, player)
    player.page.get_by_role("tab", name="Journal").click()
    player.page.get_by_role("button", name="Open A letter").click()
    player.until(SHOWN)
    dm.page.evaluate("() => hexroom.table.commands.undo()")
    expect(player.page.get_by_role("dialog", name="A letter")).to_have_count(0)
    assert player.room("Object.keys(room.handouts).length") == 0


def take_back(dm: Seat, player: Seat) -> None:
    """Take the handout back from the player before whom it is open; undo gives it back."""
    dm.page.get_by_role("button", name="Take back").click()
    dialog = dm.page.get_by_role("dialog", name="Take back A letter")
    dialog.get_by_role("button", name="Finn").click()
    dialog.get_by_role("button", name="Take it back").click()
    expect(player.page.get_by_role("dialog", name="A letter")).to_have_count(0)
    assert player.room("Object.keys(room.handouts).length") == 0
    expect(dm.page.get_by_text("Shown to everyone but Finn")).to_be_visible()
    dm.page.evaluate("() => hexroom.table.commands.undo()")
    player.until(SHOWN)
    player.page.keyboard.press("Escape")
    expect(player.page.get_by_role("dialog", name="A letter")).to_have_count(0)
