"""Forgotten passwords, with a mail server that listens."""

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.support.people import Person, ShiftedClock
from tests.support.ports import free_port
from tests.web.conftest import NEVER_S, Meet
from web.accounts.resets import MAILS_AT_ONCE
from web.settings import Settings

MAIL_S = 20.0


class Mailbox:
    """Keeps what a server on this machine is asked to deliver."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []
        self.at_once = self.most_at_once = 0
        self.takes = threading.Event()
        """Whether mails are taken at once; else they wait."""
        self.takes.set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.to_thread(self.takes.wait)
        self.at_once -= 1
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Settings:
    return Settings(
        database_url=database_url,
        database_connections=3,
        data_dir=tmp_path,
        heartbeat_s=NEVER_S,
        smtp_url=f"smtp://127.0.0.1:{mailbox[1]}?from=hexroom@example.org",
    )


async def forgotten(person: Person, box: Mailbox, email: str = "ann@example.org") -> str:
    """Ask for a link and return the token that was mailed."""
    answer = await person.post("/api/auth/forgotten", {"email": email})
    assert (answer.status, answer.body) == (202, {"mail": True})
    while not box.mails:
        await person.get("/healthz")
    (to,), text = box.mails.pop()
    assert to == email
    match = re.search(r"/reset/([\w-]+)", text.replace("=\r\n", ""))
    assert match is not None, text
    return match[1]


async def test_a_mailed_link_sets_a_new_password_once(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    someone = await meet()
    token = await forgotten(someone, mailbox[0])
    done = await someone.post(f"/api/auth/reset/{token}", {"password": "a better secret"})
    assert done.status == 204
    assert (await ann.get("/api/me")).status == 401, "every sign-in ended"
    again = await someone.post(f"/api/auth/reset/{token}", {"password": "yet another one"})
    assert (again.status, again.code) == (404, "not_found")
    login = {"email": "ann@example.org", "password": "a better secret"}
    assert (await someone.post("/api/auth/login", login)).status == 200


async def test_whoever_got_in_before_a_reset_is_out(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    bot, someone = await meet(), await meet()
    bot.token = (await ann.post("/api/tokens")).body["token"]
    assert (await bot.get("/api/me")).status == 200
    token = await forgotten(someone, mailbox[0])
    done = await someone.post(f"/api/auth/reset/{token}", {"password": "a better secret"})
    assert done.status == 204
    assert (await bot.get("/api/me")).status == 401


async def test_a_link_is_good_for_an_hour(
    ann: Person, meet: Meet, clock: ShiftedClock, mailbox: tuple[Mailbox, int]
) -> None:
    token = await forgotten(await meet(), mailbox[0])
    clock.ahead += timedelta(hours=1, seconds=1)
    late = await ann.post(f"/api/auth/reset/{token}", {"password": "a better secret"})
    assert (late.status, late.code) == (404, "not_found")


async def test_a_newer_link_replaces_the_older(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    someone = await meet()
    first = await forgotten(someone, mailbox[0])
    second = await forgotten(someone, mailbox[0])
    old = await someone.post(f"/api/auth/reset/{first}", {"password": "a better secret"})
    assert old.status == 404
    new = await someone.post(f"/api/auth/reset/{second}", {"password": "a better secret"})
    assert new.status == 204


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    someone = await meet()
    unknown = await someone.post("/api/auth/forgotten", {"email": "nobody@example.org"})
    token = await forgotten(someone, mailbox[0])
    assert (unknown.status, unknown.body) == (202, {"mail": True})
    assert not mailbox[0].mails, "one mail came, to the address that has an account"
    assert token


async def test_nobody_sees_by_how_long_it_takes_whether_a_mail_is_sent(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    """Both answers come while the mail cannot be handed over."""
    box, someone = mailbox[0], await meet()
    box.takes.clear()
    try:
        answers = [
            await someone.post("/api/auth/forgotten", {"email": email})
            for email in ("ann@example.org", "nobody@example.org")
        ]
        assert [(answer.status, answer.body) for answer in answers] == [(202, {"mail": True})] * 2
        assert not box.mails
    finally:
        box.takes.set()
    while not box.mails:
        await someone.get("/healthz")
    assert [to for to, _ in box.mails] == [["ann@example.org"]]


async def test_five_hundred_requests_for_one_account_from_as_many_addresses_are_throttled(
    ann: Person, meet: Meet
) -> None:
    someone = await meet()
    answers = [
        await someone.post(
            "/api/auth/forgotten",
            {"email": " ANN@example.org "},
            headers={"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"},
        )
        for number in range(500)
    ]
    assert [answer.status for answer in answers] == [202] * 5 + [429] * 495


async def test_a_crowd_that_forgot_passwords_is_mailed_by_a_few_connections(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int], database_url: str
) -> None:
    box, someone = mailbox[0], await meet()
    people = [f"player{number}@example.org" for number in range(3 * MAILS_AT_ONCE)]
    with psycopg.connect(database_url) as connection:
        for email in people:
            connection.execute(
                "INSERT INTO account (id, name, email, password_hash, created_at)"
                " VALUES (%s, 'x', %s, '!', now())",
                (email, email),
            )
    box.takes.clear()
    try:
        asked = [*people, *(f"nobody{number}@example.org" for number in range(100))]
        answers = await asyncio.gather(
            *(
                someone.post(
                    "/api/auth/forgotten",
                    {"email": email},
                    headers={"X-Forwarded-For": f"198.51.100.{number}"},
                )
                for number, email in enumerate(asked)
            )
        )
        assert {(answer.status, answer.body["mail"]) for answer in answers} == {(202, True)}
        while box.at_once < MAILS_AT_ONCE:
            await someone.get("/healthz")
    finally:
        box.takes.set()
    while len(box.mails) < len(people):
        await someone.get("/healthz")
    assert sorted(to for (to,), _ in box.mails) == sorted(people)
    assert box.most_at_once == MAILS_AT_ONCE


async def test_of_two_who_use_a_link_at_once_one_sets_the_password(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    people = [await meet(), await meet()]
    token = await forgotten(people[0], mailbox[0])
    passwords = ["a better secret", "another secret"]
    answers = await asyncio.gather(
        *(
            person.post(f"/api/auth/reset/{token}", {"password": password})
            for person, password in zip(people, passwords, strict=True)
        )
    )
    statuses = [answer.status for answer in answers]
    assert sorted(statuses) == [204, 404]
    won = passwords[statuses.index(204)]
    for password in passwords:
        login = {"email": "ann@example.org", "password": password}
        status = (await people[0].post("/api/auth/login", login)).status
        assert status == (200 if password == won else 401)


async def test_a_link_is_good_for_what_it_was_made_for_alone(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    guest, someone = await meet(), await meet()
    await guest.accept(await ann.invite(await ann.campaign()), "Guest")
    url = (await guest.post("/api/me/way-back")).body["url"]
    back = url.rpartition("/")[2]
    reset = await forgotten(someone, mailbox[0])
    password = {"password": "a better secret"}
    assert (await someone.post(f"/api/auth/reset/{back}", password)).code == "not_found"
    assert (await someone.get(f"/api/way-back/{reset}")).code == "not_found"
    assert (await someone.post(f"/api/way-back/{reset}")).code == "not_found"
    assert (await someone.get("/api/me")).status == 401
    assert (await someone.post(f"/api/auth/reset/{reset}", password)).status == 204
    assert (await someone.get(f"/api/way-back/{back}")).status == 200


async def test_a_link_of_an_account_that_was_deleted_since_sets_nothing(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    someone = await meet()
    token = await forgotten(someone, mailbox[0])
    assert (await ann.post("/api/me/delete", {"password": "Ann's secret"})).status == 204
    late = await someone.post(f"/api/auth/reset/{token}", {"password": "a better secret"})
    assert (late.status, late.code) == (404, "not_found")


async def test_many_requests_for_one_address_are_throttled(meet: Meet) -> None:
    someone = await meet()
    body = {"email": "ann@example.org"}
    answers = [await someone.post("/api/auth/forgotten", body) for _ in range(6)]
    assert [answer.status for answer in answers] == [202] * 5 + [429]


async def test_five_hundred_resets_a_minute_for_as_many_addresses_are_throttled(
    meet: Meet, clock: ShiftedClock
) -> None:
    someone, other = await meet(), await meet()
    answers = [
        await someone.post("/api/auth/forgotten", {"email": f"{number}@example.org"})
        for number in range(500)
    ]
    assert [answer.status for answer in answers] == [202] * 5 + [429] * 495
    assert {answer.code for answer in answers[5:]} == {"rate_limited"}
    signing_in = {"email": "nobody@example.org", "password": "a guess"}
    assert (await other.post("/api/auth/login", signing_in)).status == 401
    clock.ahead += timedelta(minutes=1)
    later = await someone.post("/api/auth/forgotten", {"email": "501@example.org"})
    assert later.status == 202


async def test_a_short_password_leaves_the_link_good(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int]
) -> None:
    someone = await meet()
    token = await forgotten(someone, mailbox[0])
    short = await someone.post(f"/api/auth/reset/{token}", {"password": "short"})
    assert (short.status, short.code) == (400, "invalid_message")
    done = await someone.post(f"/api/auth/reset/{token}", {"password": "long enough now"})
    assert done.status == 204


async def test_only_the_hash_of_a_link_is_stored(
    ann: Person, meet: Meet, mailbox: tuple[Mailbox, int], database_url: str
) -> None:
    token = await forgotten(await meet(), mailbox[0])
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT account_link::text FROM account_link").fetchall()
    assert len(rows) == 1
    assert token not in rows[0][0]
