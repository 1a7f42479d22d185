"""Pages: stretches of a room's rows as the server gives them by column, to be read when they are used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events.journal import Commit
from events.journal.chain import Head, Seals, joined
from events.journal.codec import DECODE_ERRORS, PageColumns, decode_page, gc_paused


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a room from one version to another, both included: whole commits."""

    start: int
    stop: int
    upto: int | None
    """Commits that end after this version were not asked for."""
    is_full: bool
    """There may be more after it."""
    columns: PageColumns
    seals: Seals | None = None

    def commits(self) -> Sequence[Commit]:
        """Return the commits; none where a row cannot be read like this."""
        try:
            with gc_paused():
                return self.within(decode_page(self.columns, self.start, self.stop))
        except DECODE_ERRORS:
            return ()

    def used(self, use: Callable[[Sequence[Commit]], object]) -> bool:
        """Give the commits to a function, unless they cannot be read like this."""
        # Nothing of the page is left when garbage is looked for again: to look through it all, and
        # every few pages through all else in memory, took as long as folding it.
        with gc_paused():
            commits = self.commits()
            use(commits)
            return bool(commits)

    def within(self, commits: list[Commit]) -> Sequence[Commit]:
        """Return those of the commits that were asked for."""
        if self.upto is None or self.stop <= self.upto:
            return commits
        return [commit for commit in commits if commit.version <= self.upto]

    def follows(self, head: Head, saved: Head | None = None) -> Head | None:
        """Return the head of the page, if all its rows hold after another head, and hold a saved one.

        None says no more than that something does not: `verify` finds what.
        """
        seals, after = self.seals, head.version
        if seals is None or (self.start, self.stop) != (after + 1, after + len(seals.hashes)):
            return None
        if (
            saved is not None
            and self.start <= saved.version <= self.stop
            and saved.hash != seals.hashes[saved.version - self.start]
        ):
            return None
        return Head(self.stop, seals.hashes[-1]) if joined(head.hash, seals) else None
