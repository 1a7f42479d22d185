"""Session: one end of the numbered packets between a follower and an owner of rooms."""

from collections.abc import Iterable, Iterator
from typing import Final

from actors.cluster.lease import NodeId
from actors.cluster.transport import Transport
from actors.cluster.wire import Direction, Intake, Packet, PacketKind, cut, pack
from actors.runtime.clock import Clock

BEAT_S: Final = 0.5
"""How often each end says that it is there."""
SILENT_S: Final = 2.0
"""After how long without a word the other end is taken for gone."""
GAP_S: Final = 0.5
"""How long a packet may be late."""


class PacketSession:
    """Numbers what goes out, orders what comes in, knows when the other end is lost."""

    def __init__(
        self, carrier: Transport, clock: Clock, peer: NodeId, way: Direction, number: int
    ) -> None:
        self.peer = peer
        self.number = number
        self.intake = Intake()
        self.heard_at = clock.monotonic()
        self._carrier = carrier
        self._clock = clock
        self._way = way
        self._sent = 0
        self._late_since: float | None = None

    def send(self, topic: str, payload: bytes) -> None:
        """Send frames, in as many packets as they need."""
        self.send_all(((topic, payload),))

    def send_all(self, payloads: Iterable[tuple[str, bytes]]) -> None:
        """Send frames of several topics in one write: each costs both ends a turn of their loops."""
        self._carrier.send(
            self.peer,
            [(topic, packet) for topic, payload in payloads for packet in self._packets(payload)],
        )

    def _packets(self, payload: bytes) -> Iterator[bytes]:
        pieces = cut(payload)
        for index, piece in enumerate(pieces, 1):
            packet = Packet(self._way, self.number, self._sent, index < len(pieces), piece)
            self._sent += 1
            yield packet.encode()

    def beat(self) -> None:
        """Say that this end is there; so a packet that was lost is missed within a beat."""
        self.send("beat", pack(PacketKind.BEAT))

    def note_received(self) -> None:
        """Note that the other end spoke."""
        self.heard_at = self._clock.monotonic()

    def broken(self, silent_s: float) -> bool:
        """Return whether the other end is gone, or a packet is lost for good."""
        now = self._clock.monotonic()
        if not self.intake.gap:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = now
        late = self._late_since is not None and now - self._late_since > GAP_S
        return late or self.intake.hopeless or now - self.heard_at > silent_s
