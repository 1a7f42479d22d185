"""The page's files: their names, caching, safety and size."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from web.page.bundle import bundle_scripts
from web.page.minify import lean
from web.page.serve import STATIC, add_pages, read_site

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


@pytest.mark.parametrize("path", ["model/hex.js", "0123456789abcdef/model/hex.js"])
async def test_files_by_another_name_are_not_kept(client: Client, path: str) -> None:
    answer = await client.get(f"/static/{path}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


async def test_no_script_is_given_parts_of_another_version(client: Client) -> None:
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


def test_what_browsers_load_is_bounded() -> None:
    site = read_site()
    size = {name: len(site.files[name].body) for name in site.code}
    # The budget of all is 150 KiB; what compares players' knowledge is on top of it (README).
    assert sum(size.values()) <= 168 * 1024
    assert size["app.js"] + size["styles/index.css"] <= 112 * 1024, "what opens a table"


def test_one_script_brings_what_a_table_needs() -> None:
    page = read_site().files
    assert b"from" not in re.findall(rb"^import[^;]*", page["app.js"].body)
    assert b'import{$}from"../app.js"' in page["pages/home.js"].body
    assert b"@import" not in page["styles/index.css"].body


def test_the_sources_are_served_to_those_who_work_on_them() -> None:
    site = read_site(sources=True)
    assert site.files["app.js"].body == (STATIC / "app.js").read_bytes()
    assert site.digest != read_site().digest


def test_modules_are_laid_together_in_the_order_they_need() -> None:
    scripts = bundle_scripts(
        {
            "app.js": 'import { b } from "./x/b.js";\nimport("./x/late.js");\n',
            "x/b.js": 'import { a } from "../a.js";\nexport const b = a, u = new URL("../i.svg", import.meta.url);\n',
            "a.js": "export function a() {}\n",
            "x/late.js": 'import { a as own } from "../a.js";\nimport { m } from "./more.js";\nexport const late = own(m);\n',
            "x/more.js": "export const m = 1;\n",
        }
    )
    assert set(scripts) == {"app.js", "x/late.js", "x/more.js"}
    app = scripts["app.js"]
    assert app.index("function a()") < app.index("const b = a") < app.index('import("./x/late.js")')
    assert 'new URL("./i.svg", import.meta.url)' in app
    assert "return { a: a };" in app
    assert 'import { m } from "./more.js";' in scripts["x/late.js"]
    assert "const { a: own } = $;" in scripts["x/late.js"]


def test_no_name_at_the_top_of_a_module_is_one_of_the_browsers() -> None:
    """Laid together, it would hide that from the others."""
    top = re.compile(r"^(?:export )?(?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
    theirs = {
        "close",
        "event",
        "fetch",
        "find",
        "focus",
        "history",
        "length",
        "name",
        "print",
        "status",
        "stop",
        "top",
    }
    for folder in ("model", "ui", "net", "map"):
        for path in (STATIC / folder).rglob("*.js"):
            assert not theirs & set(top.findall(path.read_text())), path


def test_without_the_library_comments_and_indentation_are_not_sent_but_lines_stay() -> None:
    source = "/** Says\n * so. */\nconst a = /** @type {any} */ (b);\n  // why\n  run('//x');\n"
    assert lean(source) == "\n\nconst a = (b);\n\nrun('//x');\n"


def test_the_page_never_makes_markup_out_of_strings() -> None:
    for path in STATIC.rglob("*.js"):
        source = path.read_text()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", source
        ), path


def test_every_module_says_what_it_is_for_and_is_checked() -> None:
    for path in STATIC.rglob("*.js"):
        assert re.match(r"// @ts-check\n/\*\* \S", path.read_text()), path


def test_what_a_module_imports_by_name_the_other_exports() -> None:
    for path in STATIC.rglob("*.js"):
        for names, source in re.findall(r'import \{([^}]*)\} from "(\.[^"]+)"', path.read_text()):
            other = (path.parent / source).resolve().read_text()
            for name in filter(None, (each.split(" as ")[0].strip() for each in names.split(","))):
                exported = rf"export (?:async )?(?:function|const|class|let) {name}\b|export \{{[^}}]*\b{name}\b"
                assert re.search(exported, other), f"{path}: {name} of {source}"
