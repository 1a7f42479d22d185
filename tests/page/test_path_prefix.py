"""The page below a path of a host that it shares, from the first address to the table and back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from events.journal.database.embedded import OWNER, EmbeddedPostgres
from tests.support.browsers import Seat, Served, create, new_here, sit_down
from tests.support.databases import cloned
from tests.support.ports import free_port
from tests.support.prefix_proxy import PrefixProxy, in_a_thread

pytestmark = pytest.mark.browser


def asked_elsewhere(seat: Seat, address: str) -> list[str]:
    """Return a list that gets what the page asks for outside of the address, from now on."""
    elsewhere: list[str] = []

    def note(url: str) -> None:
        if not url.replace("ws:", "http:").startswith((f"{address}/", "blob:", "data:")):
            elsewhere.append(url)

    seat.page.on("request", lambda request: note(request.url))
    seat.page.on("websocket", lambda socket: note(socket.url))
    return elsewhere


def test_an_evening_below_a_path(
    postgres: EmbeddedPostgres, browser: Browser, installed: Path, tmp_path: Path
) -> None:
    proxy, port = PrefixProxy(strips=False), free_port()
    proxy.targets["/hexroom"] = f"http://127.0.0.1:{port}"
    with cloned(postgres, template=OWNER) as url, in_a_thread(proxy):
        served = Served(
            *(url, tmp_path, installed),
            HEXROOM_PORT=str(port),
            HEXROOM_DEMO="0",
            HEXROOM_PUBLIC_URL=f"{proxy.origin}/hexroom",
        )
        try:
            served.start()
            _play(served, browser)
        finally:
            served.stop()


def _play(served: Served, browser: Browser) -> None:
    dora = new_here(served, browser, "Dora")
    elsewhere = asked_elsewhere(dora, served.origin)
    create(dora, "The Marches")
    dora.page.get_by_role("button", name="Start session").click()
    bo = sit_down(dora, browser, "Bo", painted=True)
    elsewhere += (theirs := asked_elsewhere(bo, served.origin))
    bo.until("hexroom.table.room.get().status === 'active'")
    assert bo.picture()

    dora.page.get_by_role("button", name="Invite").first.click()
    code = dora.page.get_by_alt_text("QR code of the invite link")
    expect(code).to_be_visible()
    dora.until("document.querySelector('img.qr').naturalWidth > 0")
    link = dora.page.get_by_label("Invite link").input_value()
    assert link.startswith(f"{served.origin}/join/")
    dora.page.keyboard.press("Escape")

    table = dora.page.url
    dora.page.goto(f"{table}/home")
    dora.page.get_by_label("When you meet next").fill("2030-02-01T19:30")
    dora.page.get_by_role("button", name="Set").click()
    expect(dora.page.get_by_text("Friday, February 1, 19:30")).to_be_visible()
    expect(dora.page.get_by_role("listitem").filter(has_text="Bo")).to_be_visible()
    dora.page.get_by_role("link", name="To the table").click()
    expect(dora.page).to_have_url(table)

    dora.page.get_by_role("link", name="Your campaigns").click()
    dora.page.get_by_role("link", name="Account").click()
    expect(dora.page).to_have_url(f"{served.origin}/account")
    dora.page.get_by_role("link", name="Server").click()
    expect(dora.page.get_by_role("heading", name="This server")).to_be_visible()
    dora.page.get_by_role("link", name="Campaigns").click()
    dora.page.get_by_role("button", name="Sign out").click()
    expect(dora.page.get_by_label("Password").first).to_be_visible()
    expect(dora.page).to_have_url(f"{served.origin}/")
    dora.page.goto(f"{served.origin}/account")
    dora.page.wait_for_url("**/hexroom/?next=*")
    dora.page.get_by_label("Email").fill("dora@example.org")
    dora.page.get_by_label("Password").fill("correct horse battery")
    dora.page.get_by_role("button", name="Sign in").last.click()
    expect(dora.page).to_have_url(f"{served.origin}/account")
    assert elsewhere + theirs == []
