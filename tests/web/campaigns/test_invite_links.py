"""Links of invites are told again, though the database has nothing but their hashes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import psycopg

from tests.support.people import Person
from tests.web.conftest import Meet
from web.accounts.auth import hash_of
from web.campaigns.invite_links import InviteLinks, invite_secret

ID = UUID("7e3ad5b4-3d0a-4a5b-9d4c-2f1b8a6c0e11")


async def test_a_dm_is_told_a_link_again_with_its_use(meet: Meet, ann: Person) -> None:
    campaign = await ann.campaign()
    link = await ann.invite(campaign, maxUses=3)
    bob = await (await meet()).sign_up("Bob")
    assert (await bob.accept(link)).status == 200
    (listed,) = (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"]
    assert listed["url"].endswith(f"/join/{link}")
    assert (listed["uses"], listed["maxUses"]) == (1, 3)
    assert (await bob.get(f"/api/campaigns/{campaign}/invites")).status == 403


async def test_a_link_that_was_made_otherwise_works_and_is_not_told(
    meet: Meet, ann: Person, database_url: str
) -> None:
    campaign = await ann.campaign()
    await ann.invite(campaign)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE invite SET token_hash = %s", (hash_of("an-old-token"),))
    (listed,) = (await ann.get(f"/api/campaigns/{campaign}/invites")).body["invites"]
    assert listed["url"] is None
    assert (await (await meet()).accept("an-old-token", "Gus")).status == 200


async def test_the_database_has_nothing_by_which_to_join(ann: Person, database_url: str) -> None:
    link = await ann.invite(await ann.campaign())
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT invite::text FROM invite").fetchall()
    assert len(rows) == 1
    assert link not in str(rows)


def test_a_token_follows_from_id_and_secret_alone() -> None:
    links, others = InviteLinks(b"s" * 32), InviteLinks(b"t" * 32)
    token = links.token(ID)
    assert token == InviteLinks(b"s" * 32).token(ID)
    assert len(token) == 32
    assert len({token, others.token(ID), links.token(UUID(int=1))}) == 3
    assert links.again(ID, hash_of(token)) == token
    assert others.again(ID, hash_of(token)) is None


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: invite_secret("", folder), range(16)))
    assert len(found) == 1
    assert len(found.pop()) == 32
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert invite_secret("x" * 32, folder) == b"x" * 32
