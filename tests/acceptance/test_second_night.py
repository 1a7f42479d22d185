"""The second night: a party of three that splits, an ambush, a mistake taken back, a map from elsewhere.

Real sockets and a real PostgreSQL; at the end the record says the same as the room.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from aiohttp.test_utils import TestServer

from events.core.canonical import state_hash
from events.core.state import RoomId
from events.geometry.offset import Cell, hex_of
from tests.support.hexroom_commands import lines, on
from tests.support.page_table import Chair, Table, a_table
from tests.support.people import Person
from tests.support.wxx import label, note, wxx
from web.app import ROOMS, create_app
from web.client import CommandRefused
from web.settings import Settings

NIGHTS = 20
WATER, GRASS, FOREST, PEAKS = 4, 1, 2, 3
LAND = (
    (WATER, WATER, GRASS, GRASS, WATER, WATER),
    (WATER, GRASS, GRASS, FOREST, GRASS, WATER),
    (GRASS, GRASS, FOREST, FOREST, FOREST, GRASS),
    (GRASS, FOREST, FOREST, PEAKS, FOREST, GRASS),
    (GRASS, GRASS, PEAKS, PEAKS, PEAKS, GRASS),
    (GRASS, FOREST, GRASS, PEAKS, GRASS, GRASS),
    (WATER, GRASS, GRASS, GRASS, GRASS, WATER),
    (WATER, WATER, GRASS, GRASS, WATER, WATER),
)
"""Columns of the Worldographer map, from the west."""
FENMARK = wxx(
    LAND,
    gm_only=[(5, 1)],
    notes=note("The well", "<p>Something <b>answers</b>.</p>", 375, 1200),
    labels=label("Fenmark", 825, 600),
)


def at(column: int, row: int) -> str:
    """Return the key of a hex by its place in the file."""
    return str(hex_of(Cell(column, row), "flat"))


CAMP, FORD, WOOD, BRIDGE, CLIFF = at(1, 2), at(2, 2), at(1, 3), at(3, 2), at(2, 4)
TOWN, AMBUSH, LAIR = at(3, 1), [at(4, 2), at(5, 2)], sorted([at(6, 1), at(6, 2)])
SECRETS = ("GM only", "answers", "Goblins", "Wyvern", "swamp", "check:rolled")
"""What no player may ever be told."""


@pytest.fixture
async def people(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Person]]:
    """Yield four browsers at one server."""
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(
        database_url=database_url,
        database_connections=4,
        data_dir=folder,
        commands_per_second=0,
        player_commands_per_second=0,
    )
    server = TestServer(await create_app(settings))
    await server.start_server()
    people = [Person(server) for _ in range(4)]
    yield people
    for person in people:
        await person.http.session.close()
    await server.close()


@pytest.mark.timeout(600)
async def test_a_second_night_is_played_and_the_record_says_the_same(
    people: list[Person], database_url: str
) -> None:
    async with a_table(people[0].server, people) as table:
        await second_night(table)
        await table.check()
        await the_record_agrees(table, database_url)


@pytest.mark.timeout(900)
async def test_twenty_nights_replay_to_the_same_state_each_time(
    people: list[Person], database_url: str
) -> None:
    async with a_table(people[0].server, people) as table:
        await second_night(table)
        for number in range(2, NIGHTS + 1):
            await short_night(table, number)
        await table.check()
        sessions = (await people[0].get(f"/api/campaigns/{table.id}/sessions")).body["sessions"]
        assert len(sessions) == NIGHTS
        await the_record_agrees(table, database_url)


async def second_night(table: Table) -> None:
    """Play the README's second night; each step asserts what everybody is told of it."""
    await a_map_from_elsewhere(table)
    await a_country_is_drawn(table)
    await table.dm.room.start()
    await the_party_sets_out(table)
    await the_party_splits(table)
    await a_trail_is_found(table)
    await an_ambush_is_taken_back(table)
    await a_mistake_is_taken_back(table)
    await something_is_noticed(table)
    await table.dm.room.end()
    for player in table.players:
        await player.until("session:statusChanged", status="ended")
        told = player.said()
        assert [secret for secret in SECRETS if secret in told] == [], player.name


async def a_map_from_elsewhere(table: Table) -> None:
    laid = await table.bring_map(FENMARK, "Fenmark.wxx")

    assert (laid["hexes"], laid["notes"], laid["labels"], laid["warnings"]) == (48, 2, 1, [])
    await table.dm.until("map:changed")
    await table.dm.caught_up()
    notes = {note["title"]: note["audience"] for note in table.dm.knows.notes.values()}
    assert notes == {"The well": "dm", "GM only": "dm"}
    labels = [(label["text"], label["audience"]) for label in table.dm.knows.labels.values()]
    assert labels == [("Fenmark", "seen")]
    for player in table.players:
        await player.caught_up()
        assert player.knows.hexes == player.knows.notes == player.knows.labels == {}


