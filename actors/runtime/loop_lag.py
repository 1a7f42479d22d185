"""Loop lag: how long the event loop keeps what is due waiting, which is how long everybody waits."""

import asyncio
from typing import Final

from actors.runtime.metrics import Histogram

EVERY_S: Final = 0.25
"""Between two measurements: an idle server is woken four times a second, and no more, for them."""


async def measure_lag(into: Histogram) -> None:
    """Observe, until cancelled, how late each of many short sleeps ends.

    The loop's own clock counts in milliseconds, so that is what a lag is true to.
    """
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY_S
        await asyncio.sleep(EVERY_S)
        into.observe(max(0.0, loop.time() - due))
