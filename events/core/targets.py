"""To whom something is shown: everyone, named players, or the players near by."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from events.core.messages import Int, Message, Text
from events.core.state import Role, RoomState, UserId
from events.errors import NotFound, TooMany
from events.geometry.grid import BadHexKey, Hex, HexKey, Runs, by_row, count, middle, parse_all

MOST_HEXES = 50_000
"""The most hexes in one command."""

To = Literal["all"] | tuple[UserId, ...]
"""Targets as an event keeps them: everyone, or players by id, sorted."""


class NoSuchPlayer(NotFound):
    def __str__(self) -> str:
        return "no such player in this campaign"


def _distinct(ids: tuple[str, ...]) -> tuple[UserId, ...]:
    return tuple(UserId(user) for user in sorted(set(ids)))


class Players(Message):
    """The players named."""

    player_ids: Annotated[
        tuple[Text, ...], Field(min_length=1, max_length=200), AfterValidator(_distinct)
    ]


class Within(Message):
    """The players whose token is at most so many hexes from a hex of the command."""

    within: Annotated[Int, Field(ge=0, le=100)]


Targets = Literal["all"] | Players | Within


def resolve(targets: Targets, room: RoomState, at: Iterable[Hex]) -> To:
    """Return whom the targets are now, ``()`` if nobody is near; raise NoSuchPlayer."""
    if isinstance(targets, str):
        return "all"
    if isinstance(targets, Within):
        return _near(room, tuple(at), targets.within)
    users = tuple(UserId(user) for user in targets.player_ids)
    for user in users:
        expect_player(room, user)
    return users


def expect_player(room: RoomState, user: str) -> None:
    """Raise NoSuchPlayer where the user is no player of the campaign."""
    member = room.members.get(UserId(user))
    if member is None or member.role is not Role.PLAYER:
        raise NoSuchPlayer(user)


def named(to: To, room: RoomState) -> str:
    """Return the targets in words: ``everyone``, ``Ana and Ben``."""
    if to == "all":
        return "everyone"
    return " and ".join(room.name_of(user) for user in to) or "nobody"


def targets_named(targets: Targets, room: RoomState) -> str:
    """Return in words whom a command means."""
    match targets:
        case Players(player_ids=ids):
            return named(tuple(UserId(user) for user in ids), room)
        case Within(within=most):
            return f"players within {most}"
        case _:
            return "everyone"


def _near(room: RoomState, hexes: tuple[Hex, ...], most: int) -> To:
    rows: dict[int, list[int]] = {}
    for q, r in by_row(set(hexes)):
        rows.setdefault(r, []).append(q)
    away = {member.user for member in room.players()}
    for token in room.tokens.values():
        if token.owner in away and _reaches(token.at, most, rows):
            away.remove(token.owner)
    return tuple(sorted({member.user for member in room.players()} - away))


def _reaches(at: Hex, most: int, rows: Mapping[int, list[int]]) -> bool:
    """Return whether one of the hexes, sorted row by row, is at most so many steps away.

    Asked row by row, not hex by hex: a thousand tokens and 50 000 hexes would take 13 s.
    """
    for r in rows if len(rows) < 2 * most else range(at.r - most, at.r + most + 1):
        down = r - at.r
        row = rows.get(r)
        if row is not None and abs(down) <= most:
            first = bisect_left(row, at.q + max(-most, -down - most))
            if first < len(row) and row[first] <= at.q + min(most, most - down):
                return True
    return False


def _hex_keys(value: Any, one_by_one: ValidatorFunctionWrapHandler) -> Any:
    if not isinstance(value, list) or not value:
        return one_by_one(value)
    if len(value) > MOST_HEXES:
        raise TooMany("hexes in a command", MOST_HEXES, len(value))
    try:
        return parse_all(value)
    except BadHexKey:
        return one_by_one(value)  # Says which it is.


HexKeys = Annotated[
    tuple[HexKey, ...],
    Field(min_length=1),
    WrapValidator(_hex_keys),
]
"""One to 50 000 hexes named by a client; raises TooMany past that."""


def in_words(hexes: Runs, room: RoomState) -> str:
    """Return the hexes in words: ``0304``, ``7 hexes around 0304``."""
    n = count(hexes)
    if n == 0:
        return "no hexes"
    centre = room.label(middle(hexes))
    return f"hex {centre}" if n == 1 else f"{n} hexes around {centre}"
