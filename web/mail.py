"""Mail, where HEXROOM_SMTP_URL names a server that takes it."""

import logging
from email.message import EmailMessage
from typing import NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

logger = logging.getLogger(__name__)

TIMEOUT_S = 20.0


class MailServer(NamedTuple):
    """``smtp[s]://user:password@host:port?from=hexroom@example.org``; smtps speaks TLS from the start."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    sender: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the server that a URL names; raise ValueError, without repeating the password."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("expected smtp://user:password@host:587?from=hexroom@example.org")
        sender = parse_qs(parts.query).get("from", [f"hexroom@{parts.hostname}"])[-1]
        tls = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            parts.port or (465 if tls else 587),
            tls,
            None if parts.username is None else unquote(parts.username),
            None if parts.password is None else unquote(parts.password),
            sender,
        )


class Mailer:
    """Sends mail; a mail that cannot be sent is a warning in the log, never an error of the request."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, to: str, subject: str, text: str) -> bool:
        """Return whether the mail server took the message."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._server.sender, to, subject
        message.set_content(text)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._server.host,
                port=self._server.port,
                use_tls=self._server.tls,
                username=self._server.user,
                password=self._server.password,
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            logger.warning("mail: %s did not take a message: %s", self._server.host, error)
            return False
        return True
