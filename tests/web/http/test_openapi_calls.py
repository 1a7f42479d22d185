"""Calls drawn from the OpenAPI document, as it wants them and otherwise: each is answered as it says.

Schemathesis does the same and needs minutes for it, as it works out each schema anew; its basis,
hypothesis-jsonschema, does not go with today's Hypothesis.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as drawing
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from yarl import URL

from tests.support.json_schemas import resolved, values_of
from tests.support.people import Person
from tests.web.conftest import Meet

CALLS: Final = 4
"""How many calls of each operation are drawn."""
JSON_TYPE: Final = "application/json"

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda within: (
        st.lists(within, max_size=3) | st.dictionaries(st.text(max_size=6), within, max_size=3)
    ),
    max_leaves=5,
)
words = st.text(max_size=8) | st.sampled_from(
    ["-1", "1e400", "99999999999999999999", "null", "%00"]
)


THERE: Final = object()
"""Stands in a path for what is there, whatever it is called by then."""


class Call(NamedTuple):
    """One call of an operation."""

    path: dict[str, Any]
    query: dict[str, str]
    body: Any
    """What is sent as JSON; `...` sends nothing."""


class Operation(NamedTuple):
    """An operation of the document, its references resolved."""

    method: str
    path: str
    described: dict[str, Any]

    def answer(self, status: int) -> Mapping[str, Any] | None:
        """Return how the answer with this status is described; the default does not count."""
        found: Mapping[str, Any] | None = self.described["responses"].get(str(status))
        return found


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(method.upper(), path, resolved(described, document))


def calls(operation: Operation, known: Collection[str]) -> st.SearchStrategy[Call]:
    """Return calls of an operation: most as the document wants them, of things that are there."""
    path: dict[str, st.SearchStrategy[Any]] = {}
    query: dict[str, st.SearchStrategy[str]] = {}
    for parameter in operation.described["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path":
            there = [st.just(THERE)] * 2 if name in known else []
            path[name] = st.one_of(*there, st.uuids().map(str), words.filter(bool))
        else:
            wanted = values_of(parameter["schema"]).filter(lambda value: value is not None)
            query[name] = wanted.map(str) | words
    body: st.SearchStrategy[Any] = st.just(...)
    if "requestBody" in operation.described:
        wanted = values_of(operation.described["requestBody"]["content"][JSON_TYPE]["schema"])
        body = wanted | wanted | wanted.flatmap(spoilt) | junk | body
    return st.builds(
        Call, st.fixed_dictionaries(path), st.fixed_dictionaries({}, optional=query), body
    )


def spoilt(wanted: Any) -> st.SearchStrategy[Any]:
    """Return what is wanted with one field wrong, gone or too many."""
    if not isinstance(wanted, dict):
        return junk
    keys = st.sampled_from([*wanted, "more"])
    wrong = st.builds(lambda key, value: {**wanted, key: value}, keys, junk)
    gone = keys.map(lambda key: {name: value for name, value in wanted.items() if name != key})
    return wrong | gone


def drawn(operation: Operation, known: Collection[str]) -> list[Call]:
    """Return some calls of the operation, always the same."""
    found: list[Call] = []

    @drawing(
        max_examples=CALLS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(calls(operation, known))
    def draw(call: Call) -> None:
        found.append(call)

    draw()
    return found


class Caller:
    """A DM with a campaign, who signs up again where a call ended their session or account."""

    def __init__(self, meet: Meet) -> None:
        self._meet = meet
        self.person: Person | None = None
        self.known: dict[str, str] = {}
        """Values for parameters in paths."""

    async def arrive(self) -> Person:
        if self.person is None or (await self.person.get("/api/me")).status != 200:
            self.person = await (await self._meet()).sign_up(f"Dora{id(self.person)}")
            campaign = await self.person.campaign()
            self.known.update(
                id=campaign, token=await self.person.invite(campaign), user=self.person.id
            )
        return self.person


def fault(operation: Operation, status: int, content_type: str, body: bytes, json: Any) -> str:
    """Return what is wrong with an answer; empty where the document says so."""
    described = operation.answer(status)
    if status >= 500 or described is None:
        return f"status {status} is not documented"
    content = described.get("content", {})
    if not content:
        return f"{content_type} is not documented" if body else ""
    if content_type not in content:
        return f"{content_type or 'nothing'} is not documented"
    schema = content[content_type].get("schema")
    if schema is None:
        return ""
    return "; ".join(each.message for each in Draft202012Validator(schema).iter_errors(json))


async def test_every_call_is_answered_as_the_document_says(meet: Meet, server: TestServer) -> None:
    caller = Caller(meet)
    person = await caller.arrive()
    document = (await person.get("/api/openapi.json")).body
    wrong: list[str] = []
    for operation in operations(document):
        for call in drawn(operation, caller.known):
            person = await caller.arrive()
            path = operation.path
            for name, drawn_value in call.path.items():
                value = caller.known[name] if drawn_value is THERE else drawn_value
                path = path.replace(f"{{{name}}}", quote(value, safe=""))
            more = {} if call.body is ... else {"json": call.body}
            async with person.http.request(
                operation.method,
                URL(path, encoded=True),
                params=call.query,
                headers={"Origin": str(person.origin)},
                allow_redirects=False,
                **more,
            ) as response:
                body = await response.read()
                is_json = response.content_type == JSON_TYPE and body
                json = await response.json() if is_json else None
                kind = response.content_type if "Content-Type" in response.headers else ""
                if why := fault(operation, response.status, kind, body, json):
                    wrong.append(
                        f"{operation.method} {operation.path} {call}: {why} {body[:200]!r}"
                    )
    assert not wrong, "\n".join(wrong)
