"""Ids of a room's members, and for whom a thing may be: what values of every kind are made of."""

from typing import Literal, NewType

UserId = NewType("UserId", str)

Audience = Literal["dm", "seen", "all"]
