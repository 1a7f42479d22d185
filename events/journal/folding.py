"""Folding a room's record: the one way back to a state, for recovery, time travel and tools."""

from collections.abc import Callable, Sequence

from events.draft import Draft
from events.journal import Commit, Journal
from events.state import EMPTY, RoomId, RoomState


async def folded(
    journal: Journal,
    room: RoomId,
    start: tuple[int, RoomState] = (0, EMPTY),
    upto: int | None = None,
    note: Callable[[Commit], object] = lambda commit: None,
) -> tuple[int, RoomState]:
    """Return the version and the state that the commits lead to, up to a version or to the last.

    Starts from a state at a version. ``note`` is told of each commit, once it is folded. Raise what
    `Journal.read` raises.
    """
    version, state = start
    draft = Draft.of(state)

    def use(commits: Sequence[Commit]) -> None:
        nonlocal version
        draft.advance(commits)
        for commit in commits:
            note(commit)
            version = commit.version

    await journal.feed(room, use, version, upto)
    return version, draft.finished()
