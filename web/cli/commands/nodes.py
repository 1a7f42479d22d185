"""hexroom nodes: the nodes of a cluster, and how many rooms each owns."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC

import click
from psycopg_pool import AsyncConnectionPool

from actors.cluster.lease import Leases, NodeId, NodeSeen
from events.journal import Epoch
from events.journal.database.away import DATABASE_AWAY
from events.journal.database.pool import Pool
from web.settings import Settings


@click.command("nodes", short_help="List the nodes of a cluster.")
def command() -> None:
    """List the nodes of a cluster, those that died lately too, with their rooms, epochs and handovers."""
    url = Settings().database_url
    if url is None:
        raise click.ClickException("HEXROOM_DATABASE_URL names the database that the nodes share")
    try:
        nodes, epochs = asyncio.run(_nodes_and_epochs(url))
    except DATABASE_AWAY as error:
        raise click.ClickException(f"the database does not answer: {error}") from None
    click.echo(table(nodes, epochs))


def table(nodes: Iterable[NodeSeen], epochs: Mapping[NodeId, Epoch]) -> str:
    """Return the nodes as lines of text, a heading first, and those that are gone last."""
    rows = [("NODE", "STATE", "SINCE", "ROOMS", "EPOCH", "HANDOVERS", "ID")]
    rows += [
        (
            node.name,
            "alive" if node.alive else "gone",
            f"{node.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}",
            str(node.rooms if node.alive else 0),
            str(epochs.get(node.id, 0) if node.alive else 0),
            str(node.handovers),
            node.id,
        )
        for node in sorted(nodes, key=lambda node: not node.alive)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


async def _nodes_and_epochs(url: str) -> tuple[tuple[NodeSeen, ...], Mapping[NodeId, Epoch]]:
    pool: Pool = AsyncConnectionPool(
        url, kwargs={"autocommit": True}, min_size=1, max_size=1, timeout=5, open=False
    )
    async with pool:
        leases = Leases(pool, NodeId(""), "")
        return await leases.nodes(), await leases.epochs()
