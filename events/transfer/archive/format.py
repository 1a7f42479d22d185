"""The format of archives: what each file of one says, and how large it may be."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from events.journal.chain import Row
from events.text import Name

FORMAT: Final = "hexroom-campaign"
MANIFEST, EVENTS, MEMBERS, MAP = "manifest.json", "events.ndjson", "members.json", "map.json"

MOST_BYTES: Final = {MANIFEST: 2**21, MEMBERS: 16 * 2**20, MAP: 64 * 2**20, EVENTS: 8 * 2**30}
"""What each file may unpack to, at most, whatever the archive says of itself."""
LONGEST_LINE: Final = 64 * 2**20
MOST_PICTURES: Final = 4_000
"""Nearly all of them small ones, of tokens."""
MOST_TILES: Final = 1_024
LARGEST_TILE: Final = 3 * 2**19
"""A tile of 512 × 512 pixels that cannot be compressed takes 1 MiB."""


class ArchiveRefused(Exception):
    """This is no archive that can be imported; the text says why. Nothing was changed."""


class DamagedPicture(ArchiveRefused):
    """The pixels of a picture in the archive cannot be used; the rest of it can."""


class ArchivePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,100}$")]


class ArchivedPicture(ArchivePart):
    """A picture that lay under the grid: its size, and the hashes of its tiles, row by row."""

    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    width: int = Field(ge=1, le=65_536)
    height: int = Field(ge=1, le=65_536)
    tiles: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=MOST_TILES)]

    @property
    def is_attached(self) -> bool:
        """Whether it went with something on the map: ids of such begin with a letter and a dash."""
        return self.id[1:2] == "-"

    def files(self) -> tuple[str, ...]:
        """Return the names of its tiles in the archive."""
        return tuple(tile_name(self.id, number) for number in range(len(self.tiles)))


def moment(text: str) -> datetime:
    """Return the time of a text with its offset, in UTC; raise ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its offset may be any of a day")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("no calendar has this time") from None


def tile_name(picture: str, number: int) -> str:
    """Return what a picture's tile is called in the archive."""
    return f"pictures/{picture}/{number}.png"


class Manifest(ArchivePart):
    """What the archive says of itself."""

    format: Literal["hexroom-campaign"] = "hexroom-campaign"
    version: Literal[1, 2, 3] = 1
    """1 where there are no pictures, 2 where they lay under the grid alone, else 3: as earlier versions of Hexroom read them."""
    campaign: str
    name: Name
    created_by: Id
    created_at: str
    events: int = Field(ge=1)
    head: Digest
    state: Digest
    """The hash of the state's canonical JSON after the last event."""
    pictures: Annotated[tuple[ArchivedPicture, ...], Field(max_length=MOST_PICTURES)] = ()

    def files(self) -> frozenset[str]:
        """Return the names of the pictures' tiles in the archive."""
        return frozenset(name for picture in self.pictures for name in picture.files())


class ArchivedMember(ArchivePart):
    id: Id
    name: Name
    role: Literal["dm", "player", "spectator"]


class ArchivedRow(ArchivePart):
    """One line of the events."""

    version: int
    session: str | None
    type: str
    user: str
    role: str
    command: str | None
    digest: str | None
    first: int
    at: str
    payload: str
    hash: Digest

    def row(self, campaign: UUID) -> Row:
        return Row(
            campaign=campaign,
            version=self.version,
            session=None if self.session is None else UUID(self.session),
            event_type=self.type,
            user=self.user,
            role=self.role,
            command_id=self.command,
            digest=None if self.digest is None else bytes.fromhex(self.digest),
            first_version=self.first,
            created_at=moment(self.at),
            payload=self.payload,
            hash=bytes.fromhex(self.hash),
        )
