"""Rules: tokens of players reveal what they come near, in the commit of the step itself."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field

from events.core.features.hexes import HexesRevealed, TierWord
from events.core.features.staging import stage
from events.core.limits import MOST_RULES
from events.core.messages import JSON, Command, Decision, Event, Int, JsonObject, ServerMessage
from events.core.projection import DMS, Change, Projection, Shown, changed_things
from events.core.state import Member, Mode, Role, RoomState, Rule, RuleId, Tier, TokenId, UserId
from events.core.targets import Players, To, named, resolve
from events.core.visibility import shown_to
from events.errors import NotFound, TooMany
from events.geometry.grid import HexKey, disc, runs
from events.text import Id

FARTHEST: Final = 12
"""A step looks at no more than 20 · 469 hexes, whatever a DM sets up: 16 ms at worst."""

ShownTo = Literal["owner", "players", "all"]


class NoSuchRule(NotFound):
    def __str__(self) -> str:
        return "no such rule"


class SetRule(Command):
    """Make a rule, or change one; it counts from the next step on."""

    tag = "rule:set"
    rule_id: Id | None = None
    """Stamped with a random one where the client gave none."""
    players: Players | Literal["all"]
    within: Annotated[Int, Field(ge=0, le=FARTHEST)]
    tier: TierWord = "full"
    shown_to: ShownTo = "owner"
    """To the owner of the token, to the players of the rule, or to everyone."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.rule_id is not None:
            return self
        return self.model_copy(update={"rule_id": str(UUID(int=seed(), version=4))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.rule_id is not None, "commands are stamped before they are decided"
        key = RuleId(self.rule_id)
        if key not in room.rules and len(room.rules) >= MOST_RULES:
            raise TooMany("rules", MOST_RULES, len(room.rules) + 1)
        rule = Rule(resolve(self.players, room, ()), self.within, self.tier, self.shown_to)
        if room.rules.get(key) != rule:
            yield RuleSet(rule=key, now=rule)

    def describe(self, room: RoomState) -> str:
        return "Set a rule"


class DeleteRule(Command):
    """Take a rule away; what it revealed stays revealed."""

    tag = "rule:delete"
    rule_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if self.rule_id not in room.rules:
            raise NoSuchRule
        yield RuleDeleted(rule=RuleId(self.rule_id))

    def describe(self, room: RoomState) -> str:
        return "Delete a rule"


class ApplyRule(Command):
    """Reveal what a token came near. Made by a step, and staged where the step was a player's."""

    tag = "rule:apply"
    internal = True
    stageable = True
    rule: RuleId
    token: TokenId
    at: HexKey
    within: int
    tier: TierWord
    to: To

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        tier, visibility = Tier.of(self.tier), room.visibility
        near = [
            at
            for at in disc(self.at, self.within)
            # Beyond the edge of the map there is nothing to see.
            if (at in room.terrain or not room.terrain)
            and shown_to(old := visibility.get(at), self.to, tier) != old
        ]
        if near:
            yield HexesRevealed(
                hexes=runs(near), to=self.to, tier=self.tier, rule=self.rule, token=self.token
            )

    def hex_cost(self, room: RoomState) -> int:
        return 3 * self.within * (self.within + 1) + 1

    def describe(self, room: RoomState) -> str:
        token = room.tokens.get(self.token)
        who = token.label if token else "a token"
        return f"By rule: {who} reveals hexes within {self.within} of {room.label(self.at)}"


class RuleSet(Event):
    tag = "rule_set"
    rule: RuleId
    now: Rule

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(rules=MappingProxyType({**room.rules, self.rule: self.now}))

    def describe(self, room: RoomState) -> str:
        whose = "" if self.now.players == "all" else f" of {named(self.now.players, room)}"
        return f"Set a rule: tokens{whose} reveal hexes within {self.now.within}"


class RuleDeleted(Event):
    tag = "rule_delete"
    rule: RuleId

    def evolve(self, room: RoomState) -> RoomState:
        left = {key: rule for key, rule in room.rules.items() if key != self.rule}
        return room.but(rules=MappingProxyType(left))

    def describe(self, room: RoomState) -> str:
        return "Deleted a rule"


class RuleChanged(ServerMessage):
    """A rule is new, or other than it was."""

    tag = "rule:changed"
    rule: JsonObject


class RuleRemoved(ServerMessage):
    """A rule is gone."""

    tag = "rule:removed"
    rule_id: RuleId


class RuleProjection(Projection[RuleId]):
    """The rules, for DMs."""

    name = "rules"
    reads = frozenset({"rules"})
    roles = DMS

    def keys(self, room: RoomState, viewer: Member) -> Iterable[RuleId]:
        return sorted(room.rules)

    def touched(self, change: Change) -> Iterable[RuleId]:
        return change.keys("rules")

    def individually_seen(self, room: RoomState, keys: Sequence[RuleId]) -> Iterable[UserId]:
        return ()

    def visible(self, room: RoomState, viewer: Member, key: RuleId) -> JSON | None:
        rule = room.rules.get(key)
        if rule is None or not viewer.is_dm:
            return None
        players = rule.players if rule.players == "all" else {"playerIds": list(rule.players)}
        return {
            "id": key,
            "players": players,
            "within": rule.within,
            "tier": rule.tier,
            "shownTo": rule.shown_to,
        }

    def state_fields(self, whole: Shown[RuleId]) -> Mapping[str, JSON]:
        return {"rules": list(whole.values())}

    def diff_messages(self, before: Shown[RuleId], after: Shown[RuleId]) -> Iterator[ServerMessage]:
        for key, new in changed_things(before, after):
            yield RuleRemoved(rule_id=key) if new is None else RuleChanged(rule=new)


def fire(
    room: RoomState, token_id: TokenId, by: Member
) -> Generator[Decision, RoomState, RoomState]:
    """Yield what rules make of a token's step, and return the room after it all.

    The room is the one after the step.

    While a DM stages, what a player's step reveals waits in the queue. What a DM moves is staged as
    a whole, so there the reveal comes with the step, when that is published.
    """
    token = room.tokens[token_id]
    owner = room.members.get(token.owner) if token.owner is not None else None
    if owner is None or owner.role is not Role.PLAYER:
        return room
    for key in sorted(room.rules):
        rule = room.rules[key]
        if rule.players != "all" and owner.user not in rule.players:
            continue
        to: To = rule.players
        if rule.shown_to != "players":
            to = "all" if rule.shown_to == "all" else (owner.user,)
        command = ApplyRule(
            rule=key, token=token_id, at=token.at, within=rule.within, tier=rule.tier, to=to
        )
        room = yield _carried_out(room, command, by)
    return room


def _carried_out(room: RoomState, command: ApplyRule, by: Member) -> Decision:
    if room.mode is Mode.IMMEDIATE or by.is_dm:
        return command.carry_out(room, by)
    try:
        return stage(room, command, Member(by.user, Role.DM, by.name))
    except TooMany:
        # Refusing the step would tell the player that the queue is full.
        return Decision.of(room)