async def a_country_is_drawn(table: Table) -> None:
    """A road, a trail that the DM alone knows of, and a wood; where nobody looks, nobody is told."""
    dm = table.dm.room
    road = {
        "id": f"road-{table.id}",
        "kind": "road",
        "name": "Fen Road",
        "points": [CAMP, FORD, TOWN],
    }
    trail = {
        "id": f"trail-{table.id}",
        "kind": "trail",
        "name": "Smoke Path",
        "points": [WOOD, CLIFF],
        "audience": "dm",
    }
    wood = {
        "id": f"wood-{table.id}",
        "kind": "forest",
        "name": "The Hush",
        "hexKeys": [WOOD, CLIFF, BRIDGE, *AMBUSH],
    }
    await dm.do("path:set", path=road)
    await dm.do("path:set", path=trail)
    await dm.do("region:set", region=wood)
    await table.dm.caught_up()
    assert {path["name"] for path in table.dm.knows.paths.values()} == {"Fen Road", "Smoke Path"}
    assert {region["name"] for region in table.dm.knows.regions.values()} == {"The Hush"}
    for player in table.players:
        await player.caught_up()
        assert player.knows.paths == player.knows.regions == {}


async def the_party_sets_out(table: Table) -> None:
    """Each has a token, and steps reveal what is near to who takes them."""
    dm = table.dm.room
    await dm.do("rule:set", players="all", within=1, tier="full", shownTo="owner")
    for player in table.players:
        await dm.do("token:create", tokenId=token(player), hexKey=CAMP, label=player.name, ownerId=player.id)  # fmt: skip
    await dm.reveal([CAMP])
    for player in table.players:
        await player.until("hex:revealed", hexKeys=[CAMP])
        await player.caught_up()
        assert set(player.knows.tokens) == {token(each) for each in table.players}


async def the_party_splits(table: Table) -> None:
    """Ann goes into the wood, the others to the ford; each knows their own way."""
    ann, ben, cy = table.players
    await ann.room.move(token(ann), WOOD)
    for player in (ben, cy):
        await player.room.move(token(player), FORD)
        await player.caught_up()
    await ann.caught_up()

    assert {WOOD, CLIFF} <= ann.knows.hexes.keys()
    assert TOWN not in ann.knows.hexes
    assert TOWN in ben.knows.hexes
    assert [label["text"] for label in ben.knows.labels.values()] == ["Fenmark"]
    assert ann.knows.labels == ann.knows.notes == {}, "she stands on the well, which is the DM's"
    assert token(ben) not in ann.knows.tokens, "they are out of sight"
    with pytest.raises(CommandRefused) as refused:
        await ann.room.move(token(ann), TOWN)
    assert refused.value.code == "forbidden"

    # What the DM shows to some is theirs alone, and so is a finger on it.
    await table.dm.room.reveal([at(4, 1)], {"playerIds": [ben.id, cy.id]})
    for player in (ben, cy):
        await player.until("hex:revealed", hexKeys=[at(4, 1)])
    await ben.room.do("hex:point", hexKey=at(4, 1))
    await cy.until("hex:pointed", hexKey=at(4, 1), userId=ben.id)
    await ann.caught_up()
    assert at(4, 1) not in ann.said()


async def a_trail_is_found(table: Table) -> None:
    """Ann gets the trail, as far as she sees; the wood shows to each where they are."""
    ann, ben, cy = table.players
    dm = table.dm.room
    for player in (ann, ben, cy):
        (road,) = player.knows.paths.values()
        assert set(road["pieces"]) <= player.knows.hexes.keys(), player.name
    await dm.do("path:reveal", pathId=f"trail-{table.id}", targets={"playerIds": [ann.id]})
    await dm.do("region:reveal", regionId=f"wood-{table.id}", targets="all")
    for player in (ann, ben, cy):
        await player.until("region:changed")
        await player.caught_up()
    assert set(ann.knows.paths[f"trail-{table.id}"]["pieces"]) == {WOOD, CLIFF}
    for player in (ben, cy):
        assert "Smoke Path" not in player.said(), player.name
    assert ann.knows.regions != ben.knows.regions


