"""The record on the page: who knew what, who was shown a hex, an evening step by step, recaps."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers import Seat, Served, stage, start_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ONLY_FINN = "20,-4"

DELIVERED = """async (key) => {
    const path = `/api/campaigns/${hexroom.table.campaignId}/exposures?hex=${key}`;
    const reached = async () => (await (await fetch(path)).json()).exposures.every((each) => each.deliveredAt);
    while (!await reached()) await new Promise((again) => setTimeout(again, 50));
}"""
"""Wait until the record says that a hex reached whom it was shown to: that is noted a moment later."""


@pytest.fixture
def dm(served: Served, browser: Browser) -> Seat:
    """A DM who showed one player, who is at the table, what the other was not."""
    return dm_who_showed_one(served, browser)


@pytest.fixture
def painted_dm(served: Served, browser: Browser) -> Seat:
    """The same DM, at a map of which each pixel counts."""
    return dm_who_showed_one(served, browser, painted=True)


def dm_who_showed_one(served: Served, browser: Browser, *, painted: bool = False) -> Seat:
    player = Seat(browser).open(served.links["player"])
    seat = Seat(browser, painted=painted).open(served.links["dm"])
    start_session(seat)
    seat.page.keyboard.press("r")
    seat.page.keyboard.press("[")
    seat.page.locator(".brushbar").get_by_role("button", name=served.player).click()
    seat.click_hex(ONLY_FINN)
    player.until("hexroom.table.room.get().shown.at(20, -4) === 'full'")
    seat.page.evaluate(DELIVERED, ONLY_FINN)
    seat.page.keyboard.press("Escape")
    return seat


def open_comparison(dm: Seat, player: str) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Who knew what").click()
    dm.page.get_by_label("Who", exact=True).select_option(label=player)


def test_two_players_are_compared_on_the_map_and_in_lists(painted_dm: Seat, served: Served) -> None:
    dm = painted_dm
    before = dm.picture()
    open_comparison(dm, served.player)
    expect(dm.page.locator(".knows .said")).to_contain_text(f"Only {served.player} 1")
    expect(dm.page.locator(".knows .chip:visible")).to_have_count(1)
    assert dm.picture() != before
    link = dm.page.url
    assert "knows=" in link

    dm.page.locator(".knows .chip:visible").click()
    told = dm.page.locator(".knows .story")
    expect(told).to_contain_text(f"{served.player} was shown it: reached them")
    expect(told).to_contain_text("Never shown to: Isa")

    dm.page.locator(".knows").get_by_role("button", name="Close").click()
    assert "knows=" not in dm.page.url
    dm.page.goto(link)
    expect(dm.page.locator(".knows .said")).to_contain_text(f"Only {served.player} 1")


def test_each_part_of_a_comparison_has_a_heading_of_its_own(dm: Seat, served: Served) -> None:
    open_comparison(dm, served.player)
    headings = dm.page.locator(".knows .lists summary .grow")
    for part in ("Notes", "Sites", "Paths"):
        expect(headings.filter(has_text=part)).to_have_count(1)
    expect(dm.page.locator(".knows .lists")).to_contain_text("Smugglers' Trail")


def test_one_player_is_compared_with_themself_before(dm: Seat, served: Served) -> None:
    open_comparison(dm, served.player)
    versus = dm.page.get_by_label("Compared with", exact=True)
    start = versus.locator("option", has_text=re.compile("^Start of")).last
    versus.select_option(value=start.get_attribute("value"))
    expect(dm.page.locator(".knows .said")).to_contain_text(re.compile(r"Only Start.* 0"))
    expect(dm.page.locator(".knows .said")).to_contain_text(f"Only {served.player}")


def test_two_clicks_on_a_hex_tell_who_was_shown_it(dm: Seat, served: Served) -> None:
    dm.page.mouse.click(*dm.at(ONLY_FINN), button="right")
    dm.page.get_by_role("button", name="Who was shown it").click()
    told = dm.page.get_by_role("dialog", name=re.compile("who was shown it"))
    expect(told).to_contain_text(f"{served.player} was shown it: reached them")
    told.get_by_role("button", name="Watch").click()
    expect(dm.page.locator(".scrubber")).to_contain_text(f"to {served.player}")
    dm.page.locator(".scrubber").get_by_role("button", name="Who knew what").click()
    expect(dm.page.get_by_label("When", exact=True)).to_contain_text("Then, in the replay")


def test_a_replay_stays_at_its_moment_when_the_eyes_change(dm: Seat, served: Served) -> None:
    dm.page.evaluate("() => hexroom.table.commands.reveal(['3,3'], 'all')")
    dm.until("hexroom.table.room.get().viewers.at(3, 3)")
    dm.page.mouse.click(*dm.at(ONLY_FINN), button="right")
    dm.page.get_by_role("button", name="Who was shown it").click()
    dm.page.get_by_role("dialog", name=re.compile("who was shown it")).get_by_role(
        "button", name="Watch"
    ).click()
    dm.page.get_by_label("Through whose eyes").select_option(label=served.player)
    then = "hexroom.table.shown.get().get()"
    dm.until(f"{then}.role === 'player' && {then}.shown.at(20, -4) === 'full'")
    assert dm.page.evaluate(f"() => {then}.shown.at(3, 3)") is None


def test_the_address_of_a_webhook_is_not_shown_again(dm: Seat) -> None:
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Post recaps").click()
    secret = "https://discord.com/api/webhooks/1234567890/a-long-secret-token"
    dm.page.get_by_label("Address (kept secret)").fill(secret)
    dm.page.get_by_role("button", name="Keep").click()
    dm.page.get_by_role("button", name="Send a test").wait_for()
    assert "secret-token" not in dm.page.content()
    assert "discord.com/…oken" in dm.page.content()


def test_arrow_keys_step_through_a_replay_by_moment(dm: Seat) -> None:
    stage(dm)
    dm.page.keyboard.press("r")
    for key in ("3,3", "24,-6"):
        dm.click_hex(key)
    dm.page.locator(".staged li").nth(1).wait_for()
    dm.page.keyboard.press("p")
    dm.until("hexroom.table.room.get().viewers.at(24, -6)")
    dm.page.keyboard.press("Escape")
    dm.page.get_by_role("button", name="Menu").click()
    dm.page.get_by_role("button", name="Sessions and replay").click()
    dm.page.get_by_role("button", name="Watch").first.click()
    moment = dm.replay_start()
    words = dm.page.locator(".scrubber .row").first
    count = int(words.inner_text().split(" of ")[-1])
    assert count > 4
    for number in range(1, count + 1):
        dm.page.keyboard.press("ArrowRight")
        expect(words).to_contain_text(f" {number} of {count}")
    dm.page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text(f" {count - 1} of {count}")
    expect(moment).to_have_attribute("aria-valuetext", re.compile(r"\d\d:\d\d, .+"))
