"""A whole server in one file, and back on another machine."""

import asyncio
import json
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.support.hexroom_commands import lines, on
from tests.support.people import Person
from web.settings import Settings


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def rewritten(file: Path, change: dict[str, bytes | None]) -> Path:
    """Return a copy of a backup with other bytes for some of its files; None leaves one out."""
    copy = file.with_name("changed.tar")
    with tarfile.open(file) as old, tarfile.open(copy, "w") as new:
        for member in old.getmembers():
            stream = old.extractfile(member)
            content = b"" if stream is None else stream.read()
            other = change.get(member.name, content)
            if other is not None:
                member.size = len(other)
                part = file.with_name("part")
                part.write_bytes(other)
                with part.open("rb") as source:
                    new.addfile(member, source)
    return copy


async def test_a_running_server_is_backed_up_and_plays_on_elsewhere(
    ann: Person, settings: Settings, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    campaign = await ann.campaign("The Marches")
    (settings.pictures / "ab").mkdir(parents=True)
    (settings.pictures / "ab" / "cd.webp").write_bytes(b"pixels")
    file, elsewhere = tmp_path / "hexroom.tar", tmp_path / "elsewhere"
    said = lines(await on(database_url, tmp_path)("backup", str(file)))
    assert "1 campaigns" in said[0]
    assert "1 picture files" in said[0]

    there = on(empty_database_url, elsewhere)
    said = lines(await there("restore", str(file)))
    assert said[-1] == "every record verifies"
    assert (elsewhere / "pictures" / "ab" / "cd.webp").read_bytes() == b"pixels"
    assert campaign in lines(await there("verify", "--all"))[0]
    with psycopg.connect(empty_database_url) as connection:
        emails = connection.execute("SELECT email FROM account").fetchall()
    assert emails == [("ann@example.org",)]


async def test_a_file_that_is_there_is_not_replaced_unasked(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "hexroom.tar"
    file.write_text("precious")
    refused = await on(database_url, tmp_path)("backup", str(file))
    assert (refused.exit_code, file.read_text()) == (6, "precious")
    assert lines(await on(database_url, tmp_path)("backup", "--force", str(file)))


async def test_a_database_that_is_not_empty_is_refused(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "hexroom.tar"
    hexroom = on(database_url, tmp_path)
    lines(await hexroom("backup", str(file)))
    refused = await hexroom("restore", str(file))
    assert refused.exit_code == 7
    assert "not empty" in refused.stderr


async def test_damaged_strange_and_newer_backups_are_refused_and_nothing_is_restored(
    database_url: str, empty_database_url: str, settings: Settings, tmp_path: Path
) -> None:
    settings.pictures.mkdir(parents=True)
    (settings.pictures / "one.webp").write_bytes(b"pixels")
    file = tmp_path / "hexroom.tar"
    lines(await on(database_url, tmp_path)("backup", str(file)))
    with tarfile.open(file) as archive:
        stream = archive.extractfile("backup.json")
        assert stream is not None
        manifest = json.loads(stream.read())
    assert manifest["tables"], "of which revision they are"
    strange = manifest | {"files": manifest["files"] | {"../evil": "0" * 64}}
    cases: dict[str, dict[str, bytes | None]] = {
        "damaged": {"pictures/one.webp": b"other"},
        "missing": {"database.dump": None},
        "cannot": {"backup.json": json.dumps(manifest | {"format": 3}).encode()},
        "which is newer": {"backup.json": json.dumps(manifest | {"tables": "of 2030"}).encode()},
        "../evil": {"backup.json": json.dumps(strange).encode()},
        "no backup": {"backup.json": b"{"},
    }
    elsewhere = on(empty_database_url, tmp_path / "elsewhere")
    for words, change in cases.items():
        refused = await elsewhere("restore", str(rewritten(file, change)))
        assert refused.exit_code == 7, refused.output
        assert words in refused.stderr
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert (await elsewhere("restore", str(file))).exit_code == 7
    file.write_bytes(b"GIF89a")
    assert (await elsewhere("restore", "--check", str(file))).exit_code == 7
    assert not await asyncio.to_thread((tmp_path / "elsewhere" / "pictures").exists)
    with psycopg.connect(empty_database_url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert tables == (0,)
