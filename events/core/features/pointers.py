"""Pointing at a hex, and leading the big screen to one: for a moment, never stored, and for nobody who may not know the hex."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from events.core.hex_tiers import seen_tier
from events.core.messages import Command, Event, ServerMessage
from events.core.state import Member, Role, RoomState, Tier, UserId
from events.core.targets import Targets, resolve
from events.geometry.grid import HexKey


class PointAt(Command):
    """Point at a hex, for all or some. Nothing is recorded and nothing is numbered.

    A player may point into the dark: who sees that hex sees the finger, and the answer is the same
    whoever does.
    """

    tag = "hex:point"
    dm_only = False
    ephemeral = True
    hex_key: HexKey
    targets: Targets = "all"

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        resolve(self.targets, room, (self.hex_key,))
        yield from ()

    def ephemeral_message(
        self, room: RoomState, by: Member, viewer: Member
    ) -> ServerMessage | None:
        if not viewer.is_dm:
            to = resolve(self.targets, room, (self.hex_key,))
            if to != "all" and viewer.user not in (*to, by.user):
                return None
            if seen_tier(room, viewer, self.hex_key) is Tier.HIDDEN:
                return None
        return Pointed(user_id=by.user, hex_key=str(self.hex_key))

    def describe(self, room: RoomState) -> str:
        return f"Point at hex {room.label(self.hex_key)}"


class Pointed(ServerMessage):
    """Somebody points at a hex; show it for three seconds. Carries no ``seq``."""

    tag = "hex:pointed"
    user_id: UserId
    hex_key: str


class LeadScreen(Command):
    """Have big screens look where the DM looks. Nothing is recorded and nothing is numbered.

    Only spectators are told, as which screens see, and only of a hex that they know at all: where a DM
    looks in the dark stays theirs.
    """

    tag = "screen:lead"
    ephemeral = True
    hex_key: HexKey
    """The hex in the middle."""
    across: Annotated[float, Field(ge=1, le=10_000)]
    """How wide the view is, in hex sizes."""

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        yield from ()

    def ephemeral_message(
        self, room: RoomState, by: Member, viewer: Member
    ) -> ServerMessage | None:
        if viewer.role is not Role.SPECTATOR:
            return None
        if seen_tier(room, viewer, self.hex_key) is Tier.HIDDEN:
            return None
        return ScreenLed(hex_key=str(self.hex_key), across=self.across)

    def describe(self, room: RoomState) -> str:
        return f"Lead the big screen to hex {room.label(self.hex_key)}"


class ScreenLed(ServerMessage):
    """The DM looks at a hex: a big screen goes along. Carries no ``seq``."""

    tag = "screen:led"
    hex_key: str
    across: float
