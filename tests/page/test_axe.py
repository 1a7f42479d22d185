"""axe-core finds nothing wrong on any screen, in dark and in light, on a desk and on a phone.

Each screen is walked once: all rules are checked in one scheme, and what depends on colours in the other.
"""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.axe import INJECTED, MAP_THEMES, PHONE, assert_accessible
from tests.support.browsers import Seat, Served, create, new_here, stage, start_session
from tests.support.seated import joined

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LETTER = {
    "id": "n",
    "title": "A letter",
    "image": "none",
    "width": 7,
    "height": 6,
    "shownTo": "all",
}
DIALOGS: dict[str, object] = {
    **dict.fromkeys(
        (
            "invite",
            "rules",
            "help",
            "generator",
            "import",
            "skill-checks",
            "webhook",
            "sessions",
            "me",
        ),
    ),
    **dict.fromkeys(("campaign", "invite#openScreenLink", "rules#openExport")),
    "tokens": {"hexKey": "3,3"},
    "note-editor": "3,3",
    **dict.fromkeys(("handout#askWhom", "handout#askFromWhom", "handout"), LETTER),
}
"""Dialogs, with what they are opened for."""
REPORT = """async () => {
    const { sessions } = await (await fetch(`/api/campaigns/${hexroom.table.campaignId}/sessions`)).json();
    return ["report", "recap"].map((kind) => `/api/sessions/${sessions[0].id}/${kind}?format=html`);
}"""


def test_axe_finds_nothing_on_the_screens_of_a_dm(served: Served, browser: Browser) -> None:
    dm = Seat(browser, color_scheme="dark", **INJECTED).open(served.links["dm"])
    page = dm.page
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    stage(dm)
    for key in ("r", "t"):
        page.keyboard.press(key)
        assert_accessible(page)
    for _ in range(4):
        page.keyboard.press("d")
        page.locator(".drawbar").wait_for()
        assert_accessible(page)
    page.keyboard.press("Escape")
    page.evaluate("() => hexroom.table.ask('3,3')")
    page.get_by_role("dialog", name="Hex").wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")
    for tab in ("Notes", "Log"):
        page.get_by_role("tab", name=tab).click()
        expect(page.locator("#side-panel :is(.note, .entry)").first).to_be_visible()
        assert_accessible(page)
    page.get_by_role("button", name="Menu").click()
    for theme in MAP_THEMES:
        page.get_by_label("Look of the map").select_option(value=theme)
        assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Legend").click()
    page.locator(".legend li").first.wait_for()
    assert_accessible(page)
    page.keyboard.press("Escape")
    for name, of in DIALOGS.items():
        page.evaluate("([name, of]) => hexroom.table.open(name, of ?? undefined)", [name, of])
        page.locator("dialog[open]").wait_for()
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    for name, panel, leave in (("backdrop", ".picture", "Done"), ("knowledge", ".knows", "Close")):
        page.evaluate("(name) => hexroom.table.open(name)", name)
        page.locator(panel).wait_for()
        assert_accessible(page)
        page.locator(panel).get_by_role("button", name=leave).click()
    start_session(dm)
    page.evaluate("() => hexroom.table.sessions()")
    page.get_by_role("dialog").get_by_role("button", name="Watch").first.click()
    dm.replay_start()
    assert_accessible(page)
    written = page.evaluate(REPORT)
    for path in written:
        shown = dm.context.request.get(f"{served.origin}{path}")
        page.set_content(shown.text())
        assert_accessible(page)


def test_axe_finds_nothing_on_the_screens_around_the_table(
    served: Served, browser: Browser
) -> None:
    isa = Seat(browser, color_scheme="light", **INJECTED, **PHONE).open(served.links["player"])
    assert_accessible(isa.page)
    isa.page.get_by_role("button", name="Journal").click()
    expect(isa.page.locator(".note").first).to_be_visible()
    assert_accessible(isa.page)
    isa.page.get_by_role("button", name="Map", exact=True).click()
    isa.page.evaluate("() => hexroom.table.open('pins', '11,3')")
    isa.page.get_by_role("dialog", name="New pin").wait_for()
    assert_accessible(isa.page)
    isa.page.keyboard.press("Escape")
    isa.page.evaluate("() => hexroom.table.ui.update({ tool: 'sketch' })")
    isa.page.get_by_role("group", name="Draw by hand").wait_for()
    assert_accessible(isa.page)
    isa.page.goto(f"{isa.page.url}?view=table")
    isa.page.locator("#map").wait_for()
    assert_accessible(isa.page)

    stranger = Seat(browser, color_scheme="light", **INJECTED)
    page = stranger.page
    for path in ("", "forgotten", "reset/no-such-link", "back/no-such-link", "join/no-such-link"):
        page.goto(f"{served.origin}/{path}")
        page.get_by_role("heading").first.wait_for()
        assert_accessible(page)
    page.goto(served.origin)
    page.get_by_role("radio", name="I have an account").click()
    assert_accessible(page)
    stranger.context.close()

    # Whoever is here first is the server's admin.
    dora = new_here(served, browser, "Dora", color_scheme="light", **INJECTED)
    page = dora.page
    page.locator("dialog[open]").wait_for()
    assert_accessible(page)
    create(dora, "The Marches")
    ann = joined(dora, browser, "Ann", **INJECTED)
    for url in (dora.page.evaluate("() => location.href"), served.origin):
        ann.page.goto(url)
        ann.page.get_by_role("heading").first.wait_for()
        assert_accessible(ann.page)
    page.goto(f"{served.origin}/account")
    page.get_by_role("region", name="Second factor").wait_for()
    assert_accessible(page)
    page.goto(f"{served.origin}/")
    page.get_by_role("heading", name=re.compile("The Marches")).wait_for()
    assert_accessible(page)
    page.goto(f"{served.origin}/admin")
    for view in ("Server", "People", "Campaigns", "Settings", "Log"):
        page.get_by_role("radio", name=view).click()
        page.locator("main section.stack > *").first.wait_for()
        assert_accessible(page)
