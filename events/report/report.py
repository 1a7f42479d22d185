"""The audit report: who did what and when, what each player was shown, and when it reached them."""

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeGuard

from events.core.decider import advance
from events.core.features.hexes import Hidden, Revealed
from events.core.features.members import PlayerJoined, PlayerLeft
from events.core.features.staging import ChangeStaged, ChangeUnstaged
from events.core.messages import Event
from events.core.projection import Change
from events.core.state import Member, Role, RoomState, SessionId, UserId
from events.core.targets import To, named
from events.core.view import messages_for
from events.geometry.grid import Hex, Runs, count, hexes, runs
from events.journal import Commit
from events.report.deliveries import Delivery, DeliveryIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, in words and as a row."""

    version: int
    at: datetime
    session: SessionId | None
    user: UserId
    name: str
    role: Role
    event: str
    what: str
    hexes: Runs
    to: str
    """Whom it was for, in words; empty where it was for nobody in particular."""
    change: int | None
    """The staged change that it is about."""
    command: str | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Hexes that a player was shown, or that were taken from their sight."""

    user: UserId
    version: int
    at: datetime
    shown: bool
    """False: hidden."""
    tier: str
    hexes: Runs
    by: str
    delivered_at: datetime | None = None
    """When it was handed to a client of the player's; None: not yet, as far as is recorded."""
    delivered: int = 0
    """How many of the hexes; less than all where some were hidden again before that."""


@dataclass(frozen=True, slots=True)
class StagedChange:
    """What became of a change that waited."""

    change: int
    what: str
    by: str
    staged_at: datetime
    outcome: str = "waiting"
    ended_at: datetime | None = None

    @property
    def waited_s(self) -> float | None:
        return (self.ended_at - self.staged_at).total_seconds() if self.ended_at else None


@dataclass(frozen=True, slots=True)
class Stay:
    """One stretch of time that somebody was at the table."""

    user: UserId
    start: datetime
    end: datetime
    open: bool = False
    """They were still there when the report ends."""


@dataclass
class Report:
    """All of a session, or of any other stretch of a record, for its DMs."""

    before: RoomState
    after: RoomState
    entries: list[Entry] = field(default_factory=list)
    exposures: list[Exposure] = field(default_factory=list)
    staged: dict[int, StagedChange] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    seen: dict[UserId, list[tuple[datetime, int]]] = field(default_factory=dict)
    """For each player, how many hexes they saw after each change of it."""

    @property
    def began(self) -> datetime | None:
        return self.entries[0].at if self.entries else None

    @property
    def ended(self) -> datetime | None:
        return self.entries[-1].at if self.entries else None

    def people(self) -> tuple[Member, ...]:
        """Return all who were members at any time of it, DMs first."""
        members = {**self.before.members, **self.after.members}
        return tuple(sorted(members.values(), key=lambda m: (m.role is not Role.DM, m.name)))

    def name(self, user: str) -> str:
        return self.after.name_of(user) if user in self.after.members else self.before.name_of(user)

    def about(self, at: Hex) -> "Report":
        """Return the exposures of one hex: who showed it to whom, and whether it reached them."""
        exposures = [each for each in self.exposures if _among(at, each.hexes)]
        versions = {each.version for each in exposures}
        entries = [
            entry for entry in self.entries if _among(at, entry.hexes) or entry.version in versions
        ]
        return Report(self.before, self.after, entries, exposures)


async def report(
    before: RoomState, commits: AsyncIterable[Commit], delivered: DeliveryIndex | None = None
) -> Report:
    """Return the report of commits that follow a state."""
    making = _Making(before)
    async for commit in commits:
        making.add(commit)
    return making.finish(delivered or DeliveryIndex())


def with_deliveries(exposures: Sequence[Exposure], delivered: DeliveryIndex) -> list[Exposure]:
    """Return the exposures with when each was delivered, and how much of it was left then."""
    hidden = _hidings(exposures)
    return [
        _delivered(each, delivered.first(each.user, each.version), hidden.get(each.user, ()))
        for each in exposures
    ]


def mentioned(event: Event) -> Runs:
    """Return the hexes that an event names."""
    fields: Mapping[str, Any] = dict(event)
    named: list[Any] = list(fields.get("hexes") or ())
    for _, _, where in fields.get("painted") or ():
        named.extend(where)
    named += [(at.q, at.r, 1) for at in (fields.get("at"), fields.get("to")) if isinstance(at, Hex)]
    return tuple(named)


