"""An authenticator made of software, for the tests of passkeys, and ways in which one may lie."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT: Final = 0x01
VERIFIED: Final = 0x04
_WITH_KEY: Final = 0x40


def text(raw: bytes) -> str:
    """Return bytes in base64url, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One key; what it says can be bent by its attributes."""

    origin: str
    host: str
    count: int = 0
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    """Whether it counts at all; those that are synchronised do not."""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, challenge: str) -> dict[str, Any]:
        """Return what it says of its key to a challenge for a new one."""
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: _32(public.x), -3: _32(public.y)}
        data = self._data(_WITH_KEY) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        attested = {"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(cose)}
        return {
            "id": text(self.id),
            "clientData": text(self._client_data("webauthn.create", challenge)),
            "attestationObject": text(cbor2.dumps(attested)),
            "transports": ["internal"],
        }

    def signed(self, challenge: str) -> dict[str, Any]:
        """Return what it says to a challenge by its key."""
        self.count += self.counts
        client_data, data = self._client_data("webauthn.get", challenge), self._data()
        signature = self.key.sign(
            data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256())
        )
        return {
            "id": text(self.id),
            "clientData": text(client_data),
            "authenticatorData": text(data),
            "signature": text(signature),
        }

    def _data(self, more: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()


def _32(number: int) -> bytes:
    return number.to_bytes(32, "big")
