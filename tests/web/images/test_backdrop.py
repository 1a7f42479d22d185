"""Maps drawn with the picture under the grid hold exactly what their audience may see of it."""

import io
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from events.core.image_placement import Alignment
from events.core.state import MapFrame, Picture, RoomId
from events.geometry.grid import Hex, disc
from events.geometry.layout import bounds, centre
from events.geometry.offset import Orientation
from events.record.backdrop import VisibleBackdrop
from events.report.recap import Recap, RecapFrame, RecapLine, recap_html
from tests.support.hex_at import hex_at
from web.images import backdrop as underlay
from web.images import ingest as imageintake
from web.images import mask as mapimage
from web.images import pyramid
from web.images import store as imagestore
from web.images.backdrop import BackdropRenderer
from web.images.campaign_files import Pictures
from web.images.ingest import lay
from web.images.tiles import alignment_of
from web.recaps import webhook_sender as recapposter
from web.recaps.animation import SIDE, animated

SMALL = 64
"""Pixels of a tile here, so that a small picture has many tiles and levels."""
ROOM = RoomId(UUID(int=1))
WIDTH, HEIGHT = 160, 120
BEGAN = datetime(2026, 1, 31, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pyramid, mapimage, imageintake, imagestore):
        monkeypatch.setattr(module, "TILE", SMALL)


@contextmanager
def kept(image: Image.Image) -> Iterator[BackdropRenderer]:
    """Yield what draws a picture that the room brought."""
    with tempfile.TemporaryDirectory() as name:
        pictures = Pictures(Path(name))
        folder = Path(name) / "tiles" / "p"
        folder.mkdir(parents=True)
        width, height = lay(image, folder)
        (folder / "facts.json").write_text(json.dumps({"width": width, "height": height}))
        pictures.mark(ROOM, "p")
        yield BackdropRenderer(pictures, ROOM)


def below(
    placement: Alignment,
    hexes: frozenset[Hex],
    size: float = 24.0,
    orientation: Orientation = "flat",
) -> VisibleBackdrop:
    picture = Picture("p", WIDTH, HEIGHT, placement.placement())
    return VisibleBackdrop(picture, MapFrame("A", 9, 9, size, orientation), hexes)


def evening(backdrop: VisibleBackdrop) -> Recap:
    """Return a recap in which the hexes come into sight one by one."""
    orientation = backdrop.frame.orientation
    recap = Recap("A", "Session 1", "Ann", orientation, [RecapLine(BEGAN, "reveal", "It opened")])
    sight: dict[Hex, str] = {}
    for number, at in enumerate(sorted(backdrop.hexes)):
        sight = {**sight, at: "hills"}
        shown = VisibleBackdrop(backdrop.picture, backdrop.frame, frozenset(sight))
        later = BEGAN + timedelta(minutes=number)
        recap.frames.append(RecapFrame(later, "It opened", sight, frozenset({at}), shown))
    return recap


def touched(x: int, y: int, backdrop: VisibleBackdrop) -> set[Hex]:
    """Return the hexes that a pixel of the picture lies in, by its middle and corners."""
    placement = alignment_of(backdrop.picture)
    places = ((0.5, 0.5), (0.001, 0.001), (0.999, 0.001), (0.001, 0.999), (0.999, 0.999))
    return {
        hex_at(
            placement.to_map((x + dx, y + dy)), backdrop.frame.hex_size, backdrop.frame.orientation
        )
        for dx, dy in places
    }


def noise(seed: int) -> Image.Image:
    return Image.frombytes(
        "RGB", (WIDTH, HEIGHT), random.Random(seed).randbytes(WIDTH * HEIGHT * 3)
    )


def otherwise_below(image: Image.Image, backdrop: VisibleBackdrop) -> Image.Image:
    """Return the picture with another one in all pixels that lie in some hidden hex."""
    changed, other = image.copy(), noise(2)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if not backdrop.hexes.issuperset(touched(x, y, backdrop)):
                changed.putpixel((x, y), other.getpixel((x, y)) or 0)
    return changed


backdrops = st.builds(
    below,
    st.builds(
        lambda x, y, scale, rotation, stretch: Alignment(
            x=x, y=y, scale=scale, rotation=rotation, scale_y=stretch and scale * stretch
        ),
        st.floats(-80, 20), st.floats(-80, 20), st.floats(0.3, 3), st.floats(-180, 180),
        st.none() | st.floats(0.4, 2.5),
    ),
    st.frozensets(st.sampled_from(sorted(disc(Hex(0, 0), 2))), min_size=1, max_size=6),
    st.floats(8, 60),
    st.sampled_from(("flat", "pointy")),
)  # fmt: skip


