"""The longest names, in any script, wherever they are shown: nothing is cut off or under something else."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsers import SETTLED, Seat, Served, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

NAMES = ["W" * 80, "שלום עולם " * 7 + "שלום", "🐉🧙" * 40, "漢字" * 40]
SIZES = ((1280, 800), (390, 780), (320, 568), (320, 256))

SHOW = """async (names) => {
    const { commands, campaignId } = hexroom.table;
    for (const [i, label] of names.entries()) {
        await commands.createToken({ hexKey: `${12 + i},2`, label });
        await commands.setNote(`${12 + i},2`, { kind: "lore", title: label, playerText: label, audience: "seen" });
    }
    const body = JSON.stringify({ name: names[0] }), headers = { "Content-Type": "application/json" };
    await fetch(`/api/campaigns/${campaignId}`, { method: "PATCH", headers, body });
}"""
INVITE = """async (approval) => (await (await fetch(`/api/campaigns/${hexroom.table.campaignId}/invites`, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({ role: "player", approval }) })).json()).token"""

OUTSIDE = """(node) => {
    const parts = [node, ...node.querySelectorAll("button, select, input, p, h1, strong, span, time, .caption, .row, li")];
    const stage = (node.closest(".stage, .side") ?? document.body).getBoundingClientRect();
    return parts.filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(".marks")).filter((part) => {
        const at = part.getBoundingClientRect();
        if (at.left < Math.max(0, stage.left) - 1 || at.right > Math.min(innerWidth, stage.right) + 1) return true;
        const style = getComputedStyle(part);
        const cut = part.scrollWidth > part.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
        return cut && !["INPUT", "SELECT"].includes(part.tagName);
    }).map((part) => part.outerHTML.slice(0, 90));
}"""
"""Parts of something that leave the screen or the side they are in, or whose words are cut off without a sign of it."""

UNREACHABLE = """(node) => [...node.querySelectorAll("button, select, input")].filter((part) => {
    if (!part.checkVisibility({ visibilityProperty: true })) return false;
    part.scrollIntoView({ block: "nearest" });
    const at = part.getBoundingClientRect(), top = document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2);
    return part !== top && !part.contains(top);
}).map((part) => part.outerHTML.slice(0, 90))"""

AT_REST = """async (node) => {
    const look = LOOK, end = Date.now() + 20_000;
    for (;;) {
        const found = look(node);
        if (!found.length || Date.now() > end) return found;
        await new Promise(requestAnimationFrame);
    }
}"""
"""What a look finds once the page has come to rest: it may take some frames to make room after its size changed."""


def whole(seat: Seat, part: Locator) -> None:
    """Assert that something is whole on the page, and each of its controls within reach, in all sizes."""
    for width, height in SIZES:
        seat.page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            seat.page.emulate_media(color_scheme=scheme)
            expect(part).to_be_visible()
            for look in (OUTSIDE, UNREACHABLE):
                found = part.evaluate(AT_REST.replace("LOOK", look))
                assert found == [], (width, height, scheme)


def come(dm: Seat, served: Served, browser: Browser, name: str, *, approval: bool) -> None:
    """Have a guest of that name take an invitation."""
    token = dm.page.evaluate(INVITE, approval)
    guest = browser.new_context()
    path = f"{served.origin}/api/invites/{token}/accept"
    answer = guest.request.post(path, data={"name": name}, headers={"Origin": served.origin})
    assert answer.ok, answer.text()
    guest.close()


def test_who_waits_at_the_door_is_named_whole(served: Served, browser: Browser) -> None:
    dm = Seat(browser).open(served.links["dm"])
    for name in NAMES:
        come(dm, served, browser, name, approval=True)
    door = dm.page.get_by_role("region", name="Waiting to be let in")
    for waiting in (3, 2, 1, 0):
        expect(door).to_contain_text(f"{waiting} more wait" if waiting else "asks to come in.")
        expect(door.get_by_role("button", name="Not now")).to_be_enabled()
        whole(dm, door)
        for width, height in SIZES:
            dm.page.set_viewport_size({"width": width, "height": height})
            # The map is what a table is for.
            assert dm.page.evaluate(
                "() => document.querySelector('.door').offsetHeight < innerHeight / 3"
            )
        dm.page.set_viewport_size({"width": 1280, "height": 800})
        name = door.locator("strong").inner_text()
        door.get_by_role("button", name="Not now").click()
        expect(door.get_by_text(name, exact=True)).to_be_hidden()


def test_the_log_the_replay_and_the_big_screen_show_such_names(
    served: Served, browser: Browser
) -> None:
    dm = Seat(browser).open(served.links["dm"])
    for name in NAMES:
        come(dm, served, browser, name, approval=False)
    start_session(dm)
    dm.page.evaluate(SHOW, NAMES)
    dm.page.evaluate("() => hexroom.table.openSide('log')")
    expect(dm.page.locator(".entry", has_text=NAMES[3]).first).to_be_visible()
    whole(dm, dm.page.locator(".side"))

    dm.page.evaluate("() => { document.querySelector('.side').dataset.open = 'false'; }")
    dm.page.set_viewport_size({"width": 1280, "height": 800})
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Sessions and replay").click()
    dm.page.get_by_role("dialog").get_by_role("button", name="Watch").first.click()
    dm.replay_start()
    caption = dm.page.locator(".scrubber .caption")
    for _ in range(40):
        dm.replay_step()
        if NAMES[0] in caption.inner_text():
            break
    assert NAMES[0] in caption.inner_text()
    whole(dm, dm.page.locator(".scrubber"))

    screen = Seat(browser).open(served.links["player"])
    screen.page.goto(f"{dm.page.url.partition('?')[0]}?view=table")
    screen.until("hexroom.table.shown()?.get().ready")
    title = screen.page.locator(".screen-title")
    expect(title).to_contain_text("WWW")
    whole(screen, title)
    screen.page.set_viewport_size({"width": 1280, "height": 800})
    screen.until(SETTLED)
    # The scale bar, which a canvas draws, is free.
    assert title.evaluate("(node) => innerWidth - node.getBoundingClientRect().right > 200")
