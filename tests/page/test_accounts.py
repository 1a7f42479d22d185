"""Accounts on the page: a guest's way back, a forgotten password, the server for its admin."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.browsers import Served, sit_down
from tests.support.seated import joined, new_table, signed_up
from web.accounts.second_factor import code_at, step_at

pytestmark = pytest.mark.browser


def fresh(browser: Browser, **context: Any) -> Page:
    """Return a page of a browser that is not signed in."""
    return browser.new_context(**context).new_page()


def test_a_guest_with_a_new_phone_takes_the_old_seat(served: Served, browser: Browser) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    ann = sit_down(dm, browser, "Ann")
    ann.page.get_by_role("button", name="Keep a way back").click()
    dialog = ann.page.get_by_role("dialog", name="Your way back")
    first = dialog.get_by_label("Your way back", exact=True).input_value()
    code = dialog.get_by_alt_text("QR code of the link")
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("(img) => img.naturalWidth") > 100
    ann.page.reload()
    ann.until("hexroom.table.room.get().ready")
    expect(ann.page.get_by_role("button", name="Keep a way back")).to_have_count(0)
    ann.page.goto(f"{served.origin}/account")
    ann.page.get_by_role("button", name="Make a link").click()
    link = ann.page.get_by_role("textbox", name="Your way back").input_value()
    assert link != first, "a new link replaces the one before"

    phone = fresh(browser)
    phone.goto(link)
    expect(phone.get_by_role("heading")).to_have_text("Welcome back, Ann")
    phone.get_by_role("button", name="Take my seat").click()
    phone.wait_for_url("**/c/*")
    phone.goto(f"{served.origin}/account")
    expect(phone.get_by_label("Name")).to_have_value("Ann")
    phone.goto(f"{served.origin}/back/no-such-link")
    expect(phone.get_by_role("heading")).to_have_text("This link no longer works")


def test_a_token_is_made_shown_once_and_revoked(served: Served, browser: Browser) -> None:
    page = signed_up(served, browser, "Mia").page
    page.goto(f"{served.origin}/account")
    page.get_by_label("Name of the bot or tool").fill("Dice bot")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_role("textbox", name="Token Dice bot").input_value()
    bot = fresh(browser, extra_http_headers={"Authorization": f"Bearer {token}"}).request
    me = f"{served.origin}/api/me"
    assert bot.get(me).json()["name"] == "Mia"
    page.reload()
    revoke = page.get_by_role("button", name="Revoke Dice bot")
    expect(revoke).to_be_visible()
    expect(page.get_by_role("textbox", name="Token Dice bot")).to_have_count(0)
    revoke.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(revoke).to_have_count(0)
    assert bot.get(me).status == 401


def test_a_dm_makes_one_person_of_a_lost_phone_and_a_new_one(
    served: Served, browser: Browser
) -> None:
    dm = new_table(served, browser, "Dora", "The Marches")
    lost = joined(dm, browser, "Ann")
    new = joined(dm, browser, "Ann")
    lost.page.close()
    dm.page.get_by_role("button", name="Who is at the table").click()
    expect(dm.page.get_by_text(re.compile("^joined just now"))).to_have_count(2)
    dm.page.get_by_role("button", name="More about Ann").first.click()
    dm.page.get_by_role("menuitem", name="Ann is the same person as").click()
    dialog = dm.page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("Ann gets nothing new")
    dialog.get_by_role("button", name="Make them one").click()
    expect(dm.page.get_by_role("button", name="More about Ann")).to_have_count(1)
    expect(new.page.get_by_role("button", name="Who is at the table")).to_be_visible()
    new.page.reload()
    expect(new.page.get_by_role("button", name="Who is at the table")).to_be_visible()


def test_somebody_takes_their_data_and_goes(served: Served, browser: Browser) -> None:
    signed_up(served, browser, "Dora")
    ben = signed_up(served, browser, "Ben")
    ben.page.goto(f"{served.origin}/account")
    with ben.page.expect_download() as download:
        ben.page.get_by_role("link", name="Download my data").click()
    assert "ben@" in download.value.path().read_text()
    button = ben.page.get_by_role("button", name="Delete my account")
    ben.page.get_by_label("Your password", exact=True).fill("guessed wrong")
    button.first.click()
    ben.page.get_by_role("dialog").get_by_role("button", name="Delete my account").click()
    expect(ben.page.get_by_role("alert")).to_contain_text("not your password")


def test_an_admin_helps_with_a_lost_password(served: Served, browser: Browser) -> None:
    dora = signed_up(served, browser, "Dora")
    ben = signed_up(served, browser, "Ben")
    dora.page.goto(f"{served.origin}/admin")
    expect(dora.page.get_by_role("heading", name="This server")).to_be_visible()
    dora.page.get_by_role("radio", name="People").click()
    row = dora.page.get_by_role("listitem").filter(has_text="Ben")
    row.get_by_role("button", name="New password").click()
    link = dora.page.get_by_label("Link for a new password").input_value()

    ben.page.goto(link)
    ben.page.get_by_label("New password").fill("a brand-new secret")
    ben.page.get_by_role("button", name="Set password").click()
    expect(ben.page.get_by_text("Your new password is set")).to_be_visible()
    ben.page.goto(f"{served.origin}/admin")
    ben.page.wait_for_url(re.compile("next="))
    ben.page.goto(link)
    ben.page.get_by_label("New password").fill("yet another secret")
    ben.page.get_by_role("button", name="Set password").click()
    expect(ben.page.get_by_role("alert")).to_contain_text("ask for another")


def test_an_admin_deletes_somebody_after_a_look_at_what_goes(
    served: Served, browser: Browser
) -> None:
    dora = signed_up(served, browser, "Dora")
    signed_up(served, browser, "Ben")
    dora.page.goto(f"{served.origin}/admin")
    names = dora.page.locator("dt", has_text="Deleted accounts").locator("+ dd")
    expect(names).to_have_text("no stored event names them")
    dora.page.get_by_role("radio", name="People").click()
    row = dora.page.get_by_role("listitem").filter(has_text="Ben")
    row.get_by_role("button", name="Delete").click()
    dialog = dora.page.get_by_role("dialog", name="Delete the account of Ben?")
    expect(dialog).to_contain_text("What goes, for good")
    expect(dialog).to_contain_text("a former member")
    dialog.get_by_role("button", name="Cancel").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    own = dora.page.get_by_role("listitem").filter(has_text="Dora")
    own.get_by_role("button", name="Delete").click()
    dora.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(
        dora.page.get_by_label("Notices").get_by_text("This is your own account")
    ).to_be_visible()
    dora.page.get_by_role("radio", name="Log").click()
    expect(dora.page.get_by_text("account deleted")).to_be_visible()


def test_the_server_page_is_for_admins(served: Served, browser: Browser) -> None:
    signed_up(served, browser, "Dora")
    ben = signed_up(served, browser, "Ben")
    ben.page.goto(f"{served.origin}/admin")
    expect(ben.page.get_by_role("heading")).to_have_text("Not for you")


def app_code(secret: str, steps: int = 0) -> str:
    """Return what an authenticator app shows, or will show so many steps later."""
    return code_at(base64.b32decode(secret), step_at(datetime.now(UTC)) + steps)


def test_a_second_factor_is_set_up_and_asked_for(served: Served, browser: Browser) -> None:
    ben = signed_up(served, browser, "Ben")
    page = ben.page
    page.goto(f"{served.origin}/account")
    section = page.get_by_role("region", name="Second factor")
    section.get_by_role("button", name="Set up an app").click()
    picture = section.get_by_alt_text("QR code of the secret")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(img) => img.naturalWidth") > 100
    secret = section.get_by_label("Secret").input_value()
    section.get_by_label("Code of the app").fill(app_code(secret))
    section.get_by_label("Your password").fill("correct horse battery")
    section.get_by_role("button", name="Switch it on").click()
    codes = section.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(8)
    recovery = codes.first.inner_text()
    section.get_by_role("button", name="I have kept them").click()
    expect(section.get_by_text("8 recovery codes left")).to_be_visible()

    phone = fresh(browser)
    phone.goto(f"{served.origin}/?next=/account")
    phone.get_by_label("Email").fill("ben@example.org")
    phone.get_by_label("Password").fill("correct horse battery")
    phone.get_by_role("button", name="Sign in").click()
    code = phone.get_by_label("Code of your authenticator app")
    expect(code).to_be_focused()
    code.fill("not-a-code")
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("alert")).to_contain_text("does not fit")
    code.fill(recovery)
    phone.get_by_role("button", name="Sign in").click()
    section = phone.get_by_role("region", name="Second factor")
    expect(section.get_by_text("7 recovery codes left")).to_be_visible()
    section.get_by_role("button", name="Switch it off").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("Code of the app").fill(app_code(secret, 1))
    dialog.get_by_label("Your password").fill("correct horse battery")
    dialog.get_by_role("button", name="Switch it off").click()
    expect(section.get_by_role("button", name="Set up an app")).to_be_visible()
    expect(section.get_by_role("button", name="New recovery codes")).to_have_count(0)


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Give the page's browser an authenticator of the sort that is built in; return how to reach it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    return tools, made["authenticatorId"]


def test_a_passkey_is_added_signs_in_and_is_removed(served: Served, browser: Browser) -> None:
    origin = served.origin.replace("127.0.0.1", "localhost")
    page = fresh(browser)
    tools, key = with_authenticator(page)
    page.goto(origin)
    for label, text in (
        ("Name", "Cleo"),
        ("Email", "cleo@example.org"),
        ("Password", "correct horse battery"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Create your table").click()
    expect(page.get_by_role("heading", name="Welcome, Cleo")).to_be_visible()
    page.goto(f"{origin}/account")
    section = page.get_by_role("region", name="Second factor")
    dialog = page.get_by_role("dialog")
    section.get_by_role("button", name="Add a passkey").click()
    dialog.get_by_label("Name, for you").fill("my laptop")
    dialog.get_by_label("Your password").fill("correct horse battery")
    dialog.get_by_role("button", name="Continue").click()
    codes = section.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(8)
    recovery = codes.first.inner_text()
    section.get_by_role("button", name="I have kept them").click()
    expect(section.get_by_text("my laptop")).to_be_visible()
    (credential,) = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert credential["rpId"] == "localhost"

    def sign_in() -> None:
        page.goto(origin)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Invite link")).to_be_visible()
        page.goto(f"{origin}/?next=/account")
        page.get_by_label("Email").fill("cleo@example.org")
        page.get_by_label("Password").fill("correct horse battery")
        page.get_by_role("button", name="Sign in").click()

    sign_in()
    expect(section.get_by_text("my laptop")).to_be_visible()
    page.get_by_text("Latest sign-ins").click()
    expect(page.get_by_text("password and passkey").first).to_be_visible()

    # Another finger on it: the browser says no, and a recovery code is the way in.
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    sign_in()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    page.get_by_label("Code of your authenticator app").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(section.get_by_text("7 recovery codes left")).to_be_visible()

    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    section.get_by_role("button", name="Rename my laptop").click()
    dialog.get_by_label("Name").fill("old laptop")
    dialog.get_by_role("button", name="Save").click()
    section.get_by_role("button", name="Remove old laptop").click()
    dialog.get_by_label("Your password").fill("correct horse battery")
    dialog.get_by_role("button", name="Remove").click()
    expect(section.get_by_text("Off. With it")).to_be_visible()
    expect(section.get_by_text("old laptop")).to_have_count(0)
