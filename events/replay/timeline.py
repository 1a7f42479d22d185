"""A viewer's timeline: the moments of a stretch of the record that changed what they saw.

Nothing in it counts or times what a viewer was not told: players' moments are numbered 1, 2, 3 …
among themselves, and what came between two of them leaves no trace.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from events.core.decider import advance, advance_all
from events.core.features.staging import StagedChanges
from events.core.messages import JSON, Event, ServerMessage
from events.core.projection import Change
from events.core.state import Mode, RoomState
from events.core.view import project, state_fields
from events.journal import Commit
from events.record.errors import TooMuchHappened
from events.record.viewpoint import Viewer
from events.replay.captions import (
    MARKED,
    CaptionKind,
    caption_of_events,
    caption_of_messages,
    kind_of_events,
    kind_of_messages,
)

BATCH: Final = 256
"""Commits that are worded at a time: in a thread, for one that shows a whole map takes half a second."""
KEPT_STATES: Final = 1_024
"""States kept along a timeline, at most, so that a seek folds a few commits."""
LEAP: Final = 1_024
"""Commits in a row that told the viewer nothing, of which only the state after them is kept."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One commit, as the viewer knows it."""

    version: int
    """Of the room for a DM; for others the number among their own moments."""
    at: datetime
    kind: CaptionKind
    caption: str
    commit: int
    """The place of its commit on the timeline's way; for our own use, never told."""

    @property
    def mark(self) -> dict[str, JSON]:
        return {
            "version": self.version,
            "at": exact_word(self.at),
            "kind": self.kind,
            "caption": self.caption,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """What a viewer is told at one moment."""

    moment: Moment
    before: RoomState
    room: RoomState
    """The room after it."""
    events: tuple[Event, ...]
    messages: tuple[ServerMessage, ...]
    renewed: bool
    """The viewer's role changed: they get a new state instead of messages."""


class Timeline:
    """The moments of some commits for one viewer; positions go from 0, before the first, to the last.

    Made by `Timeline.of`; never changes after that.
    """

    def __init__(self, start: RoomState, start_version: int, viewer: Viewer) -> None:
        self.viewer = viewer
        self.start_version = start_version if viewer.is_dm else 0
        self.moments: list[Moment] = []
        self._way: list[Commit | RoomState] = []
        self._silent = 0
        self._states: list[RoomState] = [start]
        self._stride = 1
        self.final = start
        """The room after all of the commits."""

    @classmethod
    async def of(
        cls,
        start: RoomState,
        start_version: int,
        commits: AsyncIterable[Commit],
        viewer: Viewer,
        most: int | None = None,
    ) -> "Timeline":
        """Return the timeline of commits that follow the start state; raise TooMuchHappened.

        most: the moments that it may have. What it costs to keep grows with these; what passed in
        between unseen is read, and then kept as a state here and there.
        """
        timeline = cls(start, start_version, viewer)
        gathered: list[Commit] = []
        async for commit in commits:
            gathered.append(commit)
            if len(gathered) == BATCH:
                await asyncio.to_thread(timeline._add_all, gathered, most)
                gathered = []
        await asyncio.to_thread(timeline._add_all, gathered, most)
        return timeline

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def end_version(self) -> int:
        return self.moments[-1].version if self.moments else self.start_version

    def version(self, index: int) -> int:
        """Return the version told at a position."""
        return self.moments[index - 1].version if index else self.start_version

    def at(self, index: int) -> datetime | None:
        """Return the time of a position; of the beginning, that of the first moment."""
        if not self.moments:
            return None
        return self.moments[max(index, 1) - 1].at

    def index_of(self, version: int) -> int:
        """Return the last position whose version is at most this one."""
        return bisect_right(self.moments, version, key=lambda moment: moment.version)

    def index_at(self, time: datetime) -> int:
        """Return the last position that was reached by that time."""
        return bisect_right(self.moments, time, key=lambda moment: moment.at)

    def room(self, index: int) -> RoomState:
        """Return the room at a position, as the viewer's moment left it."""
        return self._room_after(self.moments[index - 1].commit + 1 if index else 0)

    def steps(self, index: int = 0) -> Iterator[Step]:
        """Yield what is told at each moment after a position."""
        if index >= len(self.moments):
            return
        folded = self.moments[index - 1].commit + 1 if index else 0
        room = self._room_after(folded)
        for moment in self.moments[index:]:
            room = _along(room, self._way[folded : moment.commit])
            folded = moment.commit + 1
            commit = self._way[moment.commit]
            assert isinstance(commit, Commit), "what told something is never passed over"
            after = advance(room, commit)
            change = Change(room, after, commit.events)
            yield _step(moment, change, self.viewer)
            room = after

    def marks(self) -> list[dict[str, JSON]]:
        """Return the marks of the timeline, for the wire."""
        return [moment.mark for moment in self.moments if moment.kind in MARKED]

    def _add_all(self, commits: Iterable[Commit], most: int | None) -> None:
        for commit in commits:
            self.final = self._add(self.final, commit)
            if most is not None and len(self.moments) > most:
                raise TooMuchHappened(most)

    def _add(self, room: RoomState, commit: Commit) -> RoomState:
        after = advance(room, commit)
        moment = self._moment(Change(room, after, commit.events), commit)
        if moment is not None:
            self.moments.append(moment)
        self._way.append(commit)
        self._silent = 0 if moment else self._silent + 1
        if self._silent == LEAP:
            self._pass_over(after)
        if len(self._way) % self._stride == 0:
            self._states.append(after)
        if len(self._states) > KEPT_STATES:
            self._states = self._states[::2]
            self._stride *= 2
        return after

    def _pass_over(self, after: RoomState) -> None:
        """Put the state after them in the place of the last commits, and of such a state before them."""
        start = len(self._way) - LEAP
        if start and isinstance(self._way[start - 1], RoomState):
            start -= 1
        self._way[start:] = [after]
        del self._states[start // self._stride + 1 :]
        self._silent = 0

    def _moment(self, change: Change, commit: Commit) -> Moment | None:
        number = len(self._way)
        if self.viewer.is_dm:
            caption = caption_of_events(change.before, change.events)
            return Moment(commit.version, commit.at, kind_of_events(change.events), caption, number)
        messages = tuple(self.viewer.messages(change))
        if not messages and not self.viewer.changed_view(change):
            return None
        caption = caption_of_messages(change.before, change.after, messages)
        kind = kind_of_messages(messages)
        if self.viewer.changed_view(change):
            caption, kind = f"From here on as a {self.viewer.at(change.after).role}", "presence"
        return Moment(len(self.moments) + 1, commit.at, kind, caption, number)

    def _room_after(self, commits: int) -> RoomState:
        nearest = min(commits // self._stride, len(self._states) - 1)
        return _along(self._states[nearest], self._way[nearest * self._stride : commits])


def _along(room: RoomState, way: Iterable[Commit | RoomState]) -> RoomState:
    """Return the room at the end of a way that begins at it."""
    stretch: list[Commit] = []
    for each in way:
        if isinstance(each, RoomState):
            room, stretch = each, []
        else:
            stretch.append(each)
    return advance_all(room, stretch)


def state_messages(room: RoomState, viewer: Viewer) -> list[dict[str, JSON]]:
    """Return ``session:state`` as it stood, and for a DM in staged mode ``staged:changes``."""
    member = viewer.at(room)
    fields = state_fields(project(room, member))
    messages: list[dict[str, JSON]] = [{"type": "session:state", **fields}]
    if member.is_dm and room.mode is Mode.STAGED:
        messages.append(StagedChanges(**fields["staged"]).to_wire())
    return messages


def time_word(at: datetime) -> str:
    """Return the time as it is said on the wire, RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exact_word(at: datetime) -> str:
    """Return the same to the microsecond: whoever asks for that moment gets it, and not the one before."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _step(moment: Moment, change: Change, viewer: Viewer) -> Step:
    if viewer.changed_view(change):
        return Step(moment, change.before, change.after, change.events, (), renewed=True)
    messages = tuple(viewer.messages(change))
    return Step(moment, change.before, change.after, change.events, messages, renewed=False)
