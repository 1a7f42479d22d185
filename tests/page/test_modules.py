"""The page's pure modules, checked in a browser by the scripts in `checks/`."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser

from web.page.serve import add_pages

CHECKS = Path(__file__).parent / "checks"

pytestmark = pytest.mark.browser


@pytest.fixture
def origin() -> Iterator[str]:
    """Yield the origin of a server that has nothing but the page's sources and their checks."""
    app = web.Application()
    add_pages(app, sources=True)
    app.router.add_static("/checks", CHECKS)
    app.router.add_static("/golden", CHECKS.parent / "golden")
    started, stop = threading.Event(), threading.Event()
    runner = web.AppRunner(app)

    def serve() -> None:
        import asyncio

        async def run() -> None:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            started.set()
            await asyncio.to_thread(stop.wait)
            await runner.cleanup()

        asyncio.run(run())

    thread = threading.Thread(target=serve)
    thread.start()
    started.wait(60)
    (host, port), *_ = runner.addresses
    yield f"http://{host}:{port}"
    stop.set()
    thread.join(60)


def test_all_checks_hold(origin: str, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{origin}/checks/checks.html")
    page.locator("#result[data-failed]").wait_for()
    bad = page.locator("#result [data-is=bad]").all_text_contents()
    good = page.locator("#result [data-is=good]").count()
    assert bad == []
    assert good >= 30


def test_every_file_of_checks_is_run() -> None:
    runner = (CHECKS / "run.js").read_text()
    for path in CHECKS.glob("*.check.js"):
        assert f'import "./{path.name}";' in runner
