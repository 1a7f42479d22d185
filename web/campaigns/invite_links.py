"""The links of invites: told again to DMs, though the database has nothing but their hashes."""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from web.accounts.auth import hash_of

_FILE: Final = "invite-secret"
_SECRET_BYTES: Final = 32
_TOKEN_BYTES: Final = 24
_WHAT_FOR: Final = b"hexroom invite\0"


class InviteLinks:
    """Derives the token of an invite from its id and a secret that is never in the database."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def token(self, id_: UUID) -> str:
        """Return the token of the invite: 192 bits that nobody can guess without the secret."""
        digest = hmac.digest(self._secret, _WHAT_FOR + id_.bytes, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()

    def again(self, id_: UUID, token_hash: bytes) -> str | None:
        """Return the token of an invite that was made; None if it was made otherwise.

        Those of before this version were random, and those of another secret cannot be derived.
        """
        token = self.token(id_)
        return token if hmac.compare_digest(hash_of(token), token_hash) else None


def invite_secret(configured: str, folder: Path) -> bytes:
    """Return the secret that is given, else the one in the folder, which is made if there is none.

    Raises OSError where the folder cannot be written.
    """
    if configured:
        return configured.encode()
    file = folder / _FILE
    with suppress(FileNotFoundError):
        return file.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(secrets.token_bytes(_SECRET_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        # Several processes may start over one folder: whoever links first has made it for all.
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return file.read_bytes()
