"""What is kept on a person, and what is left of them when they go."""

import asyncio
import json

import psycopg
import pytest
from psycopg import sql

from tests.support.people import Person
from tests.support.seats import Campaign
from tests.web.conftest import Meet
from web.app import ROOMS
from web.campaigns.room_sync import RoomSync
from web.http.api import Unavailable


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def cleo_at(night: Campaign, meet: Meet) -> Person:
    """Return a player of the campaign with an account."""
    cleo = await (await meet()).sign_up("Cleo")
    await cleo.accept(await night.dm.invite(night.id))
    return cleo


BYE = {"password": "Cleo's secret"}


async def test_people_take_what_is_kept_on_them_and_nothing_of_others(
    night: Campaign, meet: Meet
) -> None:
    cleo = await cleo_at(night, meet)
    async with night.seat(night.dm) as dm, night.seat(cleo):
        await dm.ask("note:set", hexKey="0,0", note={"kind": "lore", "title": "A secret"})
    kept = await cleo.get("/api/me/data")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="hexroom-my-data.json"'
    (account,) = kept.body["account"]
    assert (account["name"], account["email"]) == ("Cleo", "cleo@example.org")
    assert [each["called"] for each in kept.body["campaigns"]] == ["Cleo"]
    assert {each["event_type"] for each in kept.body["record"]} >= {"player_join"}
    text = json.dumps(kept.body)
    for secret in ("A secret", "Dora", "Ann", "password", "hash"):
        assert secret not in text
    assert (await (await meet()).get("/api/me/data")).status == 401


async def test_an_account_that_is_deleted_is_in_no_table_but_the_record(
    night: Campaign, meet: Meet, database_url: str
) -> None:
    cleo = await cleo_at(night, meet)
    made = await cleo.post("/api/tokens", {"name": "Cleo's bot"})
    assert made.status == 201, made
    async with night.seat(cleo) as seat:
        assert (await cleo.post("/api/me/delete", BYE)).status == 204
        assert await seat.closed() in (4001, 4003)
    assert (await cleo.get("/api/me")).status == 401
    login = {"email": "cleo@example.org", **BYE}
    assert (await (await meet()).post("/api/auth/login", login)).status in (401, 403)
    members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert "Cleo" not in [each["name"] for each in members]
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        naming = {
            table
            for (table,) in tables
            for (row,) in connection.execute(
                sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(table))
            ).fetchall()
            if "cleo" in row.lower()
        }
    assert naming <= {"session_event"}
    recorded = (await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")).body["events"]
    about_her = [each for each in recorded if each["payload"].get("user") == cleo.id]
    last = [each for each in about_her if each["type"].startswith("member_")][-2:]
    assert [each["type"] for each in last] == ["member_set", "member_remove"]
    assert last[0]["payload"]["name"] == "a former member"
    assert (await night.dm.get(f"/api/campaigns/{night.id}/verify")).body["ok"] is True


async def test_an_account_is_deleted_though_its_room_cannot_be_told(
    night: Campaign, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleo = await cleo_at(night, meet)
    with monkeypatch.context() as patched:
        patched.setattr(RoomSync, "membership_changed", room_is_away)
        assert (await cleo.post("/api/me/delete", BYE)).status == 204
    assert (await cleo.get("/api/me")).status == 401
    members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert "Cleo" not in [each["name"] for each in members]


async def room_is_away(*_: object) -> None:
    raise Unavailable


async def test_a_deletion_needs_the_password(night: Campaign, meet: Meet) -> None:
    cleo = await cleo_at(night, meet)
    for body in ({}, {"password": "guessed"}):
        refused = await cleo.post("/api/me/delete", body)
        assert (refused.status, refused.code) == (403, "forbidden")
    assert (await cleo.get("/api/me")).body["name"] == "Cleo"
    assert (await night.ann.post("/api/me/delete", {})).status == 204, "a guest has none"


async def test_the_only_dm_of_others_hands_over_first(night: Campaign, meet: Meet) -> None:
    eve = await (await meet()).sign_up("Eve")
    campaign = await eve.campaign("Alone")
    cleo = await cleo_at(night, meet)
    await cleo.accept(await eve.invite(campaign))
    refused = await eve.post("/api/me/delete", {"password": "Eve's secret"})
    assert (refused.status, refused.code) == (409, "invalid_state")
    assert "Alone" in refused.body["error"]["message"]
    await eve.patch(f"/api/campaigns/{campaign}/members/{cleo.id}", {"role": "dm"})
    assert (await eve.post("/api/me/delete", {"password": "Eve's secret"})).status == 204
    kept = await cleo.call("PUT", f"/api/campaigns/{campaign}/keeper", {"to": cleo.id})
    assert kept.status == 200


async def test_the_only_admin_makes_another_one_first(night: Campaign, meet: Meet) -> None:
    await cleo_at(night, meet)
    refused = await night.dm.post("/api/me/delete", {"password": "Dora's secret"})
    assert (refused.status, refused.code) == (409, "invalid_state")
    assert "admin" in refused.body["error"]["message"]


async def test_campaigns_of_nobody_else_go_along(night: Campaign, meet: Meet) -> None:
    cleo = await cleo_at(night, meet)
    campaign = await cleo.campaign("Only mine")
    assert (await cleo.post("/api/me/delete", BYE)).status == 204
    listed = (await night.dm.get("/api/admin/campaigns")).body["campaigns"]
    assert next(each for each in listed if each["id"] == campaign)["deletedAt"] is not None


async def test_the_seats_that_were_merged_into_theirs_go_along(
    night: Campaign, meet: Meet, database_url: str
) -> None:
    cleo = await cleo_at(night, meet)
    merge = f"/api/campaigns/{night.id}/members/{night.ann.id}/merge"
    assert (await night.dm.post(merge, {"into": cleo.id})).status == 204
    other = await night.dm.campaign("Another")
    await night.ben.accept(await night.dm.invite(other))
    merge = f"/api/campaigns/{night.id}/members/{night.ben.id}/merge"
    assert (await night.dm.post(merge, {"into": cleo.id})).status == 204

    assert (await cleo.post("/api/me/delete", BYE)).status == 204

    recorded = str((await night.dm.get(f"/api/campaigns/{night.id}/events?limit=1000")).body)
    assert ("Ann" in recorded, "Ben" in recorded) == (False, True), "Ben has a seat of his own yet"
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT id FROM account WHERE forgotten_at IS NOT NULL"
        ).fetchall()
    assert {row[0] for row in rows} == {cleo.id, night.ann.id}
    assert (await night.ben.get(f"/api/campaigns/{other}")).status == 200


async def test_an_account_that_was_merged_into_theirs_stays_its_owner_s(
    night: Campaign, meet: Meet, database_url: str
) -> None:
    cleo = await cleo_at(night, meet)
    eve = await (await meet()).sign_up("Eve")
    await eve.accept(await night.dm.invite(night.id))
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO account_identity (issuer, subject, account_id, created_at)"
            " VALUES ('https://id.example', '7', %s, now())",
            (night.ann.id,),
        )
    for person in (eve, night.ann):
        merge = f"/api/campaigns/{night.id}/members/{person.id}/merge"
        assert (await night.dm.post(merge, {"into": cleo.id})).status == 204
    assert (await cleo.post("/api/me/delete", BYE)).status == 204
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT id FROM account WHERE forgotten_at IS NOT NULL"
        ).fetchall()
    assert rows == [(cleo.id,)]


