"""Importing an archive: in one transaction, with everything in it checked."""

import errno
import json
import lzma
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import psycopg
from pydantic import TypeAdapter, ValidationError

from events.core.canonical import state_hash
from events.core.decider import advance
from events.core.state import EMPTY, Member, RoomId, UserId
from events.journal import BrokenRecord
from events.journal.chain import GENESIS, START, Fault, Row, verify
from events.journal.codec import DECODE_ERRORS, decode
from events.journal.database.pool import Pool
from events.journal.forgotten import Forgotten, sealed_anew
from events.record.campaigns import (
    CampaignRow,
    Connection,
    is_known,
    open_campaign,
    put_account,
    put_member,
)
from events.record.integrity import PAGE_ROWS
from events.transfer.archive.extent import Extent
from events.transfer.archive.format import (
    EVENTS,
    LONGEST_LINE,
    MANIFEST,
    MEMBERS,
    MOST_BYTES,
    ArchivedMember,
    ArchivedRow,
    ArchiveRefused,
    Manifest,
    moment,
)
from events.transfer.archive.pictures import (
    Pictured,
    PictureIntake,
    Which,
    expect_named,
    pictured_by,
    take,
)
from events.transfer.bulk_insert import store_rows

DAMAGED: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    UnicodeDecodeError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What unpacking a damaged file raises: a flipped bit may also name another way of packing."""
_MEMBERS: Final = TypeAdapter(tuple[ArchivedMember, ...])
_FORGOTTEN: Final = "SELECT id FROM account WHERE id = ANY (%s) AND forgotten_at IS NOT NULL"


async def read_archive(
    pool: Pool,
    path: Path,
    intake: PictureIntake,
    owner: Member | None = None,
    progress: Callable[[int, int], None] = lambda version, last: None,
    pictures: Which = Which.ALL,
    left_out: Callable[[str], None] = lambda why: None,
    nameless: Callable[[int], None] = lambda persons: None,
) -> Manifest:
    """Import an archive in one transaction and return its manifest; raise ArchiveRefused.

    All is checked on the way: the chain, that each event can be read, that the state is the one that
    was exported, and the pictures, which are in their place when the transaction is committed, or
    not at all. Members are those of the record's last state, with its roles: it is the record that
    is hashed, and what the archive lists beside it can only leave somebody out. The owner, if
    given, becomes a DM of it. ``left_out`` is told of each picture that is not imported, and why;
    where all are wanted, a damaged one has the whole archive refused. Persons whose account was
    deleted here are not named and get no seat: ``nameless`` is told how many the archive names, and the
    chain that is stored is its own from the first of them on.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return await _import(
                pool, archive, intake, owner, progress, pictures, left_out, nameless
            )
    except DAMAGED as error:
        raise ArchiveRefused(f"this is no archive, or a damaged one: {error}") from None
    except (NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"this archive cannot be unpacked: {error}") from None
    except OSError as error:
        # What cannot be read has a number; without one it is what a decompressor says of its data.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise ArchiveRefused(f"this is no archive, or a damaged one: {error}") from None


async def _import(
    pool: Pool,
    archive: zipfile.ZipFile,
    intake: PictureIntake,
    owner: Member | None,
    progress: Callable[[int, int], None],
    pictures: Which,
    left_out: Callable[[str], None],
    nameless: Callable[[int], None],
) -> Manifest:
    _expect_files(archive)
    manifest: Manifest = _parsed(Manifest.model_validate_json, _whole(archive, MANIFEST), MANIFEST)
    _expect_no_others(archive, manifest)
    listed = _parsed(_MEMBERS.validate_json, _whole(archive, MEMBERS), MEMBERS)
    room, creator = RoomId(_uuid(manifest.campaign)), UserId(manifest.created_by)
    campaign = CampaignRow(room, manifest.name, creator, _time(manifest.created_at))
    check = _Check(manifest, room, progress)
    try:
        await take(archive, manifest.pictures, intake, pictures, left_out)
        async with pool.connection() as connection, connection.transaction():
            if await is_known(connection, room):
                raise ArchiveRefused(f"the campaign {manifest.name} ({room}) is here already")
            await put_account(connection, creator, "a former member", campaign.created_at)
            await open_campaign(connection, campaign)
            with archive.open(EVENTS) as events:
                names = await _forgotten_here(connection, events)
            with archive.open(EVENTS) as events:
                await store_rows(connection, _without(names, check.rows(events)))
            check.whole()
            for member in check.members(listed, owner, names):
                await put_account(connection, member.user, member.name, campaign.created_at)
                await put_member(connection, room, member, campaign.created_at)
            intake.keep(room)
            if names:
                nameless(len(names))
    except psycopg.errors.UniqueViolation:
        raise ArchiveRefused("one of its game sessions is here already") from None
    except (psycopg.errors.DataError, psycopg.errors.IntegrityError) as error:
        raise ArchiveRefused(f"the database cannot hold it: {type(error).__name__}") from None
    return manifest


