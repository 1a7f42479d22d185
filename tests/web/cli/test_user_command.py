"""hexroom user, campaign people and the log of what operators did."""

from pathlib import Path

from tests.support.hexroom_commands import lines, on
from tests.support.people import Person
from tests.web.conftest import Meet


async def test_a_lost_password_is_reset_by_a_link_from_the_shell(
    ann: Person, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    (link,) = lines(await on(database_url, tmp_path)("user", "reset", "ann@example.org"))
    token = link.rpartition("/reset/")[2]
    someone = await meet()
    done = await someone.post(f"/api/auth/reset/{token}", {"password": "a new secret"})
    assert done.status == 204
    login = {"email": "ann@example.org", "password": "a new secret"}
    assert (await someone.post("/api/auth/login", login)).status == 200
    log = lines(await on(database_url, tmp_path)("user", "log"))
    assert "command line: reset link made" in log[0]
    assert token not in "".join(log)


async def test_an_added_account_chooses_its_password(
    meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run = on(database_url, tmp_path)
    (link,) = lines(await run("user", "add", "Cleo", "Cleo@Example.org"))
    cleo = await meet()
    login = {"email": "cleo@example.org", "password": "!"}
    assert (await cleo.post("/api/auth/login", login)).status == 401
    token = link.rpartition("/reset/")[2]
    assert (await cleo.post(f"/api/auth/reset/{token}", {"password": "her secret"})).status == 204
    login["password"] = "her secret"
    assert (await cleo.post("/api/auth/login", login)).status == 200
    twice = await run("user", "add", "Cleo", "cleo@example.org")
    assert (twice.exit_code, "already" in twice.stderr) == (1, True)
    assert (await run("user", "add", "", "cleo2@example.org")).exit_code == 2


async def test_the_last_admin_stays(
    ann: Person, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run = on(database_url, tmp_path)
    await (await meet()).sign_up("Ben")
    refused = await run("user", "demote", "Ann")
    assert (refused.exit_code, "last admin" in refused.stderr) == (1, True)
    lines(await run("user", "promote", "Ben"))
    lines(await run("user", "demote", "Ann"))
    listed = lines(await run("user", "list"))
    assert [", admin" in line for line in listed] == [True, False]
    assert (await ann.get("/api/me")).body["admin"] is False


async def test_signing_somebody_out_ends_their_browsers(
    ann: Person, database_url: str, tmp_path: Path
) -> None:
    unasked = await on(database_url, tmp_path)("user", "sign-out", "Ann")
    assert (unasked.exit_code, "have to sign in again" in unasked.output) == (1, True)
    assert (await ann.get("/api/me")).status == 200, "nothing was done"
    said = lines(await on(database_url, tmp_path)("user", "sign-out", "Ann", "--yes"))
    assert said == ["Ann: 1 sign-ins and tokens ended"]
    assert (await ann.get("/api/me")).status == 401


async def test_an_operator_deletes_an_account_for_who_cannot(
    ann: Person, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run, ben = on(database_url, tmp_path), await meet()
    campaign = await ann.campaign()
    await ben.accept(await ann.invite(campaign), "Ben")
    unasked = await run("user", "delete", ben.id)
    assert (unasked.exit_code, "for good" in unasked.output) == (1, True)
    assert (await ben.get("/api/me")).status == 200, "nothing was done"

    assert lines(await run("user", "delete", "Ben", "--yes")) == [
        f"the account {ben.id} is deleted: 1 seats ended"
    ]

    assert (await ben.get("/api/me")).status == 401
    members = (await ann.get(f"/api/campaigns/{campaign}/members")).body["members"]
    assert [each["name"] for each in members] == ["Ann"]
    log = lines(await run("user", "log"))
    assert f"command line: account deleted {ben.id}" in log[0]
    assert "Ben" not in "".join(log)
    twice = await run("user", "delete", ben.id, "--yes")
    assert (twice.exit_code, "deleted already" in twice.stderr) == (1, True)


async def test_whom_others_need_an_operator_does_not_delete(
    ann: Person, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run, ben, cleo = on(database_url, tmp_path), await meet(), await meet()
    await ben.sign_up("Ben")
    await cleo.accept(await ben.invite(await ben.campaign("The Marches")), "Cleo")
    needed = await run("user", "delete", "Ben", "--yes")
    assert (needed.exit_code, "only DM of The Marches" in needed.stderr) == (1, True)
    last = await run("user", "delete", "Ann", "--yes")
    assert (last.exit_code, "last admin" in last.stderr) == (1, True)
    for person in (ann, ben):
        assert (await person.get("/api/me")).status == 200, "nothing was done"


async def test_who_is_not_there_and_whom_two_are_called(
    ann: Person, meet: Meet, database_url: str, tmp_path: Path
) -> None:
    run = on(database_url, tmp_path)
    assert (await run("user", "reset", "nobody")).exit_code == 3
    body = {"name": "Ann", "email": "ann2@example.org", "password": "a good secret"}
    assert (await (await meet()).post("/api/auth/signup", body)).status == 201
    assert (await run("user", "reset", "Ann")).exit_code == 2
    assert (await run("user", "reset", "ann2@example.org")).exit_code == 0
