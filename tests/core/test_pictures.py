"""The picture under the grid: laid, aligned and taken away."""

from dataclasses import asdict

import pytest
from pydantic import ValidationError

from events import Event, decide, project, state_fields
from events.core.features.members import MemberSet, PlayerJoined
from events.core.features.pictures import (
    AlignPicture,
    LayPicture,
    NoSuchPicture,
    PictureAligned,
    PictureLaid,
    PictureRemoved,
    RemovePicture,
)
from events.core.features.settings import SetSettings
from events.core.features.terrain import SetMap
from events.core.image_placement import Alignment
from events.core.messages import Command
from events.core.state import MapFrame, Picture, Placement
from events.geometry.grid import runs
from events.geometry.layout import bounds
from events.geometry.offset import Cell, Orientation, Parity, hex_of
from tests.support.given import ANN, DM, SAM, given

TABLE: tuple[Event, ...] = (
    *(MemberSet(user=who.user, name=who.name, role=who.role) for who in (DM, ANN, SAM)),
    *(PlayerJoined(user=who.user) for who in (DM, ANN, SAM)),
)
LAID = PictureLaid(picture=Picture("p1", 700, 600))
TURNED = Alignment(x=-40, y=8.5, scale=0.5, rotation=30)


def test_everyone_is_told_which_picture_lies_under_the_grid() -> None:
    shown = {"id": "p1", "width": 700, "height": 600, "alignment": Alignment().model_dump()}
    outcome = given(*TABLE).when(LayPicture(picture="p1", width=700, height=600)).then(LAID)
    for viewer in (DM, ANN, SAM):
        outcome.tells(viewer, "picture:changed")
        assert outcome.told(viewer)[0]["picture"] == shown
        assert state_fields(project(outcome.after, viewer))["picture"] == shown


def test_another_picture_lies_as_the_one_before() -> None:
    lies = Placement(x=5.0)
    outcome = given(*TABLE, LAID, PictureAligned(lies=lies)).when(
        LayPicture(picture="p2", width=9, height=9)
    )
    outcome.then(PictureLaid(picture=Picture("p2", 9, 9, lies)))


def test_an_alignment_is_told_as_it_was_asked() -> None:
    outcome = given(*TABLE, LAID).when(AlignPicture(alignment=TURNED))
    assert outcome.told(ANN)[0]["picture"]["alignment"] == TURNED.model_dump()
    outcome.again().when(AlignPicture(alignment=TURNED)).then()


def test_a_picture_may_be_stretched() -> None:
    stretched = Alignment(scale=0.5, scale_y=0.6)
    outcome = given(*TABLE, LAID).when(AlignPicture(alignment=stretched))
    outcome.then(PictureAligned(lies=Placement(scale=0.5, scale_y=0.6)))
    assert outcome.told(ANN)[0]["picture"]["alignment"] == {
        "x": 0.0, "y": 0.0, "scale": 0.5, "rotation": 0.0, "scaleY": 0.6,
    }  # fmt: skip
    alike = Alignment(scale=0.5, scale_y=0.5)
    outcome.again().when(AlignPicture(alignment=alike)).then(
        PictureAligned(lies=Placement(scale=0.5))
    )
    with pytest.raises(ValidationError, match="at most 10 times"):
        Alignment(scale=0.5, scale_y=0.04)


def test_a_picture_is_taken_away() -> None:
    outcome = given(*TABLE, LAID).when(RemovePicture()).then(PictureRemoved())
    assert outcome.told(ANN)[0]["picture"] is None


@pytest.mark.parametrize("command", [AlignPicture(alignment=TURNED), RemovePicture()])
def test_there_must_be_one(command: Command) -> None:
    given(*TABLE).when(command).refused(NoSuchPicture)


def test_a_picture_tells_how_far_the_map_goes_so_it_goes_with_that() -> None:
    kept = given(*TABLE, LAID).when(SetSettings(show_map_extent=False))
    assert kept.told(ANN)[-1] == {"type": "picture:changed", "picture": None}
    assert kept.told(DM)[-1]["type"] != "picture:changed"
    assert "picture:changed" not in {
        m["type"] for m in kept.again().when(AlignPicture(alignment=TURNED)).told(SAM)
    }

    shown = kept.again().when(SetSettings(show_map_extent=True)).told(ANN)[-1]
    assert shown["picture"]["width"] == 700


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (1, 9), (9, 1), (12, 7)])
@pytest.mark.parametrize("size", [(700, 60), (60, 700)])
@pytest.mark.parametrize("parity", ["odd", "even"])
def test_the_first_picture_covers_the_map_and_no_more(
    orientation: Orientation, columns: int, rows: int, size: tuple[int, int], parity: Parity
) -> None:
    grid = [hex_of(Cell(c, r), orientation, parity) for c in range(columns) for r in range(rows)]
    laid = SetMap(
        name="A", grid_width=columns, grid_height=rows, hex_size=30.0, orientation=orientation,
        painted=(("hills", 0, runs(grid)),), parity=parity,
    )  # fmt: skip
    room = given(*TABLE).when(laid).after
    (event,) = decide(room, LayPicture(picture="p1", width=size[0], height=size[1]), DM)
    assert isinstance(event, PictureLaid)
    lies = Alignment(**asdict(event.picture.lies))
    (left, top), (right, bottom) = lies.to_map((0, 0)), lies.to_map(size)
    of_map = bounds(grid, 30.0, orientation)
    sides = ((right - left) / (of_map[2] - of_map[0]), (bottom - top) / (of_map[3] - of_map[1]))
    assert min(sides) == pytest.approx(1)
    assert left + right == pytest.approx(of_map[0] + of_map[2])
    assert top + bottom == pytest.approx(of_map[1] + of_map[3])


def test_a_map_too_large_to_be_covered_gets_its_picture_as_it_is() -> None:
    laid = MapFrame("A", 2_000_001, 2_000_001, 10_000.0, "flat")
    assert Alignment.covering(laid, 1, 1) == Alignment()
