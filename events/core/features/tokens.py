"""Tokens: figures on the map, moved by their owners step by step and by DMs at will.

A player knows of a token that is visible on a hex they see fully, and of all their own, wherever
these stand. Any other token answers exactly like one that does not exist.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from events.core.features.checks import enter
from events.core.features.rules import fire
from events.core.limits import MOST_TOKENS
from events.core.messages import (
    Bool,
    Command,
    Deciding,
    Event,
    Int,
    Text,
)
from events.core.state import (
    Member,
    Role,
    RoomState,
    Status,
    Tier,
    Token,
    TokenId,
    UserId,
)
from events.core.targets import expect_player
from events.errors import Forbidden, InvalidState, NotFound, TooMany
from events.geometry.grid import HexKey
from events.text import Id, Name, Word

Color = Annotated[Text, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")]
Owner = Annotated[Text | None, BeforeValidator(lambda said: "" if said is None else said)]
"""A player's id; ``""`` or null for nobody; left out, it stays as it is."""


class NoSuchToken(NotFound):
    def __str__(self) -> str:
        return "no such token"


class TokenExists(InvalidState):
    def __str__(self) -> str:
        return "there is a token of this id already"


class NotYours(Forbidden):
    def __str__(self) -> str:
        return "players move their own tokens, and change nothing of them but icon and picture"


class TooFar(Forbidden):
    def __str__(self) -> str:
        return "players move to an adjacent hex"


class NotPlaying(InvalidState):
    def __str__(self) -> str:
        return "players move while the session is active"


class CreateToken(Command):
    """Put a new token on the map."""

    tag = "token:create"
    stageable = True
    hex_key: HexKey
    label: Name
    token_id: Id | None = None
    """Stamped with a random one where the client gave none."""
    owner_id: Owner = None
    icon: Word = ""
    color: Color = ""
    token_type: Name = "npc"
    visible: Bool = True

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.token_id is not None:
            return self
        # Random, not counted: a number that counts hidden tokens is a leak.
        return self.model_copy(update={"token_id": str(UUID(int=seed(), version=4))})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.token_id is not None, "commands are stamped before they are decided"
        if self.token_id in room.tokens:
            raise TokenExists
        if len(room.tokens) >= MOST_TOKENS:
            raise TooMany("tokens", MOST_TOKENS, len(room.tokens) + 1)
        if self.owner_id:
            expect_player(room, self.owner_id)
        yield TokenCreated(
            token=TokenId(self.token_id),
            at=self.hex_key,
            label=self.label,
            owner=UserId(self.owner_id) if self.owner_id else None,
            icon=self.icon,
            color=self.color,
            kind=self.token_type,
            visible=self.visible,
        )

    def describe(self, room: RoomState) -> str:
        return f"Put {self.label} on hex {room.label(self.hex_key)}"


class UpdateToken(Command):
    """Change what a token is; of their own, a player the icon."""

    tag = "token:update"
    dm_only = False
    stageable = True
    token_id: Id
    label: Name | None = None
    owner_id: Owner = None
    icon: Word | None = None
    color: Color | None = None
    token_type: Name | None = None
    visible: Bool | None = None

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        token = known_token(room, by, self.token_id)
        if not by.is_dm and (token.owner != by.user or self._says_more_than_the_icon()):
            raise NotYours
        if self.owner_id:
            expect_player(room, self.owner_id)
        updated = TokenUpdated(
            token=TokenId(self.token_id),
            label=self.label,
            owner=None if self.owner_id is None else UserId(self.owner_id),
            icon=self.icon,
            color=self.color,
            kind=self.token_type,
            visible=self.visible,
        )
        if updated.changed(token) != token:
            yield updated

    def _says_more_than_the_icon(self) -> bool:
        others = (self.label, self.owner_id, self.color, self.token_type, self.visible)
        return any(field is not None for field in others)

    def describe(self, room: RoomState) -> str:
        return f"Change {label_of(room, self.token_id)}"


