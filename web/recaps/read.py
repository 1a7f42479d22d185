"""Reads recaps from the record, for HTTP, the command line and webhooks."""

import asyncio

from events.core.state import RoomId
from events.record.reader import NumberedSession, Record
from events.record.viewpoint import Viewer
from events.replay.timeline import Timeline
from events.report.recap import Recap, recap


async def read_recap(
    record: Record, room: RoomId, campaign: str, session: NumberedSession, viewer: Viewer
) -> Recap:
    """Return the recap of a session in the viewer's eyes; raise RecordError."""
    span = await record.span(room, session)
    start = await record.state(room, span.after)
    line = await Timeline.of(start, span.after, record.commits(room, span), viewer)
    return await asyncio.to_thread(recap, line, campaign, session.name)
