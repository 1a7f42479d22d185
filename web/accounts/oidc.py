"""Sign-in by another service: a client of OpenID Connect, for any issuer that the settings name.

Source: OpenID Connect Core 1.0, authorization code flow, with PKCE (RFC 7636).
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from actors.runtime.clock import Clock

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Asymmetric ones only: who can check a token must not be able to make one."""
LEEWAY_S: Final = 60
"""How far the two clocks may differ."""
KEPT_S: Final = 3600.0
"""How long what the issuer publishes of itself is kept."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_LONGEST_SUBJECT: Final = 255
_MOST_BYTES: Final = 256 * 1024


class SignInRefused(Exception):
    """The issuer's answer is not one to trust, or it gave none. ``reason`` is a word for the page."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Attempt(NamedTuple):
    """What a browser keeps in a cookie between leaving for the issuer and coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        """Return fresh secrets of 256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Person(NamedTuple):
    """Whom the issuer vouches for."""

    subject: str
    name: str
    email: str | None
    """Only an address that the issuer has verified."""


@dataclass(frozen=True, slots=True)
class _Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    read_at: float


class Issuer:
    """One issuer; what it publishes is read when it is first needed, and kept for an hour."""

    def __init__(self, url: str, client_id: str, client_secret: str, clock: Clock) -> None:
        self.url = url.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None

    async def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where to send the browser; raise SignInRefused."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            metadata = await self._published(session)
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"

    async def person(self, code: str, attempt: Attempt, redirect_uri: str) -> Person:
        """Return whom the code stands for; raise SignInRefused for whatever is not as it must be."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            metadata = await self._published(session)
            tokens = await _answer(
                session,
                "POST",
                metadata.token_endpoint,
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": redirect_uri,
                    "client_id": self._client_id,
                    "client_secret": self._client_secret,
                    "code_verifier": attempt.verifier,
                },
            )
            claims = await self._checked(session, metadata, tokens.get("id_token"), attempt.nonce)
            if "email" not in claims and metadata.userinfo_endpoint is not None:
                claims = await self._with_userinfo(
                    session, metadata.userinfo_endpoint, tokens, claims
                )
        return _person(claims)

    async def _published(self, session: aiohttp.ClientSession) -> _Metadata:
        now = self._clock.monotonic()
        if self._metadata is not None and now - self._metadata.read_at < KEPT_S:
            return self._metadata
        raw = await _answer(session, "GET", f"{self.url}/.well-known/openid-configuration")
        if str(raw.get("issuer", "")).rstrip("/") != self.url:
            raise SignInRefused("provider", f"the issuer calls itself {raw.get('issuer')!r}")
        try:
            self._metadata = _Metadata(
                raw["authorization_endpoint"],
                raw["token_endpoint"],
                raw["jwks_uri"],
                raw.get("userinfo_endpoint"),
                now,
            )
        except KeyError as missing:
            raise SignInRefused("provider", f"the issuer does not publish {missing}") from None
        self._keys = None
        return self._metadata

    async def _checked(
        self, session: aiohttp.ClientSession, metadata: _Metadata, token: object, nonce: str
    ) -> Mapping[str, Any]:
        if not isinstance(token, str):
            raise SignInRefused("provider", "the issuer gave no id_token")
        claims = await self._decoded(session, metadata, token)
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True},
            sub={"essential": True},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise SignInRefused("refused", f"id_token: {error}") from None
        if str(claims["iss"]).rstrip("/") != self.url:
            raise SignInRefused("refused", "id_token: of another issuer")
        if claims.get("azp", self._client_id) != self._client_id:
            raise SignInRefused("refused", "id_token: given to another client")
        given = str(claims.get("nonce", ""))
        if not nonce or not secrets.compare_digest(
            given.encode(errors="replace"), nonce.encode(errors="replace")
        ):
            raise SignInRefused("refused", "id_token: of another attempt")
        return claims

    async def _decoded(
        self, session: aiohttp.ClientSession, metadata: _Metadata, token: str
    ) -> Mapping[str, Any]:
        fault: Exception | None = None
        for fresh in (False, True):
            if self._keys is None or fresh:
                # The issuer may have changed its keys since they were read.
                raw = await _answer(session, "GET", metadata.jwks_uri)
                self._keys = _keys(raw)
            try:
                return jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError) as error:
                fault = error
        raise SignInRefused("refused", f"id_token: {fault}")

    async def _with_userinfo(
        self,
        session: aiohttp.ClientSession,
        endpoint: str,
        tokens: Mapping[str, Any],
        claims: Mapping[str, Any],
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        more = await _answer(session, "GET", endpoint, headers=headers)
        if more.get("sub") != claims["sub"]:
            raise SignInRefused("refused", "userinfo: of somebody else")
        return {**more, **claims}


def _keys(raw: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(dict(raw))  # type: ignore[arg-type]  # checked by what reads it
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise SignInRefused("provider", f"the issuer's keys: {error}") from None


def _person(claims: Mapping[str, Any]) -> Person:
    subject = str(claims["sub"])
    if not (0 < len(subject) <= _LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
        raise SignInRefused("refused", "id_token: its subject is none")
    verified = claims.get("email_verified") in (True, "true")
    email = claims.get("email")
    name = claims.get("name") or claims.get("preferred_username") or claims.get("nickname") or ""
    return Person(subject, str(name), str(email) if verified and email else None)


async def _answer(
    session: aiohttp.ClientSession, method: str, url: str, **more: Any
) -> Mapping[str, Any]:
    try:
        async with session.request(method, url, allow_redirects=False, **more) as answer:
            raw = await answer.content.read(_MOST_BYTES)
            if answer.status != 200:
                raise SignInRefused("provider", f"{url} answered {answer.status}")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SignInRefused("provider", f"{url} does not answer: {error}") from None
    try:
        parsed = json.loads(raw)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise SignInRefused("provider", f"{url} answered what is no JSON object")
    return parsed
