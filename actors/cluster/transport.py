"""Transport: NATS as the nodes use it, and sending that never waits."""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Protocol

import nats.errors

from actors.cluster.lease import NodeId
from actors.cluster.nats_client import DirectClient

logger = logging.getLogger(__name__)

PREFIX: Final = "hexroom"
RETRY_S: Final = 0.2
_PASSWORD: Final = re.compile(r"//[^/@]*@")

EVERYBODY: Final = NodeId("all")
"""To whom all nodes listen."""

Receive = Callable[[NodeId, bytes], None]
"""Takes a packet of a node."""
Announced = Callable[[NodeId, str, bytes], None]
"""Takes what a node tells everybody, and on which topic."""


class Transport(Protocol):
    """Brings packets to other nodes: perhaps, perhaps twice, perhaps late."""

    @property
    def connected(self) -> bool:
        """Whether there is any sense in sending."""

    def send(self, to: NodeId, packets: Iterable[tuple[str, bytes]]) -> None:
        """Send packets, each on a topic: a subject of its own within the receiver's."""


class NatsTransport:
    """A connection to NATS that is made again as often as it is lost."""

    def __init__(
        self,
        url: str,
        node: NodeId,
        receive: Receive,
        lost: Callable[[], None],
        announced: Announced,
    ) -> None:
        self._url = url
        self._node = node
        self._receive = receive
        self._lost = lost
        self._announced = announced
        self._client = DirectClient(self._came)
        self._complained = False

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    def send(self, to: NodeId, packets: Iterable[tuple[str, bytes]]) -> None:
        # What cannot be sent is missed by its number, and the session begins anew.
        self._client.send([(subject_of(to, self._node, topic), data) for topic, data in packets])

    async def run(self) -> None:
        """Keep the connection, until cancelled."""
        try:
            await self._connect()
            await asyncio.get_running_loop().create_future()
        finally:
            # Nobody needs to hear that we hang up ourselves.
            self._complained = True
            with suppress(nats.errors.Error, OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await self._client.close()

    async def flush(self) -> None:
        """Wait until what was sent has left, for a while."""
        if not self.connected:
            return
        with suppress(nats.errors.Error, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._client.flush(timeout=1)

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    self._url.split(","),
                    name=f"hexroom {self._node}",
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RETRY_S,  # type: ignore[arg-type]  # it is slept, any number does
                    connect_timeout=1,
                    ping_interval=1,
                    max_outstanding_pings=2,
                    pending_size=0,
                    disconnected_cb=self._disconnected,
                    reconnected_cb=self._reconnected,
                    error_cb=self._error,
                )
                break
            except (nats.errors.Error, OSError, TimeoutError) as error:
                await self._error(error)
                await asyncio.sleep(RETRY_S)
        for to in (self._node, EVERYBODY):
            await self._client.subscribe(f"{PREFIX}.{to}.>")
        await self._reconnected()

    def _came(self, subject: bytes, data: bytes) -> None:
        to, sender, topic = addressed(subject)
        if to == EVERYBODY:
            self._announced(sender, topic, data)
        else:
            self._receive(sender, data)

    async def _disconnected(self) -> None:
        if not self._complained:
            self._complained = True
            logger.warning("nats: away; rooms on other nodes are unavailable")
        self._lost()

    async def _reconnected(self) -> None:
        self._complained = False
        logger.info("nats: connected to %s", _PASSWORD.sub("//", self._url))

    async def _error(self, error: Any) -> None:
        if not self._complained:
            self._complained = True
            logger.warning("nats: %s", str(error) or type(error).__name__)


# The same few, over and over: of each room that is played in, a few lenses.
@lru_cache(maxsize=8192)
def subject_of(to: NodeId, sender: NodeId, topic: str) -> bytes:
    """Return the subject for what a node says to another, or to everybody."""
    return f"{PREFIX}.{to}.{sender}.{topic}".encode()


@lru_cache(maxsize=8192)
def addressed(subject: bytes) -> tuple[NodeId, NodeId, str]:
    """Return to whom a subject goes, from whom, and on which topic."""
    _, to, sender, topic = subject.decode().split(".", 3)
    return NodeId(to), NodeId(sender), topic
