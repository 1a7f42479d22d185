"""TaskOwner: what runs on the side has somebody who ends it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeAlias

logger = logging.getLogger(__name__)

Work: TypeAlias = Coroutine[Any, Any, None]
"""What runs on the side, as a task."""


class TaskOwner:
    """Runs work on the side, and cancels what is still under way when it is closed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Work, name: str) -> None:
        """Run the work on the side; a failure is logged."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Cancel what is under way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s: failed", task.get_name(), exc_info=error)
