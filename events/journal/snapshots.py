"""SnapshotStore: saved states of rooms, from which recovery and time travel fold on."""

import ast
import asyncio
import hashlib
import logging
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from cachetools import LRUCache

from events.core.canonical import state_from_json, state_json
from events.core.state import RoomId, RoomState
from events.journal.codec import DECODE_ERRORS
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from events.journal.postgres.queries import QUERIES

logger = logging.getLogger(__name__)

BLOCK: Final = 16_384
"""One state is kept for each so many versions, so that no version is further from one."""
MOST_LOADED: Final = 10_000
"""How many loaded rooms are known; one that is not known is taken for one in which nobody is forgotten."""
NEWEST: Final = 3
"""So many of the newest are kept besides."""
FOLD_FOLDERS: Final = tuple(Path(__file__).parents[1] / name for name in ("core", "geometry"))
"""Where the code lies that a fold runs."""


class SnapshotStore:
    """Saved states of all rooms, in ``room_snapshot``.

    Any of them may be missing, wrong or from another version of the program: it is passed over,
    and the room folded from an older one or from the start. So nothing here raises but
    cancellation; what goes wrong is logged.
    """

    def __init__(self, pool: Pool, *, timeout_s: float = 5) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        # One at a time: each thread that writes a state out takes its share from the rooms.
        self._writing = asyncio.Lock()
        self._named: LRUCache[RoomId, str] = LRUCache(MOST_LOADED)
        fingerprint()  # Here, not in a room's turn: the first call reads the code.

    async def load(self, room: RoomId) -> tuple[int, RoomState] | None:
        """Return the newest version saved and its state, if there is one that can be read.

        Whoever is to be forgotten after this is named in the room that is made of it, in the words for
        what can be undone; so that room's states are not saved, until it is loaded again.
        """
        self._named[room] = await self._named_now(room)
        return await self.before(room, 2**62)

    async def before(self, room: RoomId, version: int) -> tuple[int, RoomState] | None:
        """Return the newest state saved at or before a version, with its version."""
        upto = version
        for _ in range(NEWEST):
            row = await self._find(room, upto)
            if row is None:
                return None
            at, sealed, state, record = row
            try:
                return at, await asyncio.to_thread(opened, sealed, state, record)
            except (*DECODE_ERRORS, zlib.error) as why:
                logger.warning(
                    "room %s@%d: snapshot ignored: %s",
                    room,
                    at,
                    type(why).__name__,
                    extra={"room": str(room), "version": at},
                )
            upto = at - 1
        return None

    async def save(self, room: RoomId, version: int, state: RoomState) -> None:
        """Save the state that a room had at a version, and drop those that are near it.

        The version must be the last of a commit, and be recorded.
        """
        try:
            async with self._writing:
                text = await asyncio.to_thread(_closed, state)
            params = {
                **{"room": room, "version": version, "code": fingerprint(), "state": text},
                "named": self._named.get(room, ""),
            }
            thinning = {**params, "newest": NEWEST, "block": BLOCK}
            async with (
                asyncio.timeout(self._timeout_s),
                self._pool.connection() as connection,
                connection.transaction(),
            ):
                await connection.execute(QUERIES["save_snapshot"], params)
                await connection.execute(QUERIES["thin_snapshots"], thinning)
        except (*DATABASE_AWAY, ValueError) as error:
            logger.warning("room %s@%d: snapshot not saved: %s", room, version, error)

    async def _named_now(self, room: RoomId) -> str:
        try:
            async with asyncio.timeout(self._timeout_s), self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["named_now"], {"room": room})
                row = await cursor.fetchone()
        except DATABASE_AWAY as error:
            logger.warning("room %s: cannot read who is to be forgotten: %s", room, error)
            return ""
        return "" if row is None else str(row[0])

    async def _find(self, room: RoomId, upto: int) -> tuple[int, bytes, bytes, bytes] | None:
        params = {"room": room, "version": upto, "code": fingerprint()}
        try:
            async with asyncio.timeout(self._timeout_s), self._pool.connection() as connection:
                cursor = await connection.execute(QUERIES["find_snapshot"], params, binary=True)
                row = await cursor.fetchone()
        except DATABASE_AWAY as error:
            logger.warning("room %s: cannot read a snapshot: %s", room, error)
            return None
        return None if row is None else (row[0], row[1], row[2], row[3])


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return what tells this program's fold from another's: a hash of the pure core's code.

    A snapshot is a fold that was made before. Had it been made by other rules, the room would
    not be what its events say; so with each change of the core all rooms are folded anew, once.
    Takes about 0.2 s the first time.
    """
    return code_hash(FOLD_FOLDERS)


def code_hash(folders: Iterable[Path]) -> str:
    """Return a hash of the Python code in the folders; comments and docstrings do not count."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(ast.dump(_without_docstrings(ast.parse(path.read_bytes()))).encode())
    return digest.hexdigest()[:16]


def _without_docstrings(module: ast.Module) -> ast.Module:
    """Take all docstrings out of the module, those after attributes included, and return it."""
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = [each for each in node.body if not _is_text(each)]
    return module


def _is_text(statement: ast.stmt) -> bool:
    """Return whether the statement is a bare string, which does nothing."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _closed(state: RoomState) -> bytes:
    return zlib.compress(state_json(state), level=1)


def opened(sealed: bytes, state: bytes, record: bytes) -> RoomState:
    """Return a state as it was saved; raise one of DECODE_ERRORS or zlib.error."""
    # With the record's hash at that version in it, a state fits no other room, version or history.
    if hashlib.sha256(record + state).digest() != sealed:
        raise ValueError("not of this record, or changed")
    return state_from_json(zlib.decompress(state))
