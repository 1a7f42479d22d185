"""What the garbage collector may cost a process that holds rooms."""

import gc


def spare_the_collector() -> None:
    """Look for garbage rarely from now on, and never in what is there already.

    Rooms are large, immutable and free of cycles: looking through them for garbage after every 700
    allocations costs a loaded server more than deciding its commands, and a tool that folds a
    record a third of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
