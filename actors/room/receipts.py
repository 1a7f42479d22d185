"""RecentReceipts: which command ids a room has answered lately, so that a repeat gets the same answer."""

from typing import Final, NamedTuple

from events.core.state import UserId
from events.journal import CommandId, Commit, Request

REMEMBERED: Final = 10_000


class Receipt(NamedTuple):
    digest: bytes
    version: int


class RecentReceipts:
    """The last ids, in two generations, so that forgetting costs nothing per id."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._young: dict[tuple[UserId, CommandId], Receipt] = {}
        self._old: dict[tuple[UserId, CommandId], Receipt] = {}
        self.complete = True
        """Whether every id of the room's whole record is here."""

    def keep(self, user: UserId, id: CommandId, receipt: Receipt) -> None:
        """Remember an answer; between one and two times `most` are remembered."""
        self._young[user, id] = receipt
        if len(self._young) > self._most:
            self.complete = self.complete and not self._old
            self._old, self._young = self._young, {}

    def keep_commit(self, commit: Commit) -> None:
        if commit.id is not None:
            self.keep(commit.by.user, commit.id, Receipt(commit.digest, commit.version))

    def find(self, request: Request) -> Receipt | None:
        """Return the receipt under the request's id, whatever the command was."""
        assert request.id is not None, "only requests with an id are remembered"
        key = (request.by.user, request.id)
        return self._young.get(key) or self._old.get(key)

    def forget(self, user: UserId, id: CommandId) -> None:
        self._young.pop((user, id), None)
        self._old.pop((user, id), None)
