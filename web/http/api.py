"""What all HTTP calls share: errors in one form, bodies read within limits, ids checked in paths."""

import logging
import re
from typing import ClassVar, Final, TypeVar
from uuid import UUID

import psycopg
import psycopg_pool
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from events.errors import Rejected
from events.journal import JournalUnavailable

logger = logging.getLogger(__name__)

SMALL_BODY_BYTES: Final = 64 * 1024

M = TypeVar("M", bound="Body")


class Body(BaseModel):
    """JSON that comes in: camelCase, nothing unknown, no value of another type let through."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )


class Answer(BaseModel):
    """JSON that goes out, in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class ApiError(Exception):
    """A call that is refused; the text is for people and leaks nothing."""

    status: ClassVar[int]
    code: ClassVar[str]


class BadJson(ApiError):
    status, code = 400, "invalid_json"


class BadRequest(ApiError):
    status, code = 400, "invalid_message"


class NotSignedIn(ApiError):
    status, code = 401, "forbidden"

    def __init__(self, message: str = "you are not signed in") -> None:
        super().__init__(message)


class Denied(ApiError):
    status, code = 403, "forbidden"


class Missing(ApiError):
    """Not there, or not for the asker to know of: both answer alike."""

    status, code = 404, "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")


class Conflict(ApiError):
    status, code = 409, "invalid_state"


class BodyTooLarge(ApiError):
    status, code = 413, "too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"at most {most_bytes} bytes")


class Compressed(ApiError):
    status, code = 415, "invalid_message"

    def __init__(self) -> None:
        super().__init__("bodies are taken as they are, not compressed")


class TooMany(ApiError):
    status, code = 409, "too_large"


class TooOften(ApiError):
    status, code = 429, "rate_limited"


class Busy(ApiError):
    status, code = 503, "busy"


class Unavailable(ApiError):
    status, code = 503, "unavailable"

    def __init__(self) -> None:
        super().__init__("the database is away; try again")


_STATUS_OF_CODE: Final = {
    "invalid_json": 400,
    "invalid_message": 400,
    "forbidden": 403,
    "not_found": 404,
    "invalid_state": 409,
    "too_large": 413,
    "rate_limited": 429,
    "busy": 503,
    "unavailable": 503,
}
_CODE_OF_STATUS: Final = {
    401: "forbidden",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    503: "unavailable",
}

DATABASE_AWAY: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg_pool.PoolTimeout,
    psycopg_pool.PoolClosed,
    psycopg_pool.TooManyRequests,
    JournalUnavailable,
)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever a handler raises in the one form; log what nobody expected."""
    try:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise Compressed
        return await handler(request)
    except ApiError as error:
        return failure(error.status, error.code, str(error))
    except Rejected as error:
        return failure(_STATUS_OF_CODE.get(error.code, 400), error.code, str(error))
    except web.HTTPException as error:
        return _worded(error)
    except DATABASE_AWAY as error:
        logger.warning("database: away (%s)", type(error).__name__)
        return failure(503, "unavailable", str(Unavailable()))
    except Exception:
        logger.exception("%s %s: failed", request.method, _route(request))
        return failure(500, "internal", "something went wrong on the server")


async def guard(request: web.Request, response: web.StreamResponse) -> None:
    """Say to browsers what they must not do with any answer."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


def failure(status: int, code: str, message: str) -> web.Response:
    """Return the answer to a call that failed."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


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


def refusal_of(error: ValidationError) -> ApiError:
    """Return what to tell the client of input that does not fit."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if fault["type"] == "json_invalid":
        return BadJson("this is not valid JSON")
    where = ".".join(map(str, fault["loc"]))[:100]
    what = fault["msg"].removeprefix("Value error, ")
    return BadRequest(f"{where}: {what}" if where else what)


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


def _worded(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    code = _CODE_OF_STATUS.get(error.status, "invalid_message")
    answer = failure(error.status, code, error.reason)
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def _route(request: web.Request) -> str:
    # The route, not the path: a path may hold an invite's token.
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "?"
