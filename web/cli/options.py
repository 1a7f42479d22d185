"""Options that name a moment of a campaign: a version, or a time."""

from datetime import UTC, datetime
from typing import Any

import click

from events.core.state import RoomId
from events.record.reader import Record, RoomAtVersion, member_called
from events.record.viewpoint import DM, Viewer


class Time(click.ParamType[datetime]):
    """A time such as 2026-01-31T20:15:00Z; without an offset in UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("expected a time such as 2026-01-31T20:15:00Z", param, ctx)


async def moment(
    record: Record, room: RoomId, version: int | None, at: datetime | None
) -> RoomAtVersion:
    """Return the room at a version or a time, else as it is recorded now."""
    if version is not None and at is not None:
        raise click.UsageError("either --version or --at")
    if at is not None:
        version = await record.version_at(room, at)
    return await record.at_version(room, version)


async def viewer_named(
    record: Record, standing: RoomAtVersion, room: RoomId, named: str | None
) -> Viewer:
    """Return the member as they are now, or were at the moment; the DM's where nobody is named."""
    if named is None:
        return DM
    then = standing.room
    if any(named in (user, member.name) for user, member in then.members.items()):
        user = member_called(then, named).user
        now = (await record.at_version(room)).room
        return Viewer(now.members.get(user, then.members[user]))
    return await record.viewer(room, named)