async def an_ambush_is_taken_back(table: Table) -> None:
    """All that is prepared stays the DM's; what a step reveals meanwhile waits, and is published."""
    dm, ben = table.dm.room, table.ben
    await dm.mode("staged")
    await dm.do("token:create", tokenId=f"goblins-{table.id}", hexKey=AMBUSH[0], label="Goblins")
    await dm.update({AMBUSH[1]: "swamp"})
    await dm.reveal(AMBUSH)
    await ben.until("dm:preparing", preparing=True)
    seen = set(ben.knows.hexes)
    await ben.room.move(token(ben), BRIDGE)
    await ben.caught_up()
    assert set(ben.knows.hexes) == seen, "what the step reveals waits"

    await table.dm.caught_up()
    staged = table.dm.knows.fields["staged"]["changes"]
    assert [change["type"] for change in staged] == [
        "token:create", "hex:update", "hex:reveal", "rule:apply",
    ]  # fmt: skip
    for change in staged[:3]:
        await dm.undo_staged(change["id"])
    await dm.publish()

    await ben.until("dm:preparing", preparing=False)
    await ben.caught_up()
    assert set(ben.knows.hexes) > seen
    await table.cy.caught_up()
    assert not set(AMBUSH) & table.cy.knows.hexes.keys()


async def a_mistake_is_taken_back(table: Table) -> None:
    """The wrong hexes open in front of everyone, and close again."""
    await table.dm.room.reveal(LAIR)
    for player in table.players:
        assert sorted((await player.until("hex:revealed"))["hexKeys"]) == LAIR
    await table.dm.room.undo()
    for player in table.players:
        assert sorted((await player.until("hex:hidden"))["hexKeys"]) == LAIR
        assert not set(LAIR) & player.knows.hexes.keys()


async def something_is_noticed(table: Table) -> None:
    """Ann's step is rolled for; the DM alone sees how, and tells her what she found."""
    ann, dm = table.ann, table.dm
    await ann.room.do("skill:set", skill="Stealth", modifier=4)
    nest = {"id": f"nest-{table.id}", "kind": "encounter", "title": "Nest", "playerText": "Eggs.",
            "dmText": "Wyvern, away till dusk.", "audience": "dm", "check": {"skill": "Stealth", "dc": 12}}  # fmt: skip
    await dm.room.do("note:set", hexKey=CLIFF, note=nest)
    await ann.room.move(token(ann), CLIFF)

    roll = (await dm.until("check:rolled"))["roll"]
    assert (roll["userId"], roll["skill"], roll["modifier"]) == (ann.id, "Stealth", 4)
    assert roll["total"] == roll["die"] + 4
    await dm.room.do("note:reveal", noteId=nest["id"], targets={"playerIds": [ann.id]})
    assert (await ann.until("note:changed"))["note"]["playerText"] == "Eggs."


async def short_night(table: Table, number: int) -> None:
    """Play a night in a few strokes: other hexes, another player, other eyes than the last time."""
    dm, ann = table.dm.room, table.ann
    who, where = table.players[number % 3], at(number % 8, number % 6)
    await dm.start()
    for step in (WOOD, CLIFF):
        await ann.room.move(token(ann), step)
    await dm.reveal([where], {"playerIds": [who.id]})
    await dm.mode("staged")
    await dm.update({where: ("forest", "hills", "coast")[number % 3]})
    await dm.reveal([at(number % 7, 0), where], tier="terrain")
    await dm.do("token:create", tokenId=f"scout-{number}", hexKey=where, label=f"Scout {number}")
    await table.dm.until("staged:changes")
    await table.dm.caught_up()
    staged = table.dm.knows.fields["staged"]["changes"]
    await dm.undo_staged(staged[number % len(staged)]["id"])
    await dm.publish()
    await dm.hide("all", {"playerIds": [who.id]})
    await dm.undo()
    if number % 4 == 0:
        await dm.redo()
    await dm.pause()
    await dm.resume()
    await dm.end()
    for player in table.players:
        await player.until("session:statusChanged", status="ended")


async def the_record_agrees(table: Table, database_url: str) -> None:
    """Assert that the record is whole, and folds to the state that the room has, each time."""
    hexroom = on(database_url)
    actor = table.server.app[ROOMS].find(RoomId(UUID(table.id)))
    assert actor is not None
    live = state_hash(actor.state).hex()

    assert (await hexroom("verify", table.id)).exit_code == 0
    whole = ("replay", table.id, "--from", "1", "--speed", "max", "--state-hash")
    assert lines(await hexroom(*whole)) == lines(await hexroom(*whole)) == [live]


def token(player: Chair) -> str:
    return f"{player.name.lower()}s-token"
