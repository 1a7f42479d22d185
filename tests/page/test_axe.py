"""axe-core finds nothing wrong on any screen, in dark and in light, on a desk and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, stage

axe = pytest.importorskip(
    "axe_playwright_python.base", reason="axe-core is not installed: make .venv/tests"
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

STILL = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => {})))"""

VIOLATIONS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`))"""

DIALOGS = ("invite", "rules", "help", "generator", "import", "skill-checks", "webhook", "sessions", "me", "rules#openExport")  # fmt: skip


def sit(browser: Browser, **context: Any) -> Seat:
    """Return somebody whose page lets axe-core look at its styles."""
    return Seat(browser, reduced_motion="reduce", bypass_csp=True, **context)


def assert_accessible(seat: Seat) -> None:
    seat.page.evaluate(STILL)
    if not seat.page.evaluate("() => 'axe' in globalThis"):
        seat.page.evaluate(axe.AXE_SCRIPT)
    assert seat.page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_the_screens_of_a_dm(
    served: Served, browser: Browser, scheme: Any
) -> None:
    dm = sit(browser, color_scheme=scheme).open(served.links["dm"])
    assert_accessible(dm)
    stage(dm)
    for key in ("r", "t"):
        dm.page.keyboard.press(key)
        assert_accessible(dm)
    for _ in range(4):
        dm.page.keyboard.press("d")
        dm.page.locator(".drawbar").wait_for()
        assert_accessible(dm)
    dm.page.keyboard.press("Escape")
    dm.page.evaluate("() => hexroom.table.ask('3,3')")
    dm.page.get_by_role("dialog", name="Hex").wait_for()
    assert_accessible(dm)
    dm.page.keyboard.press("Escape")
    for tab in ("Notes", "Log"):
        dm.page.get_by_role("tab", name=tab).click()
        expect(dm.page.locator("#side-panel :is(.note, .entry)").first).to_be_visible()
        assert_accessible(dm)
    dm.page.get_by_role("button", name="Menu").click()
    assert_accessible(dm)
    dm.page.keyboard.press("Escape")
    for name in DIALOGS:
        dm.page.evaluate("(name) => hexroom.table.open(name)", name)
        dm.page.locator("dialog[open]").wait_for()
        assert_accessible(dm)
        dm.page.keyboard.press("Escape")
        dm.page.locator("dialog[open]").wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_the_screens_of_a_player(
    served: Served, browser: Browser, scheme: Any
) -> None:
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    isa = sit(browser, color_scheme=scheme, **phone).open(served.links["player"])
    assert_accessible(isa)
    isa.page.get_by_role("button", name="Journal").click()
    expect(isa.page.locator(".note").first).to_be_visible()
    assert_accessible(isa)
    screen = f"{isa.page.url}?view=table"
    isa.page.goto(screen)
    isa.page.locator("#map").wait_for()
    assert_accessible(isa)
    stranger = sit(browser, color_scheme=scheme)
    stranger.page.goto(served.origin)
    stranger.page.get_by_role("button", name="Create your table").wait_for()
    assert_accessible(stranger)
