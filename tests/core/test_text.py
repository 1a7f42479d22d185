"""What people may call things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text import NAME_CHARS, BadName, clean_name, clean_text, with_few_marks


@pytest.mark.parametrize("name", ["Ann", "Åsa Öberg", "日本語", "O'Neil", "a" * NAME_CHARS, "🐉"])
def test_names_of_people_are_kept(name: str) -> None:
    assert clean_name(f"  {name} ") == name


def test_a_name_is_normalised() -> None:
    assert clean_name("A\u030a") == "\u00c5"


@pytest.mark.parametrize(
    "name",
    [
        "", "  ", "a" * (NAME_CHARS + 1), "a\u0000", "a\nb", "a\u202eb", "a\u200bb", "\ud800",
        "a\x7fb", "a\u2028b", "\ue000", "a\u2066b", "\ufeffa",
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        clean_name(name)


@given(st.text())
def test_a_clean_name_is_clean(text: str) -> None:
    try:
        name = clean_name(text)
    except BadName:
        return
    assert clean_name(name) == name
    assert 1 <= len(name) <= NAME_CHARS
    name.encode()


def test_a_text_may_have_lines_but_no_tricks() -> None:
    assert clean_text("a\r\nb\tc", 10) == "a\nb\tc"
    for bad in ("\u0000", "\u202e", "x" * 11):
        with pytest.raises(BadName):
            clean_text(bad, 10)


@pytest.mark.parametrize("mark", ["\u0323", "\u0f73", "\u0344"])
def test_a_letter_bears_thirty_marks_and_no_more(mark: str) -> None:
    assert clean_name("a" + mark * 30)
    for marks in (31, 300):
        with pytest.raises(BadName):
            clean_name("a" + mark * marks)


def test_what_is_far_too_long_is_refused_before_it_is_looked_at() -> None:
    """A million marks of two kinds would be sorted for minutes."""
    flood = "a" + "\u0301" * 500_000 + "\u0323" * 500_000
    for most in (20_000, 300_000):
        with pytest.raises(BadName):
            clean_text(flood, most)
    with pytest.raises(BadName):
        clean_name(flood)


def test_marks_past_the_thirtieth_can_be_left_out() -> None:
    assert with_few_marks("a" + "\u0301" * 40 + "b\u0301") == "a" + "\u0301" * 30 + "b\u0301"
    assert with_few_marks("plain") == "plain"
