"""Pictures of tokens: round ones, drawn for a token to those who see it.

The pixels are files beside the record, given out to whoever sees a token that wears them. Only the
server names a picture: it has taken it in, so no one can put on what is not theirs to know.
"""

from collections.abc import Iterator
from dataclasses import replace

from events.core.features.tokens import NotYours, known_token, label_of
from events.core.messages import Command, Event
from events.core.state import Member, RoomState, TokenId
from events.errors import NotFound
from events.text import Id


class NoSuchTokenPicture(NotFound):
    def __str__(self) -> str:
        return "this token has no picture"


class PictureToken(Command):
    """Give a token the picture that was uploaded for it: a DM any token, a player their own."""

    tag = "token:picture"
    dm_only = False
    stageable = True
    internal = True
    checks_sender = True
    token_id: Id
    picture: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        token = known_token(room, by, self.token_id)
        if not by.is_dm and token.owner != by.user:
            raise NotYours
        if token.picture != self.picture:
            yield TokenPictured(token=TokenId(self.token_id), picture=self.picture)

    def describe(self, room: RoomState) -> str:
        return f"Give {label_of(room, self.token_id)} a picture"


class RemoveTokenPicture(Command):
    """Take a token's picture away: a DM any token's, a player their own one's."""

    tag = "token:picture-remove"
    dm_only = False
    stageable = True
    internal = True
    checks_sender = True
    token_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        token = known_token(room, by, self.token_id)
        if not by.is_dm and token.owner != by.user:
            raise NotYours
        if token.picture is None:
            raise NoSuchTokenPicture
        yield TokenPictured(token=TokenId(self.token_id))

    def describe(self, room: RoomState) -> str:
        return f"Take the picture of {label_of(room, self.token_id)} away"


class TokenPictured(Event):
    tag = "token_picture"
    token: TokenId
    picture: str | None = None
    """None takes it away."""

    def evolve(self, room: RoomState) -> RoomState:
        old = room.tokens.get(self.token)
        if old is None:
            return room
        return room.but(tokens=room.tokens.put(self.token, replace(old, picture=self.picture)))

    def describe(self, room: RoomState) -> str:
        if self.picture is None:
            return f"Took the picture of {label_of(room, self.token)} away"
        return f"Gave {label_of(room, self.token)} a picture"