class MoveToken(Command):
    """Move a token: a DM anywhere, a player their own to an adjacent hex of the running game.

    Nothing is asked of the hex: whether a step is refused must not tell what lies in the dark.
    """

    tag = "token:move"
    dm_only = False
    stageable = True
    token_id: Id
    to_hex_key: HexKey
    seed: Int | None = None
    """Stamped: the chance for checks. What a client sends here is overwritten."""

    def stamped(self, seed: Callable[[], int]) -> Self:
        return self.model_copy(update={"seed": seed() % 2**53})

    def decide(self, room: RoomState, by: Member) -> Deciding:
        token = known_token(room, by, self.token_id)
        if not by.is_dm:
            if token.owner != by.user:
                raise NotYours
            if room.status is not Status.ACTIVE:
                raise NotPlaying
            if token.at.distance(self.to_hex_key) > 1:
                raise TooFar
        if token.at == self.to_hex_key:
            return
        key = TokenId(self.token_id)
        room = yield TokenMoved(token=key, to=self.to_hex_key)
        if not room.rules and not room.notes.on(self.to_hex_key):
            return  # As with most steps.
        room = yield from fire(room, key, by)
        assert self.seed is not None, "commands are stamped before they are decided"
        yield from enter(room, key, self.seed)

    def describe(self, room: RoomState) -> str:
        return f"Move {label_of(room, self.token_id)} to hex {room.label(self.to_hex_key)}"


class DeleteToken(Command):
    """Take a token off the map for good."""

    tag = "token:delete"
    stageable = True
    token_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        known_token(room, by, self.token_id)
        yield TokenDeleted(token=TokenId(self.token_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {label_of(room, self.token_id)}"


class TokenCreated(Event):
    tag = "token_create"
    token: TokenId
    at: HexKey
    label: str
    owner: UserId | None = None
    icon: str = ""
    color: str = ""
    kind: str = "npc"
    visible: bool = True

    def evolve(self, room: RoomState) -> RoomState:
        token = Token(
            self.at, self.label, self.owner, self.icon, self.color, self.kind, self.visible
        )
        return _put(room, self.token, token)

    def describe(self, room: RoomState) -> str:
        return f"Put {self.label} on hex {room.label(self.at)}"


class TokenUpdated(Event):
    """What is None stays as it was; an owner ``""`` is nobody."""

    tag = "token_update"
    token: TokenId
    label: str | None = None
    owner: UserId | None = None
    icon: str | None = None
    color: str | None = None
    kind: str | None = None
    visible: bool | None = None

    def changed(self, old: Token) -> Token:
        return Token(
            at=old.at,
            label=old.label if self.label is None else self.label,
            owner=old.owner if self.owner is None else self.owner or None,
            icon=old.icon if self.icon is None else self.icon,
            color=old.color if self.color is None else self.color,
            kind=old.kind if self.kind is None else self.kind,
            visible=old.visible if self.visible is None else self.visible,
            picture=old.picture,
        )

    def evolve(self, room: RoomState) -> RoomState:
        old = room.tokens.get(self.token)
        return room if old is None else _put(room, self.token, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Changed {label_of(room, self.token)}"


class TokenMoved(Event):
    tag = "token_move"
    token: TokenId
    to: HexKey

    def evolve(self, room: RoomState) -> RoomState:
        old = room.tokens.get(self.token)
        if old is None:
            return room
        moved = Token(
            self.to,
            old.label,
            old.owner,
            old.icon,
            old.color,
            old.kind,
            old.visible,
            old.picture,
        )
        return room.but(tokens=room.tokens.put(self.token, moved))

    def describe(self, room: RoomState) -> str:
        old = room.tokens.get(self.token)
        start = f" from hex {room.label(old.at)}" if old else ""
        return f"Moved {label_of(room, self.token)}{start} to hex {room.label(self.to)}"


class TokenDeleted(Event):
    tag = "token_delete"
    token: TokenId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(tokens=room.tokens.put(self.token, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {label_of(room, self.token)}"


def exists_for(room: RoomState, viewer: Member, token: Token) -> bool:
    """Return whether the viewer may know of the token."""
    if viewer.is_dm or (token.owner == viewer.user and viewer.role is Role.PLAYER):
        return True
    return token.visible and room.tier(viewer, token.at) is Tier.FULL


def known_token(room: RoomState, by: Member, token_id: str) -> Token:
    """Return the token; raise NoSuchToken where there is none that the asker may know of."""
    token: Token | None = room.tokens.get(TokenId(token_id))
    if token is None or not exists_for(room, by, token):
        raise NoSuchToken
    return token


def label_of(room: RoomState, token_id: str) -> str:
    """Return the token's label, for a DM."""
    token = room.tokens.get(TokenId(token_id))
    return token.label if token else "a token"


def _put(room: RoomState, token_id: TokenId, token: Token) -> RoomState:
    tokens = room.tokens.put(token_id, token)
    if token.owner is None:
        return room.but(tokens=tokens)
    # An owner sees what other players may not: from now on they are told on their own.
    return room.but(tokens=tokens, individually_seen=room.individually_seen | {token.owner})
