"""Verification of a record: its hash chain checked row by row, and heads in the form that people keep."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Final, Protocol

from events.core.features.resealing import RecordResealed
from events.core.state import RoomId
from events.journal import BrokenRecord, Commit
from events.journal.chain import REWRITTEN, START, Fault, Head, Row, verify
from events.journal.codec import decode, event
from events.journal.forgotten import Forgotten
from events.journal.postgres.pages import Page
from events.record.reader import Span

PAGE_ROWS: Final = 2_000


class Rows(Protocol):
    """A record that gives its rows as they are stored, and checks most of them faster."""

    async def forgotten(self, room: RoomId) -> Forgotten | None:
        """Return the persons of a room who are to be forgotten; None where there are none."""

    async def rows(self, room: RoomId, start: int = 1, stop: int = 2**62) -> list[Row]:
        """Return the rows of a room between two versions, both included."""

    def sealed_pages(
        self, room: RoomId, after: int = 0, upto: int | None = None
    ) -> AsyncGenerator[Page, None]:
        """Yield what can be checked a page at a time; raise BrokenRecord where there is a hole."""


class SealedAnew(Fault):
    """The record holds, but a head that was saved is of the time before it was sealed anew."""


class BadHead(ValueError):
    def __str__(self) -> str:
        return "a head is VERSION:HASH, a number and 64 hexadecimal digits"


def head_of(text: str) -> Head:
    """Return the head that `head_text` wrote; raise BadHead."""
    version, _, digits = text.strip().partition(":")
    try:
        if not (version.isascii() and version.isdigit() and len(version) <= 15):
            raise BadHead
        head = Head(int(version), bytes.fromhex(digits))
    except ValueError:
        raise BadHead from None
    if len(head.hash) != 32:
        raise BadHead
    return head


def head_text(head: Head) -> str:
    """Return the head as one word to keep elsewhere."""
    return f"{head.version}:{head.hash.hex()}"


async def prove(
    record: Rows,
    room: RoomId,
    last: int,
    saved: Head | None = None,
    progress: Callable[[int], None] = lambda version: None,
) -> Head | Fault:
    """Return the head of a room's record up to its last version, or the first place it does not hold.

    A record that continues past a saved head holds; one that ends before it was cut off. SealedAnew says
    that the head is from before names were taken out of the record.
    """
    outcome = await _proved(record, room, last, saved, progress)
    if not isinstance(outcome, Fault) or isinstance(outcome, SealedAnew):
        return outcome
    # Of a record that was sealed anew meanwhile, what was read before does not fit what was read after.
    meanwhile = await resealed_after(record, room, last)
    return outcome if meanwhile is None else await prove(record, room, meanwhile, saved, progress)


async def resealed_after(record: Rows, room: RoomId, version: int) -> int | None:
    """Return the version at which the record was sealed anew after another one, if it was."""
    while rows := await record.rows(room, version + 1, version + PAGE_ROWS):
        for row in rows:
            if row.event_type == RecordResealed.tag:
                return row.version
        version = rows[-1].version
    return None


async def checked(
    record: Rows, room: RoomId, span: Span, on_fault: Callable[[Fault], None]
) -> AsyncIterator[Commit]:
    """Yield the commits of a span, with the chain checked over every row.

    What does not hold is told to on_fault, before the commit that it is in; it raises, or lets
    the reading go on. Commits that cannot be read at all are then left out.
    """
    head: Head | None = None
    async with aclosing(record.sealed_pages(room, span.after, span.upto)) as pages:
        with suppress(BrokenRecord):
            async for page in pages:
                if head is None:
                    head = await _head_at(record, room, page.start - 1)
                after, commits = page.follows(head), page.commits()
                if after is None or not commits:
                    break
                head = after
                for commit in commits:
                    yield commit
    if head is None:
        head = await _head_at(record, room, span.after)
    async for commit in _checked_rows(record, room, span.upto, head, on_fault):
        yield commit


async def _proved(
    record: Rows, room: RoomId, last: int, saved: Head | None, progress: Callable[[int], None]
) -> Head | Fault:
    head = START
    async with aclosing(record.sealed_pages(room, 0, last)) as pages:
        with suppress(BrokenRecord):
            async for page in pages:
                after = page.follows(head, saved)
                if after is None:
                    break
                head = after
                progress(head.version)
    # What is left does not hold: row by row it shows where, and why.
    outcome = await _walked(record, room, last, saved, head)
    if isinstance(outcome, Fault) and outcome.why == REWRITTEN:
        return await _explained(record, room, last, outcome, head)
    return outcome


async def _walked(
    record: Rows, room: RoomId, last: int, saved: Head | None, head: Head
) -> Head | Fault:
    """Return the head of a record of which all up to another one holds, or the first fault."""
    while head.version < last:
        page = await record.rows(room, head.version + 1, min(head.version + PAGE_ROWS, last))
        if not page:
            return Fault(head.version + 1, "missing: later versions are there")
        outcome = verify(page, _within(saved, head, page[-1].version), head=head)
        if isinstance(outcome, Fault):
            return outcome
        head = outcome
    if saved is not None and head.version < saved.version:
        return Fault(
            head.version + 1, f"missing: the record ends at {head.version}, not {saved.version}"
        )
    return head


async def _explained(record: Rows, room: RoomId, last: int, fault: Fault, head: Head) -> Fault:
    """Return why a head that was saved is not the record's: it was sealed anew since, or else the fault."""
    holds = await _walked(record, room, last, None, head)
    if isinstance(holds, Fault):
        return holds
    for start in range(fault.version + 1, last + 1, PAGE_ROWS):
        for row in await record.rows(room, start, min(start + PAGE_ROWS - 1, last)):
            if row.event_type == RecordResealed.tag and _since(row) <= fault.version:
                return SealedAnew(
                    fault.version,
                    "the names of deleted accounts were taken out of the record on"
                    f" {row.created_at:%Y-%m-%d}, by version {row.version}, and it was sealed anew: heads"
                    " kept before that do not fit any more, and prove nothing. It holds in itself; its"
                    f" head is {head_text(holds)}",
                )
    return fault


