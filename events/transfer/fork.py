"""Fork: a new campaign with another's history up to a moment."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid5

from events.core.features.members import RoomOpened
from events.core.messages import Event
from events.core.state import Member, Role, RoomId, SessionId
from events.journal import Commit
from events.journal.chain import START, Head, Row
from events.journal.codec import encode
from events.journal.database.pool import Pool
from events.record.errors import NotInRecord
from events.record.reader import Record, RoomAtVersion, Span
from events.transfer.bulk_insert import NewCampaign, check_may_open, open_campaign, store_rows


class NoDm(NotInRecord):
    def __init__(self) -> None:
        super().__init__("at that moment the campaign had no DM who could have the new one")


async def fork(
    record: Record,
    pool: Pool,
    source: RoomId,
    version: int | None,
    name: str,
    *,
    id_: RoomId,
    at: datetime,
    by: Member | None = None,
    most: int | None = None,
) -> RoomAtVersion:
    """Return where the new campaign begins, after storing it: all of it, or nothing.

    It has the source's events with their times up to the commit that the version lies in, and one
    more, its name. Game sessions get ids of their own: a session belongs to one campaign. Its
    members are those of that moment; by, or else a DM of that moment, is its DM, and has at
    most so many campaigns, if that is limited.
    """
    moment = await record.at_version(source, version)
    members = {member.user: member for member in moment.room.members.values()}
    owner = by or next((member for member in members.values() if member.is_dm), None)
    if owner is None:
        raise NoDm
    members[owner.user] = Member(owner.user, Role.DM, owner.name)
    campaign = NewCampaign(id_, name, owner.user, at, tuple(members.values()))
    commits = record.commits(source, Span(0, moment.version))
    async with pool.connection() as connection, connection.transaction():
        if most is not None:
            await check_may_open(connection, owner.user, most)
        await open_campaign(connection, campaign)
        await store_rows(connection, _rows(id_, commits, _named(name, moment, owner, at)))
    return await record.at_version(id_)


async def _rows(
    room: RoomId, commits: AsyncIterator[Commit], last: Commit | None
) -> AsyncIterator[Row]:
    head = START
    async for commit in commits:
        for row in encode(room, [_moved(commit, room)], head):
            yield row
            head = Head(row.version, row.hash)
    if last is not None:
        for row in encode(room, [_moved(last, room)], head):
            yield row


def _named(name: str, moment: RoomAtVersion, by: Member, at: datetime) -> Commit | None:
    if moment.room.name == name:
        return None
    member = Member(by.user, Role.DM, by.name)
    return Commit(moment.version, (RoomOpened(name=name),), member, at, session=moment.room.running)


def _moved(commit: Commit, room: RoomId) -> Commit:
    """Return the commit as one of the room's: its game session is another one."""
    if commit.session is None and not any("session" in type(e).model_fields for e in commit.events):
        return commit
    session = None if commit.session is None else _session(commit.session, room)
    events = tuple(_with_session(event, room) for event in commit.events)
    return commit._replace(session=session, events=events)


def _with_session(event: Event, room: RoomId) -> Event:
    session = getattr(event, "session", None)
    if session is None:
        return event
    return event.model_copy(update={"session": _session(session, room)})


def _session(session: str, room: RoomId) -> SessionId:
    # Always the same for the same two, so that all of a session's events agree.
    return SessionId(str(uuid5(UUID(str(room)), session)))
