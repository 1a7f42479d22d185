"""Names, crowds, screens and browsers at their worst: nothing is cut off, and nothing breaks."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.support.browsers import SETTLED, Seat, Served, answered, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DENIED = """for (const store of ["localStorage", "sessionStorage", "indexedDB"])
    Object.defineProperty(window, store, { get() { throw new DOMException("denied", "SecurityError"); } });"""
AN_HOUR_AHEAD = "const real = Date.now; Date.now = () => real() + 3_600_000;"

NAMES = ["W" * 80, "שלום עולם " * 8, "🏴‍☠️👩‍👩‍👧‍👦" * 7, "漢字" * 40]
HANDOUT = {
    "id": "x1",
    "title": NAMES[0],
    "image": "none",
    "width": 7,
    "height": 6,
    "shownTo": "all",
}
CROWD = """(names) => {
    const room = hexroom.table.room, { people, tokens, notes } = room.get();
    const some = (n, make) => Object.fromEntries(Array.from({ length: n }, (_, i) => make(`x${i}`, names[i % names.length]))
        .map((each) => [each.id, each]));
    room.update({
        people: [...people, ...names.map((name, i) => ({ userId: `x${i}`, name, role: "player", online: true }))],
        tokens: { ...tokens, ...some(300, (id, label) => ({ id, label, hexKey: "12,2", ownerId: "x1", color: "#a03030" })) },
        notes: { ...notes, ...some(4, (id, title) => ({ id, title, hexKey: "12,2", kind: "lore", playerText: title, dmText: title, audience: "seen", players: [] })) },
    });
    hexroom.table.campaign.set({ ...hexroom.table.campaign.get(), name: names[0] });
}"""

CUT_OFF = """() => [...document.querySelectorAll("button, a, select, input, p, h1, h2, h3, label, li, .row, .sight")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".sr, .twin, .chips, .zoom, .skip"))
    .filter((e) => {
        const at = e.getBoundingClientRect(), clip = e.closest(".hexcard, dialog, .side")?.getBoundingClientRect();
        return at.width && (at.left < (clip?.left ?? 0) - 1 || at.right > (clip?.right ?? innerWidth) + 1);
    }).map((e) => e.outerHTML.slice(0, 90))
    .concat(document.documentElement.scrollWidth > innerWidth ? ["the page is wider than the screen"] : [])"""


def test_nothing_is_cut_off_or_breaks_at_its_worst(served: Served, browser: Browser) -> None:
    dm = Seat(browser)
    dm.context.add_init_script(DENIED)
    dm.context.add_init_script(AN_HOUR_AHEAD)
    dm.open(served.links["dm"])
    page = dm.page
    start_session(dm)
    expect(page.locator(".clock")).to_have_text(re.compile(r"^\d?\d:\d\d$"))
    page.keyboard.press("l")

    page.evaluate(CROWD, NAMES)
    for width, height in ((1280, 800), (390, 780), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        dm.until(SETTLED)
        assert page.evaluate(CUT_OFF) == []
        page.keyboard.press("r")
        expect(page.locator(".brushbar")).to_be_visible()
        assert page.evaluate(CUT_OFF) == []
        page.keyboard.press("Escape")
        page.evaluate("() => hexroom.table.ask('12,2')")
        page.get_by_role("dialog", name="Hex").wait_for()
        assert page.evaluate(CUT_OFF) == []
        page.keyboard.press("Escape")
        page.evaluate("() => hexroom.table.openSide('notes')")
        expect(page.locator(".side .note").first).to_be_visible()
        assert page.evaluate(CUT_OFF) == []
        page.keyboard.press("Escape")
        page.evaluate("() => hexroom.table.openSide('people')")
        assert page.evaluate(CUT_OFF) == []
        page.evaluate("() => { document.querySelector('.side').dataset.open = 'false'; }")
        for dialog in ("handout", "handout#askWhom"):
            page.evaluate("([name, of]) => hexroom.table.open(name, of)", [dialog, HANDOUT])
            page.locator("dialog[open]").wait_for()
            # Its words stand in for a picture that does not come.
            dm.until(
                "[...document.querySelectorAll('dialog.handout img')].every((each) => each.complete)"
            )
            assert page.evaluate(CUT_OFF) == []
            page.get_by_role("dialog").get_by_role("button", name="Close").click()
            expect(page.locator("dialog[open]")).to_have_count(0)
        page.evaluate("() => hexroom.table.open('backdrop')")
        panel = page.get_by_role("region", name="Picture under the map")
        panel.wait_for()
        assert page.evaluate(CUT_OFF) == []
        panel.get_by_role("button", name="Done").click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("() => hexroom.table.select('12,2')")
    expect(page.locator(".readout")).to_contain_text("and 295 more")

    page.evaluate("() => { document.getElementById('app').hidden = true; }")
    dm.until("hexroom.scene.host.getBoundingClientRect().width === 0")
    page.evaluate("() => { document.getElementById('app').hidden = false; }")
    dm.until(SETTLED)

    # The same person in another tab does the opposite.
    other = dm.context.new_page()
    other.goto(page.url)
    other.wait_for_function("() => globalThis.hexroom?.table.room.get().ready")
    page.evaluate("() => void hexroom.table.commands.reveal(['3,3'], 'all')")
    other.evaluate("() => hexroom.table.commands.hide(['3,3'], 'all')")
    answered(dm)
    seen = "() => JSON.stringify(hexroom.table.room.get().viewers.at(3, 3) ?? null)"
    version = "() => hexroom.table.room.get().history.canUndo"
    other.wait_for_function(f"(of) => ({version})() === of", arg=page.evaluate(version))
    assert page.evaluate(seen) == other.evaluate(seen)


def wide_picture(side: int) -> dict[str, Any]:
    """Return a file that somebody chooses: a strip of a map as wide as that."""
    file = io.BytesIO()
    Image.new("RGB", (side, 600), "seagreen").save(file, "PNG")
    return {"name": "wide.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_the_largest_picture_is_laid_on_a_phone_and_a_larger_one_refused_in_words(
    served: Served, browser: Browser
) -> None:
    phone: Any = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    dm = Seat(browser, device_scale_factor=3, **phone).open(served.links["dm"])
    player = Seat(browser, device_scale_factor=3, **phone).open(served.links["player"])
    dm.page.evaluate("() => hexroom.table.open('backdrop')")
    panel = dm.page.get_by_role("region", name="Picture under the map")
    choose = panel.locator("input[type=file]")

    choose.set_input_files(wide_picture(16_385))  # type: ignore[arg-type]
    said = dm.page.get_by_label("Notices").get_by_text("at most 16384 pixels a side")
    expect(said).to_be_visible()
    assert dm.page.evaluate(CUT_OFF) == []
    assert not dm.page.evaluate("() => hexroom.scene.under()?.get()")

    choose.set_input_files(wide_picture(16_384))  # type: ignore[arg-type]
    panel.get_by_role("button", name="Fit to the map").tap()
    dm.until("hexroom.scene.under()?.get()?.width === 16384")
    dm.until(SETTLED)
    assert dm.page.evaluate(CUT_OFF) == []
    panel.get_by_role("button", name="Done").tap()
    for seat in (dm, player):
        seat.until("hexroom.table.room.get().picture")
        for by in (0.02, 400):
            seat.page.evaluate("(by) => hexroom.scene.zoom(by)", by)
            seat.until(SETTLED)
    assert player.page.evaluate(CUT_OFF) == []


def test_who_allows_no_cookies_is_told(served: Served, browser: Browser) -> None:
    ben = Seat(browser)
    ben.context.route(
        "**/api/auth/signup",
        lambda route: route.fulfill(status=201, content_type="application/json", body="{}"),
    )
    ben.page.goto(served.origin)
    ben.page.get_by_label("Name").fill("Ben")
    ben.page.get_by_label("Email").fill("ben@example.org")
    ben.page.get_by_label("Password").fill("correct horse battery")
    ben.page.get_by_role("button", name="Create your table").click()
    expect(ben.page.get_by_role("alert")).to_contain_text("keeps no cookies")
