"""Playback: a session read once, as fast as possible, and turned into a viewer's messages."""

from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import NamedTuple

from pydantic_core import to_json

from events.core.decider import advance
from events.core.numbering import numbered, unnumbered
from events.core.projection import Change
from events.core.state import RoomState
from events.core.view import messages_for
from events.journal import Commit
from events.record.viewpoint import Viewer
from events.replay.player import numbered as number_messages
from events.replay.timeline import state_messages


class Played(NamedTuple):
    """A moment of the viewer's."""

    at: datetime
    said: list[bytes]
    """What they were told, as JSON, numbered."""


async def played(
    room: RoomState, commits: AsyncIterable[Commit], viewer: Viewer
) -> AsyncIterator[Played]:
    """Yield the moments that a `Timeline` of the commits has, with the messages of a `Replay`.

    For whoever never seeks: nothing is described or kept, and nothing is worded twice.
    """
    seq = 0
    async for commit in commits:
        before, room = room, advance(room, commit)
        change = Change(before, room, commit.events)
        if viewer.changed_view(change):
            messages = state_messages(room, viewer)
            seq = number_messages(messages, seq)
            encoded = [to_json(message) for message in messages]
        else:
            bodies = [message.encode() for message in messages_for(change, viewer.at(room))]
            encoded = numbered(unnumbered(bodies), seq + 1)
            seq += len(bodies)
        if encoded or viewer.is_dm:
            yield Played(commit.at, encoded)
