"""make simulate: the curves of docs/explanation/scale.md, and the figures beside them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.simulation.cluster import Costs, capacity, simulate
from tests.simulation.curves import Point, draw
from tests.simulation.sizes import Machine, Sizes, Table, most_people, nodes_for, shares

HERE: Final = Path(__file__).parent
IMAGES: Final = HERE.parents[1] / "docs" / "images"
MEASURED: Final = HERE.parents[1] / "build" / "costs.json"
SIZES: Final = (1, 2, 3, 4, 8, 16)
PEOPLE: Final = (25_000, 250_000, 1_000_000, 2_000_000)


def main() -> None:
    path = MEASURED if MEASURED.exists() else HERE / "costs.json"
    costs, sizes = Costs.read(path), Sizes.read(path)
    print(f"costs of {path.name}: {costs}\n{sizes}\n")
    draw_latency(costs)
    draw_capacity(costs)
    draw_shares(costs, sizes)
    for line in full_first(costs, sizes):
        print(line)


def draw_latency(costs: Costs) -> None:
    latency = {}
    for nodes in (1, 2, 4, 8):
        most = nodes * 1e6 / costs.local_us
        rates = [most * part / 20 for part in range(2, 20)]
        latency[f"{nodes} nodes" if nodes > 1 else "1 node"] = [
            (rate, simulate(costs, nodes, rate).p99_ms) for rate in rates
        ]
    drawn = draw("Latency under load", "commands a second", "p99, ms", latency, 20)
    (IMAGES / "scale-latency.svg").write_text(drawn)


def draw_capacity(costs: Costs) -> None:
    measured = [(float(nodes), capacity(costs, nodes)) for nodes in SIZES]
    ideal = [(float(nodes), nodes * 1e6 / costs.local_us) for nodes in SIZES]
    drawn = draw(
        "Commands a second under 50 ms",
        "nodes, a core each",
        "commands a second",
        {"simulated": measured, "if all rooms were local": ideal},
        max(rate for _, rate in ideal),
    )
    (IMAGES / "scale-capacity.svg").write_text(drawn)
    for (size, rate), (_, best) in zip(measured, ideal, strict=True):
        night = simulate(costs, int(size), rate)
        print(
            f"{size:4.0f} nodes: {rate:9,.0f} commands/s, {rate / best:4.0%} of ideal; NATS"
            f" {night.nats:4.0%} busy, database {night.database:4.0%}"
        )


def draw_shares(costs: Costs, sizes: Sizes) -> None:
    """Draw what does not grow with the nodes, by how many people there are."""
    curves: dict[str, list[Point]] = {}
    for people in range(50_000, 2_000_001, 50_000):
        nodes = nodes_for(costs, sizes, people, Table(), Machine())
        for name, share in shares(costs, sizes, people, nodes, Table(), Machine()).items():
            if not name.endswith("of nodes"):
                curves.setdefault(name, []).append((float(people), 100 * share))
    drawn = draw("What all nodes share", "people connected", "% of what it can", curves, 100)
    (IMAGES / "scale-shares.svg").write_text(drawn)


def full_first(costs: Costs, sizes: Sizes) -> Iterator[str]:
    """Yield what people take, and at how many of them each thing is full."""
    taken: Mapping[str, float] = {}
    for people in PEOPLE:
        nodes = nodes_for(costs, sizes, people, Table(), Machine())
        taken = shares(costs, sizes, people, nodes, Table(), Machine())
        listed = ", ".join(f"{name} {share:.0%}" for name, share in taken.items())
        yield f"\n{people:,} people, {nodes} nodes: {listed}"
    full = sorted(
        (most_people(costs, sizes, name, Table(), Machine()), name)
        for name in taken
        if not name.endswith("of nodes")
    )
    yield ""
    for most, name in full:
        yield f"{name:24} full at {most:12,.0f} people"


if __name__ == "__main__":
    main()
