"""A recap: what happened in a session, for a chosen audience, as text, page or frames of a map."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup

from events.core.state import RoomState, Tier
from events.core.values import MapLook
from events.geometry.grid import Hex, middle, runs
from events.geometry.layout import bounds, centre
from events.geometry.offset import Orientation
from events.maps.overlay import Things
from events.maps.seen import seen_things
from events.maps.svg import svg
from events.record.backdrop import Painter, VisibleBackdrop, visible_backdrop
from events.record.viewpoint import Viewer
from events.replay.captions import CaptionKind
from events.replay.timeline import Step, Timeline
from events.report.html import HEX_SIZE, MOST_DRAWN, page, period

MOST_FRAMES: Final = 60
DRAWN: Final = (
    "visibility", "terrain", "map", "picture", "settings", "paths", "sites", "regions", "labels", "members",
)  # fmt: skip
"""What of a room a map of it is drawn from."""


@dataclass(frozen=True, slots=True)
class RecapLine:
    """One thing that happened."""

    at: datetime
    kind: CaptionKind
    what: str


@dataclass(frozen=True, slots=True)
class RecapFrame:
    """The audience's map after a moment, and what of it is new."""

    at: datetime
    caption: str
    hexes: dict[Hex, str]
    new: frozenset[Hex]
    backdrop: VisibleBackdrop | None = None
    things: Things = field(default_factory=Things)

    @property
    def shown(self) -> tuple[object, ...]:
        """What the map of it is drawn from."""
        return self.hexes, self.backdrop, self.things


@dataclass
class Recap:
    """A session as its audience knows it."""

    campaign: str
    session: str
    audience: str
    orientation: Orientation = "flat"
    lines: list[RecapLine] = field(default_factory=list)
    frames: list[RecapFrame] = field(default_factory=list)
    """The first is the map before; each further one is a reveal, a hiding, other ground or another picture."""
    map_look: MapLook = "atlas"
    """As the campaign's map is painted at the end."""

    @property
    def new_hexes(self) -> int:
        """How many hexes they see now and did not before."""
        return len(self.frames[-1].hexes.keys() - self.frames[0].hexes.keys())

    def path(self) -> list[Hex]:
        """Return the middles of the reveals, in order: the way that the evening took."""
        middles: list[Hex] = []
        for frame in self.frames[1:]:
            if frame.new and (at := middle(runs(frame.new))) not in middles[-1:]:
                middles.append(at)
        return middles


def recap(timeline: Timeline, campaign: str, session: str) -> Recap:
    """Return the recap of a timeline, for its viewer."""
    viewer = timeline.viewer
    start = timeline.room(0)
    recap = Recap(campaign, session, viewer.member.name or str(viewer.member.user))
    began = timeline.at(0)
    if began is None:
        return recap
    recap.frames.append(_frame(began, "before", start, viewer))
    for step in timeline.steps():
        moment = step.moment
        _add_line(recap.lines, RecapLine(moment.at, moment.kind, moment.caption))
        _add_frame(recap, step, viewer)
    end = timeline.final
    # What all players share may have become less without a moment that all of them know of.
    last = recap.frames[-1]
    recap.frames[-1] = replace(_frame(last.at, last.caption, end, viewer), new=last.new)
    recap.map_look = end.settings.map_look
    if end.map is not None:
        recap.orientation = end.map.orientation
    return recap


def markdown(of: Recap, picture: str | None = None) -> str:
    """Return the recap as Markdown, with the picture where a file of it is named."""
    lines = [f"# {plain(of.campaign)}: {plain(of.session)}", ""]
    if not of.lines:
        return "\n".join([*lines, "Nothing happened that this audience knows of.", ""])
    began, ended = of.lines[0].at, of.lines[-1].at
    lines += [
        f"*{period(began, ended)}, for {plain(of.audience)}*",
        "",
        f"{of.new_hexes} hexes are new on the map.",
        "",
        *(() if picture is None else (f"![The map](<{picture}>)", "")),
        *(f"- {line.at:%H:%M} {plain(line.what)}" for line in of.lines),
        "",
    ]
    return "\n".join(lines)


