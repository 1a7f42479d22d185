"""The recap of a session is posted when it ends: once, to whom it was chosen for, beside the rooms."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from events.core.features.hexes import RevealHexes
from events.core.features.sessions import EndSession, StartSession
from events.core.state import UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from tests.support.hexroom_commands import Hexroom, lines
from tests.support.people import ShiftedClock
from tests.support.recorded_night import Night
from tests.support.webhook_receiver import Receiver, receiving
from web.app import create_app
from web.past_routes import POSTER
from web.recaps import webhook_sender as recapposter
from web.recaps.webhook_store import FIND, OLDEST, TAKE
from web.settings import Settings

SECRET = "secret-token"


@pytest.fixture(autouse=True)
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recapposter, "EVERY_S", 1e6)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def settings(database_url: str, tmp_path: Path, receiver: Receiver) -> Settings:
    return Settings(
        database_url=database_url,
        database_connections=3,
        data_dir=tmp_path,
        webhook_hosts=(receiver.host,),
    )


async def hook(night: Night, receiver: Receiver, **more: Any) -> None:
    """Set the campaign's webhook."""
    set_ = await night.dm.call("PUT", url(night), {"url": receiver.url, **more})
    assert set_.status == 200, set_


def url(night: Night) -> str:
    return f"/api/campaigns/{night.id}/webhook"


async def evening(night: Night) -> str:
    """Play a session in which all are shown one hex and Ben another; return its id."""
    started = await night.do(StartSession())
    await night.do(RevealHexes(hex_keys=(Hex(2, 2),), targets="all"))
    only_ben = Players(player_ids=(UserId(night.ben.id),))
    await night.do(RevealHexes(hex_keys=(Hex(3, 3),), targets=only_ben))
    await night.do(EndSession())
    return str(started.session)


async def look(night: Night) -> None:
    await night.server.app[POSTER].look()


async def last(night: Night) -> dict[str, Any]:
    return dict((await night.dm.get(url(night))).body["last"])


async def test_all_players_may_read_what_is_posted_when_a_session_ends(
    night: Night, receiver: Receiver
) -> None:
    await hook(night, receiver)
    session = await evening(night)
    await look(night)
    (said,) = receiver.said
    (embed,) = said["embeds"]
    assert embed["title"] == "The Marches: Session 2"
    assert "0304 came into sight" in embed["description"]
    assert "0405" not in repr(said)
    assert "Ben" not in repr(said)
    assert embed["url"].endswith(f"/c/{night.id}?session={session}")
    assert said["allowed_mentions"] == {"parse": []}
    assert receiver.pictures[0].startswith(b"GIF8")
    assert embed["image"] == {"url": "attachment://recap.gif"}
    assert (await last(night))["state"] == "sent"


async def test_another_audience_is_told_what_it_knows(night: Night, receiver: Receiver) -> None:
    await hook(night, receiver, audience=night.ben.id, picture=False)
    await evening(night)
    await look(night)
    assert "0405 came into sight" in repr(receiver.said)
    assert "to Ben" not in repr(receiver.said)

    await hook(night, receiver, audience="dm", picture=False)
    await night.do(StartSession())
    only_ann = Players(player_ids=(UserId(night.ann.id),))
    await night.do(RevealHexes(hex_keys=(Hex(4, 0),), targets=only_ann))
    await night.do(EndSession())
    await look(night)
    assert "to Ann" in repr(receiver.said[1])
    assert receiver.pictures == []


async def test_a_session_is_posted_once_whatever_nodes_look_and_restart(
    night: Night, receiver: Receiver, settings: Settings, clock: ShiftedClock
) -> None:
    await hook(night, receiver)
    await evening(night)
    other = await create_app(settings, clock=clock)
    await asyncio.gather(*(app[POSTER].look() for app in (night.server.app, other) for _ in "abc"))
    await other.cleanup()
    restarted = await create_app(settings, clock=clock)
    clock.ahead += timedelta(hours=1)
    await restarted[POSTER].look()
    await restarted.cleanup()
    assert len(receiver.said) == 1


