"""Chromium for the tests of the page, and the hands of somebody who uses it."""

import asyncio
import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from psycopg.conninfo import conninfo_to_dict

from events.journal.database.embedded import OWNER, EmbeddedPostgres
from tests.support.databases import cloned
from tests.support.ports import free_port
from tests.support.preloaded import CHECKOUT
from tests.support.processes import NodeProcess

PROGRAMS = ("chromium-headless-shell", "chromium", "chrome")
"""The best first: without the windows that nobody sees, opening a page costs a third less."""
CHROMIUM = os.environ.get("HEXROOM_CHROMIUM") or next(
    filter(None, map(shutil.which, PROGRAMS)), None
)
# Each window has two pages of its own for its address bar, which nobody sees here: they are two fifths
# of what it costs to open the page. Chromium takes one list, so what Playwright turns off is in it, too.
UNUSED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED)}",
]
PATIENCE_MS = 60_000
"""How long anything on the page may take: it is right or wrong, never late, on a slow machine too."""
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium; skip, and say so, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found; name one in HEXROOM_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGS, timeout=2 * PATIENCE_MS
        )
        yield browser
        browser.close()


class Served:
    """A server with the demo on a database; killed and started again at will."""

    def __init__(
        self, database_url: str, folder: Path, installed: Path = CHECKOUT, **settings: str
    ) -> None:
        self.origin = ""
        self.links: dict[str, str] = {}
        """The demo's links by role."""
        self.player = ""
        """The name of the player with a link."""
        self._demo = settings.get("HEXROOM_DEMO") != "0"
        self._process = NodeProcess(
            installed,
            HEXROOM_DATABASE_URL=database_url,
            HEXROOM_DATA_DIR=str(folder),
            # The same place after a restart, or no page would find it again.
            **{"HEXROOM_PORT": str(free_port()), "HEXROOM_DEMO": "1", **settings},
        )

    def start(self) -> None:
        self.origin = self._process.launch()
        if self._demo and not self.links:
            self.links["dm"] = self._link("dm")[2]
            self.player, self.links["player"] = self._link("player").groups()

    def kill(self) -> None:
        self._process.end(signal.SIGKILL)

    def stop(self) -> None:
        self._process.end()
        self._process.close_now()

    def _link(self, role: str) -> re.Match[str]:
        return self._process.wait_for(re.compile(rf"The demo as (\w+), {role}: (\S+)"))


SETTLED = """(() => {
    const { host } = hexroom.scene, canvas = host.querySelector("canvas");
    const box = host.getBoundingClientRect(), density = Math.min(2, devicePixelRatio);
    return hexroom.scene.resting() && canvas.width === Math.round(box.width * density) && canvas.height === Math.round(box.height * density);
})()"""
"""Whether the map is drawn for the place it has on the page, and nothing on it moves."""


REACH_IN = """document.addEventListener("DOMContentLoaded", async () => {
    const script = document.querySelector("script[type=module]");
    const { table } = script ? await import(script.src) : {};
    if (table) globalThis.hexroom = { table, scene: table.scene };
});"""
"""Has tests see the table that app.js opened; the page itself puts nothing in reach."""


BLANK_PAINTER = """globalThis.Painter = Worker;
globalThis.Worker = class {
    postMessage({ type, id, theme, ticket }) {
        const picture = new Blob();
        if (type === "chunk") queueMicrotask(() => this.onmessage({ data: { type, ticket, bitmap: null } }));
        if (type === "square") queueMicrotask(() => this.onmessage({ data: { type, id, bitmap: null } }));
        if (type === "fog") queueMicrotask(() => this.onmessage({ data: { type, theme, picture } }));
    }
    terminate() {}
};"""
"""A painter that leaves the ground bare: painting it is two thirds of what it costs to open a page.

The real one is still there, as `Painter`.
"""


