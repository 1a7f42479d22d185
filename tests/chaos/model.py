"""What must hold after each fault, computed from what was sent and acknowledged, not by the server's fold."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import psycopg

from events.journal.chain import START, Fault, Row, verify
from tests.chaos.clients import Reader, Violation, Writer
from tests.chaos.linear import violations

GROUP = 6
"""Reveals that are published together."""


def reveal_of(writer: int, ann: str) -> Any:
    """Return a function from a number to that writer's command: each reveals a hex of its own.

    Every third is for Ann alone.
    """

    def command(number: int) -> dict[str, Any]:
        targets: Any = "all" if number % 3 else {"playerIds": [ann]}
        return {"type": "hex:reveal", "hexKeys": [key_of(writer, number)], "targets": targets}

    return command


def key_of(writer: int, number: int) -> str:
    """Return the hex of a writer's command: no other command's, for 80 000 commands each of two."""
    return f"{number % 400 - 200},{writer * 200 + number // 400 - 100}"


def staged(number: int) -> dict[str, Any]:
    """Return the command of the DM who stages: the mode, a group of reveals, then all published."""
    step = number % (GROUP + 2)
    if step == 0:
        return {"type": "broadcast:mode", "mode": "staged"}
    if step == GROUP + 1:
        return {"type": "broadcast:publish"}
    return {"type": "hex:reveal", "hexKeys": [key_of(0, number)], "targets": "all"}


@dataclass
class Table:
    """One campaign: who plays there, and what is to be true of it."""

    id: str
    writers: list[Writer]
    ann: Reader
    ben: Reader
    publishes: bool

    def expected(self, *, of_ann: bool) -> set[str]:
        """Return what a player must have been shown: the hexes of all acknowledged commands for them."""
        hexes: set[str] = set()
        for writer in self.writers:
            frames = [json.loads(frame) for frame in writer.acknowledged.values()]
            if self.publishes:
                last = max(
                    (
                        int(f["id"].rsplit("-")[-1])
                        for f in frames
                        if f["type"] == "broadcast:publish"
                    ),
                    default=-1,
                )
                frames = [f for f in frames if int(f["id"].rsplit("-")[-1]) < last]
            hexes.update(
                key
                for f in frames
                if f["type"] == "hex:reveal" and (of_ann or f["targets"] == "all")
                for key in f["hexKeys"]
            )
        return hexes

    def check_record(self, url: str) -> int:
        """Check all that the record must hold; return how many rows it has. Raise Violation."""
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT campaign_id, version, session_id, event_type, user_id, role, command_id,"
                " command_digest, first_version, created_at, payload::text, hash, epoch"
                " FROM session_event WHERE campaign_id = %s ORDER BY version",
                (self.id,),
            ).fetchall()
        rows = [Row(*row[:-1]) for row in found]
        if isinstance(fault := verify(rows, head=START), Fault):
            raise Violation(f"G14: the chain is broken at {fault}")
        if [row.version for row in rows] != list(range(1, len(rows) + 1)):
            raise Violation("G5: versions have gaps")
        epochs = [row[-1] for row in found]
        if epochs != sorted(epochs):
            raise Violation("G10: a former owner wrote")
        if {row.campaign for row in rows} != {UUID(self.id)}:
            raise Violation("G10: rows of another campaign")
        firsts = [
            row for row in rows if row.command_id is not None and row.version == row.first_version
        ]
        counts = Counter((row.user, row.command_id) for row in firsts)
        if twice := [id_ for (_, id_), count in counts.items() if count > 1]:
            raise Violation(f"G3: recorded twice: {twice[:5]}")
        versions = {row.command_id: row.version for row in firsts if row.command_id is not None}
        for writer in self.writers:
            calls = writer.calls
            if self.publishes:
                # A mode that was set already changes nothing and leaves no row.
                calls = [call for call in calls if call.number % (GROUP + 2)]
            if faults := violations(calls, versions):
                raise Violation(f"G1, G5: {faults[:3]}")
        both = [call for writer in self.writers for call in writer.calls if call.id in versions]
        if faults := violations(both, versions):
            raise Violation(f"G5: {faults[:3]}")
        if self.publishes:
            self._check_groups(rows)
        return len(rows)

    def _check_groups(self, rows: list[Row]) -> None:
        revealed = Counter(row.first_version for row in rows if row.event_type == "hex_reveal")
        published = {row.first_version for row in rows if row.event_type == "broadcast_publish"}
        if set(revealed) != published or set(revealed.values()) - {GROUP}:
            raise Violation(f"G4: published in parts: {revealed}")

    def check_secrets(self) -> None:
        """Raise Violation where Ben was shown what was for Ann alone."""
        mine = {
            key
            for writer in self.writers
            for frame in (
                *writer.acknowledged.values(),
                *(sent.frame for sent in writer.open.values()),
            )
            if (said := json.loads(frame)).get("targets") not in (None, "all")
            for key in said["hexKeys"]
        }
        if leaked := self.ben.seen & mine:
            raise Violation(f"G7: Ben was shown {sorted(leaked)[:5]}")

    async def check_fresh(self, url: str) -> None:
        """Compare what a new connection is shown with what must be true; raise Violation."""
        for reader, of_ann in ((self.ann, True), (self.ben, False)):
            headers = {"Authorization": f"Bearer {reader.token}"}
            async with (
                aiohttp.ClientSession(headers=headers) as http,
                http.ws_connect(f"{url}/ws?campaignId={self.id}", max_msg_size=0) as socket,
            ):
                while (message := await socket.receive_json())["type"] != "session:state":
                    pass
            shown, expected = set(message["revealedHexes"]), self.expected(of_ann=of_ann)
            if shown != expected:
                lacks, extra = sorted(expected - shown), sorted(shown - expected)
                raise Violation(
                    f"G8: the state of {reader.name} at {url} lacks {len(lacks)} hexes {lacks[:5]}"
                    f" and has {len(extra)} besides {extra[:5]}"
                )