async def test_what_another_node_is_taking_is_passed_over(
    night: Night, receiver: Receiver, clock: ShiftedClock, database_url: str
) -> None:
    await hook(night, receiver)
    await evening(night)
    with psycopg.connect(database_url) as other:
        other.execute(FIND, {"now": clock.now(), "oldest": clock.now() - OLDEST})
        other.commit()
        taken = other.execute(TAKE, {"now": clock.now(), "most": 4}).fetchall()
        assert len(taken) == 1
        async with asyncio.timeout(60):
            await look(night)
    await look(night)
    assert receiver.said == []


async def test_sessions_that_ended_before_it_was_set_are_not_posted(
    night: Night, receiver: Receiver
) -> None:
    await hook(night, receiver)
    await look(night)
    await night.dm.delete(url(night))
    await evening(night)
    await hook(night, receiver)
    await look(night)
    assert receiver.said == []


async def test_who_asks_for_patience_is_left_alone_for_as_long(
    night: Night, receiver: Receiver, clock: ShiftedClock
) -> None:
    await hook(night, receiver)
    await evening(night)
    receiver.answers.append((429, {"Retry-After": "90.5"}))
    await look(night)
    clock.ahead += timedelta(seconds=88)
    await look(night)
    assert len(receiver.said) == 1
    clock.ahead += timedelta(seconds=3)
    await look(night)
    assert len(receiver.said) == 2
    assert (await last(night))["state"] == "sent"


async def test_it_is_given_up_after_a_while_and_the_dm_is_told(
    night: Night, receiver: Receiver, clock: ShiftedClock, caplog: pytest.LogCaptureFixture
) -> None:
    await hook(night, receiver)
    session = await evening(night)
    receiver.answers.extend([(503, {})] * 50)
    for _ in range(20):
        await look(night)
        clock.ahead += timedelta(hours=1)
    assert len(receiver.said) == 6
    told = await last(night)
    assert (told["state"], told["sessionId"]) == ("given up", session)
    assert told["why"] == "the receiver answered 503"
    assert "given up after 6 tries" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(("status", "why"), [(404, "no such webhook"), (302, "not followed")])
async def test_what_cannot_come_right_is_tried_once(
    night: Night, receiver: Receiver, status: int, why: str, clock: ShiftedClock
) -> None:
    await hook(night, receiver)
    await evening(night)
    receiver.answers.append((status, {"Location": receiver.url}))
    for _ in range(3):
        await look(night)
        clock.ahead += timedelta(hours=1)
    assert len(receiver.said) == 1
    assert why in (await last(night))["why"]


async def test_what_may_have_arrived_is_not_sent_again(
    night: Night, receiver: Receiver, clock: ShiftedClock
) -> None:
    await hook(night, receiver)
    await evening(night)
    receiver.hangs_up = True
    for _ in range(3):
        await look(night)
        clock.ahead += timedelta(hours=1)
    assert len(receiver.said) == 1
    assert "may have arrived" in (await last(night))["why"]


@pytest.mark.parametrize(("state", "posts"), [("sending", 0), ("making", 1)])
async def test_a_node_that_died_in_the_middle_leaves_no_doubt(
    night: Night, receiver: Receiver, clock: ShiftedClock, database_url: str, state: str, posts: int
) -> None:
    await hook(night, receiver)
    session = await evening(night)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO recap_post (session_id, campaign_id, state, tries, at)"
            " VALUES (%s, %s, %s, 1, %s)",
            (session, night.id, state, clock.now()),
        )
    await look(night)
    assert receiver.said == []
    clock.ahead += timedelta(minutes=6)
    await look(night)
    await look(night)
    assert len(receiver.said) == posts
    assert (await last(night))["state"] == ("sent" if posts else "given up")


async def test_no_room_waits_for_a_receiver(night: Night, receiver: Receiver) -> None:
    await hook(night, receiver)
    await evening(night)
    receiver.open.clear()
    looking = asyncio.create_task(look(night))
    await receiver.came.wait()
    await night.do(StartSession())
    assert not looking.done()
    receiver.open.set()
    await looking


