import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

import pytest
from aiohttp.test_utils import TestServer

from actors.cluster.lease import NodeId
from actors.cluster.transport import NatsTransport
from tests.actors.cluster.conftest import StartNode
from tests.support.party import gather_party
from tests.support.promises import record_holds
from web.app import create_app
from web.settings import Settings

SECRET: Final = {
    "kind": "dungeon",
    "title": "The hall",
    "playerText": "A hall.",
    "dmText": "the duke is a mimic",
}


async def test_a_table_sits_at_two_nodes(start_node: StartNode) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    ann, ben = party.players
    async with (
        party.sit(party.dm, here) as dm,
        party.sit(ann, there) as ann_there,
        party.sit(ben, here) as ben_here,
    ):
        await dm.start()
        await dm.reveal(["0,0", "1,0"])

        assert (await ann_there.until("hex:revealed"))["hexKeys"] == ["0,0", "1,0"]
        assert (await ben_here.until("hex:revealed"))["hexKeys"] == ["0,0", "1,0"]
        assert dm.state["seq"] < dm.seq


async def test_who_is_at_another_node_commands_in_order(start_node: StartNode) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    async with party.sit(party.dm, here) as watching, party.sit(party.dm, there) as dm:
        await dm.start()
        for q in range(50):
            await dm.reveal([f"{q},0"])
        told = [(await watching.until("hex:revealed"))["hexKeys"] for _ in range(50)]

        assert told == [[f"{q},0"] for q in range(50)]
        assert watching.seq == dm.seq


class Chaos(NatsTransport):
    """Sends every packet twice, and each with the neighbour it has in time the wrong way round."""

    def send(self, to: NodeId, packets: Iterable[tuple[str, bytes]]) -> None:
        held: list[tuple[NodeId, tuple[str, bytes]]] = self.__dict__.setdefault("held", [])
        if not held:
            asyncio.get_running_loop().call_later(0.002, self._let_go, held)
        held += [(to, packet) for packet in packets]

    def _let_go(self, held: list[tuple[NodeId, tuple[str, bytes]]]) -> None:
        going, held[:] = held[::-1], []
        for to, packet in (*going, *going):
            super().send(to, [packet])


async def test_repeated_and_reordered_messages_change_nothing(
    start_node: StartNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.cluster.node.NatsTransport", Chaos)
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    async with party.sit(party.dm, there) as dm, party.sit(party.players[0], there) as ann:
        await dm.start()
        await asyncio.gather(*(dm.reveal([f"{q},0"]) for q in range(40)))
        told = [(await ann.until("hex:revealed"))["hexKeys"] for _ in range(40)]

        assert told == [[f"{q},0"] for q in range(40)]


class Tapped(NatsTransport):
    """Writes down what it sends, and where to."""

    sent: ClassVar[list[tuple[str, bytes]]] = []

    def send(self, to: NodeId, packets: Iterable[tuple[str, bytes]]) -> None:
        sending = list(packets)
        self.sent.extend((f"{to}.{topic}", data) for topic, data in sending)
        super().send(to, sending)


async def test_what_is_for_dms_travels_to_no_node_without_a_dm(
    start_node: StartNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.cluster.node.NatsTransport", Tapped)
    Tapped.sent.clear()
    here, with_dm, with_players = [await start_node() for _ in range(3)]
    party = await gather_party(here)
    async with (
        party.sit(party.dm, with_dm) as dm,
        party.sit(party.players[0], with_players) as ann,
        party.sit(party.players[1], with_players) as ben,
    ):
        await dm.start()
        await dm.mode("staged")
        await dm.do("note:set", hexKey="3,3", note=SECRET)
        await dm.reveal(["4,4"])
        await dm.publish()
        await ann.until("hex:revealed")
        await ben.until("hex:revealed")

    secret = {subject for subject, data in Tapped.sent if b"the duke is a mimic" in data}
    nodes = {subject.split(".")[0] for subject in secret}
    player_nodes = {
        subject.split(".")[0] for subject, _ in Tapped.sent if subject.endswith(".player")
    }
    assert any(subject.endswith(".dm") for subject in secret)
    assert player_nodes
    assert not nodes & player_nodes
    told = [data for subject, data in Tapped.sent if subject.endswith(".player")]
    assert sum(b"hex:revealed" in data for data in told) == 1, "once for both players"


async def test_a_server_alone_goes_on_with_what_a_cluster_left(
    start_node: StartNode, database_url: str, tmp_path: Path
) -> None:
    shared = await start_node()
    party = await gather_party(shared)
    async with party.sit(party.dm, shared) as dm:
        await dm.start()
        await dm.reveal(["0,0"])

    settings = Settings(
        database_url=database_url, database_connections=3, data_dir=tmp_path, demo=False
    )
    server = TestServer(await create_app(settings))
    await server.start_server()
    alone = str(server.make_url("/")).rstrip("/")
    async with party.sit(party.dm, alone) as dm:
        await dm.reveal(["1,0"])
        assert dm.state["revealedHexes"] == ["0,0"]
    await server.close()

    record_holds(database_url, party, ["0,0", "1,0"])
