"""Errors of readers of the record. Their texts are for people and name nothing secret."""

from collections.abc import Sequence
from typing import Final

_MOST_NAMED: Final = 8


class RecordError(Exception):
    """The record has no answer to this."""


class NotInRecord(RecordError):
    """There is no such campaign, session, member or moment."""


class BadQuestion(RecordError):
    """The question contradicts itself."""


class TooManyCampaigns(RecordError):
    def __init__(self, most: int) -> None:
        super().__init__(f"an account has at most {most} campaigns of its own: delete one first")


class NoSuchCampaign(NotInRecord):
    def __init__(self, named: str, names: Sequence[str]) -> None:
        super().__init__(f"there is no campaign {named!r}{_there_are(names)}")


class ManyCampaigns(BadQuestion):
    def __init__(self, named: str, names: list[str]) -> None:
        super().__init__(f"{named!r} may be any of: {', '.join(names)}")


class NoSuchSession(NotInRecord):
    def __init__(self, named: str, count: int) -> None:
        has = f"it has {count}" if count else "it has none yet"
        super().__init__(f"the campaign has no session {named!r}: {has}")


class MemberNotInRecord(NotInRecord):
    """Told to DMs alone, who know the members."""

    def __init__(self, named: str, names: Sequence[str]) -> None:
        super().__init__(f"{named!r} is no member of the campaign{_there_are(names)}")


class ManyMembers(BadQuestion):
    def __init__(self, named: str) -> None:
        super().__init__(f"several members are called {named!r}: name one by id")


class NoSuchVersion(NotInRecord):
    def __init__(self, version: int, last: int) -> None:
        super().__init__(f"there is no version {version}: they go from 1 to {last}")


class BeforeBeginning(NotInRecord):
    def __init__(self) -> None:
        super().__init__("the campaign had not begun at that time")


class Backwards(BadQuestion):
    def __init__(self, start: int, stop: int) -> None:
        super().__init__(f"from version {start} to {stop} is backwards")


class TooMuchHappened(RecordError):
    """Counted is what the viewer knows of, so the refusal tells nothing else."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"a session in which you saw more than {most} things happen is not replayed here"
        )


def _there_are(names: Sequence[str]) -> str:
    """Return the names that would have been right, the first ones of many."""
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f": there are {', '.join(names[:_MOST_NAMED])}{more}"
