"""axe-core in a page of the tests."""

import pytest
from playwright.sync_api import Page

axe = pytest.importorskip(
    "axe_playwright_python.base", reason="axe-core is not installed: make .venv/tests"
)

VIOLATIONS = """async () => {
    const still = () => Promise.all(document.getAnimations()
        .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
        .map((each) => each.finished.catch(() => {})));
    const found = async (scheme, runOnly) => {
        await still();
        const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(runOnly && { runOnly }) });
        return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}, ${scheme}: ${node.html.slice(0, 120)}`));
    };
    const { dataset } = document.documentElement, was = dataset.theme;
    if (!was) return found("as it is");
    const dark = await found(was);
    dataset.theme = was === "dark" ? "light" : "dark";
    const light = await found(dataset.theme, ["color-contrast", "link-in-text-block"]);
    dataset.theme = was;
    return [...dark, ...light];
}"""
"""What axe-core finds, in the scheme that the page has, and of its colours in the other."""

MAP_THEMES = ("atlas", "ink", "night")
INJECTED = {"bypass_csp": True}
"""axe-core looks at styles, which the page's own policy would forbid."""
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


def assert_accessible(page: Page) -> None:
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(axe.AXE_SCRIPT)
    violations = page.evaluate(VIOLATIONS)
    assert violations == [], "\n".join(violations)
