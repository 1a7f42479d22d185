"""Courses: lines over the grid, through hexes and along their edges."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.geometry.course import (
    MOST_POINTS,
    BadCourse,
    CoursePoint,
    along,
    edges,
    lines,
    through,
)
from events.geometry.grid import STEPS, BadHexKey, Hex

hexes = st.builds(Hex, st.integers(-6, 6), st.integers(-6, 6))
points = st.builds(CoursePoint, hexes, st.none() | st.integers(0, 5))


def course(text: str) -> list[CoursePoint]:
    return [CoursePoint.parse(point) for point in text.split()]


@pytest.mark.parametrize("text", ["0,0", "3,-2/0", "-7,12/5"])
def test_a_point_reads_back_as_it_is_written(text: str) -> None:
    assert str(CoursePoint.parse(text)) == text


@pytest.mark.parametrize("text", ["", "0,0/", "0,0/6", "0,0/-1", "0,0/1/2", "a,b", "0,0/١"])
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(BadHexKey):
        CoursePoint.parse(text)


def test_hexes_between_two_points_are_filled_in() -> None:
    assert list(through(course("0,0 3,0"))) == course("0,0 1,0 2,0 3,0")


def test_each_hex_gets_its_own_line_from_edge_or_centre_to_edge_or_centre() -> None:
    assert lines(through(course("0,0 1,0 1,1/5"))) == {
        Hex(0, 0): ((0, None),),
        Hex(1, 0): ((3, 5),),
        Hex(1, 1): ((2, 5),),
    }


def test_a_path_that_turns_back_ends_in_the_centre() -> None:
    assert lines(through(course("0,0 1,0 0,0"))) == {
        Hex(0, 0): ((0, None),),
        Hex(1, 0): ((3, None),),
    }


def test_a_path_within_one_hex_runs_from_edge_to_edge() -> None:
    assert lines(through(course("2,2/4 2,2/1"))) == {Hex(2, 2): ((1, 4),)}


def test_a_path_that_begins_on_the_edge_to_its_second_hex_begins_there() -> None:
    assert list(through(course("0,0/0 1,0 2,0"))) == course("1,0/3 2,0")


@pytest.mark.parametrize(
    "text", ["", "0,0", "0,0 0,0", "0,0/1 0,0/1", "0,0/0 1,0/3", "0,0 1,0/2 2,0"]
)
def test_points_that_make_no_line_are_refused(text: str) -> None:
    with pytest.raises(BadCourse):
        through(course(text))


def test_a_path_has_an_end() -> None:
    ends = CoursePoint(Hex(0, 0)), CoursePoint(Hex(MOST_POINTS - 1, 0))
    assert len(through(ends)) == MOST_POINTS
    with pytest.raises(BadCourse, match="at most 2000 points, not 2001"):
        through((ends[0], CoursePoint(Hex(MOST_POINTS, 0))))
    with pytest.raises(BadCourse, match="not 1000001"):
        through((ends[0], CoursePoint(Hex(1_000_000, 0))))


@given(st.lists(points, min_size=2, max_size=6))
def test_the_normal_form_of_a_course_is_its_own(drawn: list[CoursePoint]) -> None:
    try:
        made = through(drawn)
    except BadCourse:
        return
    assert through(made) == made
    chain = [point.at for point in made]
    assert all(a.distance(b) <= 1 for a, b in pairwise(chain))


@given(st.lists(points, min_size=2, max_size=6))
def test_a_course_that_is_walked_back_draws_the_same(drawn: list[CoursePoint]) -> None:
    try:
        made = through(drawn)
    except BadCourse:
        return
    assert lines(made) == lines(through(made[::-1]))


@given(st.lists(points, min_size=2, max_size=6))
@example(course("0,0 1,0 0,0"))
def test_no_line_has_both_ends_in_one_place(drawn: list[CoursePoint]) -> None:
    try:
        made = through(drawn)
    except BadCourse:
        return
    assert all(one != other for of in lines(made).values() for one, other in of)


@given(st.lists(points, min_size=2, max_size=6))
def test_lines_that_leave_a_hex_go_on_in_the_next(drawn: list[CoursePoint]) -> None:
    try:
        made = through(drawn)
    except BadCourse:
        return
    ends = {(made[0].at, made[0].edge), (made[-1].at, made[-1].edge)}
    drawn_in = lines(made)
    for at, of in drawn_in.items():
        for edge in {end for line in of for end in line if end is not None}:
            beyond = Hex(at.q + STEPS[edge][0], at.r + STEPS[edge][1])
            goes_on = any((edge + 3) % 6 in line for line in drawn_in.get(beyond, ()))
            assert goes_on or (at, edge) in ends


@given(st.lists(st.builds(CoursePoint, hexes, st.integers(0, 5)), min_size=1, max_size=6))
def test_an_edge_is_on_both_its_hexes(drawn: list[CoursePoint]) -> None:
    made = along(drawn)
    assert along(made) == made
    on = edges(made)
    assert all(edge in on[at] for at, edge in drawn)
    for at, of in on.items():
        assert list(of) == sorted(set(of))
        for edge in of:
            assert (edge + 3) % 6 in on[Hex(at.q + STEPS[edge][0], at.r + STEPS[edge][1])]


def test_an_edge_named_from_either_side_is_one() -> None:
    assert along(course("0,0/0 1,0/3")) == along(course("1,0/3"))


def test_a_path_along_edges_needs_them() -> None:
    with pytest.raises(BadCourse, match="and 1,0 does not"):
        along(course("0,0/1 1,0"))
    with pytest.raises(BadCourse, match="at least one edge"):
        along([])
