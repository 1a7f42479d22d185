"""The page's files: their names, caching, safety and size."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from web.page.serve import STATIC, add_pages, read_site
from web.settings import OWN_PATHS

Client = TestClient[web.Request, web.Application]
MakeClient = Callable[[web.Application], Awaitable[Client]]


@pytest.fixture
async def client(aiohttp_client: MakeClient) -> Client:
    app = web.Application()
    add_pages(app)
    return await aiohttp_client(app)


@pytest.mark.parametrize("path", ["/", "/c/0b2f", "/join/secret-token"])
async def test_every_address_gets_the_document(client: Client, path: str) -> None:
    answer = await client.get(path)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert f"/static/{read_site().digest}/app.js" in await answer.text()


async def test_the_policy_allows_nothing_inline_and_nothing_foreign(client: Client) -> None:
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_files_named_by_content_are_kept_for_ever(client: Client) -> None:
    named = await client.get(f"/static/{read_site().digest}/model/hex.js")
    assert named.status == 200
    assert "immutable" in named.headers["Cache-Control"]
    assert named.headers["Content-Encoding"] == "gzip"
    assert named.content_type == "text/javascript"


@pytest.mark.parametrize("path", ["model/hex.js", "0123456789abcdef/app.js"])
async def test_files_by_another_name_are_not_kept(client: Client, path: str) -> None:
    answer = await client.get(f"/static/{path}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


async def test_no_script_is_given_modules_of_another_version(client: Client) -> None:
    assert (await client.get("/static/0123456789abcdef/app.js")).status == 200
    assert (await client.get("/static/0123456789abcdef/pages/help.js")).status == 404


async def test_what_is_unchanged_is_not_sent_again(client: Client) -> None:
    first = await client.get("/static/model/hex.js")
    again = await client.get(
        "/static/model/hex.js", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status == 304


@pytest.mark.parametrize("path", ["nothing.js", "../pages.py", "%2e%2e/pages.py", "0/../../x"])
async def test_there_is_nothing_beside_the_tree(client: Client, path: str) -> None:
    answer = await client.get(f"/static/{path}")
    assert answer.status == 404


def test_a_tree_serves_its_modules_one_by_one() -> None:
    site = read_site()
    assert site.files["app.js"].body == (STATIC / "app.js").read_bytes()
    assert read_site(sources=True).digest == site.digest


def test_the_page_never_makes_markup_out_of_strings() -> None:
    for path in STATIC.rglob("*.js"):
        source = path.read_text()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", source
        ), path


def test_every_module_says_what_it_is_for_and_is_checked() -> None:
    for path in STATIC.rglob("*.js"):
        source = path.read_text()
        assert re.match(r"// @ts-check\n/\*\*\s+(\* )?\S", source), path
        assert not re.search(r"@ts-(ignore|nocheck|expect-error)", source), path


_OURS = "|".join(sorted(OWN_PATHS))
_ABSOLUTE = re.compile(rf"""(?<!address\()["'`]/(?:(?:{_OURS})\b|[?"'`$])""")
_NO_ADDRESSES = re.compile(
    r"""(?:split|indexOf)\("/"\)|replaceAll\("[^"]*", "[^"]*"\)|encodeURIComponent\("/|(?m:^\s*(/?\*|//).*)"""
)


def test_every_address_of_the_server_gets_the_path_below_which_it_is() -> None:
    for path in STATIC.rglob("*.js"):
        if path.name in {"keys.js", "help.js", "address.js"}:
            continue
        source = re.sub(r"address\(\s+", "address(", _NO_ADDRESSES.sub("", path.read_text()))
        assert _ABSOLUTE.findall(source) == [], f"{path}: wrap it in address()"
