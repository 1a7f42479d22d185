"""Recovery: bring a room up to its record, and send its followers what they missed."""

from collections.abc import Callable
from typing import Protocol

from actors.delivery.viewer_streams import ViewerStreams
from actors.room.idempotency import Idempotency
from actors.room.services import Services
from actors.room.snapshotting import Saving
from events import Change, RoomId, RoomState, UserId
from events.core.decider import advance
from events.core.features.resealing import RecordResealed
from events.core.view import Disclosure
from events.journal import BrokenRecord, Commit
from events.journal.folding import folded


class Recovering(Protocol):
    """A room, as far as reading it back goes."""

    id: RoomId
    state: RoomState
    version: int
    streams: ViewerStreams

    def present(self) -> tuple[UserId, ...]:
        """Return who has a connection of their own now."""


class Recovery:
    """Reads one room back from its journal: from its first event or a saved state, then what is new."""

    def __init__(
        self, room: Recovering, services: Services, repeats: Idempotency, saving: Saving
    ) -> None:
        self.refold = True
        """Whether the state in memory is not trusted: not at first, nor after a fault of ours."""
        self._room = room
        self._services = services
        self._repeats = repeats
        self._saving = saving
        self._note: Callable[[Commit], object] = repeats.receipts.keep_commit
        self._resealed = False
        """Whether what was read on from the state in memory says that the rows before were sealed anew."""

    async def read(self) -> None:
        """Bring the room's state and version to the record's; raise what the journal raises.

        Afterwards it is known of each doubted request whether it was recorded.
        """
        room = self._room
        state, version = await self._read()
        if self._resealed:
            # The state in memory was made of rows that had the names, and has them in words.
            self.refold = True
            state, version = await self._read()
        if version <= room.version:
            await self._confirm_end()
        await self._repeats.resolve()
        room.state, room.version = state, version
        self.refold = False

    async def _confirm_end(self) -> None:
        """Raise BrokenRecord where the record has less than was acknowledged and told.

        So it is after a failover to a copy of the database that lagged. Reading on finds nothing new
        then, and no append would fit.
        """
        room = self._room
        if room.version == 0:
            return
        async for _ in self._services.journal.read(room.id, room.version - 1, room.version):
            return
        why = f"it lost its end: {room.version} events had been recorded"
        raise BrokenRecord(room.id, room.version, why)

    async def _read(self) -> tuple[RoomState, int]:
        room = self._room
        state, version = room.state, room.version
        self._note, self._resealed = self._note_reseal, False
        if self.refold:
            self._note = self._repeats.receipts.keep_commit
            state, version = await self._saved()
            await self._repeats.load()
        if len(room.streams):
            return await self._folded_and_published(state, version)
        return await self._folded(state, version)

    def _note_reseal(self, recorded: Commit) -> None:
        self._repeats.receipts.keep_commit(recorded)
        self._resealed |= any(isinstance(event, RecordResealed) for event in recorded.events)

    async def _saved(self) -> tuple[RoomState, int]:
        room = self._room
        state, version = await self._saving.load()
        # What was answered before the snapshot is not read again.
        self._repeats.receipts.complete = not version
        if version > room.version and len(room.streams):
            room.state, room.version = state, version
            room.streams.restart(state)
        return state, version

    async def _folded(self, state: RoomState, version: int) -> tuple[RoomState, int]:
        """Fold what is new at one go, since nobody follows the room."""
        room, keep = self._room, self._note
        version, state = await folded(self._services.journal, room.id, (version, state), note=keep)
        if version > room.version:
            room.state, room.version = state, version
            # Whoever came while it was read has seen the room as it was before.
            room.streams.restart(state)
        return state, version

    async def _folded_and_published(self, state: RoomState, version: int) -> tuple[RoomState, int]:
        """Fold what is new commit by commit, and publish each to those who follow."""
        room, keep = self._room, self._note
        async for recorded in self._services.journal.read(room.id, version):
            before, state, version = state, advance(state, recorded), recorded.version
            keep(recorded)
            if version > room.version:
                room.state, room.version = state, version
                change = Change(before, state, recorded.events)
                room.streams.publish(room.streams.prepare(Disclosure(change)))
                self._services.deliveries.delivered(room)
        return state, version
