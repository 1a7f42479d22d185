"""Who belongs to the room, and who is at the table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from pydantic import Field
from pydantic_core import to_json

from events.core.messages import JSON, Command, Event, Int, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown, Wording
from events.core.state import Member, Role, RoomState, UserId
from events.text import Name


class OpenRoom(Command):
    """Open the room of a new campaign, or give it another name."""

    tag = "room:open"
    internal = True
    name: Name

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if room.name != self.name:
            yield RoomOpened(name=self.name)


class SetMember(Command):
    """Make somebody a member, or change their name or role; accounts are kept elsewhere."""

    tag = "member:set"
    internal = True
    user: UserId
    name: Name
    role: Role

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        member = Member(self.user, self.role, self.name)
        if room.members.get(self.user) != member:
            yield MemberSet(user=self.user, name=self.name, role=self.role)


class RemoveMember(Command):
    """Take somebody's membership away."""

    tag = "member:remove"
    internal = True
    user: UserId

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if self.user in room.online:
            yield PlayerLeft(user=self.user)
        if self.user in room.members:
            yield MemberRemoved(user=self.user)


class CountWaiting(Command):
    """Tell the DMs who are here how many people wait to be let in; nothing is recorded."""

    tag = "member:wait"
    internal = True
    ephemeral = True
    waiting: Annotated[Int, Field(ge=0)]

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        yield from ()

    def ephemeral_message(
        self, room: RoomState, by: Member, viewer: Member
    ) -> ServerMessage | None:
        return PeopleWaiting(waiting=self.waiting) if viewer.is_dm else None


class PeopleWaiting(ServerMessage):
    """So many people wait to be let in by a DM; for DMs alone. Carries no ``seq``."""

    tag = "member:waiting"
    waiting: int


class Arrive(Command):
    """Note that members' first connections are open: of whoever sends it, or of many at once."""

    tag = "player:arrive"
    internal = True
    users: tuple[UserId, ...] = ()

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        for user in dict.fromkeys(self.users or (by.user,)):
            if user in room.members and user not in room.online:
                yield PlayerJoined(user=user)


class Depart(Command):
    """Note that members' last connections are gone: of whoever sends it, or of many at once."""

    tag = "player:depart"
    internal = True
    users: tuple[UserId, ...] = ()

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        for user in dict.fromkeys(self.users or (by.user,)):
            if user in room.online:
                yield PlayerLeft(user=user)


class RoomOpened(Event):
    tag = "room_open"
    name: str

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(name=self.name)

    def describe(self, room: RoomState) -> str:
        return f"Opened the campaign {self.name}"


class MemberSet(Event):
    tag = "member_set"
    user: UserId
    name: str
    role: Role

    def evolve(self, room: RoomState) -> RoomState:
        member = Member(self.user, self.role, self.name)
        return room.but(members=MappingProxyType({**room.members, self.user: member}))

    def describe(self, room: RoomState) -> str:
        member = room.members.get(self.user)
        if member is None:
            return f"{self.name} became a member ({self.role})"
        if member.role is not self.role:
            return f"{self.name} is now {self.role}, was {member.role}"
        return f"{member.name} is now called {self.name}"


class MemberRemoved(Event):
    tag = "member_remove"
    user: UserId

    def evolve(self, room: RoomState) -> RoomState:
        left = {user: member for user, member in room.members.items() if user != self.user}
        return room.but(members=MappingProxyType(left))

    def describe(self, room: RoomState) -> str:
        return f"{room.name_of(self.user)} is no longer a member"


class PlayerJoined(Event):
    tag = "player_join"
    user: UserId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(online=room.online | {self.user})

    def describe(self, room: RoomState) -> str:
        return f"{room.name_of(self.user)} came to the table"


class PlayerLeft(Event):
    tag = "player_leave"
    user: UserId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(online=room.online - {self.user})

    def describe(self, room: RoomState) -> str:
        return f"{room.name_of(self.user)} left the table"


class Joined(ServerMessage):
    """A member's first connection was opened."""

    tag = "player:joined"
    user_id: UserId
    name: str
    role: Role


