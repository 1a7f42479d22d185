"""What a player gets of the record over HTTP and sockets is the same, whatever the DM did in secret."""

import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.notes import NoteWanted, SetNote
from events.core.features.sessions import EndSession, StartSession
from events.core.features.staging import SetMode
from events.core.features.terrain import HexChange, UpdateHexes
from events.core.features.tokens import CreateToken
from events.core.messages import Command
from events.core.state import Mode, UserId
from events.core.targets import Players
from events.geometry.grid import Hex
from tests.support.painted_pictures import lay, paint
from tests.support.people import ShiftedClock
from tests.support.recorded_night import Night
from tests.web.conftest import Meet

FAR = (Hex(4, 0), Hex(5, 0), Hex(4, 1))
EVENING = datetime(2026, 1, 31, 20, tzinfo=UTC)
FORMATS = ("md", "html", "json", "webp", "gif")
RANDOM = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")


def evening(ben: str) -> tuple[Command, ...]:
    """Return what happens at the table."""
    return (
        StartSession(),
        RevealHexes(hex_keys=(Hex(0, 0),), targets="all"),
        CreateToken(hex_key=Hex(0, 0), label="The party"),
        SetMode(mode=Mode.STAGED),
        SetMode(mode=Mode.IMMEDIATE),
        RevealHexes(hex_keys=(Hex(1, 0),), targets="all", tier="terrain"),
        HideHexes(hex_keys=(Hex(0, 0),), targets="all"),
        EndSession(),
    )


def secrets(ben: str) -> tuple[Command, ...]:
    """Return what a DM may do behind Ann's back, staged or at once."""
    only_ben = Players(player_ids=(UserId(ben),))
    return (
        UpdateHexes(changes=tuple(HexChange(key=at, terrain="ruins") for at in FAR)),
        CreateToken(hex_key=Hex(0, 0), label="a lurker", visible=False),
        SetNote(hex_key=Hex(0, 0), note=NoteWanted(kind="encounter", title="Trap", audience="dm")),
        RevealHexes(hex_keys=FAR[:2], targets=only_ben),
        HideHexes(hex_keys=FAR[:1], targets=only_ben),
    )


@pytest.fixture
def clock() -> ShiftedClock:
    """Stands still until it is put forward: both evenings have the same times."""
    made = ShiftedClock()
    made.now = lambda: EVENING + made.ahead  # type: ignore[method-assign]
    return made


async def played(night: Night, behind: Callable[[str], Sequence[Command]]) -> Night:
    """Play the evening, with what happens behind the player's back after each of its commands."""
    night.clock.ahead = timedelta()
    await night.begin()
    await paint(night)
    for number, command in enumerate(evening(night.ben.id)):
        commit = await night.do(command)
        night.session = str(commit.session or night.session)
        before = night.clock.ahead
        for secret in behind(night.ben.id):
            await night.do(secret)
        night.clock.ahead = before
        if number == 1:
            await lay(night, "blue")
    return night


async def everything(night: Night) -> AsyncIterator[tuple[str, bytes]]:
    """Yield all that the record tells Ann, by what she asked."""
    ann, headers = night.ann, {"Origin": str(night.ann.origin)}
    campaign, session = f"/api/campaigns/{night.id}", f"/api/sessions/{night.session}"
    moments = [f"at={EVENING + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}" for s in range(0, 100, 5)]
    asked = [
        *(f"{session}/recap?format={format_}" for format_ in FORMATS),
        *(f"{campaign}/{what}?{at}" for what in ("state", "knowledge") for at in moments),
        *(f"{campaign}/{what}" for what in ("state", "knowledge", "sessions")),
        f"{campaign}/knowledge?{moments[4]}&against={moments[12][3:]}",
        *(f"{campaign}/state?{no}" for no in ("version=3", "version=999", f"as={night.ben.id}")),
        *(f"{session}/{no}" for no in ("report", "recap?as=players", f"recap?as={night.ben.id}")),
        *(f"{campaign}/{no}" for no in ("verify", "events", "exposures?hex=0,0")),
    ]
    for path in asked:
        async with ann.http.get(path) as answer:
            kept = {k: v for k, v in answer.headers.items() if k not in ("Date", "Set-Cookie")}
            yield path, json.dumps([answer.status, kept]).encode() + await answer.read()
    path = f"/ws/replay?sessionId={night.session}&paused=1"
    async with ann.http.ws_connect(path, headers=headers) as socket:
        picture = None
        for number in range(12):
            for command in ({"type": "replay:step", "by": 1}, tile(picture), {"type": "ping"}):
                await socket.send_json({**command, "id": str(number)})
                async for message in socket:
                    yield f"step {number}", message.data.encode()
                    said = message.json()
                    if said["type"] in ("session:state", "picture:changed"):
                        picture = (said["picture"] or {}).get("id")
                    if said.get("id") == str(number) or said["type"] == "pong":
                        break


def tile(picture: str | None) -> dict[str, object]:
    return {"type": "replay:tile", "picture": picture, "level": 0, "column": 0, "row": 0}


async def transcript(night: Night) -> list[tuple[bytes, bytes]]:
    """Return what Ann asked and got, with what is random named by when it came up first."""
    named = namer()
    return [
        (RANDOM.sub(named, asked.encode()), RANDOM.sub(named, got))
        async for asked, got in everything(night)
    ]


def namer() -> Callable[[re.Match[bytes]], bytes]:
    names: dict[bytes, bytes] = {}
    return lambda match: names.setdefault(match[0], b"#%d" % len(names))


async def test_the_record_tells_a_player_the_same_whatever_was_done_in_secret(
    server: TestServer, clock: ShiftedClock, meet: Meet
) -> None:
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    open_, veiled = [Night(server, clock, dora, ann, ben) for _ in range(2)]
    plain = await transcript(await played(open_, lambda _: ()))
    told = await transcript(await played(veiled, secrets))
    assert veiled.commits[-1].version > open_.commits[-1].version + 16
    for (asked, one), (also, other) in zip(plain, told, strict=True):
        assert asked == also
        assert one == other, asked


async def test_how_long_a_replay_may_be_is_counted_in_what_its_viewer_saw(
    server: TestServer, clock: ShiftedClock, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.replay.timeline.LEAP", 3)
    dora, ann, ben = [await (await meet()).sign_up(name) for name in ("Dora", "Ann", "Ben")]
    open_, veiled = [Night(server, clock, dora, ann, ben) for _ in range(2)]
    await played(open_, lambda _: ())
    await played(veiled, secrets)
    seen = (await open_.watch(ann)).got[-1]["count"]
    assert len(veiled.commits) > 4 * seen
    for most, closed in ((seen, None), (seen - 1, 1008), (1, 1008)):
        monkeypatch.setattr("web.history.replay_socket.MOST_MOMENTS", most)
        watched = [await night.watch(ann) for night in (open_, veiled)]
        assert [each.closed for each in watched] == [closed, closed]
        one, other = [RANDOM.sub(namer(), json.dumps(each.got).encode()) for each in watched]
        assert one == other
        assert (await veiled.watch(dora)).closed == 1008, "a DM saw all of it"
        assert (await veiled.watch(dora, f"&as={ann.id}")).closed == closed
