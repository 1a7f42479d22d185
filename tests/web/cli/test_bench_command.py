"""hexroom bench: figures of a real server, and nothing left behind."""

import asyncio
import json

import pytest
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from tests.support.people import Person
from web.cli.load import Measured, Plan, load, percentiles
from web.cli.main import main
from web.settings import Settings


@pytest.fixture
def rooms() -> None:
    """Real ones."""


async def bench(url: str, *options: str, token: str | None = None) -> Result:
    environment = {"HEXROOM_TOKEN": token}
    return await asyncio.to_thread(
        CliRunner().invoke, main, ["bench", url, *options], env=environment
    )


def url_of(server: TestServer) -> str:
    return str(server.make_url("/"))


async def token_of(person: Person) -> str:
    return str((await person.post("/api/tokens", {"name": "bench"})).body["token"])


async def test_every_command_is_answered_and_seen_by_every_player(
    server: TestServer, ann: Person
) -> None:
    options = ("--rooms=2", "--players=2", "--rate=20", "--seconds=1", "--json")

    result = await bench(url_of(server), *options, token=await token_of(ann))

    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["commands"], report["unseen"], report["refused"]) == (40, 0, {})
    for kind in ("answerMs", "seenMs", "connectMs"):
        assert 0 < report[kind]["p50"] <= report[kind]["p99"] <= report[kind]["max"]
    assert (await ann.get("/api/campaigns")).body["campaigns"] == []


class TestWithoutARate:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """A limit that any machine comes up to within a second."""
        return settings.model_copy(update={"commands_per_second": 10, "command_burst": 20})

    async def test_as_many_are_under_way_as_the_window_says(
        self, server: TestServer, ann: Person
    ) -> None:
        options = ("--players=0", "--rate=0", "--window=3", "--seconds=1")

        result = await bench(url_of(server), *options, token=await token_of(ann))

        assert result.exit_code == 0, result.output
        assert "commands answered" in result.stdout
        # Above what one DM may send in a second; the server says so, and so do the figures.
        assert "refused: rate_limited" in result.stdout


@pytest.mark.parametrize("options", [("--rooms=51",), ("--players=21",), ("--seconds=601",)])
async def test_a_load_beyond_the_bounds_is_refused(options: tuple[str, ...]) -> None:
    assert (await bench("http://127.0.0.1:9", *options, token="t")).exit_code == 2


async def test_without_a_token_it_says_where_to_get_one() -> None:
    result = await bench("http://127.0.0.1:9")
    assert result.exit_code == 2
    assert "HEXROOM_TOKEN" in result.output


async def test_a_wrong_token_or_address_is_told_in_a_sentence(server: TestServer) -> None:
    refused = await bench(url_of(server), token="wrong")
    assert refused.exit_code == 1
    assert "was refused: " in refused.output
    silent = await bench("http://127.0.0.1:9", token="t")
    assert silent.exit_code == 1
    assert "does not answer" in silent.output


async def test_campaigns_are_deleted_when_the_load_is_broken_off(
    server: TestServer, ann: Person
) -> None:
    plan = Plan(url_of(server).rstrip("/"), await token_of(ann), 1, 1, 5, 1, 60)
    playing = asyncio.Event()

    def progress(what: str, part: float) -> None:
        if what == "playing":
            playing.set()

    running = asyncio.create_task(load(plan, progress))
    await playing.wait()
    assert len((await ann.get("/api/campaigns")).body["campaigns"]) == 1
    running.cancel()
    await asyncio.wait({running})
    assert (await ann.get("/api/campaigns")).body["campaigns"] == []


def test_percentiles_are_values_that_occurred() -> None:
    assert percentiles([]) is None
    assert percentiles([0.003, 0.001, 0.002]) == {"p50": 2.0, "p90": 3.0, "p99": 3.0, "max": 3.0}
    assert Measured().report()["commandsPerSecond"] == 0
