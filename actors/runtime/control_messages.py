"""What the shell itself says to a client, beside what the core tells."""

from events.core.messages import JsonObject, ServerMessage
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
    connected_players: list[JsonObject]
    revealed_hexes: list[str]
    terrain: list[JsonObject]
    painted: list[JsonObject] | None = None
    tiers: list[JsonObject] | None = None
    reveals: list[JsonObject] | None = None
    tokens: list[JsonObject] = []
    notes: list[JsonObject] = []
    map: JsonObject | None
    picture: JsonObject | None = None
    staged: JsonObject | None = None
    history: JsonObject | None = None
    hints: list[JsonObject] = []
    settings: JsonObject = {}
    rules: list[JsonObject] = []
    skills: JsonObject = {}
    rolls: list[JsonObject] = []
    paths: list[JsonObject] = []
    sites: list[JsonObject] = []
    regions: list[JsonObject] = []
    labels: list[JsonObject] = []
    handouts: list[JsonObject] = []
    pins: list[JsonObject] = []
    strokes: list[JsonObject] = []
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
