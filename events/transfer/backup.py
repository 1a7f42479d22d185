"""A whole server in one file: its database and its pictures, and back.

Where accounts were deleted, the rows of the record lie beside the dump, in ``events.copy``, without
their names: the campaigns concerned have chains of their own from there on, as in archives.

The file is a tar archive: ``backup.json`` says what is in it, ``database.dump`` is a custom dump of
pg_dump, which reads one snapshot of the database while a server runs on it, and ``pictures/`` holds
the picture files. Pictures never change once they are written, so copying those there before the
dump, and those that came while it ran, gives every picture that the dump names.
"""

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

import psycopg

from events.core.messages import JSON, JsonObject
from events.journal.database.programs import client_program
from events.journal.database.schema import knows_revision, migrate
from events.transfer.nameless_rows import affected_campaigns, read_rows, write_rows

FORMAT, FORMAT_WITH_ROWS = 1, 2
_MANIFEST, _DUMP, _PICTURES = "backup.json", "database.dump", "pictures"
_ROWS: Final = "events.copy"
# The rows, also where they are cut into partitions; and saved states, which go by the rows' hashes.
_BESIDE: Final = tuple(
    f"--exclude-table-data={each}"
    for each in ("session_event", "session_event_[0-9]*", "room_snapshot")
)
_MOST_MANIFEST_BYTES: Final = 64 * 1024 * 1024

Progress = Callable[[str], None]


class BackupRefused(Exception):
    """The file is no backup that can be restored here; nothing was changed. The text says why."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    made_at: datetime
    hexroom: str
    """The version that made it."""
    campaigns: int
    events: int
    pictures: int
    """How many picture files."""


def write_backup(
    database_url: str, pictures: Path, file: Path, made_at: datetime, version: str
) -> Contents:
    """Write the file at once under its name, or not at all; blocks. Raise OSError or BackupRefused."""
    part = file.with_name(f".{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="hexroom-backup-", dir=file.parent) as folder:
            contents = _write(database_url, pictures, part, Path(folder), made_at, version)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return contents


def read_contents(file: Path) -> Contents:
    """Return what a backup says it holds, each file compared with its hash; raise BackupRefused."""
    with _opened(file) as archive:
        manifest = _manifest(archive)
        _check(archive, manifest["files"])
        return _contents(manifest)


def restore_backup(database_url: str, pictures: Path, file: Path) -> Contents:
    """Fill an empty database and the folder of pictures from the file; blocks.

    Raise BackupRefused where the file is damaged, newer than this version, or the database is not
    empty. Everything is checked before anything is written.
    """
    contents = read_contents(file)
    _check_empty(database_url)
    with (
        _opened(file) as archive,
        tempfile.TemporaryDirectory(prefix="hexroom-restore-") as folder,
    ):
        dump, rows = Path(folder) / _DUMP, Path(folder) / _ROWS
        _extract(archive, _DUMP, dump)
        _run(
            "pg_restore",
            *("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"),
            *("--dbname", database_url, str(dump)),
        )
        if (columns := _manifest(archive).get("columns")) is not None:
            _extract(archive, _ROWS, rows)
            _fill(database_url, rows, columns)
        for member in archive.getmembers():
            if member.name.startswith(f"{_PICTURES}/"):
                target = pictures / PurePosixPath(member.name).relative_to(_PICTURES)
                target.parent.mkdir(parents=True, exist_ok=True)
                _extract(archive, member.name, target)
    migrate(database_url)
    return contents


def _write(
    database_url: str, pictures: Path, part: Path, folder: Path, made_at: datetime, version: str
) -> Contents:
    hashes: dict[str, str] = {}
    with tarfile.open(part, "w") as archive:
        before = set(_picture_files(pictures))
        dump = folder / _DUMP
        more = _dump(database_url, dump, folder / _ROWS)
        for path in sorted(before | set(_picture_files(pictures))):
            name = f"{_PICTURES}/{path.relative_to(pictures).as_posix()}"
            hashes[name] = _add(archive, name, path)
        hashes[_DUMP] = _add(archive, _DUMP, dump)
        if more:
            hashes[_ROWS] = _add(archive, _ROWS, folder / _ROWS)
        manifest = {
            "format": FORMAT_WITH_ROWS if more else FORMAT,
            "madeAt": made_at.isoformat(),
            "hexroom": version,
            **_described(database_url),
            **more,
            "files": hashes,
        }
        text = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(_MANIFEST)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    return _contents(manifest)


def _dump(database_url: str, dump: Path, rows: Path) -> JsonObject:
    """Write the dump, and the rows beside it where accounts were deleted; return what to say of the rows."""
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        affected = affected_campaigns(connection)
        _run(
            "pg_dump",
            *(
                "--format=custom",
                "--no-unlogged-table-data",
                f"--snapshot={snapshot[0]}",
                f"--file={dump}",
            ),
            *(_BESIDE if affected else ()),
            f"--dbname={database_url}",
        )
        return {"columns": write_rows(connection, rows, affected)} if affected else {}


def _fill(database_url: str, rows: Path, columns: object) -> None:
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        raise BackupRefused("its table of contents is damaged")
    try:
        with psycopg.connect(database_url) as connection:
            read_rows(connection, rows, columns)
    except psycopg.Error as error:
        raise BackupRefused(
            f"its events cannot be stored ({error}); the rest is there already: start again with an"
            " empty database, or another data folder"
        ) from None


def _described(database_url: str) -> JsonObject:
    """Return how much there is, and of which revision the tables are."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM session_event),"
            " (SELECT version_num FROM alembic_version)"
        ).fetchone()
    assert row is not None
    return {"campaigns": row[0], "events": row[1], "tables": row[2]}


