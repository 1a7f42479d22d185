"""Exporting a campaign's archive, checking its hash chain on the way."""

import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import IO, Literal

from events.core.canonical import state_hash
from events.core.decider import advance
from events.core.state import EMPTY, Member, RoomState
from events.journal import BrokenRecord
from events.journal.chain import START, Fault, Head, Row, verify
from events.journal.codec import decode
from events.journal.forgotten import sealed_anew
from events.maps.hexroom_json import export as map_json
from events.maps.laying import document_of_room
from events.record.campaigns import CampaignRow
from events.record.integrity import PAGE_ROWS, Rows, resealed_after
from events.transfer.archive.format import (
    EVENTS,
    MANIFEST,
    MAP,
    MEMBERS,
    ArchivedPicture,
    ArchivedRow,
    Manifest,
)
from events.transfer.archive.pictures import Pixels, write


async def write_archive(
    record: Rows,
    file: IO[bytes],
    campaign: CampaignRow,
    members: Iterable[Member],
    last: int,
    progress: Callable[[int], None] = lambda version: None,
    pixels: Iterable[Pixels] = (),
) -> Manifest:
    """Write a campaign's archive into an empty file; raise BrokenRecord where its chain does not hold.

    It has the pictures given, which are looked at once the record was found to hold.

    Where somebody is to be forgotten, it is without their names, and its chain is its own from there on.
    """
    try:
        return await _write(record, file, campaign, members, last, progress, pixels)
    except BrokenRecord:
        # Of a record that was sealed anew meanwhile, what was read before does not fit what was read after.
        meanwhile = await resealed_after(record, campaign.id, last)
        if meanwhile is None:
            raise
    file.seek(0)
    file.truncate()
    return await write_archive(record, file, campaign, members, meanwhile, progress, pixels)


async def _write(
    record: Rows,
    file: IO[bytes],
    campaign: CampaignRow,
    members: Iterable[Member],
    last: int,
    progress: Callable[[int], None],
    pixels: Iterable[Pixels],
) -> Manifest:
    room, head, sealed, group = EMPTY, START, START, list[Row]()
    forgotten = await record.forgotten(campaign.id)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with archive.open(EVENTS, "w", force_zip64=True) as events:
            while head.version < last:
                page = await record.rows(campaign.id, head.version + 1, head.version + PAGE_ROWS)
                outcome = verify(page, head=head) if page else Fault(head.version + 1, "missing")
                if isinstance(outcome, Fault):
                    raise BrokenRecord(campaign.id, outcome.version, outcome.why)
                head = outcome
                if forgotten is not None:
                    page = list(sealed_anew(forgotten, page, sealed.hash))
                sealed = Head(page[-1].version, bytes(page[-1].hash))
                for row in page:
                    events.write(_line(row))
                room, group = _fold(room, group + page)
                progress(head.version)
        room, _ = _fold(room, group, whole=True)
        pictures = tuple(write(archive, each) for each in pixels)
        manifest = Manifest(
            version=_version(pictures),
            campaign=str(campaign.id),
            name=campaign.name,
            created_by=campaign.created_by,
            created_at=_instant(campaign.created_at),
            events=head.version,
            head=sealed.hash.hex(),
            state=state_hash(room).hex(),
            pictures=pictures,
        )
        listed = [{"id": m.user, "name": m.name, "role": m.role} for m in members]
        archive.writestr(MEMBERS, json.dumps(listed, ensure_ascii=False))
        if room.map is not None:
            archive.writestr(MAP, map_json(document_of_room(room.map, room.terrain)))
        archive.writestr(
            MANIFEST, manifest.model_dump_json(indent=1, exclude=None if pictures else {"pictures"})
        )
    return manifest


def _version(pictures: Sequence[ArchivedPicture]) -> Literal[1, 2, 3]:
    if not pictures:
        return 1
    return 3 if any(picture.is_attached for picture in pictures) else 2


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _line(row: Row) -> bytes:
    archived = ArchivedRow(
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
    return archived.model_dump_json().encode() + b"\n"


def _fold(room: RoomState, rows: list[Row], *, whole: bool = False) -> tuple[RoomState, list[Row]]:
    """Return the room after the rows, and the rows of a commit that may go on."""
    if not rows:
        return room, []
    last = rows[-1].first_version
    ready = rows if whole else [row for row in rows if row.first_version != last]
    for commit in decode(ready):
        room = advance(room, commit)
    return room, rows[len(ready) :]
