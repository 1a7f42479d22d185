"""Archives whose few bytes name millions of hexes: refused before they take memory."""

import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from events.core.features.hexes import HexesHidden, HexesRevealed
from events.core.features.regions import RegionSet
from events.core.features.terrain import HexesUpdated
from events.core.limits import MOST_TILES
from events.core.map_objects import Region, RegionId
from events.core.messages import Event
from events.core.state import EMPTY
from events.geometry.grid import Runs
from events.journal.chain import START, link
from events.transfer.archive.extent import ALLOWANCE, EVENT_HEXES, Extent
from events.transfer.archive.format import ArchivedRow, ArchiveRefused
from tests.support.hexroom_commands import Hexroom, on
from tests.support.recorded_night import Night


def expect(hexes: Runs) -> None:
    Extent().expect_events([HexesRevealed(hexes=hexes, to="all")], 7)


def test_an_event_names_as_many_hexes_as_undoing_a_whole_room_does_and_no_more() -> None:
    rows = EVENT_HEXES // 1000
    expect(tuple((0, r, 1000) for r in range(rows)))
    with pytest.raises(ArchiveRefused, match="version 7 names 2000001 hexes"):
        expect(((-5, 0, 1), *((0, r, 1000) for r in range(rows))))
    with pytest.raises(ArchiveRefused, match="hexes in one event"):
        expect(((2, 0, 2**62), (3, 3, -(2**62))))


@pytest.mark.parametrize(
    "event",
    [
        HexesUpdated(painted=(("hills", 0, ((0, 0, 1),)), ("swamp", 0, ((2, 0, 2**62),)))),
        RegionSet(region=RegionId("r"), now=Region("Everything", ((0, 0, 2**62),))),
    ],
)
def test_hexes_are_found_wherever_an_event_holds_them(event: Event) -> None:
    with pytest.raises(ArchiveRefused, match="hexes in one event"):
        Extent().expect_events([event], 7)


def test_hexes_of_an_event_may_lie_on_so_many_tiles_and_on_no_more() -> None:
    most = ALLOWANCE * MOST_TILES
    apart = tuple((16 * n, 0, 1) for n in range(most + 1))
    expect(apart[:-1])
    with pytest.raises(ArchiveRefused, match="too far from each other"):
        expect(apart)


def fold(turns: list[HexesRevealed | HexesHidden]) -> None:
    extent, room = Extent(), EMPTY
    for version, event in enumerate(turns, 1):
        extent.expect_events([event], version)
        room = event.evolve(room)
        extent.expect_room(room, version)


def test_a_room_that_grows_by_many_events_is_measured_on_the_way() -> None:
    rows = range(0, 90_000, 9_000)
    apart = [tuple((16 * (row + n), 0, 1) for n in range(9_000)) for row in rows]
    with pytest.raises(ArchiveRefused, match="at version 9 it has more hexes"):
        fold([HexesRevealed(hexes=hexes, to="all") for hexes in apart])


def test_a_room_that_is_turned_again_and_again_does_not_grow() -> None:
    whole = tuple((0, r, 200) for r in range(200))
    fold([(HexesRevealed, HexesHidden)[n % 2](hexes=whole, to="all") for n in range(100)])


async def test_an_archive_that_names_more_hexes_than_memory_holds_is_refused(
    night: Night, hexroom: Hexroom, empty_database_url: str, tmp_path: Path
) -> None:
    whole, bad = tmp_path / "whole.zip", tmp_path / "bad.zip"
    assert (await hexroom("export", "the", str(whole))).exit_code == 0
    revealing(whole, bad, [[0, 0, 10**15]])
    result = await on(empty_database_url, tmp_path / "elsewhere")("import", str(bad))
    assert (result.exit_code, "Traceback" in result.output) == (7, False), result.output
    assert "names 1000000000000000 hexes in one event" in result.output


def revealing(source: Path, target: Path, runs: list[Any]) -> None:
    """Write an archive again, its reveals with other hexes, in a chain that holds."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as made:
        manifest = json.loads(archive.read("manifest.json"))
        head, lines = START.hash, []
        for line in archive.read("events.ndjson").splitlines():
            row = json.loads(line)
            if row["type"] == "hex_reveal":
                row["payload"] = json.dumps({**json.loads(row["payload"]), "hexes": runs})
            head = link(head, ArchivedRow(**row).row(UUID(manifest["campaign"])))
            lines.append(json.dumps({**row, "hash": head.hex()}))
        manifest["head"] = head.hex()
        again = {"events.ndjson": "\n".join(lines), "manifest.json": json.dumps(manifest)}
        for name in archive.namelist():
            made.writestr(name, again.get(name) or archive.read(name))