class _Check:
    """Reads the rows of an archive and believes none of it."""

    def __init__(
        self, manifest: Manifest, room: RoomId, progress: Callable[[int, int], None]
    ) -> None:
        self._manifest = manifest
        self._campaign = room
        self._progress = progress
        self._room = EMPTY
        self._extent = Extent()
        self._head = START
        self._group: list[Row] = []
        self._pictures: set[Pictured] = set()

    async def rows(self, file: IO[bytes]) -> AsyncIterator[Row]:
        """Yield the rows that hold; raise ArchiveRefused at the first that does not."""
        for number, line in enumerate(_lines(file), 1):
            archived = _parsed(ArchivedRow.model_validate_json, line, f"{EVENTS}, line {number}")
            try:
                row = archived.row(self._campaign)
            except ValueError:
                raise ArchiveRefused(f"{EVENTS}, line {number}: not a row") from None
            outcome = verify((row,), head=self._head)
            if isinstance(outcome, Fault):
                raise ArchiveRefused(f"the record in it is broken at {outcome}")
            self._head = outcome
            if self._group and self._group[0].first_version != row.first_version:
                self._take()
            self._group.append(row)
            yield row
            if number % PAGE_ROWS == 0:
                self._progress(number, self._manifest.events)

    def whole(self) -> None:
        """Raise ArchiveRefused unless all is there and leads to the state that was exported."""
        self._take()
        manifest = self._manifest
        if (self._head.version, self._head.hash.hex()) != (manifest.events, manifest.head):
            raise ArchiveRefused(
                f"its record ends at version {self._head.version}, not as the manifest says"
            )
        if state_hash(self._room).hex() != manifest.state:
            raise ArchiveRefused("its events lead to another state than was exported")
        expect_named(manifest.pictures, self._pictures)

    def members(
        self, listed: Iterable[ArchivedMember], owner: Member | None, gone: Collection[str]
    ) -> tuple[Member, ...]:
        """Return the members by the record, without those that are not listed or whose account was deleted here."""
        ids = {each.id for each in listed}.difference(gone)
        members = {user: who for user, who in self._room.members.items() if user in ids}
        if owner is not None:
            members[owner.user] = owner
        return tuple(members.values())

    def _take(self) -> None:
        group, self._group = self._group, []
        try:
            for commit in decode(group):
                self._extent.expect_events(commit.events, commit.version)
                self._room = advance(self._room, commit)
                self._extent.expect_room(self._room, commit.version)
                for event in commit.events:
                    self._pictures.update(pictured_by(event))
        except BrokenRecord as broken:
            raise ArchiveRefused(f"version {broken.version}: {broken.why}") from None
        except DECODE_ERRORS as error:
            raise ArchiveRefused(
                f"version {group[0].version} cannot be folded: {type(error).__name__}"
            ) from None


async def _forgotten_here(connection: Connection, events: IO[bytes]) -> dict[str, set[str]]:
    """Return who is named in the rows and was deleted here, with the names; raise ArchiveRefused."""
    names = defaultdict[str, set[str]](set)
    for line in _lines(events):
        if b'"member_set"' in line:
            with suppress(*DECODE_ERRORS):  # Whoever reads the rows for good says what is wrong.
                fields = json.loads(json.loads(line)["payload"])
                names[fields["user"]].add(fields["name"])
    cursor = await connection.execute(_FORGOTTEN, (list(names),))
    return {row[0]: names[row[0]] for row in await cursor.fetchall()}


async def _without(
    names: Mapping[str, Collection[str]], rows: AsyncIterator[Row]
) -> AsyncIterator[Row]:
    """Yield the rows as they are to be stored: without the names of people whose account was deleted here."""
    forgotten, before = Forgotten(names), GENESIS
    async for row in rows:
        if names:
            (row,) = sealed_anew(forgotten, [row], before)
            before = row.hash
        yield row


def _expect_files(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) != len(set(names)) or not {MANIFEST, EVENTS, MEMBERS} <= set(names):
        raise ArchiveRefused("this is no archive of a campaign: it lacks files, or has two of one")


def _expect_no_others(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names, pictures = set(archive.namelist()), manifest.files()
    if strange := sorted(names - MOST_BYTES.keys() - pictures):
        raise ArchiveRefused(f"it holds a file that does not belong there: {strange[0][:80]!r}")
    if len({picture.id for picture in manifest.pictures}) < len(manifest.pictures):
        raise ArchiveRefused("it has two pictures of one id")


def _whole(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(MOST_BYTES[name] + 1)
    if len(content) > MOST_BYTES[name]:
        raise ArchiveRefused(f"{name} is larger than {MOST_BYTES[name]} bytes")
    return content


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    read = 0
    while line := file.readline(LONGEST_LINE + 1):
        read += len(line)
        if len(line) > LONGEST_LINE or read > MOST_BYTES[EVENTS]:
            raise ArchiveRefused(f"{EVENTS} is larger than an archive may be")
        yield line


def _parsed(parse: Callable[[bytes], Any], content: bytes, where: str) -> Any:
    try:
        return parse(content)
    except (ValidationError, RecursionError) as error:
        fault = ""
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            fault = f" ({'.'.join(map(str, first['loc']))[:60]}: {first['msg'][:100]})"
        raise ArchiveRefused(f"{where} is not what it should be{fault}") from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArchiveRefused(f"{MANIFEST}: the campaign has no proper id") from None


def _time(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise ArchiveRefused(f"{MANIFEST}: the time is none") from None
