"""Garbage collection and thread switching, tuned for a process that holds rooms."""

import gc
import sys
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread may keep the interpreter to itself while a room waits for it."""


def let_rooms_in() -> None:
    """Let threads give way to the event loop soon from now on.

    Of Python's own accord they do after 5 ms, and so each time that the loop wakes beside one.
    """
    sys.setswitchinterval(SWITCH_S)


def spare_the_collector() -> None:
    """Look for garbage rarely from now on, and never in what is there already.

    Rooms are large, immutable and free of cycles: looking through them for garbage after every 700
    allocations costs a loaded server more than deciding its commands, and a tool that folds a
    record a third of its time. A look at new objects, of which nearly all stay, takes 0.3 µs each:
    with few at a time no command waits for long.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 500, 1_000)
