"""Archive: a campaign in one file, to be carried to another server and proved to be the same there.

A zip of ``manifest.json``, ``events.ndjson`` with the exact payload texts and their hashes,
``members.json`` without passwords or addresses, and ``map.json``, for people; it is not read back.
"""

import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, Any, Final, Literal
from uuid import UUID

import psycopg
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from events.canonical import state_hash
from events.decider import advance
from events.journal import BrokenRecord
from events.journal.chain import START, Fault, Row, verify
from events.journal.codec import MISFITS, decode
from events.journal.database import Pool
from events.maps.hexroom_json import export as map_json
from events.maps.laying import document_of_room
from events.names import Name
from events.record.copies import NewCampaign, is_known, open_campaign, store_rows
from events.record.proof import PAGE_ROWS, Rows
from events.state import EMPTY, Member, Role, RoomId, RoomState, UserId

FORMAT: Final = "hexroom-campaign"
MANIFEST, EVENTS, MEMBERS, MAP = "manifest.json", "events.ndjson", "members.json", "map.json"

MOST_BYTES: Final = {MANIFEST: 2**20, MEMBERS: 16 * 2**20, MAP: 64 * 2**20, EVENTS: 8 * 2**30}
"""What each file may unpack to, at most, whatever the archive says of itself."""
LONGEST_LINE: Final = 64 * 2**20


class ArchiveRefused(Exception):
    """This is no archive that can be imported; the text says why. Nothing was changed."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,100}$")]


class Manifest(_Part):
    """What the archive says of itself."""

    format: Literal["hexroom-campaign"] = "hexroom-campaign"
    version: Literal[1] = 1
    campaign: str
    name: Name
    created_by: Id
    created_at: str
    events: int = Field(ge=1)
    head: Digest
    state: Digest
    """The hash of the state's canonical JSON after the last event."""


class ArchivedMember(_Part):
    id: Id
    name: Name
    role: Literal["dm", "player", "spectator"]


class ArchivedRow(_Part):
    """One line of the events."""

    version: int
    session: str | None
    type: str
    user: str
    role: str
    command: str | None
    digest: str | None
    first: int
    at: str
    payload: str
    hash: Digest

    def row(self, campaign: UUID) -> Row:
        return Row(
            campaign=campaign,
            version=self.version,
            session=None if self.session is None else UUID(self.session),
            event_type=self.type,
            user=self.user,
            role=self.role,
            command_id=self.command,
            digest=None if self.digest is None else bytes.fromhex(self.digest),
            first_version=self.first,
            created_at=datetime.fromisoformat(self.at),
            payload=self.payload,
            hash=bytes.fromhex(self.hash),
        )


_MEMBERS: Final = TypeAdapter(tuple[ArchivedMember, ...])


async def write_archive(
    record: Rows,
    file: IO[bytes],
    campaign: NewCampaign,
    last: int,
    progress: Callable[[int], None] = lambda version: None,
) -> Manifest:
    """Write a campaign's archive; raise BrokenRecord where its chain does not hold."""
    room, head, group = EMPTY, START, list[Row]()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with archive.open(EVENTS, "w", force_zip64=True) as events:
            while head.version < last:
                page = await record.rows(campaign.id, head.version + 1, head.version + PAGE_ROWS)
                found = verify(page, head=head) if page else Fault(head.version + 1, "missing")
                if isinstance(found, Fault):
                    raise BrokenRecord(campaign.id, found.version, found.why)
                head = found
                for row in page:
                    events.write(_line(row))
                room, group = _fold(room, group + page)
                progress(head.version)
        room, _ = _fold(room, group, whole=True)
        manifest = Manifest(
            campaign=str(campaign.id),
            name=campaign.name,
            created_by=campaign.created_by,
            created_at=_instant(campaign.created_at),
            events=head.version,
            head=head.hash.hex(),
            state=state_hash(room).hex(),
        )
        members = [{"id": m.user, "name": m.name, "role": m.role} for m in campaign.members]
        archive.writestr(MEMBERS, json.dumps(members, ensure_ascii=False))
        if room.map is not None:
            archive.writestr(MAP, map_json(document_of_room(room.map, room.terrain)))
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


