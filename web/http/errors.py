"""Errors of HTTP calls: one form, one table of codes and their statuses, one place that answers them."""

import logging
from collections.abc import Mapping
from typing import ClassVar, Final

from aiohttp import web, web_response
from aiohttp.typedefs import Handler

from events.errors import Rejected
from events.journal.database.away import DATABASE_AWAY

logger = logging.getLogger(__name__)

STATUS_OF_CODE: Final[Mapping[str, int]] = {
    "invalid_json": 400,
    "invalid_message": 400,
    "code_needed": 401,
    "forbidden": 403,
    "not_found": 404,
    "invalid_state": 409,
    "too_large": 413,
    "rate_limited": 429,
    "internal": 500,
    "busy": 503,
    "unavailable": 503,
}
"""Every code of an error, and the one status it has; the OpenAPI document is made of it too."""

SERVER: Final = "Hexroom"
# Requests that cannot be parsed are answered by aiohttp, before any hook of ours.
setattr(web_response, "SERVER_SOFTWARE", SERVER)  # noqa: B010  # mypy knows no such name

_CODE_OF_STATUS: Final = {
    401: "forbidden",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    503: "unavailable",
}
"""The codes of what aiohttp itself refuses; all else is an invalid_message."""


class ApiError(Exception):
    """A call that is refused; the text is for people and leaks nothing."""

    code: ClassVar[str]
    status: ClassVar[int]
    """The status of the code, unless the class says otherwise."""

    def __init_subclass__(cls) -> None:
        if "status" not in cls.__dict__:
            cls.status = STATUS_OF_CODE[cls.code]


class BadJson(ApiError):
    code = "invalid_json"


class BadRequest(ApiError):
    code = "invalid_message"


class NotSignedIn(ApiError):
    code = "forbidden"
    status = 401
    """Not the code's own: signing in would help."""

    def __init__(self, message: str = "you are not signed in") -> None:
        super().__init__(message)


class CodeNeeded(ApiError):
    """The password was right; the same for no code, a wrong one and one that was used before."""

    code = "code_needed"

    def __init__(
        self,
        message: str = "more is needed: a passkey, or a code of your authenticator app, or a recovery"
        " code; each is good once",
    ) -> None:
        super().__init__(message)


class Denied(ApiError):
    code = "forbidden"


class Missing(ApiError):
    """Not there, or not for the asker to know of: both answer alike."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")


class Conflict(ApiError):
    code = "invalid_state"


class BodyTooLarge(ApiError):
    code = "too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"at most {most_bytes} bytes")


class Compressed(ApiError):
    code = "invalid_message"
    status = 415
    """Not the code's own: HTTP has a status for this."""

    def __init__(self) -> None:
        super().__init__("bodies are taken as they are, not compressed")


class OverLimit(ApiError):
    code = "too_large"


class TooOften(ApiError):
    code = "rate_limited"


class Busy(ApiError):
    code = "busy"


class Unavailable(ApiError):
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("the database is away; try again")


CLIENT_GONE: Final = 499
"""What nginx, too, logs of who hung up before an answer."""


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
        return failure(STATUS_OF_CODE[error.code], error.code, str(error))
    except web.HTTPException as error:
        return _worded(error)
    except DATABASE_AWAY as error:
        logger.warning("database: away (%s)", type(error).__name__)
        return failure(503, "unavailable", str(Unavailable()))
    except Exception as error:
        if isinstance(error, ConnectionError) and _is_gone(request):
            logger.debug("%s %s: the client is gone", request.method, _route(request))
            return web.Response(status=CLIENT_GONE)  # Nobody gets it.
        logger.exception("%s %s: failed", request.method, _route(request))
        return failure(500, "internal", "something went wrong on the server")


def _is_gone(request: web.Request) -> bool:
    """Return whether the client hung up, as before a websocket was opened for it."""
    return request.transport is None or request.transport.is_closing()


async def guard(request: web.Request, response: web.StreamResponse) -> None:
    """Say to browsers what they must not do with any answer, and to nobody which versions run."""
    response.headers["Server"] = SERVER
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


async def by_tls_alone(request: web.Request, response: web.StreamResponse) -> None:
    """Have browsers come by TLS alone for a year, also where a link says http."""
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def failure(status: int, code: str, message: str) -> web.Response:
    """Return the answer to a call that failed."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


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
