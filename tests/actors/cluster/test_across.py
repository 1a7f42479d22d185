"""What holds at every node, whichever answers: who is here, and who may be."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import aiohttp
import pytest

from actors.cluster.nats_server import NatsServer
from actors.cluster.node import Node
from events.core.state import Role, UserId
from tests.actors.cluster.conftest import StartNode
from tests.support.party import Guest, Party, gather_party
from web.accounts.access_events import AccessEnded, RoleChanged
from web.client import RoomClient, SocketRefused
from web.ops.revocations import read, written

REVOKED_S = 60.0
"""Five seconds are promised, and less is usual: it only has to come, however slow the machine."""


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def never_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the nodes look nothing up again: what is heard came over NATS."""
    monkeypatch.setattr("web.accounts.access_recheck.EVERY_S", 3600.0)


@pytest.fixture
def never_telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the nodes announce nothing: what is found was looked up."""
    monkeypatch.setattr(Node, "announce", lambda *_: None)


async def present(http: aiohttp.ClientSession, url: str, party: Party, who: Guest) -> list[str]:
    """Return who is online as the node at the URL says, in a campaign's list of members."""
    headers = {"Authorization": f"Bearer {who.token}"}
    async with http.get(f"{url}/api/campaigns/{party.campaign}", headers=headers) as answer:
        shown = await answer.json()
    async with http.get(f"{url}/api/campaigns", headers=headers) as answer:
        (listed,) = (await answer.json())["campaigns"]
    online = sorted(member["userId"] for member in shown["members"] if member["online"])
    assert listed["online"] == shown["online"] == len(online)
    return online


async def revoke(http: aiohttp.ClientSession, url: str, guest: Guest) -> None:
    """Revoke the guest's token at the node."""
    headers = {"Authorization": f"Bearer {guest.token}"}
    async with http.get(f"{url}/api/tokens", headers=headers) as answer:
        (token,) = (await answer.json())["tokens"]
    async with http.delete(f"{url}/api/tokens/{token['id']}", headers=headers) as answer:
        assert answer.status == 204


async def sent_away(seat: RoomClient) -> int:
    """Return the code with which the server closes the seat for good."""
    async with asyncio.timeout(REVOKED_S):
        with pytest.raises(SocketRefused) as refused:
            await seat.until("what never comes")
    return refused.value.code


async def test_every_node_lists_the_same_people_as_online(
    start_node: StartNode, http: aiohttp.ClientSession
) -> None:
    owner, second, third = await start_node(), await start_node(), await start_node()
    party = await gather_party(owner)
    async with party.sit(party.dm, owner), party.sit(party.players[0], second):
        here = sorted((party.dm.id, party.players[0].id))
        assert [await present(http, url, party, party.dm) for url in (owner, second, third)] == [
            here
        ] * 3
        assert await present(http, third, party, party.players[1]) == here


async def test_nobody_is_called_present_whose_owner_cannot_be_asked(
    start_node: StartNode, nats_server: NatsServer, http: aiohttp.ClientSession
) -> None:
    owner, second = await start_node(), await start_node()
    party = await gather_party(owner)
    async with party.sit(party.dm, owner):
        assert await present(http, second, party, party.dm) == [party.dm.id]
        await nats_server.stop()

        assert await present(http, second, party, party.dm) == []
        assert await present(http, owner, party, party.dm) == [party.dm.id]


async def test_lists_claim_no_room(
    start_node: StartNode, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, second = await start_node(), await start_node()
    party = await gather_party(owner)

    async def claim(_: Node, room: UUID) -> None:
        pytest.fail(f"{room} was claimed for a list")

    monkeypatch.setattr("actors.cluster.lease.Leases.claim", claim)

    assert await present(http, second, party, party.dm) == []


@pytest.mark.usefixtures("never_looking")
async def test_a_revoked_token_closes_the_sockets_of_other_nodes_at_once(
    start_node: StartNode, http: aiohttp.ClientSession
) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    ann = party.players[0]
    async with party.sit(ann, there) as seat, party.sit(party.players[1], there) as other:
        await revoke(http, here, ann)

        assert await sent_away(seat) == 4001
        await other.ping()
        assert await other.until("pong")


@pytest.mark.usefixtures("never_telling")
async def test_what_nats_did_not_bring_is_found_in_time(
    start_node: StartNode, http: aiohttp.ClientSession
) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    async with party.sit(party.players[0], there) as seat:
        await revoke(http, here, party.players[0])

        assert await sent_away(seat) == 4001


@pytest.mark.usefixtures("never_looking")
async def test_a_member_who_is_removed_or_changed_at_one_node_is_so_at_the_others(
    start_node: StartNode, http: aiohttp.ClientSession
) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    ann, ben = party.players
    headers = {"Authorization": f"Bearer {party.dm.token}"}
    members = f"{here}/api/campaigns/{party.campaign}/members"
    async with party.sit(ann, there) as leaving, party.sit(ben, there) as rising:
        async with http.delete(f"{members}/{ann.id}", headers=headers) as answer:
            assert answer.status == 204
        body = {"role": "dm"}
        async with http.patch(f"{members}/{ben.id}", json=body, headers=headers) as answer:
            assert answer.status == 200

        assert await sent_away(leaving) == 4003
        async with asyncio.timeout(REVOKED_S):
            while (await rising.until("connected"))["role"] != "dm":
                pass


@pytest.mark.parametrize(
    "change",
    [
        AccessEnded(credential=b"\x00\xff"),
        AccessEnded(user=UserId("ann"), campaign=uuid4()),
        AccessEnded(campaign=uuid4()),
        RoleChanged(UserId("ann"), uuid4(), Role.DM),
    ],
)
def test_what_is_told_is_heard(change: AccessEnded | RoleChanged) -> None:
    assert read(written(change)) == change


@pytest.mark.parametrize(
    "said", [b"", b"{}", b'{"role":"dm"}', b'{"credential":"x"}', b'{"campaign":7}', b"[]"]
)
def test_nonsense_ends_nobodys_access(said: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(said)
