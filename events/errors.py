"""What the core may refuse, and why.

::

    Rejected                    code
    ├── Forbidden               forbidden       who asks may not
    ├── InvalidState            invalid_state   not now
    ├── NotFound                not_found       there is no such thing (or none that the asker may know)
    ├── Invalid                 invalid_message the request contradicts itself
    └── TooLarge                too_large       past a limit

Codes are few and stable, the classes below them precise; features add theirs beside their rules.
"""

from typing import ClassVar


class Rejected(Exception):
    """A command the room refuses; nothing was recorded. The text is for people and leaks nothing."""

    code: ClassVar[str] = "invalid_state"


class Forbidden(Rejected):
    code = "forbidden"


class InvalidState(Rejected):
    code = "invalid_state"


class NotFound(Rejected):
    code = "not_found"


class Invalid(Rejected):
    code = "invalid_message"


class TooLarge(Rejected):
    code = "too_large"


class DmOnly(Forbidden):
    def __init__(self, tag: str) -> None:
        super().__init__(f"{tag} is for the DM")


class PlayersOnly(Forbidden):
    def __init__(self, tag: str) -> None:
        super().__init__(f"{tag} is not for spectators")


class WhilePaused(InvalidState):
    def __str__(self) -> str:
        return "the session is paused"


class WhileArchived(InvalidState):
    def __str__(self) -> str:
        return "this campaign is archived; its DM can take it out of the archive"


class TooMany(TooLarge):
    def __init__(self, what: str, most: int, found: int) -> None:
        super().__init__(what, most, found)
        self.what, self.most, self.found = what, most, found

    def __str__(self) -> str:
        return f"at most {self.most} {self.what}, not {self.found}"
