"""The page for every hand and eye: phone, keyboard, names, roles, contrast."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect

from tests.support.browsers import Seat, Served, create, new_here, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

MOVING = {"reduced_motion": "no-preference"}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

NAMELESS = """() => {
    const shown = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest("[aria-hidden=true]");
    const name = (e) => (e.getAttribute("aria-label") || e.getAttribute("title") || e.innerText || e.labels?.[0]?.innerText || e.getAttribute("aria-labelledby") || "").trim();
    return [...document.querySelectorAll("button, a[href], input, select, textarea, [role=grid], [role=toolbar], [role=radiogroup], [role=tablist]")]
        .filter(shown).filter((e) => !name(e)).map((e) => e.outerHTML.slice(0, 120));
}"""

ROLES = """() => {
    const inside = {radio: "radiogroup", tab: "tablist", row: "grid", gridcell: "row"};
    const wrong = [];
    for (const [role, parent] of Object.entries(inside))
        for (const e of document.querySelectorAll(`[role=${role}]`)) if (!e.closest(`[role=${parent}]`)) wrong.push(`${role} outside ${parent}`);
    for (const e of document.querySelectorAll("[role=radio]")) if (!e.hasAttribute("aria-checked")) wrong.push("radio without state");
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    if (new Set(ids).size !== ids.length) wrong.push("an id twice");
    if (document.querySelectorAll("main").length !== 1 || !document.querySelector("h1")) wrong.push("no one main, or no h1");
    return wrong;
}"""

PALE = """() => {
    const rgb = (text) => { const c = document.createElement("canvas").getContext("2d", {willReadFrequently: true}); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
    const light = ([r, g, b]) => { const f = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
    const behind = (e) => { for (; e; e = e.parentElement) { const s = getComputedStyle(e); if (s.backgroundImage !== "none") return null; const c = rgb(s.backgroundColor); if (c[3] > 240) return c; } return rgb(getComputedStyle(document.body).backgroundColor); };
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !e.checkVisibility({visibilityProperty: true, opacityProperty: true}) || e.closest(":disabled, .twin, .sr, noscript, s, option")) continue;
        const s = getComputedStyle(e), back = behind(e);
        if (!back) continue;
        const [a, b] = [light(rgb(s.color)), light(back)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05), large = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.6 && s.fontWeight >= 700);
        if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${e.className || e.tagName}: ${walk.currentNode.data.trim().slice(0, 40)}`);
    }
    return [...new Set(found)];
}"""


STILL = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => {})))"""
"""Wait until nothing fades in or out any more: a colour half way is nobody's."""


def assert_fair(seat: Seat) -> None:
    """Assert that all that is shown has a name, a role in its place, and contrast enough."""
    seat.page.evaluate(STILL)
    assert seat.page.evaluate(NAMELESS) == []
    assert seat.page.evaluate(ROLES) == []
    assert seat.page.evaluate(PALE) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_names_roles_and_contrast_of_the_table(
    served: Served, browser: Browser, scheme: Any
) -> None:
    dm = Seat(browser, color_scheme=scheme).open(served.links["dm"])
    isa = Seat(browser, color_scheme=scheme).open(served.links["player"])
    assert_fair(isa)
    assert_fair(dm)
    dm.page.keyboard.press("s")
    dm.until("hexroom.table.room.get().mode === 'staged'")
    dm.page.keyboard.press("r")
    dm.click_hex("3,3")
    dm.page.locator(".staged li").wait_for()
    assert_fair(dm)
    dm.page.keyboard.press("t")
    assert_fair(dm)
    dm.page.keyboard.press("Escape")
    dm.page.mouse.click(*dm.at("3,3"), button="right")
    dm.page.get_by_role("dialog", name="Hex").wait_for()
    assert_fair(dm)
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("tab", name="Log").click()
    dm.page.locator(".entry").first.wait_for()
    dm.page.get_by_role("button", name="Menu").click()
    assert_fair(dm)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_names_roles_and_contrast_of_the_first_screen(
    served: Served, browser: Browser, scheme: Any
) -> None:
    seat = Seat(browser, color_scheme=scheme)
    seat.page.goto(served.origin)
    seat.page.get_by_role("button", name="Create your table").wait_for()
    assert_fair(seat)


def first_steps_cover_nothing_and_go_for_good(dm: Seat) -> None:
    steps = dm.page.get_by_role("region", name="First steps")
    expect(steps.get_by_role("button")).to_have_text(
        ["Invite players", "Start", "Reveal hexes", ""]
    )
    below = "(node) => node.getBoundingClientRect().bottom <= document.querySelector('.stage').getBoundingClientRect().top"
    assert steps.evaluate(below)
    dm.page.evaluate("() => hexroom.table.pictured.set({ alignment: {} })")
    steps.get_by_role("button", name="Align the picture").click()
    expect(dm.page.locator(".picture")).to_be_visible()
    assert steps.evaluate(below)
    dm.page.locator(".picture").get_by_role("button", name="Done").click()
    steps.get_by_role("button", name="Close the first steps").click()
    expect(steps).to_be_hidden()
    dm.page.reload()
    dm.until("hexroom.table.room.get().ready")
    expect(steps).to_be_hidden()


def test_a_new_dm_makes_a_campaign_and_a_phone_joins_it(served: Served, browser: Browser) -> None:
    dm = new_here(served, browser, "Noa")
    dm.page.get_by_text("600 hexes").wait_for()
    create(dm, "The Long Fen")
    assert dm.room("room.terrain.size") == 600
    # Ctrl+Z would not take away what the campaign began with.
    expect(dm.page.get_by_role("button", name="Undo")).to_be_disabled()
    first_steps_cover_nothing_and_go_for_good(dm)
    dm.page.get_by_role("button", name="Invite", exact=True).first.click()
    link = dm.page.get_by_role("textbox", name="Invite link")
    link.wait_for()
    code = dm.page.get_by_role("img", name="QR code of the invite link")
    assert code.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 100

    phone = Seat(browser, **PHONE)
    phone.page.goto(link.input_value())
    phone.page.get_by_role("heading", name="The Long Fen").wait_for()
    phone.page.get_by_label("Your name at the table").fill("Bo")
    phone.page.get_by_role("button", name="Take a seat").tap()
    phone.page.wait_for_url("**/c/**")
    phone.until("hexroom.table.room.get().ready")
    dm.until("hexroom.table.room.get().people.some((p) => p.name === 'Bo' && p.online)")
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_a_campaign_begins_with_a_file(served: Served, browser: Browser) -> None:
    dm = new_here(served, browser, "Noa")
    dm.page.get_by_role("radio", name="From a file").click()
    expect(dm.page.get_by_role("button", name="Create campaign")).to_be_disabled()
    file = FilePayload(
        name="fen.txt", mimeType="text/plain", buffer=b"0101 mountain\n0102 forest\nwhat?\n"
    )
    dm.page.get_by_label("Worldographer").set_input_files(file)
    expect(dm.page.get_by_text("1 × 2, 2 hexes")).to_be_visible()
    expect(dm.page.get_by_text("1 remark")).to_be_visible()
    assert_fair(dm)
    create(dm, "Filed")
    assert dm.room("[...room.terrain].map(([q, r, t]) => t.terrain).sort()") == [
        "forest",
        "mountain",
    ]


LABEL = "(key) => hexroom.table.label(key)"


def test_a_campaign_begins_with_a_picture(served: Served, browser: Browser) -> None:
    dm = new_here(served, browser, "Noa")
    dm.page.get_by_role("radio", name="Make one").focus()
    dm.page.keyboard.press("ArrowLeft")
    expect(dm.page.get_by_role("radio", name="From a picture")).to_be_focused()
    drawn = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(drawn, "PNG")
    file = FilePayload(name="fen.png", mimeType="image/png", buffer=drawn.getvalue())
    dm.page.get_by_label("Picture of your map").set_input_files(file)
    assert_fair(dm)
    create(dm, "Pictured")
    dm.until("hexroom.scene.under()?.get().width === 300")
    assert dm.page.evaluate("hexroom.scene.under().get().alignment.scale") > 1
    assert dm.room("room.terrain.size") == 0
    assert dm.room("room.history.canUndo") is None

    # Two hexes of the picture say how it lies: as wide again as it did.
    was = dm.page.evaluate("hexroom.scene.under().get().alignment")
    dm.page.evaluate("() => hexroom.table.open('backdrop')")
    dm.page.get_by_role("button", name="Mark two hexes").click()
    field = dm.page.get_by_label("Which hex is that?")
    for clicked, said in (("4,4", "4,4"), ("6,4", "8,4")):
        dm.click_hex(clicked)
        expect(field).to_have_value(dm.page.evaluate(LABEL, clicked))
        field.fill(dm.page.evaluate(LABEL, said))
        dm.page.keyboard.press("Enter")
    dm.page.get_by_role("button", name="Mark two hexes").wait_for()
    lies = dm.page.evaluate("hexroom.scene.under().get().alignment")
    assert lies["rotation"] == 0
    assert lies["scale"] == pytest.approx(2 * was["scale"], rel=0.05)

    # A picture that is stretched: as wide as it is, and twice as high.
    dm.page.get_by_text("By numbers").click()
    expect(dm.page.get_by_label("Scale", exact=True)).to_be_visible()
    expect(dm.page.get_by_label("Scale, height")).to_be_hidden()
    dm.page.get_by_label("Stretched: width and height").check()
    expect(dm.page.get_by_label("Scale, height")).to_be_visible()
    dm.page.get_by_role("button", name="Mark two hexes").click()
    for clicked, said in (("2,0", "2,0"), ("6,2", "6,6")):
        dm.click_hex(clicked)
        expect(field).to_have_value(dm.page.evaluate(LABEL, clicked))
        field.fill(dm.page.evaluate(LABEL, said))
        dm.page.keyboard.press("Enter")
    dm.page.get_by_role("button", name="Mark two hexes").wait_for()
    dm.until("hexroom.table.room.get().picture?.alignment.scaleY")
    high = dm.room("room.picture.alignment")
    assert high["scale"] == pytest.approx(lies["scale"], rel=0.05)
    assert high["scaleY"] == pytest.approx(2 * lies["scale"], rel=0.05)
    # Its first, third … columns are pushed down: labels of the others are those that it has.
    dm.page.get_by_label("Pushed down").select_option("The first, third … column")
    dm.until("hexroom.table.room.get().map.parity === 'even'")
    assert [dm.page.evaluate(LABEL, key) for key in ("0,0", "1,-1", "2,-1")] == [
        "0101",
        "0201",
        "0301",
    ]
    dm.page.get_by_role("button", name="Fit to the map").click()
    dm.until("hexroom.table.room.get().picture.alignment.scaleY === undefined")


def test_a_phone_has_all_controls_within_reach(served: Served, browser: Browser) -> None:
    for name in ("dm", "player"):
        seat = Seat(browser, **PHONE).open(served.links[name])
        outside = seat.page.evaluate(
            """() => [...document.querySelectorAll("button, a, select")].filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest(".side, .skip, dialog") && !e.matches(".skip"))
                .filter((e) => { const b = e.getBoundingClientRect(); return b.left < 0 || b.right > 360 || b.bottom > 740; }).map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert outside == []
        assert_fair(seat)


def test_a_night_by_keyboard_alone(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    isa = Seat(browser).open(served.links["player"])
    keys = dm.page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(60):
            focused = dm.page.evaluate(
                "() => { const e = document.activeElement; return e === document.body ? '' : e.getAttribute('aria-label') || e.innerText || ''; }"
            )
            if name in focused:
                return
            keys.press("Tab")
        raise AssertionError(f"{name} is not reached by Tab")

    # Whoever comes in meanwhile would have the focus taken from what is drawn anew.
    dm.until("hexroom.table.room.get().people.every((each) => each.online || each.name !== PLAYER)".replace("PLAYER", repr(served.player)))  # fmt: skip
    tab_to("Start a new session")
    keys.press("Enter")
    isa.until("document.documentElement.dataset.phase === 'active'")
    keys.press("s")
    dm.until("hexroom.table.room.get().mode === 'staged'")
    keys.press("r")
    keys.press("/")
    keys.type("0406")
    keys.press("Enter")
    dm.until("document.activeElement.getAttribute('role') === 'gridcell'")
    assert dm.page.evaluate("() => document.activeElement.textContent").startswith("0406: ")
    keys.press("ArrowRight")
    assert dm.page.evaluate("() => document.activeElement.textContent").startswith("0506: ")
    keys.press("Enter")
    dm.page.locator(".staged li").wait_for()
    keys.press("Control+s")
    isa.until("hexroom.table.room.get().shown.at(4, 3) === 'full'")
    expect(dm.page.locator("#spoken")).not_to_be_empty()
    keys.press("Escape")
    keys.press("g")
    keys.press("Enter")
    dm.page.get_by_role("dialog", name="Hex 0506").wait_for()
    keys.press("Escape")
    dm.until("document.activeElement.getAttribute('role') === 'gridcell'")
    keys.press("?")
    dm.page.get_by_role("dialog", name="Keys").wait_for()
    keys.press("Escape")


def test_who_is_not_signed_in_is_led_back_after_signing_in(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    table = dm.page.url
    made = dm.page.evaluate(
        "async () => (await fetch('/api/auth/signup', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({name: 'Kim', email: 'kim@example.org', password: 'correct horse battery'})})).status"
    )
    assert made < 300
    seat = Seat(browser)
    seat.page.goto(table)
    seat.page.get_by_role("heading", name="Sign in first").wait_for()
    assert_fair(seat)
    seat.page.get_by_role("link", name="Sign in").click()
    seat.page.get_by_label("Email").fill("kim@example.org")
    seat.page.get_by_label("Password").fill("correct horse battery")
    seat.page.get_by_role("button", name="Sign in").click()
    seat.page.wait_for_url(table)
    seat.page.get_by_role("heading", name="Not your table").wait_for()


def test_the_card_of_a_hex_stays_within_the_map_as_it_grows(
    served: Served, browser: Browser
) -> None:
    low = {"width": 1280, "height": 560}
    dm = Seat(browser, viewport=low).open(served.links["dm"])
    dm.page.mouse.click(*dm.at("3,3"), button="right")
    card = dm.page.get_by_role("dialog", name="Hex")
    card.wait_for()
    for title in ("Mill", "Well", "Gallows"):
        dm.page.evaluate(
            "(title) => hexroom.table.commands.setNote('3,3', {kind: 'lore', title, playerText: 'Old.', audience: 'dm'})",
            title,
        )
    expect(card).to_contain_text("Gallows")
    over = card.evaluate(
        "(node) => node.getBoundingClientRect().bottom - hexroom.scene.host.getBoundingClientRect().bottom"
    )
    assert over <= 0


AT_A_RESIZE = """() => new Promise((done) => {
    const { host } = hexroom.scene, canvas = host.querySelector("canvas");
    new ResizeObserver(() => {
        if (host.clientHeight === before) return;
        done([...canvas.getContext("2d").getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data]);
    }).observe(host);
    const before = host.clientHeight;
    document.querySelector(".notice-row").style.minHeight = "90px";
})"""


def test_the_map_is_there_in_the_frame_in_which_a_banner_takes_its_room(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser, painted=True).open(served.links["dm"])
    dm.picture()
    assert dm.page.evaluate(AT_A_RESIZE)[:3] != [0, 0, 0]


def test_the_first_reveal_brings_a_phone_to_it_and_no_later_one(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    phone = Seat(browser, painted=True, **MOVING, **PHONE).open(served.links["player"])
    dm.page.evaluate("() => hexroom.table.commands.hide('all', 'all')")
    phone.until("hexroom.table.room.get().shown.size === 0")
    phone.page.evaluate("() => hexroom.scene.fit()")
    phone.picture()
    whole = phone.page.evaluate("() => hexroom.scene.camera().scale")

    dm.page.evaluate("() => hexroom.table.commands.reveal(['3,3'], 'all')")

    phone.until(f"hexroom.scene.camera().scale > {2 * whole} && hexroom.scene.resting()")
    there = phone.page.evaluate("() => hexroom.scene.camera()")
    dm.page.evaluate("() => hexroom.table.commands.reveal(['4,3'], 'all')")
    phone.until("hexroom.table.room.get().shown.size === 2 && hexroom.scene.resting()")
    assert phone.page.evaluate("() => hexroom.scene.camera()") == there


def test_the_end_of_a_session_is_not_under_an_open_card(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    phone = Seat(browser, **PHONE).open(served.links["player"])
    if dm.room("room.status") != "active":
        start_session(dm)
    phone.until("hexroom.table.room.get().status === 'active'")
    phone.page.evaluate("() => hexroom.table.ask('3,3')")
    phone.page.get_by_role("dialog", name="Hex").wait_for()

    dm.page.get_by_role("button", name="End", exact=True).click()
    dm.page.get_by_role("button", name="End session").click()

    phone.page.get_by_role("button", name="What happened").wait_for()
    card = phone.page.locator(".hexcard").bounding_box()
    assert card is not None
    middle = [card["x"] + card["width"] / 2, card["y"] + card["height"] / 2]
    at = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.overlay'))"
    assert phone.page.evaluate(at, middle), "the card is on top"
    phone.page.get_by_role("button", name="Look at the map").tap()
    assert not phone.page.evaluate(at, middle)
