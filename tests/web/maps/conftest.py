import pytest

from tests.support.people import Person
from tests.web.conftest import Meet


@pytest.fixture
async def campaign(ann: Person) -> str:
    return await ann.campaign()


@pytest.fixture
async def bob(ann: Person, campaign: str, meet: Meet) -> Person:
    """A player of the campaign."""
    guest = await meet()
    assert (await guest.accept(await ann.invite(campaign), "Bob")).status == 200
    return guest
