"""The demo: "The Sunken Marches", a campaign to look around in, opened where the database is empty."""

import hashlib
import ipaddress
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from actors.room.locator import RoomLocator
from actors.runtime.clock import Clock
from events.core.features.members import Arrive, Depart, OpenRoom, SetMember
from events.core.features.sessions import EndSession, StartSession
from events.core.messages import JSON, Command, command_from_wire
from events.core.state import Member, Role, RoomId, UserId
from events.geometry.grid import Hex, disc, line
from events.journal import Request
from events.journal.database.pool import Pool
from events.maps import generate, lay
from events.maps.generator import heights
from events.record.campaigns import CampaignRow, open_campaign, put_member
from web.accounts.auth import Auth
from web.accounts.sign_in_log import Way
from web.campaigns.demo_land import preparation, revealed_omen, revealed_trail
from web.http.api import Missing
from web.http.client_ip import came_directly

logger = logging.getLogger(__name__)

NAME: Final = "The Sunken Marches"
SEED: Final = 1887
WIDTH, HEIGHT = 30, 20
BEGAN: Final = timedelta(hours=27)
"""How long before the server's first start the session of the demo was played."""
DM_EMAIL: Final = "dm@demo.invalid"
NO_PASSWORD: Final = "!"
WET: Final = frozenset({"water", "coast"})

_FIND: Final = """
SELECT campaign.id, campaign_member.account_id, campaign_member.role, campaign_member.name
FROM campaign JOIN campaign_member ON campaign_member.campaign_id = campaign.id
JOIN account ON account.id = campaign.created_by
WHERE account.email = %s AND deleted_at IS NULL AND removed_at IS NULL
ORDER BY campaign.created_at, joined_at, campaign_member.name
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Opens the demo as one of its members."""

    member: Member
    secret: str


class Demo:
    """Made with the server; opened, if it is to be, once the server listens."""

    def __init__(self, pool: Pool, clock: Clock, directory: RoomLocator, auth: Auth) -> None:
        self._pool = pool
        self._clock = clock
        self._directory = directory
        self._auth = auth
        self._campaign: RoomId | None = None
        self._links: dict[bytes, UserId] = {}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/demo/{secret}", self.enter)

    async def open(self) -> tuple[Link, ...]:
        """Return a link for the DM and one for a player; none if the database holds other things.

        The first start makes the demo; later ones find it, unless it was deleted. The secrets are
        made anew each time.
        """
        members = await self._members_of_demo()
        if not members and await self._is_empty():
            await self._make()
            members = await self._members_of_demo()
        links = []
        for role in (Role.DM, Role.PLAYER):
            member = next((each for each in members if each.role is role), None)
            if member is not None:
                link = Link(member, secrets.token_urlsafe(24))
                self._links[_hash(link.secret)] = member.user
                links.append(link)
        return tuple(links)

    async def enter(self, request: web.Request) -> web.Response:
        """Sign in as a member of the demo, on this machine only, and go to the table."""
        user = self._links.get(_hash(request.match_info["secret"]))
        if user is None or not _is_here(request):
            raise Missing("page")
        response = web.Response(
            status=302, headers={"Location": self._auth.path(f"/c/{self._campaign}")}
        )
        await self._auth.sign_in(request, response, user, Way.DEMO)
        return response

    async def _is_empty(self) -> bool:
        async with self._pool.connection() as connection:
            cursor = await connection.execute("SELECT NOT EXISTS (SELECT FROM account)")
            row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _members_of_demo(self) -> tuple[Member, ...]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_FIND, (DM_EMAIL,))).fetchall()
        if not rows:
            return ()
        self._campaign = RoomId(rows[0][0])
        return tuple(
            Member(UserId(user), Role(role), name)
            for campaign, user, role, name in rows
            if campaign == self._campaign
        )

    async def _make(self) -> None:
        began = self._clock.now() - BEGAN
        campaign = RoomId(UUID(int=self._clock.seed(), version=4))
        dm, finn, isa = (
            Member(UserId(f"{self._clock.seed():032x}"[:20]), role, name)
            for role, name in ((Role.DM, "Mara"), (Role.PLAYER, "Finn"), (Role.PLAYER, "Isa"))
        )
        await self._store(campaign, dm, (finn, isa), began)
        room = await self._directory.open(campaign)
        for member, command, at in _night(dm, finn, isa, began):
            stamped = command.stamped(self._clock.seed)
            await room.ask(
                Request(stamped, (await room.room_members()).members.get(member.user, member), at)
            )
        logger.info("demo: opened %s", NAME)

    async def _store(
        self, campaign: RoomId, dm: Member, players: tuple[Member, ...], at: datetime
    ) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            for member in (dm, *players):
                email, password = (DM_EMAIL, NO_PASSWORD) if member is dm else (None, None)
                await connection.execute(
                    "INSERT INTO account (id, name, email, password_hash, created_at)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    (member.user, member.name, email, password, at),
                )
            await open_campaign(connection, CampaignRow(campaign, NAME, dm.user, at))
            for member in (dm, *players):
                await put_member(connection, campaign, member, at)


