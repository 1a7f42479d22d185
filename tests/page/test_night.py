"""A night at the table, in real browsers against the real server."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, answered, stage, start_session
from tests.support.seated import joined

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SECRET, OTHER, THIRD = "3,3", "20,-4", "24,-6"
"""Hexes of the demo that nobody sees at first."""

MINE = "Object.values(room.tokens).find((t) => t.ownerId === room.userId).hexKey"


@pytest.fixture
def dm(served: Served, browser: Browser) -> Iterator[Seat]:
    seat = Seat(browser).open(served.links["dm"])
    yield seat
    seat.context.close()


@pytest.fixture
def isa(served: Served, browser: Browser) -> Iterator[Seat]:
    seat = Seat(browser).open(served.links["player"])
    yield seat
    seat.context.close()


@pytest.fixture
def painted_isa(served: Served, browser: Browser) -> Iterator[Seat]:
    """The same player, at a map of which each pixel counts."""
    seat = Seat(browser, painted=True).open(served.links["player"])
    yield seat
    seat.context.close()


@pytest.fixture
def bo(dm: Seat, browser: Browser) -> Iterator[Seat]:
    """A second player, who came by an invite link."""
    seat = joined(dm, browser, "Bo", painted=True)
    yield seat
    seat.context.close()


def told(seat: Seat, since: int, key: str) -> list[dict[str, Any]]:
    """Return the messages since a moment that name a hex."""
    return [
        message
        for message in seat.received[since:]
        if f'"{key}"' in repr(message).replace("'", '"')
    ]


def test_a_reveal_reaches_the_players_and_an_undo_takes_it_back(dm: Seat, isa: Seat) -> None:
    start_session(dm)
    isa.until("document.documentElement.dataset.phase === 'active'")
    expect(isa.page.locator(".overlay")).to_be_hidden()
    assert not isa.knows(SECRET)

    dm.page.keyboard.press("r")
    dm.click_hex(SECRET)
    isa.until("hexroom.table.room.get().shown.at(3, 3) === 'full'")
    expect(isa.page.locator("#spoken")).to_contain_text("hexes revealed")

    dm.page.keyboard.press("Control+z")
    isa.until("hexroom.table.room.get().shown.at(3, 3) === undefined")
    assert not isa.knows(SECRET)


def test_a_stroke_is_one_command(dm: Seat) -> None:
    dm.page.keyboard.press("r")
    dm.page.keyboard.press("[")
    x, y = dm.at("20,-8")
    dm.page.mouse.move(x, y)
    dm.page.mouse.down()
    to_x, to_y = dm.at("25,-8")
    dm.page.mouse.move(to_x, to_y, steps=12)
    dm.page.mouse.up()
    dm.until("hexroom.table.room.get().viewers.at(25, -8)")
    answered(dm)
    answers = [m for m in dm.received if m["type"] == "ack"]
    assert len(answers) == 1
    assert all(dm.room(f"Boolean(room.viewers.at({q}, -8))") for q in range(20, 26))


def test_what_is_staged_is_secret_until_it_is_published(dm: Seat, painted_isa: Seat) -> None:
    isa = painted_isa
    stage(dm)
    isa.page.get_by_text("The DM is preparing…").wait_for()
    expect(dm.page.locator(".strip:not(.door)")).to_contain_text("Players see nothing of this")
    before, picture = len(isa.received), None
    isa.page.get_by_role("button", name="Look at the map").click()
    picture = isa.picture()

    dm.page.keyboard.press("r")
    dm.click_hex(SECRET)
    dm.click_hex(OTHER)
    dm.page.locator(".staged li").nth(1).wait_for()
    expect(dm.page.locator(".staged li").first).to_contain_text("Reveal 7 hexes around")
    expect(dm.page.locator(".staged li button").first).to_have_css(
        "background-color", "rgba(0, 0, 0, 0)"
    )
    dm.page.keyboard.press("u")
    expect(dm.page.locator(".staged li")).to_have_count(1)
    assert told(isa, before, SECRET) == []
    assert told(isa, before, OTHER) == []
    assert isa.picture() == picture

    dm.page.keyboard.press("p")
    isa.until("hexroom.table.room.get().shown.at(3, 3) === 'full'")
    assert not isa.knows(OTHER)
    expect(isa.page.locator(".hint")).to_be_hidden()
    assert isa.picture() != picture


def test_what_is_shown_to_one_leaves_no_trace_with_the_other(
    served: Served, dm: Seat, isa: Seat, bo: Seat
) -> None:
    bo.page.get_by_role("button", name="Look at the map").click()
    picture, before = bo.picture(), len(bo.received)
    dm.page.keyboard.press("r")
    dm.page.locator(".brushbar").get_by_role("button", name=served.player).click()
    dm.click_hex(THIRD)
    isa.until("hexroom.table.room.get().shown.at(24, -6) === 'full'")
    # One that Bo does get, so that the wait has an end.
    dm.page.locator(".brushbar").get_by_role("button", name="Everyone").click()
    start_session(dm)
    bo.until("document.documentElement.dataset.phase === 'active'")
    assert told(bo, before, THIRD) == []
    assert not bo.knows(THIRD)
    assert bo.picture() == picture


def test_view_as_shows_what_the_player_sees(served: Served, dm: Seat, isa: Seat) -> None:
    dm.page.get_by_role("button", name=f"See what {served.player} sees").click()
    dm.until("hexroom.table.readOnly() && hexroom.table.shown.get().get().ready")
    expect(dm.page.locator(".viewing")).to_contain_text("You see what this player sees")
    same = "[...room.shown].length"
    assert dm.page.evaluate("() => [...hexroom.table.shown.get().get().shown].length") == isa.room(
        same
    )
    assert dm.page.evaluate("() => hexroom.table.shown.get().get().role") == "player"
    dm.page.keyboard.press("Escape")
    dm.until("!hexroom.table.readOnly()")


def test_pause_and_end_are_told_in_the_words_of_the_game(dm: Seat, isa: Seat) -> None:
    overlay = isa.page.locator(".overlay")
    expect(overlay).to_contain_text("Until next time")
    start_session(dm)
    expect(overlay).to_be_hidden()
    dm.page.get_by_role("button", name="Pause").click()
    expect(overlay).to_contain_text("Time stands still")
    dm.page.get_by_role("button", name="Resume").click()
    expect(overlay).to_be_hidden()
    dm.page.get_by_role("button", name="End", exact=True).click()
    dm.page.get_by_role("button", name="End session").click()
    expect(overlay).to_contain_text("Until next time")


def test_a_killed_server_costs_neither_the_page_nor_a_command(
    served: Served, dm: Seat, isa: Seat
) -> None:
    isa.page.evaluate("() => { hexroom.mark = true; }")
    served.kill()
    dm.page.get_by_text("Connection lost").wait_for()
    dm.page.keyboard.press("r")
    dm.click_hex(SECRET)
    expect(dm.page.locator(".banner")).to_contain_text("kept and sent once")
    assert dm.room("room.viewers.at(3, 3) === undefined")
    served.start()
    isa.until("hexroom.table.room.get().shown.at(3, 3) === 'full'")
    expect(dm.page.locator(".banner")).to_be_hidden()
    assert isa.page.evaluate("() => hexroom.mark")
    answered(dm)


def test_a_token_goes_where_it_is_dragged_and_by_the_arrows(dm: Seat, isa: Seat) -> None:
    start_session(dm)
    isa.until("document.documentElement.dataset.phase === 'active'")
    start = isa.room(MINE)
    isa.page.keyboard.press("Alt+ArrowDown")
    isa.until(
        f"(() => {{ const room = hexroom.table.room.get(); return {MINE} !== '{start}'; }})()"
    )
    moved = isa.room(MINE)
    isa.until("hexroom.scene.resting()")
    x, y = isa.at(moved)
    isa.page.mouse.move(x, y)
    isa.page.mouse.down()
    to_x, to_y = isa.at(start)
    isa.page.mouse.move(to_x, to_y, steps=6)
    isa.page.mouse.up()
    owner = isa.room("room.userId")
    dm.until(
        f"Object.values(hexroom.table.room.get().tokens)"
        f".find((t) => t.ownerId === '{owner}').hexKey === '{start}'"
    )


def test_a_past_session_plays_under_the_scrubber(dm: Seat) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Sessions and replay").click()
    dm.page.get_by_role("button", name="Watch").first.click()
    moment = dm.replay_start()
    dm.page.keyboard.press("End")
    expect(dm.page.locator(".scrubber .caption")).to_contain_text("Ended the session")
    assert "Ended the session" in (moment.get_attribute("aria-valuetext") or "")
    dm.page.get_by_role("button", name="Step back").click()
    expect(dm.page.locator(".scrubber .caption")).not_to_contain_text("Ended the session")
    dm.page.get_by_role("button", name="Back to the table").click()
    expect(dm.page.locator(".scrubber")).to_have_count(0)


def test_space_and_click_go_through_the_tiers(dm: Seat, isa: Seat) -> None:
    dm.page.keyboard.down(" ")
    for tier in ("terrain", "full", None):
        dm.click_hex(SECRET)
        isa.until(
            f"(hexroom.table.room.get().shown.at(3, 3) ?? null) === {'null' if tier is None else repr(tier)}"
        )
        # The next click goes on from what the DM's own page knows.
        answered(dm)
    dm.page.keyboard.up(" ")


def test_a_note_shows_its_players_text_and_keeps_the_secret(dm: Seat, isa: Seat) -> None:
    before = len(isa.received)
    key = isa.room("[...room.shown].map(([q, r]) => `${q},${r}`)[0]")
    isa.page.get_by_role("button", name="Look at the map").click()
    dm.click_hex(key)
    dm.page.keyboard.press("n")
    dialog = dm.page.locator("dialog[open]")
    dialog.get_by_label("Title").fill("The <b>Mill</b>")
    dialog.get_by_label("What players read").fill("It **turns**.")
    dialog.get_by_label("Only for you").fill("A ghost grinds bones.")
    dialog.get_by_role("button", name="Save note").click()
    isa.until("Object.keys(hexroom.table.room.get().notes).length > 0")
    isa.page.get_by_role("tab", name="Journal").click()
    note = isa.page.locator(".note", has_text="Mill")
    expect(note).to_contain_text("The <b>Mill</b>")
    expect(note.locator("p strong")).to_have_text("turns")
    assert not any("ghost" in repr(message) for message in isa.received[before:])
    expect(dm.page.locator("dialog[open]")).to_have_count(0)