async def test_nobody_is_told_for_who_became_a_dm(night: Night, receiver: Receiver) -> None:
    await hook(night, receiver, audience=night.ben.id)
    await evening(night)
    promoted = await night.dm.patch(
        f"/api/campaigns/{night.id}/members/{night.ben.id}", {"role": "dm"}
    )
    assert promoted.status in (200, 204)
    await look(night)
    assert receiver.said == []
    assert "is a DM now" in (await last(night))["why"]


async def test_the_address_is_shown_to_nobody(
    night: Night, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await hook(night, receiver)
    shown = (await night.dm.get(url(night))).body
    assert shown["url"] == f"http://{receiver.host}/…oken"
    await evening(night)
    await look(night)
    tried = await night.dm.post(f"{url(night)}/test")
    assert tried.body == {"ok": True, "why": ""}
    for method in ("GET", "PUT", "DELETE"):
        assert (await night.ann.call(method, url(night))).status == 403
    assert (await night.ann.post(f"{url(night)}/test")).status == 403
    ours = [record for record in caplog.records if record.name != "aiohttp.access"]
    assert SECRET not in repr([record.getMessage() for record in ours])


async def test_a_test_says_what_is_wrong_and_is_limited(night: Night, receiver: Receiver) -> None:
    assert (await night.dm.post(f"{url(night)}/test")).status == 404
    await hook(night, receiver)
    receiver.answers.append((404, {}))
    tried = await night.dm.post(f"{url(night)}/test")
    assert tried.body == {"ok": False, "why": "there is no such webhook any more (404)"}
    for _ in range(4):
        assert (await night.dm.post(f"{url(night)}/test")).body["ok"]
    assert (await night.dm.post(f"{url(night)}/test")).status == 429


REFUSED: list[dict[str, Any]] = [
    {"url": "http://discord.com/api/webhooks/1/x"},
    {"url": "https://127.0.0.1/x"},
    {"url": "https://localhost/x"},
    {"url": "https://user:word@discord.com/x"},
    {"url": "ftp://discord.com/x"},
    {"url": "https://discord.com/" + "x" * 1000},
    {"url": "not an address"},
    {"url": ""},
    {"audience": "players"},
    {"url": "https://discord.com/x", "audience": "nobody"},
    {"url": 7},
]


async def test_a_bad_webhook_is_refused_and_not_repeated(night: Night) -> None:
    for body in REFUSED:
        got = await night.dm.call("PUT", url(night), body)
        assert (got.status, got.code) == (400, "invalid_message"), body
        assert "discord.com/x" not in repr(got.body)
    dm = await night.dm.call("PUT", url(night), {"url": REFUSED[9]["url"], "audience": night.dm.id})
    assert dm.status == 400
    assert (await night.dm.get(url(night))).body["url"] is None


async def test_a_fork_does_not_post(night: Night, receiver: Receiver) -> None:
    await hook(night, receiver)
    await evening(night)
    forked = await night.dm.post(f"/api/campaigns/{night.id}/fork", {"name": "What if"})
    await look(night)
    await look(night)
    assert len(receiver.said) == 1
    shown = await night.dm.get(f"/api/campaigns/{forked.body['id']}/webhook")
    assert shown.body == {"url": None, "audience": "players", "picture": True, "last": None}


async def test_the_command_sets_shows_tries_and_forgets(
    night: Night, receiver: Receiver, hexroom: Hexroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEXROOM_WEBHOOK_HOSTS", receiver.host)
    told = lines(await hexroom("webhook", "the", "--url", receiver.url, "--test"))
    assert told == ["the test arrived", f"http://{receiver.host}/…oken for players, with the map"]
    assert len(receiver.said) == 1
    told = lines(await hexroom("webhook", "the", "--as", "dm", "--no-picture"))
    assert told == [f"http://{receiver.host}/…oken for dm, without a map"]
    assert lines(await hexroom("webhook", "the", "--off")) == ["no webhook is set"]
    for arguments, code in (
        (("--test",), 3),
        (("--as", "dm"), 2),
        (("--url", "http://discord.com/x"), 2),
        (("--url", receiver.url, "--as", "nobody"), 2),
        (("--off", "--test"), 2),
    ):
        assert (await hexroom("webhook", "the", *arguments)).exit_code == code, arguments
