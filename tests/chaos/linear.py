"""Whether a history of concurrent commands is linearizable, where the record gives each a version.

A room is a log: its commands have one total order, their versions. A history is linearizable when that
order respects real time: a command acknowledged before another was sent comes before it. So no search
over orders is needed; the record names the only candidate, and one sweep proves or refutes it. Proved
is the order of commands, not what each did: the model compares the outcome by itself.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Call(NamedTuple):
    """One acknowledged command: whose connection sent it when, and when it was acknowledged.

    Times are seconds of one monotonic clock; ``number`` counts the commands of one client.
    """

    client: str
    number: int
    id: str
    sent: float
    acknowledged: float


def violations(calls: Iterable[Call], versions: Mapping[str, int]) -> list[str]:
    """Return what contradicts one order per room: commands that are missing, late or swapped."""
    known = list(calls)
    faults = [
        f"{call.id} was acknowledged and is not recorded"
        for call in known
        if call.id not in versions
    ]
    ordered = sorted(
        (call for call in known if call.id in versions), key=lambda call: versions[call.id]
    )
    latest_sent: Call | None = None
    last_of: dict[str, Call] = {}
    for call in ordered:
        if latest_sent is not None and call.acknowledged < latest_sent.sent:
            faults.append(
                f"{call.id} was acknowledged before {latest_sent.id} was sent, and is recorded after it"
            )
        if latest_sent is None or call.sent > latest_sent.sent:
            latest_sent = call
        before = last_of.get(call.client)
        if before is not None and before.number > call.number:
            faults.append(
                f"{call.id} was sent before {before.id} by one client, and is recorded after it"
            )
        last_of[call.client] = call
    return faults
