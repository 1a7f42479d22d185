"""Skill checks: players keep modifiers, notes ask for checks, entering a hex rolls; DMs see it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field

from events.core.messages import JSON, Command, Event, Int, JsonObject, ServerMessage, Text
from events.core.projection import DMS, Change, Projection, Shown
from events.core.state import Member, NoteId, Role, Roll, RoomState, TokenId, UserId
from events.core.targets import expect_player
from events.errors import Forbidden, TooMany
from events.text import Name

MOST_SKILLS: Final = 50
"""The most skills of a player."""
ROLLS_KEPT: Final = 20
MOST_ROLLS: Final = 10
"""The most checks of one step, the first by the ids of their notes."""
SIDES: Final = 20

RollKey = int


class NotYourSkill(Forbidden):
    def __str__(self) -> str:
        return "players set their own modifiers"


class SetSkill(Command):
    """Set a player's modifier for a skill; null takes it away."""

    tag = "skill:set"
    dm_only = False
    user_id: Text | None = None
    """Whose; a player's own if left out."""
    skill: Name
    modifier: Annotated[Int, Field(ge=-100, le=100)] | None

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        user = UserId(self.user_id) if self.user_id is not None else by.user
        if not by.is_dm and user != by.user:
            raise NotYourSkill
        expect_player(room, user)
        old = room.skills.get(user, {})
        if self.modifier is not None and self.skill not in old and len(old) >= MOST_SKILLS:
            raise TooMany("skills", MOST_SKILLS, len(old) + 1)
        if old.get(self.skill) != self.modifier:
            yield SkillSet(user=user, skill=self.skill, modifier=self.modifier)

    def describe(self, room: RoomState) -> str:
        return f"Set {self.skill}"


class SkillSet(Event):
    """A modifier of None took the skill away."""

    tag = "skill_set"
    user: UserId
    skill: str
    modifier: int | None

    def evolve(self, room: RoomState) -> RoomState:
        whole = {**room.skills.get(self.user, {}), self.skill: self.modifier}
        modifiers = {skill: worth for skill, worth in whole.items() if worth is not None}
        skills = {**room.skills, self.user: MappingProxyType(modifiers)}
        if not modifiers:
            del skills[self.user]
        # A player is shown their own: from now on they are told on their own.
        return room.but(
            skills=MappingProxyType(skills), individually_seen=room.individually_seen | {self.user}
        )

    def describe(self, room: RoomState) -> str:
        worth = "nothing" if self.modifier is None else f"{self.modifier:+d}"
        return f"Set {self.skill} of {room.name_of(self.user)} to {worth}"


class CheckRolled(Event):
    tag = "check_roll"
    number: int
    note: NoteId
    token: TokenId
    user: UserId
    skill: str
    die: int
    modifier: int
    dc: int

    def evolve(self, room: RoomState) -> RoomState:
        roll = Roll(**dict(self))
        return room.but(rolls=(*room.rolls, roll)[-ROLLS_KEPT:])

    def describe(self, room: RoomState) -> str:
        total = self.die + self.modifier
        outcome = "made" if total >= self.dc else "missed"
        who, rolled = room.name_of(self.user), f"{self.die}{self.modifier:+d} = {total}"
        return f"{who} {outcome} {self.skill} {self.dc}: {rolled}"


class SkillsChanged(ServerMessage):
    """All modifiers of one player."""

    tag = "skill:changed"
    user_id: UserId
    skills: dict[str, int]


class Rolled(ServerMessage):
    """A token came upon a note that asks for a check; the DM decides what to make of it."""

    tag = "check:rolled"
    roll: JsonObject


class SkillProjection(Projection[UserId]):
    """Modifiers by player: all for DMs, their own for players."""

    name = "skills"
    reads = frozenset({"skills"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[UserId]:
        return sorted(room.skills)

    def touched(self, change: Change) -> Iterable[UserId]:
        return change.keys("skills")

    def individually_seen(self, room: RoomState, keys: Sequence[UserId]) -> Iterable[UserId]:
        return keys

    def visible(self, room: RoomState, viewer: Member, key: UserId) -> JSON | None:
        if not viewer.is_dm and (viewer.user != key or viewer.role is not Role.PLAYER):
            return None
        return dict(sorted(room.skills.get(key, {}).items())) or None

    def state_fields(self, whole: Shown[UserId]) -> Mapping[str, JSON]:
        return {"skills": dict(whole)}

    def diff_messages(self, before: Shown[UserId], after: Shown[UserId]) -> Iterator[ServerMessage]:
        for user in sorted(before.keys() | after.keys()):
            if before.get(user) != after.get(user):
                yield SkillsChanged(user_id=user, skills=after.get(user, {}))


class RollProjection(Projection[RollKey]):
    """The last checks, for DMs; the oldest go without a word."""

    name = "rolls"
    reads = frozenset({"rolls"})
    roles = DMS

    def keys(self, room: RoomState, viewer: Member) -> Iterable[RollKey]:
        return [roll.number for roll in room.rolls]

    def touched(self, change: Change) -> Iterable[RollKey]:
        old = {roll.number for roll in change.before.rolls}
        return [roll.number for roll in change.after.rolls if roll.number not in old]

    def individually_seen(self, room: RoomState, keys: Sequence[RollKey]) -> Iterable[UserId]:
        return ()

    def visible(self, room: RoomState, viewer: Member, key: RollKey) -> JSON | None:
        if not viewer.is_dm:
            return None
        return next((_roll_json(roll) for roll in room.rolls if roll.number == key), None)

    def state_fields(self, whole: Shown[RollKey]) -> Mapping[str, JSON]:
        return {"rolls": list(whole.values())}

    def diff_messages(
        self, before: Shown[RollKey], after: Shown[RollKey]
    ) -> Iterator[ServerMessage]:
        for number in sorted(after.keys() - before.keys()):
            yield Rolled(roll=after[number])


def enter(room: RoomState, token_id: TokenId, seed: int) -> Iterator[Event]:
    """Yield the checks that a player's token comes upon; the room is the one after the step.

    The die is drawn from the seed, which the shell stamped, and the note: no client chooses it,
    and deciding again rolls the same.
    """
    token = room.tokens[token_id]
    owner = room.members.get(token.owner) if token.owner is not None else None
    if owner is None or owner.role is not Role.PLAYER:
        return
    number = room.rolls[-1].number if room.rolls else 0
    asking = [(key, check) for key in room.notes.on(token.at) if (check := room.notes[key].check)]
    for key, check in asking[:MOST_ROLLS]:
        number += 1
        yield CheckRolled(
            number=number,
            note=key,
            token=token_id,
            user=owner.user,
            skill=check.skill,
            die=_die(seed, key),
            modifier=room.skills.get(owner.user, {}).get(check.skill, 0),
            dc=check.dc,
        )


def _die(seed: int, note: NoteId) -> int:
    drawn = hashlib.sha256(f"{seed} {note}".encode()).digest()
    return int.from_bytes(drawn[:8]) % SIDES + 1


def _roll_json(roll: Roll) -> JSON:
    total = roll.die + roll.modifier
    return {
        "number": roll.number,
        "noteId": roll.note,
        "tokenId": roll.token,
        "userId": roll.user,
        "skill": roll.skill,
        "die": roll.die,
        "modifier": roll.modifier,
        "total": total,
        "dc": roll.dc,
        "success": total >= roll.dc,
    }
