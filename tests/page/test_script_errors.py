"""A test whose page has a script error fails, whatever else it asserts."""

import pytest

from tests.support.browsers import SharedBrowser

pytestmark = pytest.mark.browser

# An event comes to the page before what watches the page is told: a turn later both have it.
MISTAKES = {
    "exception": """addEventListener('error', () => setTimeout(done));
        setTimeout(() => { throw new Error('a mistake'); });""",
    "rejection": """addEventListener('unhandledrejection', () => setTimeout(done));
        void Promise.reject(new Error('a mistake'));""",
    "console": "console.error('a mistake'); done();",
    "worker": """const script = new Blob(["throw new Error('a mistake')"]);
        new Worker(URL.createObjectURL(script)).onerror = () => setTimeout(done);""",
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_script_error_fails_the_test(shared_browser: SharedBrowser, kind: str) -> None:
    def test() -> None:
        with shared_browser.lent() as browser:
            page = browser.new_context().new_page()
            page.evaluate(f"() => new Promise((done) => {{ {MISTAKES[kind]} }}).then(() => 0)")

    with pytest.raises(pytest.fail.Exception, match="a mistake"):
        test()


def test_a_page_without_errors_passes(shared_browser: SharedBrowser) -> None:
    with shared_browser.lent() as browser:
        browser.new_context().new_page().evaluate("() => console.warn('not an error')")