class Seat:
    """Somebody at a browser: a page, and what its sockets received.

    Nothing moves on it that need not, and no ground is painted, unless it is asked for: what a test
    says of pixels it must say of a page that is painted.
    """

    def __init__(self, browser: Browser, **context: Any) -> None:
        """Open a browser's context: ``painted`` or not, and what Playwright knows of it."""
        self.painted = bool(context.pop("painted", False))
        self.context = browser.new_context(
            **{
                "viewport": {"width": 1280, "height": 800},
                "reduced_motion": "reduce",
                **context,
            }
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(REACH_IN)
        if not self.painted:
            self.context.add_init_script(BLANK_PAINTER)
        self.page: Page = self.context.new_page()
        self.received: list[dict[str, Any]] = []
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, frame: str | bytes) -> None:
        self.received.append(json.loads(frame))

    def open(self, url: str) -> "Seat":
        """Go to the address and wait until the table is there."""
        self.page.goto(url)
        self.until("hexroom.table.room.get().ready")
        return self

    def until(self, fact: str) -> None:
        """Wait until an expression in the page is true."""
        self.page.evaluate(
            """([fact, check]) => new Promise((done, failed) => {
                const end = Date.now() + PATIENCE;
                const look = () => {
                    let is = false;
                    try { is = check(); } catch { /* not yet */ }
                    if (is) done(); else if (Date.now() > end) failed(new Error(`never: ${fact}`)); else setTimeout(look, 15);
                };
                look();
            })""".replace("[fact, check]", "fact")
            .replace("check()", fact)
            .replace("PATIENCE", str(PATIENCE_MS)),
            fact,
        )

    def room(self, expression: str) -> Any:
        """Return an expression over `room`, what the page knows."""
        return self.page.evaluate(
            f"() => {{ const room = hexroom.table.room.get(); return {expression}; }}"
        )

    def at(self, key: str) -> tuple[float, float]:
        """Return where a hex is on the screen, once the map has its place and rests."""
        self.until(SETTLED)
        x, y = self.page.evaluate(
            """(key) => { const p = hexroom.scene.placeOf(key), b = hexroom.scene.host.getBoundingClientRect();
                return [b.left + p.x, b.top + p.y]; }""",
            key,
        )
        return float(x), float(y)

    def click_hex(self, key: str) -> None:
        self.page.mouse.click(*self.at(key))

    def replay_start(self) -> Locator:
        """Halt the replay that was opened at its beginning; return its slider, focused."""
        expect(self._moment()).to_contain_text(re.compile(r" \d+ of \d"))
        moment = self.page.get_by_label("Moment of the session")
        moment.focus()
        # A step halts it wherever it has come to; the button would be gone if that is the end.
        self.page.keyboard.press("ArrowLeft")
        expect(self.page.locator(".scrubber").get_by_role("button", name="Play")).to_be_visible()
        self.page.keyboard.press("Home")
        expect(self._moment()).to_contain_text(re.compile(r" 0 of \d"))
        return moment

    def replay_step(self) -> None:
        """Go one moment on in the replay; fail at its end."""
        number, count = re.findall(r"(\d+) of (\d+)", self._moment().inner_text())[-1]
        assert number != count, "the replay is at its end"
        self.page.keyboard.press("ArrowRight")
        expect(self._moment()).to_contain_text(f" {int(number) + 1} of {count}")

    def _moment(self) -> Locator:
        return self.page.locator(".scrubber .row").first

    def picture(self) -> str:
        """Return the map's pixels once it is at rest, and nothing of what lies over it."""
        assert self.painted, "a page without its ground proves nothing of pixels"
        self.page.mouse.move(1, 1)
        self.until(SETTLED)
        return str(
            self.page.evaluate(
                "() => [...document.querySelectorAll('#map canvas')].map((c) => c.toDataURL()).join()"
            )
        )

    def knows(self, key: str) -> bool:
        q, r = key.split(",")
        return bool(
            self.room(
                f"room.shown.at({q}, {r}) !== undefined || room.terrain.at({q}, {r}) !== undefined"
            )
        )