def _night(
    dm: Member, finn: Member, isa: Member, began: datetime
) -> Iterator[tuple[Member, Command, datetime]]:
    """Yield the story of the demo: who asked for what, and when."""
    at = began
    for who, command, minutes in _story(dm, finn, isa):
        at += timedelta(minutes=minutes)
        yield who, command, at


def _story(dm: Member, finn: Member, isa: Member) -> Iterator[tuple[Member, Command, float]]:
    document = generate(SEED, WIDTH, HEIGHT, name=NAME)
    ground = {at.hex: at.terrain for at in document.hexes}
    path = _way(ground)
    yield dm, OpenRoom(name=NAME), 0
    for member in (dm, finn, isa):
        yield dm, SetMember(user=member.user, name=member.name, role=member.role), 0
    yield dm, lay(document), 1
    for command in preparation(ground, heights(SEED, WIDTH, HEIGHT), path):
        yield dm, command, 1
    for member in (dm, finn, isa):
        yield member, Arrive(), 2
    yield dm, StartSession(), 3
    yield dm, _reveal(_around(path[0], 2, ground)), 1
    for member, color in ((finn, "#b5482a"), (isa, "#2a6fb5")):
        yield dm, _token(member, path[0], color), 0.5
    for step, at in enumerate(path[1:-1], 1):
        yield finn, _move(finn, at), 3
        yield isa, _move(isa, at), 0.5
        yield dm, _reveal(_around(at, 1, ground)), 0.5
        if step == 2:
            # One scouts ahead: what she sees, only she sees.
            far = [hex_ for hex_ in _around(at, 3, ground) if at.distance(hex_) == 3]
            yield dm, _reveal(far[:2], {"playerIds": [isa.user]}), 1
            for command in revealed_trail(isa.user):
                yield dm, command, 0.5
            for command in revealed_omen(finn.user):
                yield dm, command, 0.5
    yield dm, command_from_wire({"type": "broadcast:mode", "mode": "staged"}), 4
    yield dm, _reveal(_around(path[-1], 2, ground)), 1
    sunken = {"type": "hex:update", "changes": [{"key": str(path[-1]), "terrain": "swamp"}]}
    yield dm, command_from_wire(sunken), 1
    yield dm, command_from_wire({"type": "broadcast:publish"}), 2
    yield finn, _move(finn, path[-1]), 2
    yield dm, EndSession(), 9
    for member in (isa, finn, dm):
        yield member, Depart(), 1


def _way(ground: dict[Hex, str]) -> tuple[Hex, ...]:
    """Return the longest dry walk of at most eight steps between two hexes near the middle."""
    middle = Hex(WIDTH // 2, HEIGHT // 2 - WIDTH // 4)
    starts = sorted((at for at in ground if ground[at] not in WET), key=middle.distance)[:40]
    best: tuple[Hex, ...] = (starts[0],)
    for start in starts[:10]:
        for end in starts:
            walk = line(start, end)
            dry = all(ground.get(at, "water") not in WET for at in walk)
            if dry and len(best) < len(walk) <= 9:
                best = walk
    return best


def _around(at: Hex, radius: int, ground: dict[Hex, str]) -> list[Hex]:
    return [hex_ for hex_ in disc(at, radius) if hex_ in ground]


def _reveal(hexes: list[Hex], targets: JSON = "all") -> Command:
    keys = [str(at) for at in hexes]
    return command_from_wire({"type": "hex:reveal", "hexKeys": keys, "targets": targets})


def _token(of: Member, at: Hex, color: str) -> Command:
    return command_from_wire(
        {
            "type": "token:create",
            "tokenId": _token_id(of),
            "hexKey": str(at),
            "label": of.name,
            "ownerId": of.user,
            "color": color,
            "tokenType": "pc",
        }
    )


def _move(of: Member, to: Hex) -> Command:
    fields: dict[str, Any] = {"type": "token:move", "tokenId": _token_id(of), "toHexKey": str(to)}
    return command_from_wire(fields)


def _token_id(of: Member) -> str:
    return f"token-{of.name.lower()}"


def _is_here(request: web.Request) -> bool:
    try:
        here = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
    return here and came_directly(request)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogateescape")).digest()
