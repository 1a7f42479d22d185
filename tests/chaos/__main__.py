"""make chaos: faults drawn at random, on one, two and three nodes, and everything checked after each.

ARGS: --short (ten minutes), --faults N, --seconds N, --seed N, --only PART (faults whose name has it),
--nodes N, --worlds N (that many at a time), --report FILE (the figures as JSON).
"""

import argparse
import asyncio
import json
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.chaos.clients import NotHere, Violation
from tests.chaos.faults import FAULTS
from tests.chaos.world import World

SIZES = (1, 2, 1, 3)
"""Nodes of one world after the other."""
PER_WORLD = 16
FAULT_S = 240.0
"""How long a fault may take at most, what it waits for included."""


class Figures:
    """What was done and found."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.injected: Counter[tuple[str, int]] = Counter()
        self.not_here: dict[str, str] = {}
        self.violations: list[str] = []
        self.acknowledged = self.resent = self.states = 0
        self.slowest: dict[str, float] = {}
        """Seconds, by what took them."""
        self.began = time.monotonic()

    @property
    def faults(self) -> int:
        return sum(self.injected.values())

    def are_enough(self, until: float, most: int) -> bool:
        """Return whether the time is up, so many faults were injected, or a promise was broken."""
        return time.monotonic() > until or self.faults >= most or bool(self.violations)

    def rarity(self, name: str, nodes: int) -> tuple[int, int]:
        """Return how often a fault was injected, in all and on so many nodes."""
        return sum(self.injected[name, each] for each in (1, 2, 3)), self.injected[name, nodes]

    def take(self, world: World) -> None:
        """Add what the clients of a world went through."""
        for what, seconds in world.slowest.items():
            self.slowest[what] = max(seconds, self.slowest.get(what, 0.0))
        for table in world.tables:
            self.acknowledged += sum(len(writer.acknowledged) for writer in table.writers)
            self.resent += sum(writer.resent for writer in table.writers)
            self.states += table.ann.states + table.ben.states

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "seconds": round(time.monotonic() - self.began),
            "faults": self.faults,
            "injected": {
                name: {str(nodes): self.injected[name, nodes] for nodes in (1, 2, 3)}
                for name in FAULTS
            },
            "notInjected": self.not_here,
            "acknowledged": self.acknowledged,
            "resentAfterAck": self.resent,
            "statesChecked": self.states,
            "slowestSeconds": self.slowest,
            "violations": self.violations,
        }

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n")

    def table(self) -> str:
        """Return the figures as a table for people."""
        lines = ["| fault | 1 node | 2 nodes | 3 nodes |", "|---|---|---|---|"]
        for name in FAULTS:
            counts = " | ".join(str(self.injected[name, nodes]) for nodes in (1, 2, 3))
            lines.append(f"| {name} | {counts} |")
        seconds = time.monotonic() - self.began
        lines.append(
            f"\n{self.faults} faults in {seconds:.0f} s, seed {self.seed}; {self.acknowledged} commands acknowledged,"
            f" {self.resent} of them sent again; {len(self.violations)} violations."
        )
        lines += [f"slowest: {what}: {seconds:.1f} s" for what, seconds in self.slowest.items()]
        never = {name for name in self.not_here if not any(self.injected[name, n] for n in SIZES)}
        lines += [f"not injected: {name}: {self.not_here[name]}" for name in sorted(never)]
        return "\n".join([*lines, *self.violations])


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hexroom-chaos-"))
    folder.chmod(0o755)
    return folder


def _kept_logs(world: World) -> str:
    """Return where the logs of the nodes are from now on, for whoever reads of a violation."""
    folder = Path(tempfile.mkdtemp(prefix="hexroom-chaos-logs-"))
    for node in world.nodes:
        (folder / f"node-{node.number}-at-{node.port}").write_text(node.process.log)
    return f" ({time.strftime('%H:%M:%S')}, logs in {folder})"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _world(
    figures: Figures, nodes: int, chance: random.Random, until: float, most: int, only: str
) -> None:
    names = [name for name in FAULTS if only in name]
    folder = _folder()
    try:
        async with AsyncExitStack() as stack:
            wants_standby = any("failover" in name for name in names)
            world = await World.open(folder, nodes, chance, stack, standby=wants_standby)
            try:
                await _break(world, figures, nodes, names, until, most)
            except Violation as violation:
                raise Violation(f"{violation}{_kept_logs(world)}") from None
            finally:
                figures.take(world)
                await world.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _break(
    world: World, figures: Figures, nodes: int, names: list[str], until: float, most: int
) -> None:
    for _ in range(PER_WORLD):
        if figures.are_enough(until, most):
            return
        # The rarest first, so that a short run has some of each.
        fewest = min(figures.rarity(name, nodes) for name in names)
        name = world.chance.choice(
            [name for name in names if figures.rarity(name, nodes) == fewest]
        )
        world.work(on=True)
        await world.some_work(0.2 + world.chance.random())
        try:
            async with asyncio.timeout(FAULT_S):
                await FAULTS[name](world)
        except TimeoutError:
            raise Violation(f"{name} did not come to an end in {FAULT_S:g} s") from None
        except Violation as violation:
            raise Violation(f"during {name}: {violation}") from None
        except NotHere as why:
            figures.not_here.setdefault(name, str(why))
            names = [each for each in names if each != name]
            if not names:
                return
            continue
        try:
            await world.some_work(0.2 + world.chance.random())
            await world.settle()
        except Violation as violation:
            figures.violations.append(
                f"after {name} on {nodes} nodes: {violation}{_kept_logs(world)}"
            )
        figures.injected[name, nodes] += 1
        _say(
            f"{figures.faults:4} {nodes} nodes: {name}: "
            + (figures.violations[-1] if figures.violations else "holds")
        )


async def _main(arguments: argparse.Namespace) -> int:
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    figures = Figures(seed)
    until = time.monotonic() + (600 if arguments.short else arguments.seconds)
    sizes = cycle((arguments.nodes,) if arguments.nodes else SIZES)

    async def one_after_the_other(chance: random.Random) -> None:
        while not figures.are_enough(until, arguments.faults):
            nodes = next(sizes)
            try:
                await _world(figures, nodes, chance, until, arguments.faults, arguments.only)
            except Violation as violation:
                figures.violations.append(f"on {nodes} nodes: {violation}")
            except Exception as error:
                # A mistake of the matrix must not take the figures of an hour with it.
                logging.exception("the matrix failed")
                figures.violations.append(f"on {nodes} nodes: the matrix failed: {error!r}")

    async with asyncio.TaskGroup() as group:
        for number in range(arguments.worlds):
            group.create_task(one_after_the_other(random.Random(seed + number)))
    _say(figures.table())
    if arguments.report is not None:
        await asyncio.to_thread(figures.write, Path(arguments.report))
    return 1 if figures.violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos ARGS=", description=__doc__)
    parser.add_argument("--short", action="store_true", help="ten minutes")
    parser.add_argument("--seconds", type=float, default=3600, help="end after so long")
    parser.add_argument("--faults", type=int, default=1000, help="end after so many")
    parser.add_argument("--seed", type=int, help="draw the faults of an earlier run again")
    parser.add_argument("--only", default="", help="faults whose name has this in it")
    parser.add_argument("--nodes", type=int, choices=(1, 2, 3), help="in all worlds")
    parser.add_argument(
        "--worlds", type=int, default=1, help="at a time; most of a fault is waiting for it to end"
    )
    parser.add_argument("--report", help="write the figures there, as JSON")
    return parser.parse_args()


raise SystemExit(asyncio.run(_main(_arguments())))