def recap_html(of: Recap, painter: Painter | None = None) -> str:
    """Return the recap as a page, with the map and the path of the reveals."""
    body = [
        Markup("<h1>{}</h1>").format(of.campaign),
        Markup('<p class="soft">{}, for {}</p>').format(of.session, of.audience),
    ]
    if not of.lines:
        body.append(Markup("<p>Nothing happened that this audience knows of.</p>"))
        return page(of.campaign, body)
    began, ended = of.lines[0].at, of.lines[-1].at
    body.append(Markup("<p>{}</p>").format(period(began, ended)))
    body.append(
        Markup('<ul class="figures"><li><b>{}</b> new hexes</li></ul>').format(of.new_hexes)
    )
    if picture := _map_with_path(of, painter):
        body.append(
            Markup(
                "<h2>The map, and the way it opened</h2><figure>{}<figcaption>The line joins "
                "the reveals in their order; the ring is where it began.</figcaption></figure>"
            ).format(Markup(picture))
        )
    body.append(Markup("<h2>What happened</h2><table><tbody>"))
    body += [
        Markup('<tr><td class="time">{}</td><td>{}</td></tr>').format(f"{line.at:%H:%M}", line.what)
        for line in of.lines
    ]
    body.append(Markup("</tbody></table>"))
    return page(f"{of.campaign}, {of.session}", body)


def _frame(at: datetime, caption: str, room: RoomState, viewer: Viewer) -> RecapFrame:
    witnesses = viewer.witnesses(room)
    sight = {
        at: hex_terrain.terrain if (hex_terrain := room.terrain.get(at)) else "unknown"
        for at in (room.terrain if viewer.is_dm else room.visibility)
        if all(room.tier(who, at) is not Tier.HIDDEN for who in witnesses)
    }
    things = seen_things(room, witnesses, within=None if viewer.is_dm else sight)
    return RecapFrame(
        at, caption, sight, frozenset(), visible_backdrop(room, sight, witnesses), things
    )


def _add_line(lines: list[RecapLine], line: RecapLine) -> None:
    """Add a line; of somebody's many steps only the last one is told."""
    words = line.what.split(" moved to ")
    if lines and line.kind == "token" == lines[-1].kind and len(words) == 2:
        before = lines[-1].what.split(" moved to ")
        if len(before) == 2 and before[0] == words[0]:
            lines.pop()
    lines.append(line)


def _add_frame(recap: Recap, step: Step, viewer: Viewer) -> None:
    if all(getattr(step.before, part) is getattr(step.room, part) for part in DRAWN):
        return
    last, frame = recap.frames[-1], _frame(step.moment.at, step.moment.caption, step.room, viewer)
    if frame.shown != last.shown:
        recap.frames.append(replace(frame, new=frozenset(frame.hexes.keys() - last.hexes.keys())))
        if len(recap.frames) > MOST_FRAMES:
            # The shortest while between two pictures is given up; the first one stays.
            gaps = [
                (recap.frames[n + 1].at - recap.frames[n].at, n)
                for n in range(1, len(recap.frames) - 1)
            ]
            index = min(gaps)[1]
            dropped, following = recap.frames[index], recap.frames[index + 1]
            recap.frames[index : index + 2] = [replace(following, new=dropped.new | following.new)]


def _map_with_path(of: Recap, painter: Painter | None) -> str | None:
    hexes, things = of.frames[-1].hexes, of.frames[-1].things
    if not hexes or len(hexes) > MOST_DRAWN:
        return None
    ground = None
    if painter and (below := of.frames[-1].backdrop):
        ground = painter(below, bounds(hexes, HEX_SIZE, of.orientation), HEX_SIZE)
    drawn = svg(
        hexes,
        of.orientation,
        HEX_SIZE,
        title="The map at the end",
        ground=ground,
        things=things,
        map_look=of.map_look,
    )
    points = [centre(at, HEX_SIZE, of.orientation) for at in of.path() if at in hexes]
    if not points:
        return drawn
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[0]
    overlay = (
        f'<polyline points="{way}" fill="none" stroke="#a12d4b" stroke-width="3" '
        'stroke-linejoin="round" stroke-dasharray="7 4" opacity="0.85"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="#fffdf9" stroke="#a12d4b" stroke-width="3"/>'
    )
    return drawn.replace("</svg>", f"{overlay}</svg>")


_MARKED: Final = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>#|~@"})


def plain(text: str) -> str:
    """Return the text escaped for Markdown, and so that an @ mentions nobody."""
    return text.translate(_MARKED)
