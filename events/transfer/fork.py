"""Fork: a new campaign that continues the history of another from a chosen moment."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID, uuid5

from events.core.features.members import MemberRemoved, MemberSet, PlayerLeft, RoomOpened
from events.core.features.resealing import RecordResealed
from events.core.messages import Event
from events.core.state import Member, Role, RoomId, SessionId
from events.journal import Commit
from events.journal.chain import START, Head, Row
from events.journal.codec import encode
from events.journal.database.pool import Pool
from events.record.campaigns import CampaignRow, check_may_open, open_campaign, put_member
from events.record.reader import Record, RoomAtVersion, Span
from events.transfer.bulk_insert import store_rows


async def fork(
    record: Record,
    pool: Pool,
    source: RoomId,
    version: int | None,
    name: str,
    *,
    id_: RoomId,
    at: datetime,
    by: Member,
    most: int | None = None,
) -> RoomAtVersion:
    """Return where the new campaign begins, after storing it: all of it, or nothing.

    It has the source's events with their times up to the commit that the version lies in, and one
    commit more: everybody but its maker leaves, and it gets its name. So nobody comes in by having
    been a member of the source; the others are invited. Game sessions get ids of their own: a
    session belongs to one campaign. ``by`` is its DM, and makes at most so many campaigns, if that
    is limited.
    """
    moment = await record.at_version(source, version)
    maker = Member(by.user, Role.DM, by.name)
    commits = record.commits(source, Span(0, moment.version))
    async with pool.connection() as connection, connection.transaction():
        if most is not None:
            await check_may_open(connection, maker.user, most)
        await open_campaign(connection, CampaignRow(id_, name, maker.user, at))
        await put_member(connection, id_, maker, at)
        await store_rows(connection, _rows(id_, commits, _beginning(name, moment, maker, at)))
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


def _beginning(name: str, moment: RoomAtVersion, maker: Member, at: datetime) -> Commit | None:
    """Return the commit by which the new campaign has its maker as only member, and its name."""
    room = moment.room
    events: list[Event] = [PlayerLeft(user=user) for user in sorted(room.online)]
    events += [MemberRemoved(user=user) for user in sorted(room.members) if user != maker.user]
    if room.members.get(maker.user) != maker:
        events.append(MemberSet(user=maker.user, name=maker.name, role=maker.role))
    if room.name != name:
        events.append(RoomOpened(name=name))
    if not events:
        return None
    return Commit(moment.version, tuple(events), maker, at, session=room.running)


def _moved(commit: Commit, room: RoomId) -> Commit:
    """Return the commit as one of the room's: its game session is another one, its rows are as sealed first."""
    if any(isinstance(event, RecordResealed) for event in commit.events):
        # Heads of the fork are none of the source's: none of before is excused by this.
        commit = commit._replace(events=(RecordResealed(since=commit.version),))
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
