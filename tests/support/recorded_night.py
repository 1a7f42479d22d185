"""A night at a real table: a campaign over HTTP, its commands by the room, as sockets would send them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiohttp import WSMsgType
from aiohttp.test_utils import TestServer

from events.core.features.hexes import HideHexes, RevealHexes
from events.core.features.sessions import EndSession, StartSession
from events.core.features.staging import Publish, SetMode
from events.core.features.terrain import HexChange, SetMap, UpdateHexes
from events.core.features.tokens import CreateToken, MoveToken
from events.core.messages import Command
from events.core.state import Member, Mode, Role, RoomId, UserId
from events.core.targets import Players
from events.geometry.grid import Hex, runs
from events.journal import Commit, Request, digest
from tests.support.people import Person, ShiftedClock
from web.app import ROOMS


@dataclass
class Night:
    """One campaign with a DM, two players and what happened; times are ten seconds apart."""

    server: TestServer
    clock: ShiftedClock
    dm: Person
    ann: Person
    ben: Person
    id: str = ""
    session: str = ""
    commits: list[Commit] = field(default_factory=list)

    async def begin(self) -> "Night":
        made = await self.dm.post("/api/campaigns", {"name": "The Marches"})
        self.id = made.body["id"]
        for person in (self.ann, self.ben):
            invited = await self.dm.post(f"/api/campaigns/{self.id}/invites", {"role": "player"})
            token = invited.body["token"]
            assert (await person.post(f"/api/invites/{token}/accept", {})).status == 200
        return self

    async def do(self, command: Command, by: Person | None = None) -> Commit:
        """Return what the command is recorded as; time goes on by ten seconds."""
        self.clock.ahead += timedelta(seconds=10)
        who = by or self.dm
        room = await self.server.app[ROOMS].open(RoomId(UUID(self.id)))
        member = room.state.members.get(UserId(who.id)) or Member(UserId(who.id), Role.DM)
        stamped = command.stamped(self.clock.seed)
        commit = await room.ask(Request(stamped, member, self.clock.now(), None, digest(command)))
        self.commits.append(commit)
        return commit

    async def play(self) -> "Night":
        """Play an evening: what all are shown, what only Ben is, what is staged, an undo."""
        here = [Hex(q, r) for q in range(6) for r in range(4)]
        await self.do(
            SetMap(
                name="The Marches",
                grid_width=6,
                grid_height=6,
                hex_size=30.0,
                orientation="flat",
                painted=(("hills", 0, runs(here[:12])), ("marsh", 0, runs(here[12:]))),
            )
        )
        started = await self.do(StartSession())
        self.session = str(started.session)
        await self.do(RevealHexes(hex_keys=(Hex(0, 0), Hex(0, 1)), targets="all"))
        only_ben = Players(player_ids=(UserId(self.ben.id),))
        await self.do(RevealHexes(hex_keys=(Hex(5, 3),), targets=only_ben))
        await self.do(CreateToken(hex_key=Hex(0, 0), label="Ann's ranger", owner_id=self.ann.id))
        await self.do(UpdateHexes(changes=(HexChange(key=Hex(4, 0), terrain="ruins"),)))
        await self.do(SetMode(mode=Mode.STAGED))
        await self.do(RevealHexes(hex_keys=(Hex(1, 0), Hex(1, 1)), targets="all"))
        await self.do(Publish())
        await self.do(HideHexes(hex_keys=(Hex(0, 1),), targets="all"))
        token = next(iter(self.server.app[ROOMS].room(RoomId(UUID(self.id))).state.tokens))
        await self.do(MoveToken(token_id=token, to_hex_key=Hex(1, 0)), by=self.ann)
        await self.do(EndSession())
        return self

    async def watch(self, person: Person, query: str = "", most: int = 10_000) -> "Watched":
        """Return all that a replay at full speed sends, until it stands still or is closed."""
        headers = {"Origin": person.origin} if person.origin else {}
        path = f"/ws/replay?sessionId={self.session}&speed=max{query}"
        got: list[dict[str, Any]] = []
        async with person.http.ws_connect(path, headers=headers) as socket:
            while len(got) < most:
                message = await socket.receive(timeout=60)
                if message.type is not WSMsgType.TEXT:
                    return Watched(got, socket.close_code)
                got.append(message.json())
                if got[-1]["type"] == "replay:position" and not got[-1]["playing"]:
                    break
        return Watched(got, None)


@dataclass
class Watched:
    got: list[dict[str, Any]]
    closed: int | None

    def types(self) -> list[str]:
        return [message["type"] for message in self.got]
