"""Ann with a passkey, for the tests of what is done with one."""

import pytest

from tests.support.passkeys import Keyring, add, at_localhost, authenticator
from tests.support.people import Person
from tests.web.conftest import Meet


@pytest.fixture
def come(meet: Meet) -> Meet:
    """Return a function that gives a new browser at localhost."""

    async def somebody() -> Person:
        return at_localhost(await meet())

    return somebody


@pytest.fixture
async def keyring(ann: Person, come: Meet) -> Keyring:
    at_localhost(ann)
    key = authenticator(ann)
    added = await add(ann, key)
    assert added.status == 201, added
    assert added.body["passkey"]["name"] == "phone"
    recovery = added.body["recoveryCodes"]
    assert len(recovery) == 8
    return Keyring(ann, key, added.body["passkey"]["id"], recovery, come)
