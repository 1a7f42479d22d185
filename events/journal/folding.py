"""Folding a room's record into its state, for recovery, time travel and tools."""

from collections.abc import AsyncIterable, Callable, Sequence
from typing import Final

from events.core.fold_draft import FoldDraft
from events.core.state import EMPTY, RoomId, RoomState
from events.journal import Commit, Journal

AT_ONCE: Final = 500


async def folded(
    journal: Journal,
    room: RoomId,
    start: tuple[int, RoomState] = (0, EMPTY),
    upto: int | None = None,
    note: Callable[[Commit], object] | None = None,
) -> tuple[int, RoomState]:
    """Return the version and the state that the commits lead to, up to a version or to the last.

    Starts from a state at a version. ``note`` is told of each commit, once it is folded. Raise what
    `Journal.read` raises.
    """
    version, state = start
    draft = FoldDraft.of(state)

    def use(commits: Sequence[Commit]) -> None:
        nonlocal version
        draft.advance(commits)
        if commits:
            version = commits[-1].version
        if note is not None:
            for commit in commits:
                note(commit)

    await journal.for_each_page(room, use, version, upto)
    return version, draft.finished()


async def fold_all(room: RoomState, commits: AsyncIterable[Commit]) -> RoomState:
    """Return the room after commits that come one by one."""
    draft, waiting = FoldDraft.of(room), list[Commit]()
    async for commit in commits:
        waiting.append(commit)
        if len(waiting) == AT_ONCE:
            draft.advance(waiting)
            waiting.clear()
    draft.advance(waiting)
    return draft.finished()
