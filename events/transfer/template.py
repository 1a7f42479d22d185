"""Template: a new campaign that begins with the map of another, without its people and its history."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from events.core.features.labels import LabelSet
from events.core.features.members import MemberSet, RoomOpened
from events.core.features.notes import NoteSet
from events.core.features.paths import PathSet
from events.core.features.pictures import PictureLaid
from events.core.features.regions import RegionSet
from events.core.features.rules import RuleSet
from events.core.features.settings import SettingsChanged
from events.core.features.sites import SiteSet
from events.core.features.terrain import HexesUpdated, MapSet
from events.core.messages import Event
from events.core.state import Member, Role, RoomId, RoomState
from events.core.values import DEFAULTS
from events.journal import Commit
from events.journal.chain import START, Row
from events.journal.codec import encode
from events.journal.database.pool import Pool
from events.record.campaigns import CampaignRow, check_may_open, open_campaign, put_member
from events.record.reader import Record, RoomAtVersion
from events.transfer.bulk_insert import store_rows


async def duplicate(
    record: Record,
    pool: Pool,
    source: RoomId,
    name: str,
    *,
    id_: RoomId,
    at: datetime,
    by: Member,
    most: int,
) -> RoomAtVersion:
    """Return where the new campaign begins, after storing it: all of it, or nothing.

    It has what the DM prepared: map, image under it, notes, paths, sites, regions, labels, settings
    and the rules that hold for everyone. Tokens, reveals, what waits to be published and whoever
    was named stay behind. ``by`` is its only member.
    """
    room = (await record.at_version(source)).room
    maker = Member(by.user, Role.DM, by.name)
    opened = Commit(0, (RoomOpened(name=name), _member(maker)), maker, at)
    commits = [opened]
    if prepared := tuple(prepared_in(room)):
        commits.append(Commit(opened.version, prepared, maker, at))
    async with pool.connection() as connection, connection.transaction():
        await check_may_open(connection, maker.user, most)
        await open_campaign(connection, CampaignRow(id_, name, maker.user, at))
        await put_member(connection, id_, maker, at)
        await store_rows(connection, _rows(id_, commits))
    return await record.at_version(id_)


def prepared_in(room: RoomState) -> Iterator[Event]:
    """Yield the events that lay in an empty room what a DM prepared in this one."""
    painted = tuple(
        (hex_terrain.terrain, hex_terrain.variant, where)
        for hex_terrain, where in room.terrain.grouped()
    )
    if room.map is not None:
        yield MapSet(**asdict(room.map), painted=painted)
    elif painted:
        yield HexesUpdated(painted=painted)
    if room.picture is not None:
        yield PictureLaid(picture=room.picture)
    if changed := _other_settings(room):
        yield SettingsChanged(**changed)
    for note_id, note in room.notes.items():
        yield NoteSet(note=note_id, now=_for_nobody(note))
    for path_id, path in room.paths.items():
        yield PathSet(path=path_id, now=_for_nobody(path))
    for site_id, site in room.sites.items():
        yield SiteSet(site=site_id, now=_for_nobody(site))
    for region_id, region in room.regions.items():
        yield RegionSet(region=region_id, now=_for_nobody(region))
    for label_id, label in room.labels.items():
        yield LabelSet(label=label_id, now=_for_nobody(label))
    for rule_id, rule in sorted(room.rules.items()):
        if rule.players == "all":
            yield RuleSet(rule=rule_id, now=rule)


def _for_nobody(thing: Any) -> Any:
    """Return the thing without the players to whom it was revealed alone."""
    if (handout := getattr(thing, "handout", None)) is not None:
        thing = replace(thing, handout=replace(handout, shown_to=(), kept_from=()))
    return replace(thing, players=()) if thing.players else thing


def _other_settings(room: RoomState) -> dict[str, Any]:
    return {
        each.name: now
        for each in fields(room.settings)
        if (now := getattr(room.settings, each.name)) != getattr(DEFAULTS, each.name)
    }


def _member(maker: Member) -> MemberSet:
    return MemberSet(user=maker.user, name=maker.name, role=maker.role)


async def _rows(room: RoomId, commits: list[Commit]) -> AsyncIterator[Row]:
    for row in encode(room, commits, START):
        yield row