class Left(ServerMessage):
    """A member's last connection is gone."""

    tag = "player:left"
    user_id: UserId


class PresenceUpdate(ServerMessage):
    """All members, those away included."""

    tag = "player:presence"
    players: list[JsonObject]


class MembersProjection(Projection[UserId]):
    """All members and who of them is here; everyone knows. To themselves, all are here."""

    name = "members"
    reads = frozenset({"members", "online"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[UserId]:
        return sorted(room.members)

    def touched(self, change: Change) -> Iterable[UserId]:
        # All: whoever is told of one is sent the list.
        return sorted({*change.before.members, *change.after.members})

    def individually_seen(self, room: RoomState, keys: Sequence[UserId]) -> Iterable[UserId]:
        return ()  # But for who comes, goes or is away, which `Disclosure` sees to.

    def visible(self, room: RoomState, viewer: Member, key: UserId) -> JSON | None:
        member = room.members.get(key)
        if member is None:
            return None
        online = key == viewer.user or key in room.online
        return {"name": member.name, "role": member.role, "online": online}

    def state_fields(self, whole: Shown[UserId]) -> Mapping[str, JSON]:
        return {"connectedPlayers": _players(whole)}

    def diff_messages(self, before: Shown[UserId], after: Shown[UserId]) -> Iterator[ServerMessage]:
        for user in sorted(before.keys() | after.keys()):
            old, new = before.get(user), after.get(user)
            here, there = bool(old and old["online"]), bool(new and new["online"])
            if new and there and not here:
                yield Joined(user_id=user, name=new["name"], role=new["role"])
            elif here and not there:
                yield Left(user_id=user)
        yield PresenceUpdate(players=_players(after))

    def wording(self, change: Change) -> Wording:
        return PresenceWording(self, change)


class PresenceWording:
    """Tells who came and went, of a crowd too, from entries of the list that are encoded once.

    Whoever is away is told a list of their own, in which they are here: one entry is another.
    """

    def __init__(self, part: MembersProjection, change: Change) -> None:
        self._change = change
        users = sorted({*change.before.members, *change.after.members})
        anybody = Member(UserId(""), Role.SPECTATOR)
        before = part.shown(change.before, anybody, users)
        self._after = part.shown(change.after, anybody, users)
        self._changed = {user for user in users if before.get(user) != self._after.get(user)}
        self._moves: list[tuple[UserId, bytes]] = []
        """Who came or went, and the message about them."""
        *moves, _ = part.diff_messages(before, self._after)
        for move in moves:
            assert isinstance(move, Joined | Left)
            self._moves.append((move.user_id, move.encode()))
        self._entries = {user: _entry(user, shown) for user, shown in self._after.items()}

    def __call__(self, viewer: Member) -> list[bytes] | None:
        """Return the messages for a viewer; None for who became a member, or is none any more."""
        user = viewer.user
        before, after = self._change.before.members.get(user), self._change.after.members.get(user)
        if before is None and after is None:
            return self._told(self._entries) if self._changed else []
        if before is None or after is None:
            return None
        if before == after and not self._changed - {user}:
            return []
        if user in self._change.after.online:
            entries = self._entries
        else:
            here = {**self._after[user], "online": True}
            entries = {**self._entries, user: _entry(user, here)}
        return self._told(entries, but=user)

    def _told(self, entries: Mapping[UserId, bytes], but: UserId | None = None) -> list[bytes]:
        """Return the messages with a list of these entries; nobody is told that they came themselves."""
        moves = [message for user, message in self._moves if user != but]
        return [*moves, b"%b%b%b" % (_LIST_HEAD, b",".join(entries.values()), _LIST_TAIL)]


def _entry(user: UserId, shown: JSON) -> bytes:
    return to_json({"userId": user, **shown})


_LIST_HEAD, _LIST_TAIL = PresenceUpdate(players=[]).encode().split(b"]", 1)
_LIST_TAIL = b"]" + _LIST_TAIL


def _players(of: Shown[UserId]) -> list[JsonObject]:
    return [{"userId": user, **shown} for user, shown in of.items()]
