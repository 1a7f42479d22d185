"""Notices and the panel that aligns a picture on the smallest screens: no control is out of reach."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIZES = ((390, 780), (320, 568), (320, 256))
LONG = "Wyvern the terrible of the northern marches"
TOKEN = "(label) => hexroom.table.commands.createToken({ hexKey: '3,3', label })"

UNDER_A_NOTICE = """(() => {
    const notices = [...document.querySelectorAll(".toast")].map((each) => each.getBoundingClientRect());
    const clip = (each) => each.closest(".side, .rail, .zoom, .brushbar, dialog")?.getBoundingClientRect();
    return [...document.querySelectorAll("button, a, select, input")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest("#toasts, .twin, .sr") && !each.matches(".skip"))
        .filter((each) => {
            const at = each.getBoundingClientRect(), within = clip(each);
            if (within && (at.bottom <= within.top || at.top >= within.bottom)) return false;
            // Not one that a side lies over already.
            const x = (at.left + at.right) / 2, y = (at.top + at.bottom) / 2;
            const top = document.elementsFromPoint(x, y).find((one) => !one.closest("#toasts"));
            if (each !== top && !each.contains(top)) return false;
            return notices.some((one) => one.left < at.right - 1 && one.right > at.left + 1 && one.top < at.bottom - 1 && one.bottom > at.top + 1);
        }).map((each) => each.outerHTML.slice(0, 90));
})()"""

TAKE_BACK = "(what) => hexroom.table.take(undefined, what)"

OUTSIDE = """async (button) => {
    for (const end = Date.now() + 20_000; ; await new Promise(requestAnimationFrame)) {
        const at = button.getBoundingClientRect(), x = (at.left + at.right) / 2, y = (at.top + at.bottom) / 2;
        const top = document.elementFromPoint(x, y);
        const outside = !(button === top || button.contains(top));
        if (!outside || Date.now() > end) return outside;
    }
}"""
"""Whether a button stays out of reach: the page may take some frames to make room."""


def phone(browser: Browser, size: tuple[int, int]) -> Seat:
    width, height = size
    context: dict[str, Any] = {"viewport": {"width": width, "height": height}}
    return Seat(browser, has_touch=True, is_mobile=True, **context)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_no_control_is_under_a_notice_with_a_button(
    served: Served, browser: Browser, size: tuple[int, int]
) -> None:
    dm = phone(browser, size).open(served.links["dm"])
    dm.page.evaluate(TOKEN, LONG)
    dm.until("hexroom.table.room.get().history.canUndo")
    dm.page.evaluate(TAKE_BACK, f"Put {LONG} on hex 0405")
    notices = dm.page.get_by_label("Notices")
    redo = notices.get_by_role("button", name="Redo")
    expect(redo).to_be_visible()
    dm.until(f"{UNDER_A_NOTICE}.length === 0")
    assert not redo.evaluate(OUTSIDE)
    dismiss = notices.get_by_role("button", name="Dismiss")
    assert not dismiss.evaluate(OUTSIDE)
    middle = "(node) => { const at = node.getBoundingClientRect(); return at.top + at.height / 2; }"
    assert abs(redo.evaluate(middle) - dismiss.evaluate(middle)) < 8

    # Out comes a bar of tools: the notice makes room, or the bar waits for it.
    dm.page.keyboard.press("r")
    dm.until(f"document.querySelector('.toast') && {UNDER_A_NOTICE}.length === 0")
    notices.get_by_role("button", name="Dismiss").tap()
    expect(redo).to_be_hidden()
    expect(dm.page.locator(".brushbar")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_is_aligned_on_a_screen_magnified_four_times(
    served: Served, browser: Browser, scheme: str
) -> None:
    dm = phone(browser, (320, 256)).open(served.links["dm"])
    dm.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    file = io.BytesIO()
    Image.new("RGB", (700, 600), "red").save(file, "PNG")
    dm.page.evaluate("() => hexroom.table.open('backdrop')")
    panel = dm.page.get_by_role("region", name="Picture under the map")
    picture = {"name": "map.png", "mimeType": "image/png", "buffer": file.getvalue()}
    panel.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    mark = panel.get_by_role("button", name="Mark two hexes")
    mark.wait_for()

    # At once, without scrolling: the way out, and what lays a picture.
    for name in ("Done", "Mark two hexes", "Fit to the map"):
        assert not panel.get_by_role("button", name=name).evaluate(OUTSIDE), name
    # Some of the picture stays in sight.
    assert panel.evaluate("(node) => node.getBoundingClientRect().top") >= 90
    for name in ("Remove", "Another"):
        button = panel.get_by_text(name, exact=True)
        button.scroll_into_view_if_needed()
        assert not button.evaluate(OUTSIDE), name
    panel.get_by_text("By numbers").scroll_into_view_if_needed()
    panel.get_by_text("By numbers").tap()
    panel.get_by_label("Turned, °").fill("30")
    dm.until("hexroom.scene.under()?.get()?.alignment.rotation === 30")
    assert not panel.get_by_role("button", name="Done").evaluate(OUTSIDE)
    panel.get_by_role("button", name="Done").tap()
    expect(panel).to_be_hidden()


MINE = "Object.values(room.tokens).find((each) => each.ownerId === room.userId)"


def test_another_tool_puts_down_the_token_in_hand(served: Served, browser: Browser) -> None:
    dm = phone(browser, (390, 780)).open(served.links["dm"])
    dm.page.evaluate(TOKEN, LONG)
    dm.until(f"Object.values(hexroom.table.room.get().tokens).some((t) => t.label === '{LONG}')")
    dm.page.evaluate(
        """(label) => hexroom.table.carry.pick(
            Object.values(hexroom.table.room.get().tokens).find((each) => each.label === label))""",
        LONG,
    )
    carried = dm.page.locator(".carry")
    expect(carried).to_contain_text(LONG)
    for control in dm.page.locator(":is(.zoom, .rail, .turns) button:visible").all():
        assert not control.evaluate(OUTSIDE)
    dm.page.get_by_role("button", name="Terrain").tap()
    expect(carried).to_be_hidden()
    assert not dm.page.evaluate("() => hexroom.table.carry.active()")


def test_a_token_in_hand_covers_no_control_and_is_put_down_for_a_replay(
    served: Served, browser: Browser
) -> None:
    player = phone(browser, (390, 780)).open(served.links["player"])
    player.page.evaluate(
        f"() => {{ const room = hexroom.table.room.get(); hexroom.table.carry.pick({MINE}); }}"
    )
    carried = player.page.locator(".carry")
    expect(carried.get_by_role("button", name="Cancel")).to_be_visible()
    player.page.get_by_role("button", name="Look at the map").tap()
    zoom = player.page.locator(".zoom button:visible")
    assert [button for button in zoom.all() if button.evaluate(OUTSIDE)] == []

    player.page.evaluate("() => hexroom.table.open('sessions')")
    player.page.get_by_role("dialog").get_by_role("button", name="Watch").first.tap()
    expect(player.page.get_by_role("region", name="Replay")).to_be_visible()
    player.until("hexroom.table.readOnly()")
    expect(carried).to_be_hidden()
    assert not player.page.evaluate("() => hexroom.table.carry.active()")


CROWDED = """(node) => {
    const boxes = [...node.children].map((each) => each.getBoundingClientRect()).filter((each) => each.height);
    return boxes.slice(1).filter((each, i) => each.top < boxes[i].bottom + 6).length;
}"""


def test_fields_and_items_keep_a_distance(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    dm.page.evaluate("() => hexroom.table.open('rules')")
    settings = dm.page.locator("dialog[open] div:has(> .check)")
    assert settings.evaluate(CROWDED) == 0
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("button", name="Menu").click()
    items = dm.page.locator(".menu .item:has(.dim)")
    expect(items.first).to_be_visible()
    for item in items.all():
        assert item.evaluate(
            "(node) => node.offsetHeight - node.querySelector('span').offsetHeight >= 6"
        )
