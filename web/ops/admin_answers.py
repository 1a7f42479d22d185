"""What admins ask and are told."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from events.core.state import RoomId, UserId
from web.http.api import Answer, Body, Query


class QuarantinedRoom(Answer):
    id: RoomId
    name: str
    """What its campaign is called."""
    why: str
    """What is wrong with its record, and so what to do: restore the row from a backup."""


class NodeListed(Answer):
    """A node of the cluster, those that died lately included."""

    name: str
    alive: bool
    started_at: datetime
    rooms: int


class ResealFailed(Answer):
    id: UUID
    name: str
    why: str
    """What held it up the last time; it is tried again by itself."""


class FormerNames(Answer):
    """What is left of deleted accounts: their names in the stored record, which nobody is shown."""

    campaigns: int
    lag_s: float
    """Since when the oldest of these names should be gone."""
    by_itself: bool
    """Whether the server takes them out; else `hexroom campaign reseal` does."""
    failed: tuple[ResealFailed, ...]


class SettingInForce(Answer):
    name: str
    value: str
    meaning: str


class Overview(Answer):
    version: str
    accounts: int
    guests: int
    campaigns: int
    events: int
    """An estimate."""
    database_bytes: int
    pictures_bytes: int
    disk_free_bytes: int
    """Where the data folder is: pictures, and the database where it is our own."""
    disk_bytes: int
    nodes: tuple[NodeListed, ...]
    """None where this server runs alone."""
    report_lag_s: float
    """How far the report tables are behind the record."""
    former_names: FormerNames
    quarantined: tuple[QuarantinedRoom, ...]
    settings: tuple[SettingInForce, ...]


class PersonListed(Answer):
    id: UserId
    name: str
    email: str | None
    guest: bool
    admin: bool
    created_at: datetime
    last_seen_at: datetime | None
    campaigns: int
    second_factor: bool
    """Whether a code or a passkey is asked for after the password."""


class People(Answer):
    people: tuple[PersonListed, ...]


class PeopleQuery(Query):
    search: str = Field("", description="part of a name or e-mail, or an id")
    guests: bool = Field(False, description="whether guests are listed, too")


class CampaignSized(Answer):
    id: UUID
    name: str
    members: int
    events: int
    last_session_at: datetime | None
    deleted_at: datetime | None


class CampaignsSized(Answer):
    campaigns: tuple[CampaignSized, ...]


class AdminLogLine(Answer):
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


class AdminLog(Answer):
    lines: tuple[AdminLogLine, ...]


class AdminRights(Body):
    admin: bool


class ResetLink(Answer):
    """The only time that the link is told."""

    url: str
