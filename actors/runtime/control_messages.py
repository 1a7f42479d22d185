"""What the shell itself says to a client, beside what the core tells."""

from typing import Any

from events.core.messages import ServerMessage
from events.core.state import Role, SessionId, Status, UserId


class Connected(ServerMessage):
    """The connection is open; sent again when the user's role changed."""

    tag = "connected"
    user_id: UserId
    role: Role


class SessionState(ServerMessage):
    """All that the viewer may know, as of ``seq``. ``resume`` names the stream that goes on from it.

    Who connects with ``terrain=runs`` may find terrain in ``painted`` instead: of each terrain and
    variant the hexes in runs ``[q, r, n]``, from ``q,r`` on n of them with q going up.
    """

    tag = "session:state"
    status: Status
    session_id: SessionId | None
    broadcast_mode: str
    preparing: bool
    connected_players: list[dict[str, Any]]
    revealed_hexes: list[str]
    terrain: list[dict[str, Any]]
    painted: list[dict[str, Any]] | None = None
    tiers: list[dict[str, Any]] | None = None
    reveals: list[dict[str, Any]] | None = None
    tokens: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    map: dict[str, Any] | None
    picture: dict[str, Any] | None = None
    staged: dict[str, Any] | None = None
    history: dict[str, Any] | None = None
    hints: list[dict[str, Any]] = []
    settings: dict[str, Any] = {}
    rules: list[dict[str, Any]] = []
    skills: dict[str, Any] = {}
    rolls: list[dict[str, Any]] = []
    paths: list[dict[str, Any]] = []
    sites: list[dict[str, Any]] = []
    regions: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    handouts: list[dict[str, Any]] = []
    pins: list[dict[str, Any]] = []
    strokes: list[dict[str, Any]] = []
    resume: str
    seq: int


class Ack(ServerMessage):
    """The command is durable; what it changed for the sender was told by ``seq``."""

    tag = "ack"
    id: str
    seq: int


class Refused(ServerMessage):
    """The command or frame was refused, and why.

    With the codes ``busy``, ``unavailable`` and ``internal`` it is open whether the command was
    carried out: send it again under the same ``id``. With any other nothing was done.
    """

    tag = "error"
    code: str
    message: str
    id: str | None = None


class Pong(ServerMessage):
    """The answer to a ping."""

    tag = "pong"