async def test_an_undone_merge_gives_no_seat_back_to_who_deleted_their_account(
    night: Campaign, meet: Meet
) -> None:
    cleo = await cleo_at(night, meet)
    merge = f"/api/campaigns/{night.id}/members/{cleo.id}/merge"
    async with night.seat(night.dm) as dm:
        assert (await night.dm.post(merge, {"into": night.ann.id})).status == 204
        assert (await cleo.post("/api/me/delete", BYE)).status == 204
        assert (await dm.ask("history:undo"))["type"] == "ack"
        night.server.app[ROOMS].dismiss(night.room)
    async with night.seat(night.dm):
        assert cleo.id not in night.room.state.members, "settled when it came back to memory"
    members = (await night.dm.get(f"/api/campaigns/{night.id}/members")).body["members"]
    assert cleo.id not in [each["userId"] for each in members]


async def test_no_state_is_saved_while_an_account_is_deleted(
    night: Campaign, meet: Meet, database_url: str
) -> None:
    cleo = await cleo_at(night, meet)
    with psycopg.connect(database_url) as saving, psycopg.connect(database_url) as watching:
        saving.execute(
            "INSERT INTO room_snapshot (campaign_id, version, code, hash, state, created_at)"
            " VALUES (%s, 3, 'x', 'x', 'Cleo', now())",
            (night.id,),
        )
        watching.autocommit = True
        leaving = asyncio.create_task(cleo.post("/api/me/delete", BYE))
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'room_snapshot'::regclass"
        while watching.execute(waits).fetchone() != (1,):
            await night.dm.get("/healthz")
        saving.commit()
        assert (await leaving).status == 204
        assert watching.execute("SELECT count(*) FROM room_snapshot").fetchone() == (0,)
