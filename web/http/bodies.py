"""Bodies and queries of HTTP calls: read within limits and checked, written in camelCase; ids checked in paths."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from web.http.errors import ApiError, BadJson, BadRequest, BodyTooLarge, Missing

SMALL_BODY_BYTES: Final = 64 * 1024

M = TypeVar("M", bound="Body")
Q = TypeVar("Q", bound="Query")


class Body(BaseModel):
    """JSON that comes in: camelCase, nothing unknown, no value of another type let through."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


class Query(BaseModel):
    """Parameters of a query. Unknown ones are passed over; of one that stands twice the first counts."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, allow_inf_nan=False)


class Answer(BaseModel):
    """JSON that goes out, in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


def success(answer: Answer, status: int = 200) -> web.Response:
    text = answer.model_dump_json(by_alias=True)
    return web.Response(text=text, content_type="application/json", status=status)


async def body_of(request: web.Request, model: type[M], *, most_bytes: int = SMALL_BODY_BYTES) -> M:
    """Return the request's body; raise BadJson, BadRequest or BodyTooLarge."""
    raw = await raw_body_of(request, most_bytes=most_bytes)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise refusal_of(error) from None


def query_of(request: web.Request, model: type[Q]) -> Q:
    """Return the parameters of the request's query; raise BadRequest naming one that does not fit."""
    try:
        return model.model_validate({name: request.query[name] for name in request.query})
    except ValidationError as error:
        raise refusal_of(error) from None


def refusal_of(error: ValidationError) -> ApiError:
    """Return what to tell the client of input that does not fit."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if fault["type"] == "json_invalid":
        return BadJson("this is not valid JSON")
    where = ".".join(map(str, fault["loc"]))[:100]
    fault_text = fault["msg"].removeprefix("Value error, ")
    return BadRequest(f"{where}: {fault_text}" if where else fault_text)


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,15}", value, re.ASCII):
        raise ValueError("expected a whole number, 0 or more")
    return value


def time_in(text: object) -> datetime:
    """Return the time of an RFC 3339 text; without an offset it is in UTC. Raise ValueError."""
    # In a query a + that nobody quoted has become a blank.
    head, blank, tail = str(text).rpartition(" ")
    fixed = f"{head}+{tail}" if blank and "T" in head else str(text)
    try:
        at = datetime.fromisoformat(fixed)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected a time such as 2026-01-31T20:15:00Z") from None


ASCII_DIGITS: Final = BeforeValidator(_digits)
"""Of whole numbers in a query; it comes after the bounds."""
Whole = Annotated[int, Field(ge=0), ASCII_DIGITS]
"""A whole number of ASCII digits, as it stands in a query."""
Time = Annotated[datetime, BeforeValidator(time_in)]
"""A time of a query, in UTC."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_WORD: Final = re.compile(r"[0-9A-Za-z_-]{1,100}", re.ASCII)


def uuid_in(text: str, what: str) -> UUID:
    """Return the id in its one canonical form; raise Missing for any other text."""
    if not _UUID.fullmatch(text):
        raise Missing(what)
    return UUID(text)


def word_in(text: str, what: str) -> str:
    """Return an id or token of letters, digits, - and _; raise Missing for any other text."""
    if not _WORD.fullmatch(text):
        raise Missing(what)
    return text


async def raw_body_of(request: web.Request, *, most_bytes: int) -> bytes:
    """Return the bytes of the request's body; raise BodyTooLarge."""
    read = bytearray()
    async for chunk in request.content.iter_any():
        read += chunk
        if len(read) > most_bytes:
            raise BodyTooLarge(most_bytes)
    return bytes(read)
