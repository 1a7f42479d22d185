"""The client: commands as methods, messages as a stream, one effect however often it reconnects."""

import pytest

from tests.support.people import Person
from tests.support.seats import Campaign
from tests.web.conftest import Meet
from web.client import CommandRefused, RoomClient, SocketRefused


@pytest.fixture
def rooms() -> None:
    """Real ones."""


def client_of(night: Campaign, person: Person, **more: str) -> RoomClient:
    url = str(night.server.make_url("/")).rstrip("/")
    return RoomClient(url, night.id, http=person.http.session, **more)  # type: ignore[arg-type]


async def test_commands_are_methods_and_messages_a_stream(night: Campaign) -> None:
    async with client_of(night, night.dm) as dm, client_of(night, night.ann) as ann:
        await dm.start()
        await dm.update({"0,0": "hills"})
        number = await dm.reveal(["0,0"])
        shown = await ann.until("hex:revealed")
        assert shown["terrain"] == [{"key": "0,0", "terrain": "hills"}]
        await dm.until("hex:revealed")
        assert dm.seq <= number
        await dm.hide("all")
        assert (await ann.until("hex:hidden"))["hexKeys"] == ["0,0"]
        await dm.mode("staged")
        await dm.reveal(["1,0"])
        await dm.undo_staged(1)
        with pytest.raises(CommandRefused):
            await dm.publish()
        await dm.ping()
        await dm.until("pong")


async def test_a_refusal_is_raised_with_its_code(night: Campaign) -> None:
    async with client_of(night, night.ann) as ann:
        with pytest.raises(CommandRefused) as refused:
            await ann.start()
        assert refused.value.code == "forbidden"


async def test_a_lost_connection_is_made_again_and_nothing_is_lost(night: Campaign) -> None:
    async with client_of(night, night.dm) as dm, client_of(night, night.ann) as ann:
        for number in range(20):
            if number % 5 == 2:
                cut(ann)
            if number % 7 == 3:
                cut(dm)
            await dm.reveal([f"{number},0"])
        seen: list[str] = []
        while len(seen) < 20:
            message = await ann.until("hex:revealed")
            seen += message["hexKeys"]
        assert seen == [f"{number},0" for number in range(20)]
        assert len(night.room.state.visibility) == 20


async def test_a_client_that_is_not_let_in_says_so(night: Campaign, meet: Meet) -> None:
    stranger = await (await meet()).sign_up("Eve")
    with pytest.raises(SocketRefused) as refused:
        await client_of(night, stranger).__aenter__()
    assert refused.value.code == 4003


async def test_losing_the_right_to_be_there_ends_the_messages(night: Campaign) -> None:
    async with client_of(night, night.ann) as ann:
        await night.dm.call("DELETE", f"/api/campaigns/{night.id}/members/{night.ann.id}")
        with pytest.raises(SocketRefused):
            async for _ in ann.messages():
                pass
        with pytest.raises(SocketRefused):
            await ann.start()


def cut(client: RoomClient) -> None:
    """Break the connection as a network does."""
    assert client._socket is not None
    connection = client._socket._response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