def _picture_files(pictures: Path) -> Iterator[Path]:
    for path in pictures.rglob("*") if pictures.exists() else ():
        if path.is_file() and not path.name.startswith("."):
            yield path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add the file; return the SHA-256 of what was added."""
    content = path.read_bytes()
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file, "r:")
    except (tarfile.TarError, EOFError):
        raise BackupRefused("this is no backup of Hexroom, or it is cut off") from None


def _manifest(archive: tarfile.TarFile) -> Mapping[str, JSON]:
    try:
        member = archive.getmember(_MANIFEST)
        if member.size > _MOST_MANIFEST_BYTES:
            raise BackupRefused("its table of contents is larger than any that Hexroom writes")
        manifest = json.loads(_content(archive, _MANIFEST))
    except (KeyError, ValueError, tarfile.TarError):
        raise BackupRefused("this is no backup of Hexroom, or it is cut off") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise BackupRefused("this is no backup of Hexroom")
    if manifest.get("format") not in (FORMAT, FORMAT_WITH_ROWS):
        raise BackupRefused(
            f"it was made by Hexroom {manifest.get('hexroom')}, whose backups this version cannot "
            "read: restore it with that version or a newer one"
        )
    # Those of before did not say.
    if "tables" in manifest and not knows_revision(manifest["tables"]):
        raise BackupRefused(
            f"it was made by Hexroom {manifest.get('hexroom')}, which is newer: its tables are ones that "
            "this version does not know; restore it with that version or a newer one"
        )
    return manifest


def _check(archive: tarfile.TarFile, hashes: Mapping[str, str]) -> None:
    names = {member.name for member in archive.getmembers() if member.isfile()} - {_MANIFEST}
    if missing := sorted(set(hashes) - names):
        raise BackupRefused(f"{missing[0]} is missing from it")
    if strange := sorted(names - set(hashes)):
        raise BackupRefused(f"{strange[0]} does not belong to it")
    for name, expected in hashes.items():
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            raise BackupRefused(f"{name} would be written outside of the data folder")
        if hashlib.sha256(_content(archive, name)).hexdigest() != expected:
            raise BackupRefused(f"{name} is damaged")


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    try:
        stream = archive.extractfile(name)
        content = b"" if stream is None else stream.read()
    except (KeyError, OSError, tarfile.TarError):
        raise BackupRefused(f"{name} is damaged or cut off") from None
    return content


def _extract(archive: tarfile.TarFile, name: str, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(_content(archive, name))
    part.replace(target)


def _contents(manifest: Mapping[str, JSON]) -> Contents:
    try:
        return Contents(
            made_at=datetime.fromisoformat(manifest["madeAt"]),
            hexroom=str(manifest["hexroom"]),
            campaigns=int(manifest["campaigns"]),
            events=int(manifest["events"]),
            pictures=sum(name.startswith(f"{_PICTURES}/") for name in manifest["files"]),
        )
    except (KeyError, TypeError, ValueError):
        raise BackupRefused("its table of contents is damaged") from None


def _check_empty(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM pg_catalog.pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
    if rows is None or rows[0]:
        raise BackupRefused("the database is not empty: name a new one, or another data folder")


def _run(program: str, *arguments: str) -> None:
    process = subprocess.run(
        [client_program(program), *arguments], capture_output=True, text=True, check=False
    )
    if process.returncode:
        lines = process.stderr.strip().splitlines() or ["it said nothing"]
        raise BackupRefused(f"{program} failed: {lines[0]}")
