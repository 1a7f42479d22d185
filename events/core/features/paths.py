"""Paths: rivers, roads, trails, borders, walls and ferries, drawn over the map.

DMs know of whole paths. Anyone else gets a path cut by hex: what of it lies in a hex goes to those
who may know of it there, and says nothing of the hexes beyond.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BeforeValidator

from events.core.audience import Knowing, for_dms, is_for, knowing, named_in, revealed_to
from events.core.features.terrain import expect_on_map, is_on_map
from events.core.hex_tiers import seeing_otherwise, seen_tier
from events.core.limits import MOST_PATHS, PATH_POINTS, points
from events.core.map_objects import Path, PathId, PathKind
from events.core.messages import JSON, Bool, Command, Event, JsonObject, Message, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import Member, RoomState, Tier, UserId
from events.core.targets import Players, Targets, To, named, resolve, targets_named
from events.core.values import Audience
from events.errors import Invalid, NotFound, TooMany
from events.geometry.course import MOST_POINTS, BadCourse, Course, PointKey, along, through
from events.geometry.grid import Hex, hexes, runs
from events.text import Id, Word

Key = tuple[PathId, Hex | None]
"""A path in one hex; with None the whole path, which is for DMs."""

ALONG_EDGES: Final[frozenset[PathKind]] = frozenset({"border", "wall"})
"""Kinds that run along edges, unless said otherwise, where each of their points names one."""
IN_A_HEX: Final = ("lines", "edges")
"""What is shown of a path in a hex; the rest is true of all of it."""
WITH_TERRAIN: Final[frozenset[PathKind]] = frozenset({"river", "road"})
"""Kinds that belong to the look of the land."""


class NoSuchPath(NotFound):
    def __str__(self) -> str:
        return "no such path"


class NoCourse(Invalid):
    """The points of a path make no line."""


def _not_too_many(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) > MOST_POINTS:
        raise TooMany("points in a path", MOST_POINTS, len(value))
    return value


class PathWanted(Message):
    """A path as a DM wants it; what is left out stays as it is, or is usual in a new one."""

    id: Id | None = None
    """Stamped with a random one where the client gave none."""
    kind: PathKind
    points: Annotated[tuple[PointKey, ...] | None, BeforeValidator(_not_too_many)] = None
    """From hex to hex, hexes in between being filled in; the first and the last may lie on an edge.
    Along edges, each point names one. A new path needs them."""
    name: Word | None = None
    along: Bool | None = None
    """Whether it runs along edges; left out, a border or a wall does if each point names one."""
    audience: Audience | Players | None = None

    def on(self, old: Path | None, room: RoomState) -> Path:
        """Return the path, made from the old one if there is one; raise Rejected."""
        course, runs_along = self._course(old)
        if self.points is not None:
            expect_on_map(room, _places(course, room) if runs_along else (p.at for p in course))
        before = Knowing(old.audience, old.players) if old else Knowing("seen")
        audience, players = knowing(self.audience, before, room)
        name = (old.name if old else "") if self.name is None else self.name
        return Path(self.kind, course, name, runs_along, audience, players)

    def _course(self, old: Path | None) -> tuple[Course, bool]:
        if self.points is None:
            if old is None:
                raise NoCourse("a new path needs points")
            if self.along not in (None, old.along):
                raise NoCourse("a path that is to run otherwise needs new points")
            return old.points, old.along
        on_edges = all(point.edge is not None for point in self.points)
        runs_along = self.along
        if runs_along is None:
            runs_along = self.kind in ALONG_EDGES and on_edges
        try:
            return (along if runs_along else through)(self.points), runs_along
        except BadCourse as bad:
            raise NoCourse(str(bad)) from None


def _places(course: Course, room: RoomState) -> Iterator[Hex]:
    """Yield a hex of each edge, the one that is on the map: at the rim an edge is called by the hex beyond."""
    for point in course:
        edge = point.edge
        beyond = point.at if edge is None else point.at.neighbours()[edge]
        yield point.at if is_on_map(room, point.at) else beyond


class SetPath(Command):
    """Draw a path, or change one that is there."""

    tag = "path:set"
    stageable = True
    path: PathWanted

    def stamped(self, seed: Callable[[], int]) -> Self:
        if self.path.id is not None:
            return self
        path = self.path.model_copy(update={"id": str(UUID(int=seed(), version=4))})
        return self.model_copy(update={"path": path})

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        assert self.path.id is not None, "commands are stamped before they are decided"
        key = PathId(self.path.id)
        old = room.paths.get(key)
        if old is None and len(room.paths) >= MOST_PATHS:
            raise TooMany("paths", MOST_PATHS, len(room.paths) + 1)
        path = self.path.on(old, room)
        if path != old:
            _expect_points(room, old, path)
            yield PathSet(path=key, now=path)

    def hex_cost(self, room: RoomState) -> int:
        return len(self.path.points or ())

    def describe(self, room: RoomState) -> str:
        verb = "Change" if self.path.id in room.paths else "Draw"
        old = room.paths.get(PathId(self.path.id or ""))
        name = (old.name if old else "") if self.path.name is None else self.path.name
        return f"{verb} {in_words(self.path.kind, name)}"


class DeletePath(Command):
    """Take a path off the map for good."""

    tag = "path:delete"
    stageable = True
    path_id: Id

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        expect_path(room, self.path_id)
        yield PathDeleted(path=PathId(self.path_id))

    def describe(self, room: RoomState) -> str:
        return f"Delete {path_named(room, self.path_id)}"


class RevealPath(Command):
    """Let players know of a path, in the hexes that they see at all."""

    tag = "path:reveal"
    stageable = True
    path_id: Id
    targets: Targets

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        path = expect_path(room, self.path_id)
        to = resolve(self.targets, room, hexes(path.covered))
        revealed = PathRevealed(path=PathId(self.path_id), to=to)
        if revealed.changed(path) != path:
            yield revealed

    def describe(self, room: RoomState) -> str:
        who = targets_named(self.targets, room)
        return f"Reveal {path_named(room, self.path_id)} to {who}"


class PathSet(Event):
    tag = "path_set"
    path: PathId
    now: Path

    def evolve(self, room: RoomState) -> RoomState:
        return _put(room, self.path, self.now)

    def describe(self, room: RoomState) -> str:
        verb = "Changed" if self.path in room.paths else "Drew"
        return f"{verb} {in_words(self.now.kind, self.now.name)}"


class PathDeleted(Event):
    tag = "path_delete"
    path: PathId

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(paths=room.paths.put(self.path, None))

    def describe(self, room: RoomState) -> str:
        return f"Deleted {path_named(room, self.path)}"


class PathRevealed(Event):
    tag = "path_reveal"
    path: PathId
    to: To

    def changed(self, old: Path) -> Path:
        audience, players = revealed_to(old, self.to)
        return replace(old, audience=audience, players=players)

    def evolve(self, room: RoomState) -> RoomState:
        old = room.paths.get(self.path)
        return room if old is None else _put(room, self.path, self.changed(old))

    def describe(self, room: RoomState) -> str:
        return f"Revealed {path_named(room, self.path)} to {named(self.to, room)}"


class PathChanged(ServerMessage):
    """To a DM, a path as it is now; to others, what shows of it in some hexes and no longer in others.

    ``pieces`` take the place of what showed in their hexes; a path without any left is gone.
    """

    tag = "path:changed"
    path: JsonObject


class PathRemoved(ServerMessage):
    """A path is no more; told to DMs, others see its pieces go."""

    tag = "path:removed"
    path_id: PathId


class PathProjection(Projection[Key]):
    """Each path: whole to DMs, to others hex by hex."""

    name = "paths"
    reads = frozenset({"paths", "visibility", "terrain", "settings"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[Key]:
        if viewer.is_dm:
            return ((key, None) for key in room.paths)
        return (
            (key, at)
            for key, path in room.paths.items()
            if path.audience != "dm" or path.players
            for at in hexes(path.covered)
        )

    def touched(self, change: Change) -> Iterable[Key]:
        rooms = (change.before, change.after)
        if not any(room.paths for room in rooms):
            return ()
        if change.setting("paths_at_terrain") or change.setting("adjacent_terrain"):
            return [key for room in rooms for key in _keys_of(room, room.paths)]
        hexes_ = {*change.resighted}
        if change.after.settings.adjacent_terrain:
            hexes_.update(change.keys("terrain"))
            hexes_.update([near for at in tuple(hexes_) for near in at.neighbours()])
        changed = change.keys("paths")
        return (
            *(key for room in rooms for key in _keys_of(room, changed)),
            *change.after.paths.within(runs(hexes_)),
        )

    def individually_seen(self, room: RoomState, keys: Sequence[Key]) -> Iterable[UserId]:
        if room.settings.adjacent_terrain:
            return room.individually_seen
        users = seeing_otherwise(room, [at for _, at in keys if at is not None])
        return users.union(named_in(room.paths.get(key) for key in {key for key, _ in keys}))

    def visible(self, room: RoomState, viewer: Member, key: Key) -> JSON | None:
        path_id, at = key
        path: Path | None = room.paths.get(path_id)
        if path is None or (at is None) is not viewer.is_dm:
            return None
        shown: dict[str, JSON] = {"kind": path.kind, "name": path.name, "along": path.along}
        if at is None:
            return {**shown, "points": [str(point) for point in path.points], **for_dms(path)}
        lines, edges = path.lines.get(at), path.edges.get(at)
        if (lines is None and edges is None) or not _may_know(room, viewer, path, at):
            return None
        return {**shown, "edges": edges} if path.along else {**shown, "lines": lines}

    def state_fields(self, whole: Shown[Key]) -> Mapping[str, JSON]:
        return {"paths": [path for path, _ in _in_parts({}, whole)]}

    def diff_messages(self, before: Shown[Key], after: Shown[Key]) -> Iterator[ServerMessage]:
        for path, gone in _in_parts(before, after):
            if "kind" in path or gone:
                yield PathChanged(path={**path, "gone": gone} if gone else path)
            else:
                yield PathRemoved(path_id=path["id"])


def expect_path(room: RoomState, path_id: str) -> Path:
    """Return the path; raise NoSuchPath."""
    path: Path | None = room.paths.get(PathId(path_id))
    if path is None:
        raise NoSuchPath
    return path


def path_named(room: RoomState, path_id: str) -> str:
    """Return the path in a DM's words: ``the river Brindle``, ``a road``."""
    path: Path | None = room.paths.get(PathId(path_id))
    return in_words(path.kind, path.name) if path else "a path"


