"""Strategies for whole nights: every known command, by the people at a table.

A new command joins by existing. Its fields are drawn by name from `FIELDS`, by tag and name from
`OF_COMMAND` where the name alone does not tell; a field that neither knows fails at once.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from events import Command, Member
from events.core.features.history import RedoAction, UndoAction
from events.core.features.labels import LabelWanted
from events.core.features.notes import CheckWanted, NoteWanted
from events.core.features.paths import PathWanted
from events.core.features.regions import RegionWanted
from events.core.features.settings import LabelStyleWanted, SetSettings
from events.core.features.sites import SiteWanted
from events.core.features.staging import Publish, SetMode
from events.core.features.terrain import HexChange, SetMap
from events.core.features.tokens import MoveToken
from events.core.image_placement import Alignment
from events.core.state import Mode, Role, UserId
from events.core.targets import Players, Within
from events.geometry.course import CoursePoint
from events.geometry.grid import Hex, runs
from events.maps.import_command import ImportMap
from tests.support.given import ANN, BEN, DM, SAM

hexes = st.builds(Hex, st.integers(-2, 2), st.integers(-2, 2))
some_hexes = st.lists(hexes, min_size=1, max_size=5).map(tuple)
terrains = st.sampled_from(["hills", "marsh", "forest"])
players = st.lists(st.sampled_from([ANN.user, BEN.user]), min_size=1, max_size=2)
targets = st.one_of(
    st.just("all"),
    players.map(lambda ids: Players(player_ids=tuple(ids))),
    st.integers(0, 2).map(lambda n: Within(within=n)),
)
people = st.sampled_from([DM, DM, DM, ANN, BEN, SAM])
changes = st.lists(
    st.tuples(hexes, terrains, st.integers(0, 2)).map(
        lambda drawn: HexChange(key=drawn[0], terrain=drawn[1], variant=drawn[2])
    ),
    min_size=1,
    max_size=4,
).map(tuple)
painted = st.dictionaries(terrains, some_hexes, max_size=2).map(
    lambda of: tuple((kind, 0, runs(where)) for kind, where in of.items())
)

token_ids = st.sampled_from(["t1", "t2", "t3"])

note_ids = st.sampled_from(["n1", "n2"])
note_wishes = st.builds(
    NoteWanted,
    id=note_ids,
    kind=st.sampled_from(["lore", "encounter"]),
    title=st.sampled_from(["Well", "Trap"]),
    player_text=st.sampled_from(["dry", "deep"]),
    dm_text=st.sampled_from(["cursed", ""]),
    audience=st.one_of(
        st.sampled_from(["dm", "seen", "all", None]),
        players.map(lambda ids: Players(player_ids=tuple(ids))),
    ),
    hint=st.sampled_from([None, "", "dead grass", "a smell"]),
    radius=st.integers(0, 2),
    check=st.sampled_from([None, "none", CheckWanted(skill="stealth", dc=12)]),
    site=st.sampled_from([None, "none", "lair", "village"]),
)

audiences = st.one_of(
    st.sampled_from(["dm", "seen", "all", None]),
    players.map(lambda ids: Players(player_ids=tuple(ids))),
)
edges = st.integers(0, 5)
points = st.one_of(
    st.none(),
    st.lists(hexes.map(CoursePoint), min_size=2, max_size=3),
    st.lists(st.builds(CoursePoint, hexes, edges), min_size=1, max_size=3),
    st.tuples(st.builds(CoursePoint, hexes, edges), hexes.map(CoursePoint)).map(list),
).map(lambda drawn: drawn and tuple(drawn))
path_wishes = st.builds(
    PathWanted,
    id=st.sampled_from(["p1", "p2"]),
    kind=st.sampled_from(["river", "trail", "border"]),
    points=points,
    name=st.sampled_from([None, "", "the Brindle"]),
    along=st.none() | st.booleans(),
    audience=audiences,
)
site_wishes = st.builds(
    SiteWanted,
    id=st.sampled_from(["s1", "s2"]),
    kind=st.sampled_from(["village", "lair"]),
    title=st.sampled_from([None, "", "Thornby"]),
    audience=audiences,
)
maybe_hexes = st.none() | some_hexes
region_wishes = st.builds(
    RegionWanted,
    id=st.sampled_from(["r1", "r2"]),
    name=st.sampled_from(["The Vale", None]),
    kind=st.sampled_from([None, "danger"]),
    color=st.sampled_from([None, "#aa3311"]),
    hex_keys=maybe_hexes,
    add=maybe_hexes,
    remove=maybe_hexes,
    audience=audiences,
)
label_wishes = st.builds(
    LabelWanted,
    id=st.sampled_from(["l1", "l2"]),
    text=st.sampled_from(["Here be dragons", None]),
    x=st.sampled_from([None, 0.5]),
    size=st.sampled_from([None, 2.0]),
    angle=st.sampled_from([None, -30.0]),
    audience=audiences,
)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "session": st.none(),
    "name": st.sampled_from(["The Marches", "Ann", "Benedikt"]),
    "role": st.sampled_from(Role),
    "mode": st.sampled_from(Mode),
    "change_ids": st.none() | st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple),
    "hex_keys": some_hexes | st.just("all"),
    "targets": targets,
    "parity": st.sampled_from(["odd", "even"]),
    "stay_staged": st.booleans(),
    "tier": st.sampled_from(["terrain", "full"]),
    "changes": changes,
    "grid_width": st.just(5),
    "grid_height": st.just(5),
    "hex_size": st.just(30.0),
    "orientation": st.sampled_from(["flat", "pointy"]),
    "painted": painted,
    "hex_key": hexes,
    "to_hex_key": hexes,
    "token_id": token_ids,
    "owner_id": st.sampled_from(["", ANN.user, BEN.user]),
    "label": st.sampled_from(["Ann's", "an ogre"]),
    "icon": st.sampled_from(["", "skull"]),
    "color": st.sampled_from(["", "#ff0000"]),
    "token_type": st.sampled_from(["pc", "npc"]),
    "visible": st.booleans(),
    "version": st.none() | st.integers(1, 30),
    "note_id": note_ids,
    "note": note_wishes,
    "path_id": st.sampled_from(["p1", "p2"]),
    "path": path_wishes,
    "site_id": st.sampled_from(["s1", "s2"]),
    "site": site_wishes,
    "region_id": st.sampled_from(["r1", "r2"]),
    "region": region_wishes,
    "label_id": st.sampled_from(["l1", "l2"]),
    "seed": st.none(),
    "fog_opacity": st.sampled_from([None, 0.5, 1.0]),
    "labels": st.none() | st.booleans(),
    "grid": st.none(),
    "adjacent_terrain": st.none() | st.booleans(),
    "label_style": st.sampled_from([None, LabelStyleWanted(kind="axial")]),
    "show_map_extent": st.none() | st.booleans(),
    "paths_at_terrain": st.none() | st.booleans(),
    "map_look": st.sampled_from([None, "ink", "night"]),
    "hex_width": st.sampled_from([None, 0, 6, 0.5, 9999.0]),
    "hex_unit": st.sampled_from([None, "miles", "km"]),
    "rule_id": st.sampled_from(["r1", "r2"]),
    "players": players.map(lambda ids: Players(player_ids=tuple(ids))) | st.just("all"),
    "within": st.integers(0, 2),
    "across": st.sampled_from([1.0, 24.5]),
    "shown_to": st.sampled_from(["owner", "players", "all"]),
    "user_id": st.sampled_from([None, ANN.user]),
    "skill": st.sampled_from(["stealth", "lore"]),
    "modifier": st.sampled_from([None, 3, -1]),
    "text": st.sampled_from(["a trail", "smoke"]),
    "party": st.booleans(),
    "pin_id": st.sampled_from([None, "pin-1"]),
    "new_id": st.none(),
    "points": st.sampled_from(["0,0 50,-20", "-10,5 0,0 300,99999"]),
    "stroke_ids": st.sampled_from([("stroke-1",), ("stroke-1", "stroke-2")]),
    "rule": st.just("r1"),
    "token": st.just("t1"),
    "at": hexes,
    "picture": st.sampled_from(["p1", "p2"]),
    "width": st.just(700),
    "height": st.just(600),
    "alignment": st.sampled_from(
        [Alignment(), Alignment(x=-40.5, scale=0.5), Alignment(scale=0.5, scale_y=0.6)]
    ),
    "to": st.sampled_from(["all", (ANN.user,), (ANN.user, BEN.user)]),
    "waiting": st.integers(0, 3),
    "users": st.lists(st.sampled_from([ANN.user, BEN.user, SAM.user, "gone"]), max_size=3).map(
        tuple
    ),
}
OF_COMMAND: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("member:set", "user"): st.sampled_from([ANN.user, BEN.user, SAM.user]),
    ("member:remove", "user"): st.just(UserId("gone")),
    ("member:set", "role"): st.just(Role.PLAYER),
    ("room:archive", "archived"): st.just(False),  # nothing else would happen that night
    ("member:merge", "user_id"): st.sampled_from([ANN.user, BEN.user, SAM.user]),
    ("member:merge", "into"): st.sampled_from([ANN.user, BEN.user, SAM.user]),
    ("label:set", "label"): label_wishes,
    ("pin:delete", "pin_id"): st.just("pin-1"),
    ("stroke:draw", "color"): st.sampled_from(["ink", "red"]),
    ("token:update", "label"): st.none() | st.just("the ogre king"),
    ("token:update", "color"): st.none() | st.just("#00ff00"),
    ("token:update", "token_type"): st.none(),
    ("token:update", "visible"): st.none() | st.booleans(),
}
WHOLE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "staged:undo": st.one_of(
        st.fixed_dictionaries({"index": st.integers(0, 3)}),
        st.fixed_dictionaries({"change_id": st.integers(1, 5)}),
    ),
    ImportMap.tag: st.fixed_dictionaries(
        {
            "map": st.fixed_dictionaries({name: FIELDS[name] for name in SetMap.model_fields}),
            "notes": st.lists(
                st.fixed_dictionaries({"at": hexes, "note": note_wishes}), max_size=2
            ).map(tuple),
            "paths": st.lists(path_wishes, max_size=1).map(tuple),
            "sites": st.lists(
                st.fixed_dictionaries({"at": hexes, "site": site_wishes}), max_size=1
            ).map(tuple),
            "regions": st.lists(region_wishes, max_size=1).map(tuple),
            "labels": st.lists(
                st.fixed_dictionaries({"at": hexes, "label": label_wishes}), max_size=1
            ).map(tuple),
            "again": st.sampled_from([None, "replace", "merge", "add"]),
        }
    ),
}
"""Commands whose fields depend on each other."""


def _command(cls: type[Command]) -> st.SearchStrategy[Command]:
    if cls.tag in WHOLE:
        return WHOLE[cls.tag].map(lambda fields: cls.model_validate(fields))
    drawn = {
        name: OF_COMMAND[cls.tag, name] if (cls.tag, name) in OF_COMMAND else FIELDS[name]
        for name in cls.model_fields
    }
    return st.fixed_dictionaries(drawn).map(lambda fields: cls.model_validate(fields))


@cache
def commands(*, stageable: bool | None = None) -> st.SearchStrategy[Command]:
    """Draw any known command, or only those that can (or cannot) be staged."""
    known = [
        cls for cls in Command.known.values() if stageable is None or cls.stageable is stageable
    ]
    return st.one_of([_command(cls) for cls in known])


# Staging is what most laws are about: without a push, most nights never enter it.
_pushes = st.just(SetMode(mode=Mode.STAGED))
# The same for what needs something before it: a queue, an action, a token of one's own.
_lively: st.SearchStrategy[Command] = st.one_of(
    st.just(Publish()),
    st.just(UndoAction()),
    st.just(RedoAction()),
    st.just(SetSettings(adjacent_terrain=True)),
    st.tuples(
        st.sampled_from(["t1", "t2"]),
        st.sampled_from([Hex(0, 0), Hex(1, 0), Hex(0, 1), Hex(2, 0)]),
    ).map(lambda drawn: MoveToken(token_id=drawn[0], to_hex_key=drawn[1])),
)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Command, Member, int]:
    """Draw a stamped-to-be command, who asks, and the seed to stamp it with."""
    # By way of a die: one_of would flatten its branches, and the lively ones drown among all.
    kinds = (commands(), commands(stageable=True), _lively, _lively, _pushes)
    command = draw(draw(st.sampled_from(kinds)))
    return command, draw(people), draw(st.integers(0, 2**128 - 1))


def nights(most: int = 40) -> st.SearchStrategy[list[tuple[Command, Member, int]]]:
    """Draw short nights, which shrink well, and long ones, in which features meet."""
    return st.lists(steps(), max_size=8) | st.lists(steps(), min_size=most // 2, max_size=most)
