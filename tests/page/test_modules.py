"""The page's pure modules, checked in a browser by the scripts in `checks/`."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser

from events.maps.contrast import contrast
from events.maps.imported import ImportedRegion
from events.maps.inks import INKS, PathInk
from events.maps.overlay import colour_of
from events.maps.terrain import TERRAINS
from events.maps.tints import fill_of
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


PALETTE = """async ({ looks, colors, lands }) => {
    const { inksOf, readable } = await import("/static/map/layers/inks.js");
    const { themeOf } = await import("/static/map/painter/themes.js");
    const { KINDS } = await import("/static/map/painter/kinds.js");
    return Object.fromEntries(looks.map((look) => [look, {
        ...inksOf(look),
        readable: colors.map((color) => readable(color, inksOf(look))),
        grounds: lands.map((land) => themeOf(look).ground[KINDS.findIndex(({ name }) => name === land)]),
    }]));
}"""
OWN = ["#101010", "#203040", "#5a2020", "#6B5688", "#808080", "#ffff66", "#ffffff"]
"""Colours that a region may have of its own."""


def test_the_page_and_the_servers_pictures_have_the_same_colours(
    origin: str, browser: Browser
) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{origin}/checks/checks.html")
    lands = [land for land in TERRAINS if land != "water"]
    painted = page.evaluate(PALETTE, {"looks": [*INKS], "colors": OWN, "lands": lands})
    for name, inks in INKS.items():
        mine = painted[name]
        assert mine["regions"] == inks.regions
        assert {layer: mine[layer] for layer in inks.sites} == inks.sites
        assert (mine["word"], mine["secret"]) == (inks.word, inks.secret)
        assert mine["halo"] == _alpha(inks.halo, inks.halo_opacity)
        assert mine["paths"] == {kind: _stroke(stroke) for kind, stroke in inks.paths.items()}
        own = [ImportedRegion("R", (), color=color) for color in OWN]
        assert mine["readable"] == [colour_of(region, inks) for region in own]
        assert all(contrast(color, inks.halo) >= inks.contrast for color in mine["readable"])
        for land, ground in zip(lands, mine["grounds"], strict=True):
            fill = bytes.fromhex(fill_of(land, name)[1:])
            assert [round(part) for part in ground] == pytest.approx([*fill], abs=1), land


def _alpha(color: str, opacity: float) -> str:
    """Return a colour as the page writes one that is seen through."""
    red, green, blue = bytes.fromhex(color[1:])
    return f"rgb({red} {green} {blue} / {f'{opacity:g}'.removeprefix('0')})"


def _stroke(of: PathInk) -> dict[str, Any]:
    casing = of.casing if of.casing_opacity == 1 else _alpha(of.casing, of.casing_opacity)
    stroke = {"width": of.width, "color": of.colour, "casing": casing, "rim": of.rim}
    more = {"dash": list(of.dash), "teeth": of.teeth}
    return stroke | {name: value for name, value in more.items() if value}


def test_every_file_of_checks_is_run() -> None:
    runner = (CHECKS / "run.js").read_text()
    for path in CHECKS.glob("*.check.js"):
        assert f'import "./{path.name}";' in runner
