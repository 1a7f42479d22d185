"""The picture under the grid: which one, and how it lies. Its pixels are files, given out by what each may see."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from events.core.features.terrain import knows_extent
from events.core.image_placement import Alignment
from events.core.messages import JSON, Command, Event, Int, JsonObject, ServerMessage
from events.core.projection import Shown, SingleProjection
from events.core.state import Member, Picture, Placement, RoomState
from events.errors import NotFound
from events.text import Id

Pixels = Annotated[Int, Field(ge=1, le=65_536)]


class NoSuchPicture(NotFound):
    def __str__(self) -> str:
        return "there is no picture under the grid"


class LayPicture(Command):
    """Lay a picture that is kept under the grid: aligned as the one before, the first over all of the map."""

    tag = "picture:lay"
    internal = True
    picture: Id
    width: Pixels
    height: Pixels

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        picture = Picture(self.picture, self.width, self.height, self._lies(room))
        if room.picture != picture:
            yield PictureLaid(picture=picture)

    def _lies(self, room: RoomState) -> Placement:
        if room.picture is not None:
            return room.picture.lies
        if room.map is None:
            return Placement()
        return Alignment.covering(room.map, self.width, self.height).placement()

    def describe(self, room: RoomState) -> str:
        return "Lay a picture under the map"


class AlignPicture(Command):
    """Move, scale and turn the picture under the grid."""

    tag = "picture:align"
    internal = True
    alignment: Alignment

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if room.picture is None:
            raise NoSuchPicture
        lies = self.alignment.placement()
        if room.picture.lies != lies:
            yield PictureAligned(lies=lies)

    def describe(self, room: RoomState) -> str:
        return "Align the picture under the map"


class RemovePicture(Command):
    """Take the picture away from under the grid."""

    tag = "picture:remove"
    internal = True

    def decide(self, room: RoomState, by: Member) -> Iterator[Event]:
        if room.picture is None:
            raise NoSuchPicture
        yield PictureRemoved()

    def describe(self, room: RoomState) -> str:
        return "Take the picture under the map away"


class PictureLaid(Event):
    tag = "picture_lay"
    picture: Picture

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(picture=self.picture)

    def describe(self, room: RoomState) -> str:
        return "Laid a picture under the map"


class PictureAligned(Event):
    tag = "picture_align"
    lies: Placement

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(picture=room.picture and replace(room.picture, lies=self.lies))

    def describe(self, room: RoomState) -> str:
        return "Aligned the picture under the map"


class PictureRemoved(Event):
    tag = "picture_remove"

    def evolve(self, room: RoomState) -> RoomState:
        return room.but(picture=None)

    def describe(self, room: RoomState) -> str:
        return "Took the picture under the map away"


class PictureChanged(ServerMessage):
    """The picture under the grid, or how it lies, is another; null where there is none."""

    tag = "picture:changed"
    picture: JsonObject | None


class PictureProjection(SingleProjection):
    """The picture under the grid and its alignment, for all who may know the extent of the map, which it discloses."""

    name = "picture"
    reads = frozenset({"picture", "settings"})

    def visible(self, room: RoomState, viewer: Member, key: str) -> JSON | None:
        picture = room.picture
        if picture is None or not knows_extent(room, viewer):
            return None
        return {
            "id": picture.id,
            "width": picture.width,
            "height": picture.height,
            "alignment": Alignment.of(picture.lies).model_dump(),
        }

    def state_fields(self, whole: Shown[str]) -> Mapping[str, JSON]:
        return {"picture": whole.get("picture")}

    def diff_messages(self, before: Shown[str], after: Shown[str]) -> Iterator[ServerMessage]:
        yield PictureChanged(picture=after.get("picture"))