class _Making:
    """A report that grows commit by commit."""

    def __init__(self, before: RoomState) -> None:
        self._report = Report(before, before)
        self._here: dict[UserId, datetime | None] = dict.fromkeys(before.online)
        self._sight: dict[UserId, set[Hex]] = {}

    def add(self, commit: Commit) -> None:
        report, room = self._report, self._report.after
        step = room
        for version, event in enumerate(commit.events, commit.after + 1):
            report.entries.append(_entry(step, commit, version, event))
            self._note(step, commit, event)
            step = event.evolve(step)
        report.after = advance(room, commit)
        self._expose(Change(room, report.after, commit.events), commit)

    def finish(self, delivered: DeliveryIndex) -> Report:
        report = self._report
        began, ended = report.began, report.ended
        if began is not None and ended is not None:
            for user, since in self._here.items():
                report.stays.append(Stay(user, since or began, ended, open=True))
        report.exposures = with_deliveries(report.exposures, delivered)
        # Who opens a campaign is no member of it yet, and has no name.
        report.entries = [
            replace(entry, name=report.name(entry.user)) if entry.name == entry.user else entry
            for entry in report.entries
        ]
        return report

    def _note(self, room: RoomState, commit: Commit, event: Event) -> None:
        report = self._report
        match event:
            case PlayerJoined(user=user):
                self._here.setdefault(user, commit.at)
            case PlayerLeft(user=user):
                if user in self._here:
                    since = self._here.pop(user)
                    began = report.began or commit.at
                    report.stays.append(Stay(user, since or began, commit.at))
            case ChangeStaged():
                report.staged[event.change] = StagedChange(
                    event.change, event.description, report.name(event.by), commit.at
                )
            case ChangeUnstaged(change=change):
                was = report.staged.get(change)
                if was is None:
                    description = next(
                        (c.description for c in room.staged.values() if c.id == change), ""
                    )
                    was = StagedChange(change, description, "", commit.at)
                report.staged[change] = StagedChange(
                    was.change, was.what, was.by, was.staged_at, event.reason, commit.at
                )
            case _:
                pass

    def _expose(self, change: Change, commit: Commit) -> None:
        report, by = self._report, self._report.name(commit.by.user)
        for player in change.after.players():
            if player.user not in self._sight:
                initial = {at for at in change.before.visibility if change.before.tier(player, at)}
                self._sight[player.user] = initial
                report.seen[player.user] = [(commit.at, len(initial))]
        if change.before.visibility is change.after.visibility:
            return
        for player in change.after.players():
            sight = self._sight[player.user]
            for message in messages_for(change, player):
                if not isinstance(message, Revealed | Hidden):
                    continue
                keys = [Hex.parse(key) for key in message.hex_keys]
                tier = message.tier if isinstance(message, Revealed) else ""
                report.exposures.append(
                    Exposure(
                        player.user, commit.version, commit.at, bool(tier), tier, runs(keys), by
                    )
                )
                (sight.update if tier else sight.difference_update)(keys)
                report.seen[player.user].append((commit.at, len(sight)))


def _entry(room: RoomState, commit: Commit, version: int, event: Event) -> Entry:
    fields: Mapping[str, Any] = dict(event)
    to = fields.get("to")
    change = fields.get("change")
    return Entry(
        version=version,
        at=commit.at,
        session=commit.session,
        user=commit.by.user,
        name=room.name_of(commit.by.user),
        role=commit.by.role,
        event=event.tag,
        what=event.describe(room),
        hexes=mentioned(event),
        to=named(to, room) if _is_audience(to) else "",
        change=change if isinstance(change, int) else None,
        command=commit.id,
    )


def _is_audience(to: object) -> TypeGuard[To]:
    return to == "all" or (isinstance(to, tuple) and not isinstance(to, Hex))


def _hidings(exposures: Iterable[Exposure]) -> dict[UserId, list[Exposure]]:
    by_user: dict[UserId, list[Exposure]] = {}
    for each in exposures:
        if not each.shown:
            by_user.setdefault(each.user, []).append(each)
    return by_user


def _delivered(
    exposure: Exposure, delivery: Delivery | None, hidings: Iterable[Exposure]
) -> Exposure:
    """Return the exposure with when it was delivered, and how much of it was left then."""
    if delivery is None:
        return exposure
    left = count(exposure.hexes)
    if delivery.whole and exposure.shown:
        hidden_again = [
            each for each in hidings if exposure.version < each.version <= delivery.version
        ]
        if hidden_again:
            hidden = {at for each in hidden_again for at in hexes(each.hexes)}
            left = sum(1 for at in hexes(exposure.hexes) if at not in hidden)
    return replace(exposure, delivered_at=delivery.at if left else None, delivered=left)


def _among(at: Hex, where: Runs) -> bool:
    return any(r == at.r and q <= at.q < q + n for q, r, n in where)
