"""Commits ↔ rows: the exact JSON text of each event, and the upcasters that read old ones."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from events.core.messages import JSON, Event
from events.core.state import Member, Role, RoomId, SessionId, UserId
from events.errors import Rejected
from events.journal import BrokenRecord, CommandId, Commit
from events.journal.chain import Head, Row, commit_text, sealed

Upcaster = Callable[[dict[str, JSON]], dict[str, JSON]]
"""Makes the payload of one version into one of the next."""

UPCASTERS: Final[dict[tuple[str, int], Upcaster]] = {}
"""By tag and the version that they read."""


DECODE_ERRORS: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError, Rejected)
"""What reading a payload may raise that is not one of ours."""


class Unreadable(ValueError):
    """A payload that is no event we know; the text says why."""


def upcaster(tag: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Register the function that makes payloads of this version into ones of the next."""

    def register(function: Upcaster) -> Upcaster:
        if UPCASTERS.setdefault((tag, version), function) is not function:
            raise TypeError(f"two upcasters read {tag} {version}")
        return function

    return register


def payload(event: Event) -> bytes:
    """Return the JSON text of an event as it is stored; ``"v"`` comes first where it is not 1."""
    text = event.to_json()
    version = event.schema_version
    if version == 1:
        return text
    return b'{"v":%d%b%b' % (version, b"" if text == b"{}" else b",", text[1:])


def event(tag: str, text: str | bytes) -> Event:
    """Return the event of a stored payload of any version; raise Unreadable."""
    kind = Event.known.get(tag)
    if kind is None:
        raise Unreadable(f"no event is called {tag}")
    try:
        fields = json.loads(text)
        version = fields.pop("v", 1)
        if version == kind.schema_version == 1:
            return kind.model_validate_json(text)
        if version > kind.schema_version:
            raise Unreadable(f"{tag} of version {version} is newer than this program")
        for old in range(version, kind.schema_version):
            fields = UPCASTERS[tag, old](fields)
        return kind.model_validate_json(json.dumps(fields))
    except Unreadable:
        raise
    except DECODE_ERRORS as error:
        # Not its text: pydantic's goes on about the input, which may be a secret of the DM's.
        raise Unreadable(f"its payload is no {tag}: {type(error).__name__}") from error


def encode(room: RoomId, commits: Iterable[Commit], head: Head) -> list[Row]:
    """Return the rows of commits that follow the head, with their hashes.

    Raise ValueError for what has no JSON, for a time without its zone, and for commits that do not
    follow one another.
    """
    rows: list[Row] = []
    version, before = head
    campaign = _campaign(room)
    for commit in commits:
        if commit.after != version or commit.at.tzinfo is None:
            raise ValueError(f"expected a commit after {version}, found {commit.after}")
        session, session_text = _session(commit.session)
        user, role = commit.by.user, commit.by.role.value
        digest, first, at = commit.digest or None, version + 1, commit.at
        shared = commit_text(campaign, session_text, user, role, commit.id, digest, first, at)
        for version, event in enumerate(commit.events, first):
            text = payload(event)
            before = sealed(before, shared, version, event.tag, text)
            rows.append(
                Row(
                    room, version, session, event.tag, user, role, commit.id, digest, first, at,
                    text.decode(), before,
                )
            )  # fmt: skip
    return rows


def decode(rows: Iterable[Row]) -> Iterator[Commit]:
    """Yield the commits of a stretch of a room's rows, whatever versions their payloads have.

    Raise BrokenRecord for a row that cannot be read, or that is missing.
    """
    expected = None
    for first, group in groupby(rows, key=lambda row: row.first_version):
        of = tuple(group)
        head = of[0]
        room = RoomId(head.campaign)
        if expected is not None and first != expected:
            raise BrokenRecord(room, expected, "missing")
        expected = first + len(of)
        if [row.version for row in of] != list(range(first, first + len(of))):
            raise BrokenRecord(room, first, "its commit is not whole")
        yield Commit(
            after=first - 1,
            events=tuple(_event_of(row) for row in of),
            by=_member(room, head),
            at=head.created_at,
            session=None if head.session is None else SessionId(str(head.session)),
            id=None if head.command_id is None else CommandId(head.command_id),
            digest=head.digest or b"",
        )


