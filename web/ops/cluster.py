"""Finds rooms: in this process, or on any node of a cluster; and their metrics."""

import asyncio
import hashlib
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from actors.cluster.lease import Leases, NodeId
from actors.cluster.node import Node
from actors.cluster.single_node import Alone, was_shared
from actors.directory import Directory
from actors.room.locator import RoomLocator
from events.journal.database.pool import Pool
from web.accounts.access_events import Access
from web.ops.revocations import tell_others
from web.settings import Settings


async def open_places(
    settings: Settings,
    directory: Directory,
    pool: Pool,
    registry: CollectorRegistry,
    access: Access,
    stack: AsyncExitStack,
) -> RoomLocator:
    """Return where rooms are opened: a node of a cluster where NATS is named, else this process."""
    id_ = _node_id(settings.node_name, directory)
    if settings.nats_url is None:
        return Alone(directory, pool, id_) if await was_shared(pool) else directory
    node = Node(directory, Leases(pool, id_, settings.node_name), settings.nats_url)
    tell_others(access, node)
    await node.enter()
    running = asyncio.create_task(node.run(), name="node")

    async def stop() -> None:
        await node.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    stack.push_async_callback(stop)
    registry.register(NodeFigures(node))
    return node


class NodeFigures(Collector):
    """What a node knows of itself and of the others."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def collect(self) -> Iterable[Metric]:
        node = self._node
        alive = GaugeMetricFamily(
            "hexroom_nodes", "Nodes, as this one sees them", labels=("alive",)
        )
        for state in (True, False):
            count = sum(each.alive is state for each in node.nodes())
            alive.add_metric((str(state).lower(),), count)
        yield alive
        yield GaugeMetricFamily(
            "hexroom_nats_connected",
            "Whether other nodes are in reach",
            value=node.carrier.connected,
        )
        yield GaugeMetricFamily(
            "hexroom_rooms_remote", "Rooms of other nodes followed here", value=node.remote_rooms
        )
        yield GaugeMetricFamily(
            "hexroom_epoch_max",
            "The highest epoch of a room here: how often it changed hands",
            value=max(node.epochs(), default=0),
        )
        yield CounterMetricFamily(
            "hexroom_handovers", "Rooms given to other nodes", value=node.ownership.handovers
        )
        yield CounterMetricFamily(
            "hexroom_takeovers",
            "Rooms taken from nodes that died or left",
            value=node.ownership.takeovers,
        )


def _node_id(name: str, directory: Directory) -> NodeId:
    # A process that starts again is another node: nothing it once believed holds.
    seed = f"{name} {directory.services.clock.seed()}"
    return NodeId(hashlib.sha256(seed.encode()).hexdigest()[:16])
