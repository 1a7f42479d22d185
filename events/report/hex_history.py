"""The history of one hex: who revealed or hid it, when, for whom, and when it reached them."""

from collections.abc import AsyncIterable
from dataclasses import dataclass, field

from events.core.decider import advance
from events.core.state import EMPTY, Member, RoomState, SessionId, Tier
from events.geometry.grid import Hex
from events.journal import Commit
from events.replay.captions import caption_of_events
from events.report.deliveries import DeliveryIndex
from events.report.report import Exposure, with_deliveries


@dataclass(frozen=True, slots=True)
class HexTurn:
    """A commit after which somebody saw more or less of the hex."""

    what: str
    session: SessionId | None


@dataclass
class HexStory:
    """All that players were shown of a hex, over the whole of a record."""

    at: Hex
    room: RoomState = EMPTY
    exposures: list[Exposure] = field(default_factory=list)
    turns: dict[int, HexTurn] = field(default_factory=dict)
    """By the version of its commit."""


async def hex_story(
    commits: AsyncIterable[Commit], at: Hex, delivered: DeliveryIndex | None = None
) -> HexStory:
    """Return the story of a hex from all commits of a room.

    Who joins later is shown then what is shown to all. Costs a fold, and little for commits that
    leave the hex alone.
    """
    story, room = HexStory(at), EMPTY
    async for commit in commits:
        after = advance(room, commit)
        if room.members is not after.members or room.visibility is not after.visibility:
            story.exposures += (entries := tuple(_changes(room, after, at, commit)))
            if entries:
                caption = caption_of_events(room, commit.events)
                story.turns[commit.version] = HexTurn(caption, commit.session)
        room = after
    story.room = room
    story.exposures = with_deliveries(story.exposures, delivered or DeliveryIndex())
    return story


def _changes(before: RoomState, after: RoomState, at: Hex, commit: Commit) -> list[Exposure]:
    if before.members is after.members and before.visibility.get(at) is after.visibility.get(at):
        return []
    by = after.name_of(commit.by.user)
    entries = []
    for player in after.players():
        was, now = _tier(before, before.members.get(player.user), at), after.tier(player, at)
        if was is not now:
            shown = now is not Tier.HIDDEN
            tier = now.word if shown else ""
            runs = ((at.q, at.r, 1),)
            entries.append(Exposure(player.user, commit.version, commit.at, shown, tier, runs, by))
    return entries


def _tier(room: RoomState, member: Member | None, at: Hex) -> Tier:
    return Tier.HIDDEN if member is None or member.is_dm else room.tier(member, at)
