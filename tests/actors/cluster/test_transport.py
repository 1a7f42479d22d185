import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from actors.cluster.lease import NodeId
from actors.cluster.nats_server import NatsServer
from actors.cluster.transport import EVERYBODY, NatsTransport

WAIT_S = 60.0


class Ear:
    """A carrier, and what came over it."""

    def __init__(self, url: str, name: str) -> None:
        self.came: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.announced: asyncio.Queue[tuple[str, str, bytes]] = asyncio.Queue()
        self.lost = asyncio.Event()
        self.carrier = NatsTransport(url, NodeId(name), self._take, self.lost.set, self._hear)
        self._running = asyncio.create_task(self.carrier.run())

    def send(self, to: str, *payloads: bytes) -> None:
        self.carrier.send(NodeId(to), [("topic", payload) for payload in payloads])

    async def next(self) -> tuple[str, bytes]:
        async with asyncio.timeout(WAIT_S):
            return await self.came.get()

    async def reached_by(self, other: "Ear") -> None:
        """Wait until what the other sends is heard here."""
        async with asyncio.timeout(WAIT_S):
            while self.came.empty():
                other.send("ear", b"there?")
                await asyncio.sleep(0.01)
        await other.carrier.flush()
        await self.carrier.flush()
        while not self.came.empty():
            self.came.get_nowait()

    async def close(self) -> None:
        self._running.cancel()
        await asyncio.wait({self._running})

    def _take(self, sender: NodeId, data: bytes) -> None:
        if data == b"poison":
            raise RuntimeError("this one fails")
        self.came.put_nowait((sender, data))

    def _hear(self, sender: NodeId, topic: str, data: bytes) -> None:
        self.announced.put_nowait((sender, topic, data))


@pytest.fixture
async def pair(nats_server: NatsServer) -> AsyncIterator[tuple[Ear, Ear]]:
    """Yield a mouth and an ear, connected; the ear knows of a server that is not there, too."""
    mouth = Ear(nats_server.url, "mouth")
    ear = Ear(f"nats://127.0.0.1:1,{nats_server.url}", "ear")
    await ear.reached_by(mouth)
    yield mouth, ear
    await mouth.close()
    await ear.close()


async def test_packets_come_in_order_whatever_their_size(pair: tuple[Ear, Ear]) -> None:
    mouth, ear = pair
    sent = [bytes([number]) * size for number, size in enumerate((0, 1, 70_000, 3, 900_000, 2))]

    mouth.send("ear", *sent[:3])
    mouth.send("ear", *sent[3:])

    assert [await ear.next() for _ in sent] == [("mouth", each) for each in sent]


async def test_a_packet_that_fails_does_not_stop_those_after_it(
    pair: tuple[Ear, Ear], caplog: pytest.LogCaptureFixture
) -> None:
    mouth, ear = pair
    with caplog.at_level(logging.ERROR):
        mouth.send("ear", b"poison", b"after")

        assert await ear.next() == ("mouth", b"after")
    assert sum("failed" in record.getMessage() for record in caplog.records) == 1


async def test_what_is_for_everybody_comes_to_each_and_to_who_said_it(
    pair: tuple[Ear, Ear],
) -> None:
    mouth, ear = pair
    mouth.carrier.send(EVERYBODY, [("access", b"over")])

    async with asyncio.timeout(WAIT_S):
        heard = [await each.announced.get() for each in (mouth, ear)]
    assert heard == [("mouth", "access", b"over")] * 2
    assert ear.came.empty()


async def test_without_nats_nothing_is_sent_and_nothing_raised(
    pair: tuple[Ear, Ear], nats_server: NatsServer
) -> None:
    mouth, ear = pair
    await nats_server.stop()
    async with asyncio.timeout(WAIT_S):
        await mouth.lost.wait()
    mouth.send("ear", b"lost")
    await nats_server.start()
    await ear.reached_by(mouth)

    mouth.send("ear", b"kept")
    while (came := await ear.next())[1] == b"there?":
        pass
    assert came == ("mouth", b"kept")


async def test_what_the_server_does_not_take_is_dropped_past_a_bound(
    pair: tuple[Ear, Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    mouth, ear = pair
    monkeypatch.setattr("actors.cluster.nats_client.PENDING_BYTES", 0)
    mouth.send("ear", b"too much")
    monkeypatch.undo()
    mouth.send("ear", b"fine")

    assert await ear.next() == ("mouth", b"fine")
