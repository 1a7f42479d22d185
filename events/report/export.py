"""A report as tables: tidy CSV and Parquet with a row an event, and all of it as JSON."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from events.core.messages import JSON, JsonObject
from events.geometry.grid import Runs, count, hexes
from events.journal.chain import Head
from events.replay.timeline import time_word
from events.report.refusals import Refusals
from events.report.report import Entry, Exposure, Report

COLUMNS: Final = (
    "version",
    "at",
    "session",
    "user",
    "name",
    "role",
    "event",
    "what",
    "hexes",
    "hex_keys",
    "to",
    "change",
    "command",
    "shown_to",
    "hidden_from",
    "delivered_to",
)

# A spreadsheet takes a cell that begins so for a formula, and names are anybody's.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class ParquetMissing(Exception):
    def __str__(self) -> str:
        return "Parquet needs pyarrow: install hexroom[parquet]"


def rows(of: Report) -> Iterable[JsonObject]:
    """Yield a row for each event; what players were shown stands with the last one of a commit."""
    shown: dict[int, list[Exposure]] = {}
    for exposure in of.exposures:
        shown.setdefault(exposure.version, []).append(exposure)
    for entry in of.entries:
        yield _row(of, entry, shown.get(entry.version, ()))


def csv_text(of: Report) -> str:
    """Return the report as CSV with a header, in the form of RFC 4180."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows(of):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return file.getvalue()


def parquet_bytes(of: Report) -> bytes:
    """Return the report as Parquet; raise ParquetMissing where pyarrow is not installed."""
    try:
        import pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]
        import pyarrow.parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        raise ParquetMissing from None
    text = pyarrow.string()
    kinds = {
        "version": pyarrow.int64(),
        "at": pyarrow.timestamp("us", tz="UTC"),
        "hexes": pyarrow.int64(),
        "change": pyarrow.int64(),
    }
    schema = pyarrow.schema([(name, kinds.get(name, text)) for name in COLUMNS])
    times = {entry.version: entry.at for entry in of.entries}
    table = pyarrow.Table.from_pylist(
        [{**row, "at": times[row["version"]]} for row in rows(of)], schema=schema
    )
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def as_json(of: Report, head: Head, refused: Sequence[Refusals] | None = None) -> dict[str, JSON]:
    """Return all of the report, ready for JSON."""
    return {
        "head": {"version": head.version, "hash": head.hash.hex()},
        "from": None if of.began is None else time_word(of.began),
        "to": None if of.ended is None else time_word(of.ended),
        "people": [{"userId": m.user, "name": m.name, "role": m.role} for m in of.people()],
        "events": list(rows(of)),
        "exposures": [_exposure(of, each) for each in of.exposures],
        "staged": [
            {
                "change": each.change,
                "what": each.what,
                "by": each.by,
                "stagedAt": time_word(each.staged_at),
                "outcome": each.outcome,
                "endedAt": time_word(each.ended_at) if each.ended_at else None,
                "waitedS": each.waited_s,
            }
            for each in of.staged.values()
        ],
        "presence": [
            {
                "userId": stay.user,
                "name": of.name(stay.user),
                "from": time_word(stay.start),
                "to": time_word(stay.end),
                "open": stay.open,
            }
            for stay in of.stays
        ],
        "refused": None
        if refused is None
        else [
            {
                "userId": each.user,
                "name": of.name(each.user),
                "code": each.code,
                "count": each.count,
            }
            for each in refused
        ],
    }


def keys_of(where: Runs) -> str:
    """Return hexes as keys, blanks between them."""
    return " ".join(str(at) for at in hexes(where))


def _row(of: Report, entry: Entry, exposures: Iterable[Exposure]) -> JsonObject:
    shown = tuple(exposures)
    return {
        "version": entry.version,
        "at": time_word(entry.at),
        "session": entry.session,
        "user": entry.user,
        "name": entry.name,
        "role": str(entry.role),
        "event": entry.event,
        "what": entry.what,
        "hexes": count(entry.hexes),
        "hex_keys": keys_of(entry.hexes),
        "to": entry.to,
        "change": entry.change,
        "command": entry.command,
        "shown_to": _names(of, (each for each in shown if each.shown)),
        "hidden_from": _names(of, (each for each in shown if not each.shown)),
        "delivered_to": "; ".join(
            f"{of.name(each.user)} {time_word(each.delivered_at)}"
            for each in shown
            if each.delivered_at is not None
        ),
    }


def _names(of: Report, exposures: Iterable[Exposure]) -> str:
    return "; ".join(dict.fromkeys(of.name(each.user) for each in exposures))


def _exposure(of: Report, each: Exposure) -> Mapping[str, JSON]:
    return {
        "userId": each.user,
        "name": of.name(each.user),
        "version": each.version,
        "at": time_word(each.at),
        "shown": each.shown,
        "tier": each.tier or None,
        "hexKeys": [str(at) for at in hexes(each.hexes)],
        "by": each.by,
        "deliveredAt": time_word(each.delivered_at) if each.delivered_at else None,
        "delivered": each.delivered,
    }


def _cell(value: JSON) -> JSON:
    if isinstance(value, str) and value.startswith(_FORMULA):
        # Hex keys may begin with a minus; they are told apart by having only digits in them.
        plain = value.replace(",", "").replace("-", "").replace(" ", "")
        return value if plain.isdigit() else f"'{value}"
    return value
