"""Why a room gives no commit for a request, besides the refusals of the core.

::

    NoAnswer                code
    ├── RoomBusy            busy            its mailbox is full
    ├── RoomUnavailable     unavailable     whether anything was recorded is unknown: ask again, same id
    ├── RoomQuarantined     unavailable     its record cannot be read
    └── Poisoned            internal        a fault of ours, logged; nothing was recorded
"""

from typing import ClassVar

from events.errors import Forbidden, Invalid


class NoAnswer(Exception):
    """A request that the room did not decide. The text is for people and leaks nothing."""

    code: ClassVar[str] = "unavailable"


class RoomBusy(NoAnswer):
    code = "busy"

    def __str__(self) -> str:
        return "the room has too much to do, try again in a moment"


class RoomUnavailable(NoAnswer):
    code = "unavailable"

    def __str__(self) -> str:
        return "the room cannot record anything just now, try again with the same id"


class RoomQuarantined(NoAnswer):
    code = "unavailable"

    def __str__(self) -> str:
        return "the room is closed for repair"


class Poisoned(NoAnswer):
    code = "internal"

    def __str__(self) -> str:
        return "something went wrong here; nothing was changed"


class NotAMember(Forbidden):
    def __str__(self) -> str:
        return "you are not a member of this campaign"


class NoSuchMember(Forbidden):
    def __str__(self) -> str:
        return "there is no such member"


class ReusedId(Invalid):
    def __str__(self) -> str:
        return "this id was used for another command"
