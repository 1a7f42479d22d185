"""Audit: the report of a session read from a database, in any of its forms."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic_core import to_json

from events.core.state import RoomId
from events.geometry.grid import Hex
from events.journal.chain import Head
from events.journal.database.pool import Pool
from events.record.backdrop import Painter
from events.record.reader import NumberedSession, Record, Span
from events.report.deliveries import deliveries
from events.report.export import as_json, csv_text, parquet_bytes
from events.report.html import report_html
from events.report.refusals import Refusals, refusals
from events.report.report import Report, report

Format = Literal["html", "csv", "json", "parquet"]
CONTENT_TYPES: Final[dict[Format, str]] = {
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Audit:
    """A report, its name and the head of the record that it was made from."""

    campaign: str
    name: str
    report: Report
    head: Head
    refused: tuple[Refusals, ...] | None = None
    """Commands that were refused; None where they were not counted by this stretch."""

    def written(self, format_: Format, painter: Painter | None = None) -> bytes:
        """Return the report in a form, its maps with what the painter draws on them; raise ParquetMissing."""
        match format_:
            case "html":
                return report_html(
                    self.report, self.head, self.campaign, self.name,
                    refused=self.refused, painter=painter,
                ).encode()  # fmt: skip
            case "csv":
                return csv_text(self.report).encode()
            case "json":
                document = as_json(self.report, self.head, self.refused)
                return to_json({"campaign": self.campaign, "name": self.name, **document})
            case "parquet":
                return parquet_bytes(self.report)

    def about(self, at: Hex) -> "Audit":
        """Return the same of one hex only."""
        label = self.report.after.label(at)
        name = f"{self.name}, hex {label}"
        return Audit(self.campaign, name, self.report.about(at), self.head)


async def audit(
    record: Record,
    pool: Pool,
    room: RoomId,
    campaign: str,
    session: NumberedSession | None = None,
    span: Span | None = None,
) -> Audit:
    """Return the audit of a session, of a span, or of all there is."""
    refused = None if span else await refusals(pool, room, session.id if session else None)
    span = span or await record.span(room, session)
    before = await record.state(room, span.after)
    delivered = await deliveries(pool, room, span.after)
    result = await report(before, record.commits(room, span), delivered)
    name = session.name if session else f"versions {span.after + 1} to {span.upto}"
    return Audit(campaign, name, result, await record.head(room), refused)
