"""How PostgreSQL goes about the queries that must not grow with the record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from events.journal.database.pool import Pool
from events.journal.postgres.queries import QUERIES
from tests.support.sample_commits import room

EVENTS = 20_000

FILL = b"""
INSERT INTO session_event (campaign_id, version, event_type, user_id, role, first_version,
    created_at, payload, hash, epoch)
SELECT %(room)s, n, 'hex_reveal', 'dora', 'dm', n, now(), '{}', sha256(n::text::bytea), 0
FROM generate_series(1, %(events)s) AS n
"""


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Yield all that a plan does."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize("query", ["read_page", "read_sealed_page"])
async def test_a_page_is_read_by_the_index_though_nobody_knows_the_table(
    pool: Pool, query: str
) -> None:
    asked = {"room": room(1), "after": 10, "size": 500}
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("ALTER TABLE session_event SET (autovacuum_enabled = false)")
        await connection.execute(FILL, {"room": room(1), "events": EVENTS})
        found = await connection.execute(
            b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + QUERIES[query].encode(), asked
        )
        row = await found.fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    parts = list(nodes(plan[0]["Plan"]))
    reading = [each for each in parts if each.get("Relation Name") == "session_event"]
    assert {each["Node Type"] for each in reading} == {"Index Scan"}
    # Two to find the page's bounds, and the page itself; its rows past those are never looked at.
    assert sum(each["Actual Rows"] * each["Actual Loops"] for each in reading) <= 500 + 2
    assert sum(each.get("Rows Removed by Filter", 0) for each in reading) == 0
