"""The hash chain: the canonical text of a row, the link to the row before, and the check.

docs/reference/hash-chain.md describes all of it for those who check without us.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

GENESIS: Final = bytes(32)
"""The hash before a room's first row."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Row(NamedTuple):
    """What the chain covers of a row of ``session_event``, and its hash.

    Position, transaction and epoch are left out: they say where and by which process a row was
    stored, a restored copy gives other ones, and they prove nothing of what happened.
    """

    campaign: UUID
    version: int
    session: UUID | None
    event_type: str
    user: str
    role: str
    command_id: str | None
    digest: bytes | None
    first_version: int
    created_at: datetime
    payload: str
    hash: bytes = b""


class Head(NamedTuple):
    """The end of a room's chain; kept elsewhere, it shows that the record was cut off."""

    version: int
    hash: bytes


START: Final = Head(0, GENESIS)

REWRITTEN: Final = "rewritten: its hash is not the one that was saved"
"""Why a record is at fault that has another hash where a head was saved."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a room's record does not hold."""

    version: int
    why: str

    def __str__(self) -> str:
        return f"version {self.version}: {self.why}"


class Seals(NamedTuple):
    """What the chain is over, of rows one after another, as the database words it."""

    in_place: bool
    """No row says that its commit begins after it, or before there is anything."""
    texts: Sequence[bytes | None]
    """What is hashed of each row, after the hash before it; None where a field must not be null."""
    hashes: Sequence[bytes]


def joined(before: bytes, seals: Seals) -> bool:
    """Return whether each row's hash is that of its text and the hash before it.

    Quicker by far than `verify`, which makes the texts from the rows; but it names no row.
    """
    befores = (before, *seals.hashes[:-1])
    hashes = [
        hashlib.sha256(before + text).digest()
        for before, text in zip(befores, seals.texts, strict=True)
        if text is not None
    ]
    return seals.in_place and hashes == list(seals.hashes)


def verify(rows: Iterable[Row], saved: Head | None = None, *, head: Head = START) -> Head | Fault:
    """Return the head of a room's rows that follow one, all of them by default, or the first fault.

    With a head that was saved before, a record that was cut off or written anew is a fault too.
    """
    for row in rows:
        fault = _fault(head, row)
        if fault is None and saved is not None and row.version == saved.version:
            fault = _unlike(saved, row.hash)
        if fault is not None:
            return fault
        head = Head(row.version, row.hash)
    if saved is not None and head.version < saved.version:
        return Fault(
            head.version + 1, f"missing: the record ends at {head.version}, not {saved.version}"
        )
    return head


def link(before: bytes, row: Row) -> bytes:
    """Return the hash of a row that follows one with the hash before."""
    shared = commit_text(
        str(row.campaign), None if row.session is None else str(row.session), row.user, row.role,
        row.command_id, row.digest, row.first_version, row.created_at,
    )  # fmt: skip
    return sealed(before, shared, row.version, row.event_type, row.payload.encode())


def sealed(before: bytes, of_commit: bytes, version: int, event_type: str, payload: bytes) -> bytes:
    """Return the hash of a row from its commit's part, shared with its neighbours, and its own."""
    tag = event_type.encode()
    number = b"%d" % version
    return hashlib.sha256(
        b"%b%b%d:%b%d:%b%d:%b"
        % (before, of_commit, len(number), number, len(tag), tag, len(payload), payload)
    ).digest()


def commit_text(
    campaign: str,
    session: str | None,
    user: str,
    role: str,
    command_id: str | None,
    digest: bytes | None,
    first_version: int,
    created_at: datetime,
) -> bytes:
    """Return the canonical text of what all rows of a commit share; ids in their usual form."""
    first, at = b"%d" % first_version, b"%d" % microseconds(created_at)
    return b"%b%b%b%d:%b%d:%b" % (
        _who(campaign, session, user, role),
        _field(command_id),
        b"-" if digest is None else _field(digest.hex()),
        len(first),
        first,
        len(at),
        at,
    )


def microseconds(at: datetime) -> int:
    """Return the microseconds since the beginning of 1970 in UTC, all that PostgreSQL keeps."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


# The same few of them write most rows of a night; to word them anew takes longer than to hash.
@lru_cache(maxsize=4096)
def _who(campaign: str, session: str | None, user: str, role: str) -> bytes:
    return b"".join(map(_field, (campaign, session, user, role)))


def _field(text: str | None) -> bytes:
    # The length in front: no two rows have the same text, wherever a field ends.
    if text is None:
        return b"-"
    raw = text.encode()
    return b"%d:%b" % (len(raw), raw)


def _fault(head: Head, row: Row) -> Fault | None:
    expected = head.version + 1
    if row.version > expected:
        return Fault(expected, f"missing: version {row.version} comes after {head.version}")
    if row.version < expected:
        return Fault(row.version, f"out of order: it comes after {head.version}")
    if link(head.hash, row) != row.hash:
        return Fault(row.version, "changed: its hash does not fit it and the row before")
    if not 1 <= row.first_version <= row.version:
        return Fault(row.version, f"out of place in its commit, from {row.first_version}")
    return None


def _unlike(saved: Head, digest: bytes) -> Fault | None:
    if digest == saved.hash:
        return None
    return Fault(saved.version, REWRITTEN)
