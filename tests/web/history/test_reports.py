"""The report over HTTP, for DMs only."""

import pytest

from tests.support.recorded_night import Night
from tests.web.conftest import Meet


async def test_a_dm_gets_the_report_in_each_form(night: Night) -> None:
    url = f"/api/sessions/{night.session}/report"
    report = (await night.dm.get(url)).body
    assert report["events"][0]["event"] == "session_start"
    to_ben = [each["hexKeys"] for each in report["exposures"] if each["name"] == "Ben"]
    assert ["5,3"] in to_ben
    html = await night.dm.get(url, params={"format": "html"})
    assert html.headers["Content-Type"].startswith("text/html")
    assert "Ann" in html.body
    assert (await night.dm.get(url, params={"format": "csv"})).body.startswith("version,at,")


async def test_the_report_of_one_hex_is_found_by_its_label(night: Night) -> None:
    url = f"/api/sessions/{night.session}/report"
    by_key = (await night.dm.get(url, params={"hex": "0,1"})).body
    by_label = (await night.dm.get(url, params={"hex": "0102"})).body
    assert by_key == by_label
    assert {row["event"] for row in by_key["events"]} == {"hex_reveal", "hex_hide"}


@pytest.mark.parametrize("query", ["?format=pdf", "?hex=nowhere"])
async def test_what_there_is_not_is_refused(night: Night, query: str) -> None:
    got = await night.dm.get(f"/api/sessions/{night.session}/report{query}")
    assert (got.status, got.code) == (400, "invalid_message")


async def test_players_get_no_report(night: Night) -> None:
    assert (await night.ann.get(f"/api/sessions/{night.session}/report")).status == 403
    assert (await night.ann.get("/api/sessions/7/report")).status == 404


async def test_the_story_of_a_hex_agrees_with_the_reports(night: Night) -> None:
    url = f"/api/campaigns/{night.id}/exposures"
    story = (await night.dm.get(url, params={"hex": "0102"})).body
    assert (story["hexKey"], story["label"]) == ("0,1", "0102")
    told = [(each["name"], each["shown"], each["by"]) for each in story["exposures"]]
    assert sorted(told) == sorted((n, s, "Dora") for n in ("Ann", "Ben") for s in (True, False))
    assert story["exposures"][0]["what"] == "Hid hex 0102 from everyone"
    report = (await night.dm.get(f"/api/sessions/{night.session}/report?hex=0,1")).body
    by_report = {(each["name"], each["version"], each["shown"]) for each in report["exposures"]}
    assert by_report == {(e["name"], e["version"], e["shown"]) for e in story["exposures"]}
    only_ben = (await night.dm.get(url, params={"hex": "5,3"})).body["exposures"]
    assert [(each["name"], each["deliveredAt"]) for each in only_ben] == [("Ben", None)]


async def test_who_joins_later_is_shown_then_what_all_were(night: Night, meet: Meet) -> None:
    late = await (await meet()).sign_up("Cem")
    await late.accept(await night.dm.invite(night.id))
    url = f"/api/campaigns/{night.id}/exposures"
    story = (await night.dm.get(url, params={"hex": "0,0"})).body["exposures"]
    assert (story[0]["name"], story[0]["shown"], story[0]["tier"]) == ("Cem", True, "full")


async def test_the_story_of_a_hex_is_for_dms(night: Night) -> None:
    url = f"/api/campaigns/{night.id}/exposures"
    assert (await night.ann.get(url, params={"hex": "0,1"})).status == 403
    for bad in ("", "nowhere", "1,2,3"):
        assert (await night.dm.get(url, params={"hex": bad})).status == 400
