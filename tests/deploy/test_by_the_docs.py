"""What docs/how-to/install.md promises a stranger, done in its order, with its words and no others."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers import Seat, answered, create
from tests.support.machines import Machine

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

INSTALL = Path(__file__).parents[2] / "docs" / "how-to" / "install.md"
PASSWORD = "correct horse battery"


@pytest.fixture
def written() -> Callable[[str], str]:
    """Return a function that gives back what the page says, and fails where it does not say it."""
    text = " ".join(INSTALL.read_text().split())

    def says(words: str) -> str:
        assert words in text, f"the docs do not say {words!r} any more"
        return words

    return says


def sign_up(browser: Browser, origin: str, name: str) -> Seat:
    seat = Seat(browser)
    seat.page.goto(origin)
    seat.page.get_by_label("Name").fill(name)
    seat.page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.page.get_by_role("button", name="Create your table").click()
    expect(seat.page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    return seat


def sign_in(page: Page, origin: str, name: str, password: str) -> None:
    page.goto(origin)
    page.get_by_role("radio", name="I have an account").click()
    page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()


def take_a_seat(browser: Browser, link: str, name: str) -> Seat:
    seat = Seat(browser)
    seat.page.goto(link)
    seat.page.get_by_label("Your name at the table").fill(name)
    seat.page.get_by_role("button", name="Take a seat").click()
    seat.page.wait_for_url("**/c/**")
    seat.until("hexroom.table.room.get().ready")
    return seat


def the_link(dm: Seat) -> str:
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    dialog = dm.page.get_by_role("dialog", name="Invite to the table")
    expect(dialog.get_by_label("Invite link")).to_have_value(re.compile("/join/"))
    link = dialog.get_by_label("Invite link").input_value()
    dm.page.keyboard.press("Escape")
    return link


def somebody_forgot_their_password(dm: Page, ben: Page, origin: str) -> None:
    dm.goto(origin)
    dm.get_by_role("link", name="Server").click()
    dm.get_by_role("radio", name="People").click()
    row = dm.get_by_role("listitem").filter(has_text="Ben")
    row.get_by_role("button", name="New password").click()
    ben.goto(dm.get_by_label("Link for a new password").input_value())
    ben.get_by_label("New password").fill("a brand-new secret")
    ben.get_by_role("button", name="Set password").click()
    expect(ben.get_by_text("Your new password is set")).to_be_visible()
    sign_in(ben, origin, "Ben", "a brand-new secret")


def she_is_the_same_person(dm: Page) -> None:
    dm.get_by_role("button", name="Who is at the table").click()
    expect(dm.get_by_role("button", name="More about Ann")).to_have_count(2)
    dm.get_by_role("button", name="More about Ann").first.click()
    dm.get_by_role("menuitem", name="Ann is the same person as").click()
    dm.get_by_role("dialog").get_by_role("button", name="Make them one").click()
    expect(dm.get_by_role("button", name="More about Ann")).to_have_count(1)


def test_a_stranger_gets_along_by_the_docs_alone(
    environment: Path, browser: Browser, run_folder: Path, written: Callable[[str], str]
) -> None:
    here, there = (Machine(environment, run_folder / f"docs-{name}") for name in ("here", "there"))
    written("hexroom serve")
    with here.serving() as origin:
        written("**The first account is the server's admin** and finds it under *Server*")
        dm = sign_up(browser, origin, "Dora")
        expect(dm.page.get_by_role("link", name="Server")).to_be_visible()
        dm.page.get_by_role("button", name="New campaign").click()
        create(dm, "The Marches")
        table = dm.page.url.removeprefix(origin)
        link = the_link(dm)
        ben = sign_up(browser, origin, "Ben")
        ben.page.goto(link)
        ben.page.get_by_role("button", name="Take a seat").click()
        ben.page.wait_for_url("**/c/**")
        lost = take_a_seat(browser, link, "Ann")
        dm.page.get_by_role("button", name="Start session").click()
        dm.until("hexroom.table.room.get().status === 'active'")
        dm.page.evaluate(
            """async (to) => { await hexroom.table.commands.ask("hex:reveal",
                { hexKeys: ["0,0"], targets: { playerIds: [to] }, tier: "full" }); }""",
            lost.room("room.userId"),
        )
        lost.until("hexroom.table.room.get().shown.size === 1")

        written("*Server* → *People* → *New password*, or `hexroom user reset NAME`")
        somebody_forgot_their_password(dm.page, ben.page, origin)
        (reset,) = here.run("user", "reset", "Ben")
        ben.page.goto(reset)
        expect(ben.page.get_by_label("New password")).to_be_visible()

        written("*… is the same person as …*, in the menu of her row in the list of players")
        lost.page.close()
        dm.page.goto(f"{origin}{table}")
        ann = take_a_seat(browser, link, "Ann")
        she_is_the_same_person(dm.page)
        ann.until("hexroom.table.room.get().shown.size === 1")

        backup = written("hexroom backup hexroom.tar").split()[1:]
        assert "2 campaigns" in here.run(*backup)[0], "the demo is one"
        doctor = here.run(*written("hexroom doctor").split()[1:])
        assert doctor

    shutil.copy(here.home / "hexroom.tar", there.home)
    restore = written("hexroom restore hexroom.tar").split()[1:]
    assert there.run(*restore)[-1] == "every record verifies"
    with there.serving() as origin:
        sign_in(Seat(browser).page, origin, "Ben", "a brand-new secret")
        # Whose browser was signed in is so here: the host is the same, and so is the server.
        dm.open(f"{origin}{table}")
        ann.page.goto(f"{origin}{table}")
        ann.until("hexroom.table.room.get().shown.size === 1")
        dm.page.evaluate(
            """() => hexroom.table.commands.ask("hex:reveal", { hexKeys: ["1,0"], targets: "all", tier: "full" })"""
        )
        answered(dm)
        ann.until("hexroom.table.room.get().shown.size === 2")