def _since(row: Row) -> int:
    entry = event(row.event_type, row.payload)
    assert isinstance(entry, RecordResealed), "its tag says so"
    return entry.since


async def _checked_rows(
    record: Rows, room: RoomId, upto: int, head: Head, on_fault: Callable[[Fault], None]
) -> AsyncIterator[Commit]:
    """Yield what `checked` does after a head, row by row."""
    commit: list[Row] = []
    forgotten = await record.forgotten(room)
    for start in range(head.version + 1, upto + 1, PAGE_ROWS):
        for row in await record.rows(room, start, min(start + PAGE_ROWS - 1, upto)):
            if commit and row.first_version != commit[0].first_version:
                for whole in _read(commit, on_fault):
                    yield whole
                commit = []
            outcome = verify((row,), head=head)
            if isinstance(outcome, Fault):
                on_fault(outcome)
            head = Head(row.version, row.hash)
            commit.append(row if forgotten is None else forgotten.without_row(row))
    for whole in _read(commit, on_fault):
        yield whole
    if head.version < upto:
        on_fault(Fault(head.version + 1, f"missing: up to version {upto}"))


def _read(rows: Sequence[Row], on_fault: Callable[[Fault], None]) -> list[Commit]:
    try:
        return list(decode(rows))
    except BrokenRecord as broken:
        on_fault(Fault(broken.version, broken.why))
        return []


def _within(saved: Head | None, head: Head, last: int) -> Head | None:
    return saved if saved is not None and head.version < saved.version <= last else None


async def _head_at(record: Rows, room: RoomId, version: int) -> Head:
    before = await record.rows(room, version, version) if version else []
    return Head(version, before[0].hash) if before else START