# Each case looks at every pixel: one that fails is not made smaller.
@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(backdrop=backdrops)
def test_whatever_lies_below_hidden_hexes_recaps_are_the_same(backdrop: VisibleBackdrop) -> None:
    image, recap, made = noise(1), evening(backdrop), []
    for each in (image, otherwise_below(image, backdrop)):
        with kept(each) as underlay_:
            page = recap_html(recap, underlay_.webp)
            moving = (
                animated(recap, "webp", underlay_, 300),
                animated(recap, "gif", underlay_, 300),
            )
            made.append((page, *moving))
    assert made[0] == made[1]


@pytest.mark.parametrize("rotation", [0, 30, -110])
@pytest.mark.parametrize(("scale", "scale_y"), [(0.4, None), (1.0, 1.6), (2.5, None), (2.0, 1.2)])
@pytest.mark.parametrize("orientation", ["flat", "pointy"])
def test_what_shows_lies_where_it_lies_on_the_map(
    orientation: Orientation, scale: float, scale_y: float | None, rotation: float
) -> None:
    there = Alignment(scale=scale, rotation=rotation, scale_y=scale_y)
    x, y = there.to_map((WIDTH / 2, HEIGHT / 2))
    placement = there.model_copy(update={"x": -x, "y": -y})
    hexes = frozenset(disc(Hex(0, 0), 2))
    backdrop = below(placement, hexes, 9.0, orientation)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([(x, 2 * y, 99) for y in range(HEIGHT) for x in range(WIDTH)])
    box = bounds(hexes, 20.0, orientation)
    with kept(image) as drawn_by:
        drawn = drawn_by.drawn(backdrop, box, 20.0, (300, 260))
    assert drawn is not None
    for at in disc(Hex(0, 0), 1):
        x, y = centre(at, 20.0, orientation)
        pixel = drawn.getpixel(
            (
                int((x - box[0]) / (box[2] - box[0]) * 300),
                int((y - box[1]) / (box[3] - box[1]) * 260),
            )
        )
        expected = placement.to_picture(centre(at, 9.0, orientation))
        red, green, blue, alpha = cast(tuple[int, ...], pixel)
        assert (blue, alpha) == (99, 255)
        assert (red, green / 2) == pytest.approx(expected, abs=3)


def test_nothing_is_drawn_without_its_pixels() -> None:
    backdrop = below(Alignment(), frozenset({Hex(0, 0)}))
    box = bounds(backdrop.hexes, 20.0, "flat")
    with kept(noise(1)) as here:
        assert here.webp(backdrop, box, 20.0) is not None
        elsewhere = below(Alignment(x=5_000), backdrop.hexes)
        assert here.webp(elsewhere, box, 20.0) is None
        here._pictures.unmark(ROOM)
        assert here.webp(backdrop, box, 20.0) is None


def test_a_picture_in_a_page_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    backdrop = below(Alignment(x=-60, y=-50), frozenset(disc(Hex(0, 0), 2)), 12.0)
    box = bounds(backdrop.hexes, 20.0, "flat")
    with kept(noise(1)) as here:
        fine = here.webp(backdrop, box, 20.0)
        assert fine is not None
        monkeypatch.setattr(underlay, "MOST_BYTES", len(fine) // 2)
        coarse = here.webp(backdrop, box, 20.0)
    assert coarse is not None
    assert len(coarse) <= len(fine) // 2
    assert max(Image.open(io.BytesIO(coarse)).size) <= underlay.SIDE


def test_an_evenings_picture_that_is_too_large_to_post_is_halved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recap = Recap("A", "Session 1", "all players")
    for radius in (12, 16):
        hexes = dict.fromkeys(disc(Hex(0, 0), radius), "hills")
        recap.frames.append(RecapFrame(BEGAN, "It opened", hexes, frozenset()))
    sizes = []
    with kept(noise(1)) as here:
        for _ in range(3):
            posted = recapposter._picture(recap, here)
            sizes.append(None if posted is None else max(Image.open(io.BytesIO(posted)).size))
            monkeypatch.setattr(recapposter, "MOST_PICTURE_BYTES", len(posted or b"") - 1)
    assert sizes[1] is not None
    assert sizes[0] == pytest.approx(SIDE, abs=40)
    assert sizes[1] == pytest.approx(SIDE / 2, abs=40)
    assert sizes[2] is None
