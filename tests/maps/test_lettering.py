"""Names on a drawn map do not lie on each other while there is room, and not over the rim of the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import Hex, disc
from events.geometry.layout import bounds
from events.maps.imported import ImportedLabel, ImportedRegion, ImportedSite
from events.maps.lettering import Box, Taken, kept_inside, words_box
from events.maps.overlay import Icon, Things, Words, marks
from events.maps.titles import broken

LAND = frozenset(disc(Hex(0, 0), 9))
PICTURE = bounds(LAND, 30, "flat")
hexes = st.sampled_from(sorted(disc(Hex(0, 0), 7)))
boxes = st.builds(
    Box, st.floats(-99, 99), st.floats(-99, 99), st.floats(1, 40), st.floats(1, 40)
)  # fmt: skip


def region(name: str, middle: Hex, size: int) -> ImportedRegion:
    return ImportedRegion(name, tuple(sorted(disc(middle, size))), dm_only=False)


def words(things: Things) -> list[Words]:
    drawn = marks(things, "flat", 30, "atlas", PICTURE)
    return [mark for mark in drawn if isinstance(mark, Words)]


def test_names_of_regions_that_share_a_middle_stand_apart() -> None:
    regions = tuple(region(f"Region {n}", Hex(0, 0), 5) for n in range(4))
    site = ImportedSite(Hex(0, 0), "castle", "Castle Deep", dm_only=False)
    there = words(Things((), (site,), regions))
    placed = [words_box(each.text, each.at, each.size) for each in there]
    (icon,) = (m for m in marks(Things((), (site,)), "flat", 30) if isinstance(m, Icon))
    placed.append(Box(*icon.at, 2 * icon.half, 1.7 * icon.half))
    for number, one in enumerate(placed):
        assert all(one.overlap(other) == 0 for other in placed[:number])


def test_a_title_stands_above_its_site_where_another_is_below() -> None:
    below = ImportedLabel(Hex(0, 0), "A long label here", 0, 0.5, 0.4, 0, dm_only=False)
    site = ImportedSite(Hex(0, 0), "castle", "Castle Deep", dm_only=False)
    (free,) = (w for w in words(Things((), (site,))) if w.style == "title")
    (moved,) = (w for w in words(Things((), (site,), (), (below,))) if w.style == "title")
    assert moved.at[1] < 0 < free.at[1]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Lair of the Mire Hydra", ["Lair of the", "Mire Hydra"]),
        ("Old Merrow", ["Old Merrow"]),
        ("Überwinterungsorte", ["Überwinterungsorte"]),
    ],
)
def test_a_title_wider_than_its_hex_and_most_of_the_next_has_two_lines(
    title: str, lines: list[str]
) -> None:
    there = words(Things((), (ImportedSite(Hex(0, 0), "lair", title, dm_only=False),)))
    assert [line.text for line in there] == lines
    assert sorted(line.at[1] for line in there) == [line.at[1] for line in there]


@given(title=st.lists(st.text("abc", min_size=1, max_size=9), min_size=2, max_size=6).map(" ".join))
def test_a_broken_title_has_all_its_words_in_lines_as_alike_as_can_be(title: str) -> None:
    lines = broken(title)
    assert " ".join(lines) == title
    if len(title) < 12:
        assert lines == (title,)
        return
    breaks = [at for at, letter in enumerate(title) if letter == " "]
    assert max(map(len, lines)) == min(max(at, len(title) - at - 1) for at in breaks)


def test_a_title_leaves_the_number_of_its_hex_to_be_read() -> None:
    things = Things((), (ImportedSite(Hex(0, 0), "castle", "Castle Deep", dm_only=False),))
    for numbered in (False, True):
        drawn = marks(things, "flat", 30, "atlas", PICTURE, numbered=numbered)
        (title,) = (mark for mark in drawn if isinstance(mark, Words))
        number = words_box("0101", (0, 30 * 0.65), 30 * 0.3)
        lies_on = words_box(title.text, title.at, title.size).overlap(number) > 0
        assert lies_on is not numbered


def test_titles_lie_on_no_site_and_on_no_other_title() -> None:
    sites = tuple(
        ImportedSite(
            at,
            "tower",
            f"The Bewitched Tower of the {at.q} {at.r}",
            dm_only=bool((at.q + at.r) % 2),
        )
        for at in sorted(disc(Hex(0, 0), 3))
    )
    drawn = marks(Things((), sites), "flat", 30, "atlas", PICTURE)
    icons = [Box(*m.at, 2 * m.half, 1.9 * m.half) for m in drawn if isinstance(m, Icon)]
    titles = [words_box(m.text, m.at, m.size) for m in drawn if isinstance(m, Words)]
    assert 5 < len(titles) < 2 * len(sites), "where there is no room, none is written"
    for number, title in enumerate(titles):
        area = title.wide * title.high
        assert sum(title.overlap(icon) for icon in icons) <= 0.5 * area
        assert all(title.overlap(other) <= 0.5 * area for other in titles[:number])


def test_where_there_is_room_for_one_title_it_is_that_of_the_city() -> None:
    sites = [
        ImportedSite(at, "hamlet", "The Faraway Hamlet of the Long Name", dm_only=False)
        for at in sorted(set(disc(Hex(0, 0), 3)) - {Hex(0, 0)})
    ]
    city = ImportedSite(Hex(0, 0), "city", "Great Merrow", dm_only=False)
    written = [word.text for word in words(Things((), (*sites, city)))]
    assert set(written) & {"Great Merrow", "Great"}
    assert len(written) < 2 * len(sites)


@pytest.mark.parametrize("corner", [Hex(9, 0), Hex(-9, 0), Hex(0, -9), Hex(0, 9)])
def test_a_name_at_the_rim_is_not_cut_off(corner: Hex) -> None:
    sites = (ImportedSite(corner, "cave", "The Cave of the Sleeping Wyrm", dm_only=False),)
    labels = (ImportedLabel(corner, "The Sleeping Sea", 0, 0, 1.5, 0, dm_only=False),)
    left, top, right, bottom = PICTURE
    for each in words(Things((), sites, (), labels)):
        x, y, wide, high = words_box(each.text, each.at, each.size)
        assert left - 0.01 <= x - wide / 2
        assert x + wide / 2 <= right + 0.01
        assert top - 0.01 <= y - high / 2
        assert y + high / 2 <= bottom + 0.01


@given(taken=st.lists(boxes, max_size=12), tried=st.lists(boxes, min_size=1, max_size=6))
def test_the_first_free_place_is_taken_else_that_which_is_covered_least(
    taken: list[Box], tried: list[Box]
) -> None:
    there = Taken(16)
    for box in taken:
        there.add(box)
    covered = [sum(box.overlap(other) for other in set(taken)) for box in tried]
    best = there.best(tried)
    assert best is not None
    assert covered[tried.index(best)] == pytest.approx(min(covered))
    if 0 in covered:
        assert best == tried[covered.index(0)]


@given(taken=boxes, box=boxes, most=st.floats(0, 1))
def test_a_place_that_is_covered_too_much_is_not_taken(taken: Box, box: Box, most: float) -> None:
    there = Taken(16)
    there.add(taken)
    best = there.best([box], most)
    assert (best is None) == (taken.overlap(box) > most * box.wide * box.high)


@given(box=boxes)
def test_a_box_that_fits_is_moved_inside_and_one_that_lies_there_stays(box: Box) -> None:
    moved = kept_inside(box, (-50, -50, 50, 50))
    assert abs(moved.x) + box.wide / 2 <= 50.001
    assert abs(moved.y) + box.high / 2 <= 50.001
    assert kept_inside(moved, (-50, -50, 50, 50)) == pytest.approx(moved)
    assert kept_inside(box, None) is box
