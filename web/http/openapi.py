"""The HTTP calls described: what each takes and gives, and the OpenAPI document made of it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from events.core.messages import JsonObject
from web.http.bodies import Query
from web.http.errors import STATUS_OF_CODE
from web.version import hexroom_version

F = TypeVar("F", bound=Callable[..., Any])

_JSON: Final = "application/json"
_SCHEMAS: Final = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Described:
    """What the code of a call does not say by itself."""

    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    content: tuple[str, ...] = (_JSON,)
    query: type[Query] | None = None
    optional_body: bool = False
    also: Mapping[int, type[BaseModel] | None] = field(default_factory=dict)
    """What it gives with other statuses that are no refusals; None is an empty body."""

    def answers(self) -> dict[int, type[BaseModel] | None]:
        """Return what is given with each status that is no refusal."""
        return {self.status: self.gives, **self.also}


_DESCRIBED: Final[dict[Callable[..., Any], Described]] = {}


def described(
    *,
    takes: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    content: str | Iterable[str] = _JSON,
    query: type[Query] | None = None,
    optional_body: bool = False,
    also: Mapping[int, type[BaseModel] | None] | None = None,
) -> Callable[[F], F]:
    """Return a decorator that describes a handler; the first line of its docstring is the summary."""
    kinds = (content,) if isinstance(content, str) else tuple(content)

    def remember(handler: F) -> F:
        _DESCRIBED[handler] = Described(
            takes, gives, status, kinds, query, optional_body, also or {}
        )
        return handler

    return remember


def description_of(handler: Any) -> Described | None:
    """Return the description of a handler, a function or a method."""
    return _DESCRIBED.get(getattr(handler, "__func__", handler))


def openapi(app: web.Application, address: str) -> JsonObject:
    """Return the OpenAPI 3.1 document of all described calls of the application at an address."""
    calls = [
        (route, described)
        for route in app.router.routes()
        if route.method != "HEAD"
        and route.resource is not None
        and (described := description_of(route.handler)) is not None
    ]
    models: dict[tuple[type[BaseModel], Any], None] = {}
    for _, call in calls:
        if call.takes is not None:
            models[call.takes, "validation"] = None
        for gives in call.answers().values():
            if gives is not None:
                models[gives, "serialization"] = None
    references, schemas = models_json_schema(list(models), ref_template=_SCHEMAS)
    paths: dict[str, JsonObject] = {}
    for route, call in calls:
        assert route.resource is not None
        operation = _operation(route, call, references)
        paths.setdefault(route.resource.canonical, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hexroom", "version": hexroom_version()},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}) | {"Error": _ERROR},
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "hexroom_session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"enum": list(STATUS_OF_CODE)}, "message": {"type": "string"}},
        }
    },
}


def _refusal(meaning: str) -> JsonObject:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _refusals() -> JsonObject:
    """Return the answer for each status that a code has, and for those that HTTP itself has."""
    codes: dict[int, list[str]] = {401: ["forbidden"], 415: ["invalid_message"]}
    for code, status in STATUS_OF_CODE.items():
        codes.setdefault(status, []).append(code)
    return {str(status): _refusal(" or ".join(codes[status])) for status in sorted(codes)}


_REFUSALS: Final = _refusals()


def _operation(
    route: web.AbstractRoute, call: Described, references: Mapping[Any, Any]
) -> JsonObject:
    assert route.resource is not None
    summary = (route.handler.__doc__ or route.handler.__name__.replace("_", " ")).strip()
    operation: JsonObject = {
        "summary": summary.splitlines()[0].rstrip("."),
        "responses": {
            **{
                str(status): _answer(call, status, gives, references)
                for status, gives in call.answers().items()
            },
            **_REFUSALS,
            "default": _refusal("refused"),
        },
    }
    names = re.findall(r"{(\w+)}", route.resource.canonical)
    operation["parameters"] = [
        {"name": name, "in": "path", "schema": {"type": "string"}, "required": True}
        for name in names
    ] + _query_parameters(call.query)
    if call.takes is not None:
        operation["requestBody"] = {
            "required": not call.optional_body,
            "content": {"application/json": {"schema": references[call.takes, "validation"]}},
        }
    return operation


def _answer(
    call: Described, status: int, gives: type[BaseModel] | None, references: Mapping[Any, Any]
) -> JsonObject:
    if gives is not None:
        schema = references[gives, "serialization"]
        return {
            "description": "done",
            "content": {kind: {"schema": schema} for kind in call.content},
        }
    if status == call.status != 204:
        return {"description": "done", "content": {kind: {} for kind in call.content}}
    return {"description": "done"}


def _query_parameters(query: type[Query] | None) -> list[JsonObject]:
    schema = {} if query is None else query.model_json_schema(ref_template=_SCHEMAS)
    required = schema.get("required", ())
    parameters = []
    for name, of in schema.get("properties", {}).items():
        described = {key: value for key, value in of.items() if key not in ("title", "description")}
        parameter = {"name": name, "in": "query", "schema": described, "required": name in required}
        if "description" in of:
            parameter["description"] = of["description"]
        parameters.append(parameter)
    return parameters
