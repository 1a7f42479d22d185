"""Frames: bytes from a socket to commands, messages to bytes for a socket, close codes."""

from enum import IntEnum
from typing import Any, ClassVar, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from events.core.messages import Command, JsonObject
from events.core.targets import MOST_HEXES
from events.errors import Rejected, TooMany
from events.journal import CommandId

ID_CHARS: Final = 64


class Close(IntEnum):
    """Why the server closes a socket."""

    GOING_AWAY = 1001
    NOT_UTF8 = 1007
    TOO_BIG = 1009
    TRY_LATER = 1013
    NOT_SIGNED_IN = 4001
    NO_CAMPAIGN = 4002
    NOT_ALLOWED = 4003
    TOO_SLOW = 4008
    TOO_FAST = 4029


class InvalidFrame(Exception):
    """A frame that is no command. The text is for people."""

    code: ClassVar[str] = "invalid_message"

    def __init__(self, why: str, id: CommandId | None = None) -> None:
        super().__init__(why)
        self.id = id


class NotJson(InvalidFrame):
    code = "invalid_json"


class FrameTooLarge(InvalidFrame):
    code = "too_large"


class ClientFrame(NamedTuple):
    """What a frame asks for."""

    command: Command | None
    """None asks for a pong."""
    id: CommandId | None


def read_frame(data: bytes, most_hexes: int = MOST_HEXES) -> ClientFrame:
    """Return what the text frame asks for; raise InvalidFrame or Rejected, with its id if it has one."""
    fields = _object(data)
    id_ = _id(fields)
    # Written out, a NUL has exactly this escape; most frames hold none, so few are searched.
    if b"\\u0000" in data and _holds_nul(fields):
        raise InvalidFrame("the character U+0000 is not allowed", id_)
    tag = fields.pop("type", None)
    if tag == "ping":
        return ClientFrame(None, id_)
    kind = Command.known.get(tag) if isinstance(tag, str) else None
    if kind is None or kind.internal:
        raise InvalidFrame("there is no such message type", id_)
    try:
        if most_hexes < MOST_HEXES:
            _check_hexes(fields, most_hexes)
        return ClientFrame(kind.model_validate(fields), id_)
    except ValidationError as error:
        raise InvalidFrame(_worded(error), id_) from None
    except Rejected as refusal:
        raise _refused(refusal, id_) from None


def id_of(data: bytes) -> CommandId | None:
    """Return the id of a frame that is not read further, if it has one."""
    try:
        return _id(_object(data))
    except InvalidFrame:
        return None


def header(length: int) -> bytes:
    """Return the head of a whole text frame from the server."""
    if length < 126:
        return _SMALL[length]
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")


def close_reason(why: str) -> bytes:
    """Return the reason as a close frame may carry it: at most 123 bytes of whole characters."""
    return why.encode()[:_LONGEST_REASON].decode(errors="ignore").encode()


def close_frame(code: Close, why: str) -> bytes:
    """Return a whole close frame from the server."""
    body = code.to_bytes(2, "big") + close_reason(why)
    return bytes((0x88, len(body))) + body


_LONGEST_REASON: Final = 123
_SMALL: Final = tuple(bytes((0x81, length)) for length in range(126))


def _object(data: bytes) -> JsonObject:
    try:
        fields = from_json(data, allow_inf_nan=False)
    except ValueError:
        raise NotJson("this is not valid JSON") from None
    if not isinstance(fields, dict):
        raise InvalidFrame("a message is a JSON object")
    return fields


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(_holds_nul(each) for each in value)


def _id(fields: JsonObject) -> CommandId | None:
    if "id" not in fields:
        return None
    id_ = fields.pop("id")
    if not (isinstance(id_, str) and 1 <= len(id_) <= ID_CHARS and "\0" not in id_):
        raise InvalidFrame(f"an id is a text of 1 to {ID_CHARS} characters, none of them U+0000")
    return CommandId(id_)


def _check_hexes(fields: JsonObject, most: int) -> None:
    for name in ("hexKeys", "changes"):
        named = fields.get(name)
        if isinstance(named, list) and len(named) > most:
            raise TooMany("hexes in a command", most, len(named))


def _refused(refusal: Rejected, id_: CommandId | None) -> InvalidFrame:
    kind = FrameTooLarge if refusal.code == FrameTooLarge.code else InvalidFrame
    return kind(str(refusal), id_)


def _worded(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, fault["loc"]))[:100]
    fault_text = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {fault_text}" if where else fault_text