async def read_archive(
    pool: Pool,
    path: Path,
    owner: Member | None = None,
    progress: Callable[[int, int], None] = lambda version, last: None,
) -> Manifest:
    """Import an archive in one transaction and return its manifest; raise ArchiveRefused.

    All is checked on the way: the chain, that each event can be read, and that the state is the
    one that was exported. The owner, if given, becomes a DM of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return await _import(pool, archive, owner, progress)
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile) as error:
        raise ArchiveRefused(f"this is no archive, or a damaged one: {error}") from None
    except (NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"this archive cannot be unpacked: {error}") from None


async def _import(
    pool: Pool,
    archive: zipfile.ZipFile,
    owner: Member | None,
    progress: Callable[[int, int], None],
) -> Manifest:
    _expect_files(archive)
    manifest: Manifest = _parsed(Manifest.model_validate_json, _whole(archive, MANIFEST), MANIFEST)
    listed = _parsed(_MEMBERS.validate_json, _whole(archive, MEMBERS), MEMBERS)
    members = {
        UserId(each.id): Member(UserId(each.id), Role(each.role), each.name) for each in listed
    }
    if manifest.created_by not in members:
        creator = UserId(manifest.created_by)
        members[creator] = Member(creator, Role.SPECTATOR, "a former member")
    if owner is not None:
        members[owner.user] = owner
    room = RoomId(_uuid(manifest.campaign))
    campaign = NewCampaign(
        room, manifest.name, UserId(manifest.created_by), _time(manifest.created_at),
        tuple(members.values()),
    )  # fmt: skip
    check = _Check(manifest, room, progress)
    try:
        async with pool.connection() as connection, connection.transaction():
            if await is_known(connection, room):
                raise ArchiveRefused(f"the campaign {manifest.name} ({room}) is here already")
            await open_campaign(connection, campaign)
            with archive.open(EVENTS) as events:
                await store_rows(connection, check.rows(events))
            check.whole()
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
        self._head = START
        self._group: list[Row] = []

    async def rows(self, file: IO[bytes]) -> AsyncIterator[Row]:
        """Yield the rows that hold; raise ArchiveRefused at the first that does not."""
        for number, line in enumerate(_lines(file), 1):
            said = _parsed(ArchivedRow.model_validate_json, line, f"{EVENTS}, line {number}")
            try:
                row = said.row(self._campaign)
            except ValueError:
                raise ArchiveRefused(f"{EVENTS}, line {number}: not a row") from None
            found = verify((row,), head=self._head)
            if isinstance(found, Fault):
                raise ArchiveRefused(f"the record in it is broken at {found}")
            self._head = found
            if self._group and self._group[0].first_version != row.first_version:
                self._take()
            self._group.append(row)
            yield row
            if number % PAGE_ROWS == 0:
                self._progress(number, self._manifest.events)

    def whole(self) -> None:
        """Raise ArchiveRefused unless all is there and leads to the state that was exported."""
        self._take()
        said = self._manifest
        if (self._head.version, self._head.hash.hex()) != (said.events, said.head):
            raise ArchiveRefused(
                f"its record ends at version {self._head.version}, not as the manifest says"
            )
        if state_hash(self._room).hex() != said.state:
            raise ArchiveRefused("its events lead to another state than was exported")

    def _take(self) -> None:
        group, self._group = self._group, []
        try:
            for commit in decode(group):
                self._room = advance(self._room, commit)
        except BrokenRecord as broken:
            raise ArchiveRefused(f"version {broken.version}: {broken.why}") from None
        except MISFITS as error:
            raise ArchiveRefused(
                f"version {group[0].version} cannot be folded: {type(error).__name__}"
            ) from None


def _expect_files(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) != len(set(names)) or not {MANIFEST, EVENTS, MEMBERS} <= set(names):
        raise ArchiveRefused("this is no archive of a campaign: it lacks files, or has two of one")
    if strange := sorted(set(names) - MOST_BYTES.keys()):
        raise ArchiveRefused(f"it holds a file that does not belong there: {strange[0][:80]!r}")


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
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArchiveRefused(f"{MANIFEST}: the time is none") from None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _line(row: Row) -> bytes:
    said = ArchivedRow(
        version=row.version,
        session=None if row.session is None else str(row.session),
        type=row.event_type,
        user=row.user,
        role=row.role,
        command=row.command_id,
        digest=None if row.digest is None else bytes(row.digest).hex(),
        first=row.first_version,
        at=_instant(row.created_at),
        payload=row.payload,
        hash=bytes(row.hash).hex(),
    )
    return said.model_dump_json().encode() + b"\n"


def _fold(room: RoomState, rows: list[Row], *, whole: bool = False) -> tuple[RoomState, list[Row]]:
    """Return the room after the rows, and the rows of a commit that may go on."""
    if not rows:
        return room, []
    last = rows[-1].first_version
    ready = rows if whole else [row for row in rows if row.first_version != last]
    for commit in decode(ready):
        room = advance(room, commit)
    return room, rows[len(ready) :]
