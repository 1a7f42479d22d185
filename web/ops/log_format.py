"""Log formats: lines for people, or a JSON object a line."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, Literal

from aiohttp.http_exceptions import HttpProcessingError

logger = logging.getLogger(__name__)

# What every record has; the rest came in `extra`, which is an interface.
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, the extra fields, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        extra = {name: value for name, value in vars(record).items() if name not in _USUAL}
        entry |= {name: value for name, value in extra.items() if name not in entry}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str, ensure_ascii=True)


class TextFormatter(logging.Formatter):
    """Lines for people; a line break in a message cannot pass for a line of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def is_worth_a_traceback(record: logging.LogRecord) -> bool:
    """Return whether aiohttp's record is to be logged; of what is no HTTP a line of DEBUG is enough.

    Whatever scans the network sends such requests all day, and each would be an error with its
    traceback.
    """
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, HttpProcessingError):
        return True
    whose = record.args[0] if isinstance(record.args, tuple) and record.args else "somebody"
    logger.debug("server: a request from %s is not HTTP: %s", whose, type(error).__name__)
    return False


def set_up_logging(form: Literal["text", "json"], level: str) -> None:
    """Send the log to stderr; replaces what was set up before."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("alembic", "psycopg.pool", "aiohttp.access", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.DEBUG if level == "DEBUG" else logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(is_worth_a_traceback)
