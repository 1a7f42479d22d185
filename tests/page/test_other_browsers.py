"""The first night in Firefox and in WebKit: reveal, take back, stage, take back, publish.

Where one of them is missing its test is skipped; docs/how-to/work-on-the-page.md says how to get them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.support.browsers import Served
from tests.support.other_browsers import CONTROL, ENTER, DrivenSeat, firefox, webkit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    # Selenium's own, of its driver for WebKit.
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]

SECRET, OTHER = "0405", "2107"
"""Hexes of the demo that nobody sees at first."""
PAINTED_COLORS = 2000


@pytest.mark.parametrize("open_browser", [firefox, webkit])
def test_a_dm_reveals_stages_takes_back_and_publishes(
    served: Served, open_browser: Callable[[], AbstractContextManager[Any]]
) -> None:
    with open_browser() as at_dm, open_browser() as at_player:
        dm = DrivenSeat(at_dm, served.links["dm"])
        player = DrivenSeat(at_player, served.links["player"])
        dm.until(lambda: dm.colors() > PAINTED_COLORS)

        def is_secret() -> bool:
            return "unknown" in player.text(".readout")

        player.go_to(SECRET)
        assert is_secret()
        dm.press("r")
        dm.go_to(SECRET)
        dm.press(ENTER)
        player.until(lambda: not is_secret())
        dm.press(CONTROL, "z")
        player.until(is_secret)

        dm.press("s")
        player.until(lambda: dm.count(".staged") == 1 and "preparing" in player.text(".hint"))
        dm.press(ENTER)
        dm.until(lambda: dm.count(".staged li") == 1)
        dm.go_to(OTHER)
        dm.click_middle(OTHER)
        dm.until(lambda: dm.count(".staged li") == 2)
        dm.press("u")
        dm.until(lambda: dm.count(".staged li") == 1)
        assert is_secret()
        dm.press("p")
        player.until(lambda: not is_secret())
        player.go_to(OTHER)
        assert is_secret()
        assert [dm.wrong(), player.wrong()] == ["", ""]
