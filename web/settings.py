"""Every setting of the server, read from the environment: HEXROOM_ and the name in capitals."""

import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, PositiveFloat, PositiveInt, field_validator
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from web.mail import MailServer

PREFIX: Final = "HEXROOM_"

OWN_PATHS: Final = frozenset(
    [
        "account",
        "admin",
        "api",
        "back",
        "c",
        "demo",
        "forgotten",
        "healthz",
        "join",
        "metrics",
        "readyz",
        "reset",
        "static",
        "ws",
    ]
)
"""What the server's own paths begin with: no prefix does, or it could not be told from them."""
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+", re.ASCII)

KIB: Final = 1024
MIB: Final = 1024 * KIB


def default_data_dir() -> Path:
    """Return where the embedded database lives: root's is outside of any home directory."""
    if os.geteuid() == 0:
        return Path("/var/lib/hexroom")
    given = os.environ.get("XDG_DATA_HOME", "")
    return (Path(given) if given else Path.home() / ".local" / "share") / "hexroom"


def default_node_name() -> str:
    """Return the host's name and the number of the process."""
    return f"{socket.gethostname()}-{os.getpid()}"


class Settings(BaseSettings):
    """What an operator decides; the descriptions are the help text of ``hexroom serve``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    host: str = Field(
        "127.0.0.1", description="address to listen on, or unix:/run/hexroom.sock for a Unix socket"
    )
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    reuse_port: bool = Field(False, description="listen on a port that other nodes here listen on")
    public_url: str | None = Field(
        None,
        description="how browsers reach the server, https://play.example, also below a path, "
        "https://home.example/hexroom; with https, cookies are Secure. Unset: as the request says",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="further origins, comma-separated, whose pages may act for a user"
    )
    database_url: str | None = Field(
        None,
        description="postgresql://user:password@host/name. Unset: a PostgreSQL of our own in the "
        "data folder",
        repr=False,
    )
    database_connections: int = Field(
        10, ge=2, le=1000, description="the most connections to the database"
    )
    nats_url: str | None = Field(
        None,
        description="nats://host:4222 or tls://user:password@host:4222, several servers "
        "comma-separated, by which several nodes over one database share its rooms. Unset: this node "
        "serves alone",
        repr=False,
    )
    node_name: str = Field(
        default_factory=default_node_name,
        description="what operators call this node. Default: the host and the process",
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="networks, comma-separated, of the proxies that are believed whom they speak for",
    )
    metrics_from: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="networks, comma-separated, that may read /metrics; never through a proxy, as its "
        "counts tell players what a DM does in secret",
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="hosts, comma-separated, that recaps may be posted to without https and at private "
        "addresses; all others must be public",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="the data folder. Default: ~/.local/share/hexroom; for root /var/lib/hexroom",
    )
    invite_secret: str = Field(
        "",
        description="what the links of invites are derived from, so that DMs can be shown them again: "
        "at least 32 random characters, the same on all nodes. Unset: a file in the data folder",
        repr=False,
    )
    demo: bool = Field(True, description="open a demo campaign where the database is empty")
    page_sources: bool = Field(
        False, description="serve the page's sources one by one, for those who work on it"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="text, or json: one object a line"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )

    sign_up: Literal["open", "invited", "closed"] = Field(
        "open",
        description="who may make an account: open, invited (guests who came by an invite), or "
        "closed (admins make them)",
    )
    reseal: bool = Field(
        True,
        description="take the names of deleted accounts out of the stored record, which gives it other "
        "hashes, while the server runs. Off: by `hexroom campaign reseal` alone",
    )
    smtp_url: str | None = Field(
        None,
        description="smtp[s]://user:password@host:port?from=hexroom@example.org, the server that "
        "sends mail for forgotten passwords. Unset: an admin makes the links",
        repr=False,
    )
    oidc_issuer: str | None = Field(
        None,
        description="the OpenID Connect issuer, https://login.example, by whose accounts people may "
        "sign in",
    )
    oidc_client_id: str = Field("", description="what the issuer calls this server")
    oidc_client_secret: str = Field("", description="what this server shows the issuer", repr=False)
    oidc_name: str = Field(
        "single sign-on", description="what people call the issuer: Discord, Google"
    )
    session_days: PositiveFloat = Field(30, description="days without use until a sign-in ends")
    login_attempts: PositiveInt = Field(
        10,
        description="sign-ins a minute that may fail from one address, or one IPv6 network of 64 "
        "bits, and for one account from addresses that it has not signed in from; all nodes together",
    )
    commands_per_second: float = Field(
        50, ge=0, description="commands a second from a DM; 0: no limit for anybody"
    )
    command_burst: PositiveInt = Field(200, description="commands at once from a DM")
    player_commands_per_second: float = Field(
        20, ge=0, description="commands a second from a player; 0: no limit for players"
    )
    player_command_burst: PositiveInt = Field(60, description="commands at once from a player")
    message_bytes: PositiveInt = Field(MIB, description="bytes of a message from a DM")
    player_message_bytes: PositiveInt = Field(64 * KIB, description="bytes of one from a player")
    body_bytes: PositiveInt = Field(16 * MIB, description="bytes of an HTTP request, such as a map")
    hexes_per_command: PositiveInt = Field(50_000, le=50_000, description="hexes in a command")
    map_hexes: PositiveInt = Field(100_000, le=100_000, description="hexes of a campaign's map")
    campaigns: PositiveInt = Field(100, description="campaigns that an account made")
    members: PositiveInt = Field(500, description="members of a campaign")
    guests: PositiveInt = Field(
        250, description="guests among them; the other places are for accounts"
    )
    sockets_per_member: PositiveInt = Field(20, description="sockets of a user in a campaign")
    client_buffer_bytes: PositiveInt = Field(
        MIB, description="bytes that wait for a client until it is closed as too slow"
    )
    client_buffer_messages: PositiveInt = Field(1000, description="messages that wait likewise")
    mailbox_commands: PositiveInt = Field(256, description="commands that wait in a room")
    heartbeat_s: PositiveFloat = Field(15, description="seconds between heartbeats on a socket")
    send_timeout_s: PositiveFloat = Field(5, description="seconds a client may take to read")
    room_idle_s: PositiveFloat = Field(300, description="seconds until an idle room leaves memory")
    room_memory_bytes: PositiveInt = Field(
        1024 * MIB,
        description="bytes that all rooms of a process may hold; past it idle rooms leave memory, "
        "then new commands are refused as `busy`",
    )
    undo_bytes: PositiveInt = Field(
        4 * MIB,
        description="bytes that what can be undone takes in the memory of a room; of older actions "
        "the rest is read from the record when they are undone",
    )
    shutdown_s: PositiveFloat = Field(8, le=8, description="seconds for an orderly shutdown")

    @field_validator("allowed_origins", "proxies", "metrics_from", "webhook_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("invite_secret")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("at least 32 characters, or nothing")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin_of(each) for each in value)

    @field_validator("proxies", "metrics_from")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(each)) for each in value)

    @field_validator("nats_url")
    @classmethod
    def _is_nats(cls, value: str | None) -> str | None:
        for each in () if value is None else value.split(","):
            parts = urlsplit(each)
            if parts.scheme not in {"nats", "tls"} or not parts.hostname:
                # Not what was found: there may be a password in it.
                raise ValueError("expected nats://host:4222 or tls://host:4222")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_issuer(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("expected the address of an issuer, such as https://login.example")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: str | None) -> str | None:
        if value is not None:
            MailServer.parse(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return None if value is None else public_address_of(value)

    @property
    def public_origin(self) -> str | None:
        """The origin of the public URL, as browsers send it."""
        return None if self.public_url is None else self.public_url.removesuffix(self.path_prefix)

    @property
    def path_prefix(self) -> str:
        """The path below which browsers find the server: "/hexroom", or "" for all of the host."""
        return "" if self.public_url is None else urlsplit(self.public_url).path

    @property
    def socket_path(self) -> str | None:
        """The Unix socket to listen on; None for an address."""
        return self.host.removeprefix("unix:") if self.host.startswith("unix:") else None

    @property
    def pictures(self) -> Path:
        """Where the pixels of pictures are."""
        return self.data_dir / "pictures"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> str:
    """Return the URL's origin as browsers send it; raise ValueError for anything but an origin."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"expected an origin like https://play.example, found {url!r}")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"an origin has no path: {url!r}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def public_address_of(url: str) -> str:
    """Return an origin with the path below which the server is, without a slash at the end; raise ValueError."""
    parts = urlsplit(url)
    origin = origin_of(parts._replace(path="").geturl())
    path = parts.path.rstrip("/")
    if not path:
        return origin
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError(
            f"expected a path of letters, digits and . _ ~ - between slashes, found {path!r}"
        )
    if path.split("/")[1] in OWN_PATHS:
        raise ValueError(f"{path} begins like a path of Hexroom's own: choose another")
    return origin + path


def table() -> tuple[tuple[str, str, str], ...]:
    """Return a row for each setting: its variable, its default, what it means."""
    return tuple(
        (f"{PREFIX}{name.upper()}", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def in_force(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Return a row for each setting: its variable, its value now, what it means.

    Of values that hold a password or a key it is only said that they are set.
    """
    return tuple(
        (variable, _now(settings, name), meaning)
        for (variable, _, meaning), name in zip(table(), Settings.model_fields, strict=True)
    )


def _now(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value in (None, (), ""):
        return ""
    if not Settings.model_fields[name].repr:
        return "(set)"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _default(value: Any) -> str:
    if value is PydanticUndefined or value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)
