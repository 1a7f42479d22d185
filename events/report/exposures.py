"""Exposures for a terminal: one line for each player who was shown a hex, and when it reached them."""

from collections.abc import Iterator

from events.core.state import RoomState
from events.core.targets import in_words
from events.geometry.grid import Hex, Runs, runs
from events.report.report import Exposure, Report


def exposed(report: Report, at: Hex | None = None) -> str:
    """Return the report's exposures in words, a line each, the first first; of one hex, if it is about one."""
    return "\n".join([*_lines(report, at), ""])


def _lines(report: Report, at: Hex | None) -> Iterator[str]:
    for each in report.exposures:
        hexes = each.hexes if at is None else runs([at])
        yield f"{each.at:%Y-%m-%d %H:%M:%S} {_description(each, hexes, report.after)}"
    if not report.exposures:
        yield "nobody was shown it, or had it hidden from them"


def _description(of: Exposure, hexes: Runs, room: RoomState) -> str:
    where, who = in_words(hexes, room), room.name_of(of.user)
    if not of.shown:
        return f"{of.by} hid {where} from {who}"
    how = " (terrain only)" if of.tier == "terrain" else ""
    return f"{of.by} showed {where} to {who}{how}: {_reached(of)}"


def _reached(of: Exposure) -> str:
    if of.delivered_at is None:
        return "not delivered"
    day = "" if of.delivered_at.date() == of.at.date() else f"{of.delivered_at:%Y-%m-%d} "
    return f"reached them {day}{of.delivered_at:%H:%M:%S}"
