"""The report tables: a projection of the `eventsourcing` library that follows the log of all rooms."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection

from events.journal.chain import Row
from events.journal.database.pool import ThreadPool
from events.journal.eventsourcing.following import TrackedView
from events.journal.eventsourcing.recorder import Recorded, RecordRecorder, RowNotification
from events.journal.postgres.queries import QUERIES

NAME: Final = "hexroom-reports"
PAGE_ROWS: Final = 2_000

# Any number, as long as it is ours: two that follow at once go one after the other.
_LOCK: Final = 0x7265706F7274

_INSERT: Final = """
INSERT INTO report_event
    (campaign_id, version, session_id, user_id, role, event_type, at, hexes, audience)
SELECT campaign_id, version, session_id, user_id, role, event_type, at, hexes,
    CASE WHEN audience IS NULL THEN NULL
        ELSE ARRAY(SELECT jsonb_array_elements_text(audience::jsonb)) END
FROM unnest(%(campaigns)s::uuid[], %(versions)s::bigint[], %(sessions)s::uuid[],
    %(users)s::text[], %(roles)s::text[], %(types)s::text[], %(times)s::timestamptz[],
    %(hexes)s::integer[], %(audiences)s::text[])
    AS told (campaign_id, version, session_id, user_id, role, event_type, at, hexes, audience)
ON CONFLICT DO NOTHING
"""


class ReportView(TrackedView):
    """``report_event``, and how far it has come; its tables are made by a migration."""

    def __init__(self, pool: ThreadPool) -> None:
        super().__init__(pool)
        self.recorder = RecordRecorder(pool)

    def create_tables(self) -> None:
        """Do nothing: the server's role may make no tables."""

    def take_page(self, size: int = PAGE_ROWS) -> Sequence[RowNotification]:
        """Take in the next rows of the log, with how far that is, in one transaction.

        Return them; nothing when all that can be followed was taken in. Safe beside others that
        do the same: each row is counted once.
        """
        with self.pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            reached = connection.execute(QUERIES["reached"], {"name": NAME}).fetchone()
            page = [
                row
                for row in self.recorder.select_notifications(
                    reached[0] if reached else None, size, inclusive_of_start=False
                )
                if isinstance(row, RowNotification)
            ]
            if page:
                insert(connection, [each.row for each in page])
                params = {"name": NAME, "place": page[-1].id}
                connection.execute(QUERIES["move_tracking"], params)
            return page

    def forget(self) -> None:
        """Empty the table, so that it is filled from the beginning of the log."""
        with self.pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute("DELETE FROM report_event")
            connection.execute(
                "DELETE FROM projection_tracking WHERE application_name = %s", (NAME,)
            )


class ReportProjection(Projection[ReportView]):
    """The report tables as the library runs projections, an event at a time.

    `ReportView.take_page` does the same by pages, which is some fifty times faster.
    """

    name = NAME

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Take in one event."""
        assert isinstance(domain_event, Recorded), "the log holds nothing else"
        commit = domain_event
        row = Row(
            campaign=commit.originator_id,
            version=commit.originator_version,
            session=None if commit.session is None else UUID(commit.session),
            event_type=commit.event.tag,
            user=commit.by.user,
            role=commit.by.role,
            command_id=commit.id,
            digest=None,
            first_version=commit.first_version,
            created_at=commit.at,
            payload=commit.event.to_json().decode(),
        )
        with self.view.tracked(tracking) as connection:
            insert(connection, [row])


def insert(connection: psycopg.Connection, rows: Sequence[Row]) -> None:
    """Insert what reports need of rows of the record."""
    payloads = [_hexes_and_audience(row.payload) for row in rows]
    params = {
        "campaigns": [row.campaign for row in rows],
        "versions": [row.version for row in rows],
        "sessions": [row.session for row in rows],
        "users": [row.user for row in rows],
        "roles": [row.role for row in rows],
        "types": [row.event_type for row in rows],
        "times": [row.created_at for row in rows],
        "hexes": [hexes for hexes, _ in payloads],
        "audiences": [audience for _, audience in payloads],
    }
    connection.execute(_INSERT, params)


def rebuild(
    view: ReportView, progress: Callable[[int, datetime], None] = lambda rows, at: None
) -> int:
    """Make the report tables anew from the record; return how many rows that were."""
    view.forget()
    count = 0
    while page := view.take_page():
        count += len(page)
        progress(count, page[-1].row.created_at)
    return count


def _hexes_and_audience(payload: str) -> tuple[int, str | None]:
    """Return how many hexes a payload names, and for whom it is, as JSON; whatever its version."""
    if not payload.startswith("{") or ('"hexes"' not in payload and '"painted"' not in payload):
        return 0, None
    fields = json.loads(payload)
    runs = list(fields.get("hexes") or ())
    for painted in fields.get("painted") or ():
        runs.extend(painted[2])
    to = fields.get("to")
    audience = None
    if to == "all":
        audience = '["all"]'
    elif isinstance(to, list) and all(isinstance(user, str) for user in to):
        audience = json.dumps(to)
    return sum(run[2] for run in runs if len(run) == 3), audience