class SharedBrowser:
    """One browser for all tests of a worker, hidden from those that run an event loop of their own.

    Playwright's loop goes on running between two calls, and while one runs in a thread no other may.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._errors: list[str] = []
        self._new_context = browser.new_context
        # Playwright has no event for a new context, and a test may make as many as it likes.
        browser.new_context = self._watched_context  # type: ignore[method-assign]
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        """Yield the browser; close the pages that were opened, and fail if one had a script error."""
        asyncio._set_running_loop(self._loop)
        self._errors.clear()
        try:
            yield self._browser
            for context in self._browser.contexts:
                context.close()
            if self._errors:
                pytest.fail("\n".join(["script errors on the page:", *self._errors]))
        finally:
            asyncio._set_running_loop(None)

    def _watched_context(self, **options: Any) -> BrowserContext:
        context = self._new_context(**options)
        context.on("weberror", lambda uncaught: self._errors.append(str(uncaught.error)))
        context.on("console", self._note)
        return context

    def _note(self, said: ConsoleMessage) -> None:
        # What the network says of a server that is away, or of somebody signed out, is no fault of the page.
        network = "Failed to load" in said.text or "WebSocket connection to" in said.text
        if "Content Security Policy" in said.text or (said.type == "error" and not network):
            self._errors.append(said.text)

    def take_back(self) -> None:
        """Let the browser be closed; it is not lent after this."""
        asyncio._set_running_loop(self._loop)


@pytest.fixture(scope="session")
def shared_browser() -> Iterator[SharedBrowser]:
    with chromium() as browser:
        shared = SharedBrowser(browser)
        yield shared
        shared.take_back()


@pytest.fixture
def browser(shared_browser: SharedBrowser) -> Iterator[Browser]:
    """Yield a browser without pages; the test fails if one of its pages has a script error."""
    with shared_browser.lent() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, installed: Path
) -> Iterator[str]:
    """Yield the name of a database in which a server made the demo: tests get clones of it."""
    with cloned(postgres, template=OWNER) as url:
        with _started(Served(url, tmp_path_factory.mktemp("demo"), installed)):
            pass
        yield str(conninfo_to_dict(url)["dbname"])


@pytest.fixture
def served(
    postgres: EmbeddedPostgres, demo_database: str, tmp_path: Path, installed: Path
) -> Iterator[Served]:
    """Yield a server of the built wheel, with the demo."""
    with (
        cloned(postgres, demo_database) as url,
        _started(Served(url, tmp_path, installed)) as server,
    ):
        yield server


@contextmanager
def _started(server: Served) -> Iterator[Served]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def new_here(served: Served, browser: Browser, name: str, **context: Any) -> Seat:
    """Return somebody who signed up and was asked to make a campaign."""
    seat = Seat(browser, **context)
    seat.page.goto(served.origin)
    seat.page.get_by_label("Name").fill(name)
    seat.page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    seat.page.get_by_label("Password").fill("correct horse battery")
    seat.page.get_by_role("button", name="Create your table").click()
    seat.page.get_by_role("button", name="New campaign").click()
    return seat


def create(seat: Seat, campaign: str) -> None:
    """Name the campaign, make it, and wait for its map."""
    seat.page.get_by_label("Name", exact=True).first.fill(campaign)
    seat.page.get_by_role("button", name="Create campaign").click()
    seat.page.wait_for_url("**/c/**")
    seat.until("hexroom.table.room.get().map")


def start_session(dm: Seat) -> None:
    """Have the DM start a session, and wait until their page says so."""
    dm.page.get_by_role("button", name="Start a new session").click()
    dm.until("hexroom.table.room.get().status === 'active'")


def stage(dm: Seat) -> None:
    """Have the DM stage changes from now on, and wait until their page says so."""
    dm.page.get_by_role("radio", name="Staged").click()
    dm.until("hexroom.table.room.get().mode === 'staged'")


def answered(seat: Seat) -> None:
    """Wait until all that somebody asked for is answered."""
    seat.until("hexroom.table.commands.pending.get().length === 0")


def sit_down(dm: Seat, browser: Browser, name: str, **context: Any) -> Seat:
    """Return a player who came by an invite link and gave a name."""
    url = dm.page.evaluate(
        """async () => (await (await fetch(`${location.pathname.split("/c/")[0]}/api/campaigns/${hexroom.table.campaignId}/invites`, {
            method: "POST", headers: {"Content-Type": "application/json"}, body: '{"role": "player"}'})).json()).url"""
    )
    seat = Seat(browser, **context)
    seat.page.goto(url)
    seat.page.get_by_label("Your name at the table").fill(name)
    seat.page.get_by_role("button", name="Take a seat").click()
    seat.page.wait_for_url("**/c/**")
    seat.until("hexroom.table.room.get().ready")
    return seat
