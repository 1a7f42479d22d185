"""axe-core finds nothing where a picture is laid or cut, and where people come in."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.axe import INJECTED, MAP_THEMES, PHONE, assert_accessible
from tests.support.browsers import Seat, Served
from tests.support.seated import new_table

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LOOK = "(look) => hexroom.table.commands.ask('settings:set', { mapLook: look })"


def drawn() -> FilePayload:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    return FilePayload(name="fen.png", mimeType="image/png", buffer=file.getvalue())


def mark(page: Page, dm: Seat, key: str) -> None:
    dm.click_hex(key)
    page.get_by_label("Which hex is that?").wait_for()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_while_a_picture_is_laid(
    served: Served, browser: Browser, screen: dict[str, object]
) -> None:
    dm = Seat(browser, color_scheme="dark", **INJECTED, **screen).open(served.links["dm"])
    page = dm.page
    page.evaluate("() => hexroom.table.open('backdrop')")
    panel = page.get_by_role("region", name="Picture under the map")
    panel.wait_for()
    assert_accessible(page)
    page.locator("#picture-file").set_input_files(drawn())
    page.get_by_text("By numbers").click()
    page.get_by_label("Stretched: width and height").check()
    for look in MAP_THEMES:
        page.evaluate(LOOK, look)
        dm.until(f"hexroom.table.room.get().settings.mapLook === '{look}'")
        assert_accessible(page)
    page.get_by_role("button", name="Mark two hexes").click()
    assert_accessible(page)
    mark(page, dm, page.evaluate("() => hexroom.table.scene.hexAt(60, 60).key"))
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Now the middle of another hex")
    assert_accessible(page)
    panel.get_by_role("button", name="Done").click()
    page.evaluate(
        "async () => hexroom.table.commands.createToken({ hexKey: '3,3', label: 'an ogre' })"
    )
    ogre = "Object.values(hexroom.table.room.get().tokens).find((each) => each.label === 'an ogre')"
    dm.until(ogre)
    page.evaluate(f"() => hexroom.table.open('tokens', {ogre})")
    page.get_by_label("Picture of the token").set_input_files(drawn())
    page.get_by_role("dialog", name="Picture of an ogre").wait_for()
    assert_accessible(page)


def test_axe_finds_nothing_at_the_door(served: Served, browser: Browser) -> None:
    dm = new_table(served, browser, "Dora", "The Marches", color_scheme="light", **INJECTED)
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    dialog = dm.page.get_by_role("dialog", name="Invite to the table")
    field = dialog.get_by_label("Invite link")
    before = field.input_value()
    dialog.get_by_label("Ask me before somebody comes in").check()
    expect(field).not_to_have_value(before)
    dialog.get_by_text("Links in use (2)").click()
    assert_accessible(dm.page)
    link = field.input_value()
    dm.page.keyboard.press("Escape")

    guest = Seat(browser, color_scheme="light", **INJECTED, **PHONE).page
    guest.goto(link)
    guest.get_by_role("button", name="Ask to come in").wait_for()
    assert_accessible(guest)
    guest.get_by_label("Your name at the table").fill("Gus")
    guest.get_by_role("button", name="Ask to come in").click()
    guest.get_by_text("Your DM was asked to let you in.").wait_for()
    assert_accessible(guest)
    door = dm.page.get_by_role("region", name="Waiting to be let in")
    expect(door).to_contain_text("Gus asks to come in.")
    assert_accessible(dm.page)
    door.get_by_role("button", name="Not now").click()
    guest.get_by_role("button", name="Ask again").wait_for()
    assert_accessible(guest)
    guest.get_by_role("button", name="Ask again").click()
    door.get_by_role("button", name="Let in").click()
    guest.get_by_role("main", name="Map").wait_for()
    assert_accessible(guest)

    stranger = Seat(browser, color_scheme="light", **INJECTED).page
    stranger.goto(served.origin)
    stranger.get_by_role("radio", name="I have an account").click()
    stranger.get_by_label("Email").fill("dora@example.org")
    stranger.get_by_label("Password").fill("wrong horse battery")
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    stranger.get_by_role("alert").filter(has_text="password").wait_for()
    assert_accessible(stranger)
