"""A report or a recap as a single HTML file: printable, without scripts or external resources.

What is HTML already is `Markup`; every other text is escaped where it is put in.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup, escape

from events.core.state import Member, Role, RoomState
from events.geometry.grid import count, hexes
from events.geometry.layout import bounds
from events.geometry.offset import Orientation
from events.journal.chain import Head
from events.maps.seen import seen_things
from events.maps.svg import svg
from events.record.backdrop import Painter, visible_backdrop
from events.report.charts import Bar, Line, presence, reveals_over_time
from events.report.refusals import Refusals
from events.report.report import Exposure, Report

HEX_SIZE: Final = 20.0
MOST_DRAWN: Final = 8_000
"""Hexes of a map that are drawn, at most: a file of more is slow to open."""

STYLE: Final = """
:root { color-scheme: light; --ink: #1d1b19; --soft: #6b655e; --line: #d8d2c8; --paper: #fffdf9; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem;
  padding-bottom: .25rem; border-bottom: 2px solid var(--line); } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.soft { color: var(--soft); } .figures { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.2rem 0; padding: 0;
  list-style: none; } .figures li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem; min-width: 7rem; }
.figures b { display: block; font-size: 1.4rem; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.time, td.number { white-space: nowrap; font-variant-numeric: tabular-nums; } td.number { text-align: right; padding-right: 1rem; }
td.time, td.number { width: 1%; } td.time { padding-right: 1.2rem; }
tr { break-inside: avoid; } thead { display: table-header-group; }
.maps { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; } figure { margin: 0; break-inside: avoid; }
figure > svg { width: 100%; height: auto; max-height: 30rem; background: #f3eee4; border: 1px solid var(--line); border-radius: .4rem; }
figcaption { color: var(--soft); font-size: .9rem; margin-top: .3rem; }
.chart { width: 100%; height: auto; font: 12px system-ui, sans-serif; } .chart text:not([fill]) { fill: var(--ink); }
.chart .left { text-anchor: end; } .chart .mid { text-anchor: middle; fill: var(--soft); }
.chart .grid { stroke: var(--line); } .chart .axis { stroke: var(--soft); }
.no { color: #a12d4b; font-weight: 600; } code { font-size: .85em; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } h2, h3 { break-after: avoid; } p { orphans: 3; widows: 3; } a { color: inherit; } }
@page { margin: 15mm; }
"""


_NUMBERS: Final = ("Version", "How often")
"""Titles of columns that hold numbers; a hex may be called 0102, and is none."""
_TIME: Final = re.compile(r"(\d\d \w{3} )?\d\d:\d\d:\d\d")


def page(title: str, body: Iterable[Markup]) -> str:
    """Return a whole HTML file."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main>\n"
        + str(Markup("\n").join(body))
        + "\n</main></body></html>\n"
    )


def report_html(
    of: Report,
    head: Head,
    campaign: str,
    name: str,
    *,
    refused: Sequence[Refusals] | None = None,
    painter: Painter | None = None,
) -> str:
    """Return the audit report of a session (or another stretch) as a page."""
    began, ended = of.began, of.ended
    body = [
        Markup("<h1>{}</h1>").format(campaign),
        Markup('<p class="soft">Audit report: {}</p>').format(name),
    ]
    if began is None or ended is None:
        body.append(Markup("<p>Nothing is recorded here.</p>"))
    else:
        body += [
            Markup("<p>{}, {}</p>").format(period(began, ended), _span(ended - began)),
            _figures(of, refused),
            *_over_time(of, began, ended),
            *_maps(of, painter),
            *_by_player(of),
            *_staging(of),
            *_refused(of, refused),
            *_events(of),
        ]
    body.append(
        Markup(
            "<h2>Proof</h2><p>The record ends at version "
            "{0} with the hash <code>{1}</code>. Whoever keeps this line can later show that nothing "
            "before it was changed or cut off: <code>hexroom verify --against {0}:{1}</code></p>"
        ).format(head.version, head.hash.hex())
    )
    return page(f"{campaign}, {name}", body)


def map_svg(
    room: RoomState, viewers: Iterable[Member], title: str, painter: Painter | None = None
) -> Markup | None:
    """Return the map of all that any of the viewers sees; None where that is nothing, or too much."""
    drawn, viewers = {}, tuple(viewers)
    for viewer in viewers:
        for at in room.visibility:
            if at not in drawn and room.tier(viewer, at):
                hex_terrain = room.terrain.get(at)
                drawn[at] = hex_terrain.terrain if hex_terrain else "unknown"
                if len(drawn) > MOST_DRAWN:
                    return None
    if not drawn:
        return None
    orientation: Orientation = room.map.orientation if room.map else "flat"
    ground = None
    if painter and (below := visible_backdrop(room, drawn, viewers, any)):
        ground = painter(below, bounds(drawn, HEX_SIZE, orientation), HEX_SIZE)
    things = seen_things(room, viewers, any, within=drawn)
    drawn_svg = svg(
        drawn,
        orientation,
        HEX_SIZE,
        title=title,
        ground=ground,
        things=things,
        map_look=room.settings.map_look,
    )
    return Markup(drawn_svg)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Return a table; a cell that is HTML already is Markup."""
    numbers = [title in _NUMBERS for title in head]
    lines = [Markup("<tr>{}</tr>").format(Markup().join(map(_cell, row, numbers))) for row in rows]
    titles = [Markup('<th scope="col">{}</th>').format(name) for name in head]
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        Markup().join(titles), Markup().join(lines)
    )


def _cell(cell: str, is_number: bool) -> Markup:
    kind = ' class="time"' if _TIME.fullmatch(cell) else ' class="number"' if is_number else ""
    return Markup(f"<td{kind}>{{}}</td>").format(cell)


def _figures(of: Report, refused: Sequence[Refusals] | None) -> Markup:
    shown = [each for each in of.exposures if each.shown]
    outcomes = [each.outcome for each in of.staged.values()]
    figures = [
        (str(len(of.entries)), "events"),
        (str(len({each.version for each in shown})), "reveals"),
        (str(len({at for each in shown for at in hexes(each.hexes)})), "hexes shown"),
        (str(len({stay.user for stay in of.stays})), "people present"),
        (str(outcomes.count("published")), "changes published"),
        (str(outcomes.count("undone") + outcomes.count("discarded")), "taken back unseen"),
    ]
    if refused is not None:
        figures.append((str(sum(each.count for each in refused)), "commands refused"))
    items = [Markup("<li><b>{}</b> {}</li>").format(*figure) for figure in figures]
    return Markup('<ul class="figures">{}</ul>').format(Markup().join(items))


def _over_time(of: Report, began: datetime, ended: datetime) -> Iterable[Markup]:
    lines = [Line(of.name(user), points) for user, points in of.seen.items()]
    if lines:
        yield Markup("<h2>Hexes seen over time</h2>")
        yield Markup("<figure>{}</figure>").format(reveals_over_time(lines, began, ended))
    bars = [Bar(of.name(stay.user), stay.start, stay.end, stay.open) for stay in of.stays]
    if bars:
        yield Markup("<h2>At the table</h2>")
        yield Markup("<figure>{}</figure>").format(presence(sorted(bars), began, ended))


def _maps(of: Report, painter: Painter | None) -> Iterable[Markup]:
    before = map_svg(of.before, of.before.players(), "The players' map before", painter)
    after = map_svg(of.after, of.after.players(), "The players' map after", painter)
    if before is None and after is None:
        return
    yield Markup("<h2>The players' map</h2>")
    yield Markup('<div class="maps">')
    for picture, words in ((before, "Before"), (after, "After")):
        drawn: str = picture or '<p class="soft">Nothing was shown yet, or too much to draw.</p>'
        # Two pictures in one file: their symbols must not share ids.
        for own, apart in (
            ('"title"', f'"{words}-title"'),
            ('id="t', f'id="{words}-t'),
            ('href="#t', f'href="#{words}-t'),
        ):
            drawn = str.replace(drawn, own, apart)
        yield Markup(
            f"<figure>{drawn}<figcaption>{words}, all players together</figcaption></figure>"
        )
    yield Markup("</div>")


def _by_player(of: Report) -> Iterable[Markup]:
    yield Markup("<h2>What each player was shown, and when it reached them</h2>")
    players = [member for member in of.people() if member.role is Role.PLAYER]
    for player in players:
        exposures = [each for each in of.exposures if each.user == player.user]
        yield Markup("<h3>{}</h3>").format(player.name)
        if not exposures:
            yield Markup('<p class="soft">Nothing was shown to or hidden from them.</p>')
            continue
        yield table(
            ("When", "What", "Which", "By", "Reached them"),
            (
                (
                    _time(of, each.at),
                    ("shown" if each.shown else "hidden")
                    + (", terrain only" if each.tier == "terrain" else ""),
                    hex_names(of.after, each),
                    each.by,
                    reached(each),
                )
                for each in exposures
            ),
        )


def reached(exposure: Exposure) -> str:
    """Return when an exposure was delivered, and whether all of it was."""
    if exposure.delivered_at is None:
        return Markup('<span class="no">not delivered</span>')
    at = f"{exposure.delivered_at:%d %b %H:%M:%S}"
    among = count(exposure.hexes)
    if exposure.delivered < among:
        return f"{at} ({exposure.delivered} of {among}; the others were hidden again before)"
    return at


def hex_names(room: RoomState, exposure: Exposure, most: int = 12) -> str:
    """Return the labels of an exposure's hexes, the first ones by name."""
    labels = [room.label(at) for at in hexes(exposure.hexes)]
    more = len(labels) - most
    return ", ".join(labels[:most]) + (f" and {more} more" if more > 0 else "")


def _staging(of: Report) -> Iterable[Markup]:
    if of.staged:
        yield Markup("<h2>Staged changes</h2>")
        yield table(
            ("Staged", "What", "By", "Outcome", "After"),
            (
                (
                    _time(of, each.staged_at),
                    each.what,
                    each.by,
                    each.outcome,
                    "" if each.waited_s is None else _span(timedelta(seconds=each.waited_s)),
                )
                for each in of.staged.values()
            ),
        )


def _refused(of: Report, refused: Sequence[Refusals] | None) -> Iterable[Markup]:
    if refused:
        yield Markup("<h2>Commands refused</h2>")
        yield Markup('<p class="soft">Counted; what they were is not kept.</p>')
        yield table(
            ("Who", "Why", "How often"),
            (
                (of.name(each.user), each.code.replace("_", " "), str(each.count))
                for each in refused
            ),
        )


def _events(of: Report) -> Iterable[Markup]:
    yield Markup("<h2>Everything, in order</h2>")
    yield table(
        ("Version", "When", "Who", "What"),
        (
            (
                str(entry.version),
                _time(of, entry.at),
                Markup("{}&nbsp;<span class='soft'>{}</span>").format(entry.name, entry.role),
                entry.what,
            )
            for entry in of.entries
        ),
    )


def period(began: datetime, ended: datetime) -> str:
    """Return from when to when, with the day of the end where it is another one."""
    day = "" if began.date() == ended.date() else f"{ended:%A, %d %B %Y}, "
    return f"{began:%A, %d %B %Y}, {began:%H:%M} to {day}{ended:%H:%M} UTC"


def _time(of: Report, at: datetime) -> str:
    """Return a time of the report, with its day where the report has more than one."""
    one_day = of.began is None or of.ended is None or of.began.date() == of.ended.date()
    return f"{at:%H:%M:%S}" if one_day else f"{at:%d %b %H:%M:%S}"


def _span(of: timedelta) -> str:
    seconds = round(of.total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"
