"""The report knows who was really told: a socket was open, or was opened later."""

from typing import Any

from events.core.features.hexes import RevealHexes
from events.core.features.sessions import StartSession
from events.geometry.grid import Hex
from tests.support.people import Person
from tests.support.recorded_night import Night


async def exposures(night: Night, session: str, wanted: int) -> list[dict[str, Any]]:
    """Return what the report says of each player, once so many of it were delivered."""
    while True:
        got = (await night.dm.get(f"/api/sessions/{session}/report")).body["exposures"]
        if sum(each["deliveredAt"] is not None for each in got) >= wanted:
            return list(got)


async def open_socket(night: Night, person: Person) -> Any:
    headers = {"Origin": str(person.origin)}
    socket = await person.http.ws_connect(f"/ws?campaignId={night.id}", headers=headers)
    while (await socket.receive_json())["type"] != "session:state":
        pass
    return socket


async def test_who_was_connected_got_it_and_who_came_later_got_it_later(night: Night) -> None:
    started = await night.do(StartSession())
    ann = await open_socket(night, night.ann)
    await night.do(RevealHexes(hex_keys=(Hex(3, 3),), targets="all"))
    first = {each["name"]: each for each in await exposures(night, str(started.session), 1)}
    assert first["Ann"]["deliveredAt"] is not None
    assert first["Ben"]["deliveredAt"] is None
    ben = await open_socket(night, night.ben)
    later = {each["name"]: each for each in await exposures(night, str(started.session), 2)}
    assert later["Ben"]["delivered"] == 1
    assert later["Ann"] == first["Ann"]
    await ann.close()
    await ben.close()
