"""make simulate: the curves of docs/explanation/scale.md, and the figures beside them."""

from pathlib import Path
from typing import Final

from tests.simulation.cluster import Costs, capacity, simulate
from tests.simulation.curves import draw

HERE: Final = Path(__file__).parent
IMAGES: Final = HERE.parents[1] / "docs" / "images"
MEASURED: Final = HERE.parents[1] / "build" / "costs.json"
SIZES: Final = (1, 2, 3, 4, 8, 16)


def main() -> None:
    path = MEASURED if MEASURED.exists() else HERE / "costs.json"
    costs = Costs.read(path)
    print(f"costs of {path.name}: {costs}")
    latency = {}
    for nodes in (1, 2, 4, 8):
        most = nodes * 1e6 / costs.local_us
        rates = [most * part / 20 for part in range(2, 20)]
        latency[f"{nodes} nodes" if nodes > 1 else "1 node"] = [
            (rate, simulate(costs, nodes, rate).p99_ms) for rate in rates
        ]
    (IMAGES / "scale-latency.svg").write_text(
        draw("Latency under load", "commands a second", "p99, ms", latency, 20)
    )
    measured = [(float(nodes), capacity(costs, nodes)) for nodes in SIZES]
    ideal = [(float(nodes), nodes * 1e6 / costs.local_us) for nodes in SIZES]
    (IMAGES / "scale-capacity.svg").write_text(
        draw(
            "Commands a second under 50 ms",
            "nodes, a core each",
            "commands a second",
            {"simulated": measured, "if all rooms were local": ideal},
            max(rate for _, rate in ideal),
        )
    )
    for (size, rate), (_, best) in zip(measured, ideal, strict=True):
        night = simulate(costs, int(size), rate)
        print(
            f"{size:4.0f} nodes: {rate:9,.0f} commands/s, {rate / best:4.0%} of ideal;"
            f" database {night.database:4.0%} busy"
        )


if __name__ == "__main__":
    main()