def in_words(kind: PathKind, name: str) -> str:
    return f"the {kind} {name}" if name else f"a {kind}"


def _may_know(room: RoomState, viewer: Member, path: Path, at: Hex) -> bool:
    with_terrain = path.kind in WITH_TERRAIN and room.settings.paths_at_terrain
    enough = Tier.TERRAIN if with_terrain else Tier.FULL
    return is_for(path, viewer, seen_tier(room, viewer, at), enough=enough)


def _keys_of(room: RoomState, paths: Iterable[PathId]) -> Iterator[Key]:
    for key in paths:
        path = room.paths.get(key)
        if path is not None:
            yield key, None
            yield from ((key, at) for at in hexes(path.covered))


def _in_parts(was: Shown[Key], now: Shown[Key]) -> Iterator[tuple[dict[str, JSON], list[str]]]:
    """Yield each path whose look changed: its id with the fields that it shows now, and the hexes that it left."""
    parts: dict[PathId, dict[str, JSON]] = {}
    gone: dict[PathId, list[str]] = {}
    for (key, at), shown in now.items():
        if was.get((key, at)) != shown:
            path = parts.setdefault(key, {"id": key})
            path.update((field, shown[field]) for field in shown if field not in IN_A_HEX)
            if at is not None:
                drawn = {field: shown[field] for field in IN_A_HEX if field in shown}
                path.setdefault("pieces", []).append({"hexKey": str(at), **drawn})
    for key, at in was:
        if (key, at) not in now:
            parts.setdefault(key, {"id": key})
            if at is not None:
                gone.setdefault(key, []).append(str(at))
    for key in sorted(parts):
        yield parts[key], gone.get(key, [])


def _expect_points(room: RoomState, old: Path | None, new: Path) -> None:
    left_out = len(old.points) if old else 0
    if len(room.paths) * MOST_POINTS + len(new.points) <= PATH_POINTS:
        return
    size = points(room.paths.values()) - left_out + len(new.points)
    if size > PATH_POINTS:
        raise TooMany("points in paths", PATH_POINTS, size)


def _put(room: RoomState, key: PathId, path: Path) -> RoomState:
    # Those named see what other players may not: from now on they are told one by one.
    individually_seen = (
        room.individually_seen.union(path.players) if path.players else room.individually_seen
    )
    return room.but(paths=room.paths.put(key, path), individually_seen=individually_seen)
