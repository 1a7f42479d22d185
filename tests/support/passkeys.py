"""Ann's passkeys, and how she adds them and signs in by them, for the tests of accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.authenticators import PRESENT, Authenticator
from tests.support.people import Answer, Person

PASSWORD: Final = "Ann's secret"
LOGIN: Final = {"email": "ann@example.org", "password": PASSWORD}
FACTOR: Final = "/api/me/second-factor"
PASSKEYS: Final = "/api/me/passkeys"

Said = dict[str, Any]


def at_localhost(person: Person) -> Person:
    """Return a browser that has opened the server by a name, as passkeys need one."""
    place = f"localhost:{person.server.port}"
    person.http.session.headers["Host"] = place
    person.origin = f"http://{place}"
    return person


def authenticator(person: Person) -> Authenticator:
    assert person.origin is not None
    return Authenticator(origin=person.origin, host="localhost")


async def challenge_to_add(person: Person, **proof: Any) -> str:
    asked = await person.post(f"{PASSKEYS}/challenge", {"password": PASSWORD, **proof})
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def add(person: Person, key: Authenticator, name: str = "phone", **proof: Any) -> Answer:
    said = key.made(await challenge_to_add(person, **proof))
    return await person.post(PASSKEYS, {"name": name, "passkey": said})


async def challenge_to_prove(person: Person) -> str:
    asked = await person.post(f"{FACTOR}/challenge")
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def challenge_to_sign_in(person: Person) -> str:
    asked = await person.post("/api/auth/passkey", LOGIN)
    assert asked.status == 200, asked
    return str(asked.body["challenge"])


async def login(person: Person, said: Said | None = None, **more: Any) -> Answer:
    return await person.post("/api/auth/login", {**LOGIN, **more, "passkey": said})


@dataclass
class Keyring:
    """Ann, who has a passkey, and what she wrote down."""

    ann: Person
    key: Authenticator
    id: str
    recovery: list[str]
    come: Callable[[], Awaitable[Person]] = field(repr=False)

    async def sign_in(self) -> Answer:
        someone = await self.come()
        return await login(someone, self.key.signed(await challenge_to_sign_in(someone)))


async def ways(person: Person) -> list[tuple[str, bool]]:
    """Return how somebody signed in, the latest first."""
    log = (await person.get("/api/me/sign-in-log")).body["lines"]
    return [(line["way"], line["succeeded"]) for line in log]


async def refusal_noted(person: Person, way: str) -> None:
    """Wait until the log has a refused sign-in: it is noted beside the answer, maybe after it."""
    while (way, False) not in await ways(person):
        pass


def lies() -> dict[str, Callable[[Authenticator], Any]]:
    """Return ways in which an authenticator, or who stands before it, lies."""

    def says(**more: Any) -> Callable[[Authenticator], None]:
        def bend(key: Authenticator) -> None:
            for name, value in more.items():
                setattr(key, name, value)

        return bend

    return {
        "of another page": says(origin="https://hexroom.evil.example"),
        "of another port": says(origin="http://localhost:1"),
        "of another host": says(host="evil.example"),
        "without a look at who it is": says(flags=PRESENT),
        "without anybody there": says(flags=0x04),
    }