class PageColumns(NamedTuple):
    """A stretch of a room as `read_page` in queries.sql gives it, whole commits only."""

    tags: list[str]
    payloads: list[str]
    """Of each event, as its tag; all below has an entry for each commit."""
    first: list[int]
    session: list[SessionId | None]
    user: list[str]
    role: list[str]
    command: list[CommandId | None]
    digest: list[bytes | None]
    at: str
    """Their times, as a list in JSON: to have the driver read one costs four times as much."""


def decode_page(page: PageColumns, start: int, stop: int) -> list[Commit]:
    """Return the commits of a page that goes from one version to another, both included.

    Raise one of DECODE_ERRORS for what cannot be read, and for rows that are missing or of a commit that
    is not whole; `decode` then finds which.
    """
    readers = _readers(_event_kinds())
    with gc_paused():
        # One by one: pydantic reads them as fast as in a list, and takes half as long again to
        # find out what each entry of a list is by a tag inside.
        events = tuple([
            readers[tag](text) for tag, text in zip(page.tags, page.payloads, strict=True)
        ])  # fmt: skip
        if page.first[:1] != [start] or stop - start + 1 != len(events):
            raise ValueError("rows are missing")
        of_commits: list[tuple[Event, ...]]
        if len(page.first) == len(events):
            of_commits = list(zip(events, strict=True))
        else:
            ends = [*(first - start for first in page.first[1:]), len(events)]
            of_commits = [
                events[first - start : end] for first, end in zip(page.first, ends, strict=True)
            ]
        # By column and not by commit: what is left to do for each is half of it.
        columns = zip(
            [first - 1 for first in page.first],
            of_commits,
            map(member, page.user, page.role),
            _TIMES.validate_json(page.at),
            page.session,
            page.command,
            [digest or b"" for digest in page.digest],
            strict=True,
        )
        return list(map(Commit._make, columns))


class gc_paused:
    """Let no garbage be collected meanwhile; for moments that make much and drop nothing.

    To look for garbage among what is kept costs a third of reading a page, and of making rows. No
    generator, which takes a microsecond more for each append.
    """

    __slots__ = ("_was_enabled",)

    def __enter__(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_enabled:
            gc.enable()


@lru_cache(maxsize=4096)
def member(user: str, role: str) -> Member:
    """Return who did something, as far as the record says: it keeps no names beside ids."""
    return Member(UserId(user), Role(role))


def _event_kinds() -> frozenset[tuple[type[Event], int]]:
    return frozenset((kind, kind.schema_version) for kind in Event.known.values())


@lru_cache(maxsize=4)
def _readers(kinds: frozenset[tuple[type[Event], int]]) -> Mapping[str, Callable[[str], Event]]:
    """Return by tag what reads the payloads of the events known now; a new feature may add some."""
    return {
        kind.tag: kind.__pydantic_validator__.validate_json  # quicker than `model_validate_json`
        if version == 1
        else partial(event, kind.tag)
        for kind, version in kinds
    }


_TIMES: Final = TypeAdapter(list[datetime])


_campaign: Final = lru_cache(maxsize=4096)(str)


@lru_cache(maxsize=4096)
def _session(session: SessionId | None) -> tuple[UUID | None, str | None]:
    if session is None:
        return None, None
    id = UUID(session)
    return id, str(id)


def _event_of(row: Row) -> Event:
    try:
        return event(row.event_type, row.payload)
    except Unreadable as why:
        raise BrokenRecord(RoomId(row.campaign), row.version, str(why)) from why


def _member(room: RoomId, row: Row) -> Member:
    try:
        return member(row.user, row.role)
    except ValueError as why:
        raise BrokenRecord(room, row.version, str(why)) from why
