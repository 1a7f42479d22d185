"""One's own account: name, e-mail, password, open sign-ins."""

from aiohttp.test_utils import TestServer

from tests.support.people import Person
from tests.support.seats import a_campaign
from tests.web.conftest import Meet

PASSWORD = "Ann's secret"


async def test_a_new_name_is_told_from_then_on(ann: Person) -> None:
    changed = await ann.patch("/api/me", {"name": "Anna"})
    assert (changed.status, changed.body["name"]) == (200, "Anna")
    assert (await ann.get("/api/me")).body["name"] == "Anna"


async def test_a_new_email_needs_the_password_of_now(ann: Person, meet: Meet) -> None:
    without = await ann.patch("/api/me", {"email": "anna@example.org"})
    assert (without.status, without.code) == (400, "invalid_message")
    wrong = await ann.patch("/api/me", {"email": "anna@example.org", "currentPassword": "guessed"})
    assert (wrong.status, wrong.code) == (403, "forbidden")
    assert (await ann.get("/api/me")).body["email"] == "ann@example.org"

    body = {"email": "anna@example.org", "currentPassword": PASSWORD}
    assert (await ann.patch("/api/me", body)).status == 200
    login = {"email": "anna@example.org", "password": PASSWORD}
    assert (await (await meet()).post("/api/auth/login", login)).status == 200


async def test_an_email_that_is_taken_is_refused(ann: Person, meet: Meet) -> None:
    await (await meet()).sign_up("Ben")
    body = {"email": "ben@example.org", "currentPassword": PASSWORD}
    taken = await ann.patch("/api/me", body)
    assert (taken.status, taken.code) == (409, "invalid_state")


async def test_a_new_password_ends_all_other_sign_ins(ann: Person, meet: Meet) -> None:
    tablet = await meet()
    await tablet.post("/api/auth/login", {"email": "ann@example.org", "password": PASSWORD})
    body = {"password": "another secret", "currentPassword": PASSWORD}
    assert (await ann.patch("/api/me", body)).status == 200
    assert (await tablet.get("/api/me")).status == 401
    assert (await ann.get("/api/me")).status == 200
    for password, status in ((PASSWORD, 401), ("another secret", 200)):
        login = {"email": "ann@example.org", "password": password}
        assert (await (await meet()).post("/api/auth/login", login)).status == status


async def test_guessing_the_password_is_throttled(ann: Person) -> None:
    body = {"email": "x@example.org", "currentPassword": "guessed"}
    answers = [await ann.patch("/api/me", body) for _ in range(11)]
    assert [answer.status for answer in answers] == [403] * 10 + [429]


async def test_a_guest_changes_the_name_alone(server: TestServer, meet: Meet) -> None:
    dm = await (await meet()).sign_up("Dora")
    night = await a_campaign(server, dm, await meet(), await meet())
    assert (await night.ann.patch("/api/me", {"name": "Annie"})).status == 200
    refused = await night.ann.patch("/api/me", {"password": "a long password"})
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_sign_ins_are_listed_and_ended_one_by_one(ann: Person, meet: Meet) -> None:
    tablet = await meet()
    login = {"email": "ann@example.org", "password": PASSWORD}
    await tablet.post("/api/auth/login", login, headers={"User-Agent": "Tablet/1"})
    listed = (await ann.get("/api/me/sign-ins")).body["signIns"]
    assert [(each["current"], "Tablet/1" in each["device"]) for each in listed] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    (other,) = (each for each in listed if not each["current"])
    assert (await ann.delete(f"/api/me/sign-ins/{other['id']}")).status == 204
    assert (await tablet.get("/api/me")).status == 401
    assert (await ann.delete(f"/api/me/sign-ins/{other['id']}")).status == 404


async def test_nobody_sees_or_ends_the_sign_ins_of_others(ann: Person, meet: Meet) -> None:
    ben = await (await meet()).sign_up("Ben")
    (own,) = (await ann.get("/api/me/sign-ins")).body["signIns"]
    assert (await ben.delete(f"/api/me/sign-ins/{own['id']}")).status == 404
    assert len((await ben.get("/api/me/sign-ins")).body["signIns"]) == 1
    assert (await ann.get("/api/me")).status == 200


async def test_signing_out_everywhere_spares_this_browser_alone(ann: Person, meet: Meet) -> None:
    tablet, bot = await meet(), await meet()
    await tablet.post("/api/auth/login", {"email": "ann@example.org", "password": PASSWORD})
    bot.token = (await ann.post("/api/tokens")).body["token"]
    assert (await bot.get("/api/me")).status == 200
    assert (await ann.delete("/api/me/sign-ins")).status == 204
    assert [(await each.get("/api/me")).status for each in (tablet, bot, ann)] == [401, 401, 200]


async def test_a_token_changes_nothing_of_the_account(ann: Person, meet: Meet) -> None:
    bot = await meet()
    bot.token = (await ann.post("/api/tokens")).body["token"]
    for answer in (
        await bot.patch("/api/me", {"name": "Bot"}),
        await bot.delete("/api/me/sign-ins"),
    ):
        assert (answer.status, answer.code) == (403, "forbidden")
    assert (await ann.get("/api/me")).body["name"] == "Ann"


async def test_guesses_at_a_password_count_together_whatever_they_are_for(ann: Person) -> None:
    wrong = {"password": "wrong"}
    for _ in range(4):
        change = {"email": "other@example.org", "currentPassword": "wrong"}
        assert (await ann.patch("/api/me", change)).status == 403
        assert (await ann.post("/api/me/delete", wrong)).status == 403
    for _ in range(2):
        proof = {**wrong, "code": "000000"}
        assert (await ann.post("/api/me/second-factor/off", proof)).status == 403

    refused = await ann.post("/api/me/delete", {"password": "Ann's secret"})
    assert (refused.status, refused.code) == (429, "rate_limited"), "the right one, too"
    assert (await ann.get("/api/me")).status == 200
