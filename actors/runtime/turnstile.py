"""Turnstile: of a crowd that comes at once, a few are let through in each turn of the event loop."""

import asyncio
from collections import deque
from typing import Final

FEW: Final = 4
"""Who is let through in a turn: what they then do takes about a millisecond together."""


class Turnstile:
    """Bounds how long a crowd keeps the loop from others: it takes as long in all, in short turns.

    Whoever comes alone passes at once. The first to come is the first let through.
    """

    def __init__(self, few: int = FEW) -> None:
        self._few = few
        self._passed = 0
        """How many were let through in this turn."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False

    async def enter(self) -> None:
        """Wait for one's turn."""
        if self._passed < self._few and not self._waiting:
            self._let_through()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _let_through(self) -> None:
        self._passed += 1
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        self._passed = 0
        while self._waiting and self._passed < self._few:
            turn = self._waiting.popleft()
            if not turn.done():  # Its task was not cancelled.
                turn.set_result(None)
                self._let_through()
