"""A record made in memory: commits one after the other, and the timelines of who looks at them."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from events import EMPTY, Event, Member, fold
from events.core.state import SessionId
from events.journal import Commit
from events.record.viewpoint import Viewer
from events.replay.timeline import Timeline
from tests.support.given import DM

BEGAN = datetime(2026, 1, 31, 19, 0, tzinfo=UTC)
EVENING = SessionId("7b0c6a52-30a5-4b0c-9a69-0f6f7f0a0001")


def commits(
    *groups: Iterable[Event], by: Member = DM, after: int = 0, apart_s: float = 10
) -> list[Commit]:
    """Return commits of these events, each later than the one before."""
    made: list[Commit] = []
    for number, group in enumerate(groups):
        at = BEGAN + timedelta(seconds=number * apart_s)
        events = tuple(group)
        made.append(Commit(after=after, events=events, by=by, at=at, session=EVENING))
        after += len(events)
    return made


async def read(of: Iterable[Commit]) -> AsyncIterator[Commit]:
    for commit in of:
        yield commit


async def timeline(
    of: list[Commit], viewer: Member, start: int = 0, most: int | None = None
) -> Timeline:
    """Return the viewer's timeline of the commits past the first ones, which only lead up to it."""
    before = [event for commit in of[:start] for event in commit.events]
    room = fold(before, EMPTY)
    version = of[start - 1].version if start else 0
    return await Timeline.of(room, version, read(of[start:]), Viewer(viewer), most)
