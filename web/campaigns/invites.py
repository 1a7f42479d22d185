"""Invites: links by which anybody joins a campaign, with an account or as a guest."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, NamedTuple
from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, Field

from actors.runtime.clock import Clock
from events.core.state import Member, Role, RoomId, UserId
from events.journal.database.pool import Pool
from events.record.campaigns import Connection
from events.text import Name
from web.accounts.auth import Auth, Identity, hash_of
from web.accounts.routes import insert_account
from web.accounts.sign_in_log import Way
from web.campaigns.invite_links import InviteLinks
from web.campaigns.join_requests import JoinRequestRoutes, is_waiting, wait_for_dm
from web.campaigns.members import MembershipChanges
from web.campaigns.routes import CampaignStore
from web.http.api import (
    Answer,
    ApiError,
    BadRequest,
    Body,
    Missing,
    OverLimit,
    body_of,
    success,
    uuid_in,
    word_in,
)
from web.http.client_ip import Networks, counted_for
from web.http.openapi import described
from web.http.qr_code import qr_answer
from web.http.throttle import Throttle

MOST_INVITES: Final = 200
GUESTS_A_MINUTE: Final = 20
"""Guests who may join by one link, or from one address, in a minute."""
LONGEST: Final = timedelta(days=365_250)
"""How long an invite may be good; what PostgreSQL takes, Python may not read back."""


class NewInvite(Body):
    role: Role
    max_uses: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    expires_at: AwareDatetime | None = None
    approval: bool = False
    """Whether a DM lets each in who follows the link."""


class Accepting(Body):
    name: Name | None = None


class InviteListed(Answer):
    id: UUID
    role: Role
    max_uses: int | None
    uses: int
    expires_at: datetime | None
    approval: bool
    url: str | None
    """Null of an invite that was made before links could be told again, or with another secret."""


class InviteMade(InviteListed):
    token: str
    url: str


class Invites(Answer):
    invites: tuple[InviteListed, ...]


class InviteShown(Answer):
    """What the link tells before it is accepted."""

    campaign_name: str
    role: Role


class ApprovalShown(InviteShown):
    """The same of a link whose followers a DM lets in one by one."""

    approval: bool = True


class Accepted(Answer):
    campaign_id: UUID
    role: Role
    user_id: UserId


class Waiting(Accepted):
    """A DM has yet to let them in: they ask again, and are members by then, or wait on."""

    waiting: bool = True


class Standing(Answer):
    """``in``: a member; ``waiting``: a DM has yet to let them in; ``out``: neither, or sent away."""

    standing: Literal["in", "waiting", "out"]
    campaign_id: UUID


class _Invite(NamedTuple):
    campaign: RoomId
    campaign_name: str
    role: Role
    made_at: datetime
    approval: bool


_GOOD: Final = """
    revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s)
    AND (max_uses IS NULL OR uses < max_uses)
"""


class InviteRoutes:
    """The calls about invites."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        book: CampaignStore,
        membership: MembershipChanges,
        requests: JoinRequestRoutes,
        proxies: Networks,
        links: InviteLinks,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._book = book
        self._links = links
        self._membership = membership
        self._requests = requests
        self._proxies = proxies
        self._joins = Throttle(clock, GUESTS_A_MINUTE)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/campaigns/{id}/invites", self.make)
        app.router.add_get("/api/campaigns/{id}/invites", self.list)
        app.router.add_delete("/api/campaigns/{id}/invites/{token}", self.revoke)
        app.router.add_get("/api/invites/{token}", self.show)
        app.router.add_post("/api/invites/{token}/accept", self.accept)
        app.router.add_get("/api/invites/{token}/request", self.standing)
        app.router.add_get("/join/{token}/qr.svg", self.picture)

    @described(takes=NewInvite, gives=InviteMade, status=201)
    async def make(self, request: web.Request) -> web.Response:
        """Make an invite."""
        membership = await self._book.require(request, dm=True)
        body = await body_of(request, NewInvite)
        if body.expires_at is not None and body.expires_at <= self._clock.now():
            raise BadRequest("expiresAt: this is over already")
        if body.expires_at is not None and body.expires_at > self._clock.now() + LONGEST:
            raise BadRequest("expiresAt: at most a thousand years from now")
        id_ = UUID(int=self._clock.seed(), version=4)
        token = await self.create(membership.campaign, membership.member.user, body, id_)
        return success(
            InviteMade(
                id=id_,
                token=token,
                url=self._url(request, token),
                role=body.role,
                max_uses=body.max_uses,
                uses=0,
                expires_at=body.expires_at,
                approval=body.approval,
            ),
            status=201,
        )

    async def picture(self, request: web.Request) -> web.Response:
        """Draw an invite's link as a QR code; of any token, as it tells nothing but what was asked."""
        token = word_in(request.match_info["token"], "invite")
        return qr_answer(self._url(request, token))

    async def create(self, campaign: RoomId, by: UserId, invite: NewInvite, id_: UUID) -> str:
        """Return the token of a new invite; only its hash is kept."""
        token = self._links.token(id_)
        async with self._pool.connection() as connection:
            stored = await connection.execute(
                "INSERT INTO invite (id, token_hash, campaign_id, role, max_uses, expires_at,"
                " created_by, created_at, approval)"
                " SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s WHERE (SELECT count(*) FROM invite"
                " WHERE campaign_id = %s AND revoked_at IS NULL) < %s",
                (
                    id_,
                    hash_of(token),
                    campaign,
                    invite.role,
                    invite.max_uses,
                    invite.expires_at,
                    by,
                    self._clock.now(),
                    invite.approval,
                    campaign,
                    MOST_INVITES,
                ),
            )
        if stored.rowcount == 0:
            raise OverLimit(f"at most {MOST_INVITES} invites; revoke some first")
        return token

    def _url(self, request: web.Request, token: str) -> str:
        return f"{self._auth.own_address(request)}/join/{token}"

    @described(gives=Invites)
    async def list(self, request: web.Request) -> web.Response:
        """List the invites that are still good, each with its link where that can be told again."""
        membership = await self._book.require(request, dm=True)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, role, max_uses, uses, expires_at, approval, token_hash FROM invite"
                f" WHERE campaign_id = %(campaign)s AND {_GOOD} ORDER BY created_at, id",
                {"campaign": membership.campaign, "now": self._clock.now()},
            )
            invites = tuple(
                InviteListed(
                    id=id_,
                    role=Role(role),
                    max_uses=most,
                    uses=uses,
                    expires_at=until,
                    approval=approval,
                    url=None
                    if (token := self._links.again(id_, bytes(token_hash))) is None
                    else self._url(request, token),
                )
                for id_, role, most, uses, until, approval, token_hash in await cursor.fetchall()
            )
        return success(Invites(invites=invites))

    @described(status=204)
    async def revoke(self, request: web.Request) -> web.Response:
        """Revoke an invite, named by its id or its token."""
        membership = await self._book.require(request, dm=True)
        named = word_in(request.match_info["token"], "invite")
        try:
            id_ = uuid_in(named, "invite")
        except ApiError:
            id_ = None
        async with self._pool.connection() as connection:
            revoked = await connection.execute(
                "UPDATE invite SET revoked_at = %s WHERE campaign_id = %s"
                " AND revoked_at IS NULL AND (id = %s OR token_hash = %s)",
                (self._clock.now(), membership.campaign, id_, hash_of(named)),
            )
        if revoked.rowcount == 0:
            raise Missing("invite")
        return web.Response(status=204)

    @described(gives=InviteShown)
    async def show(self, request: web.Request) -> web.Response:
        """Tell to what an invite leads."""
        invite = await self._find(request)
        kind = ApprovalShown if invite.approval else InviteShown
        return success(kind(campaign_name=invite.campaign_name, role=invite.role))

    @described(takes=Accepting, gives=Accepted, optional_body=True, also={202: Waiting})
    async def accept(self, request: web.Request) -> web.Response:
        """Join. Signed out, the name makes a guest; a member already there stays as they are.

        Whom a DM removed needs an invite that was made after that. An invite with ``approval`` is
        answered with 202 and ``waiting`` until a DM has let the asker in.
        """
        body = await body_of(request, Accepting) if request.can_read_body else Accepting()
        who = await self._auth.identify(request)
        invite = await self._find(request)
        if who is None and body.name is None:
            raise BadRequest("name: a guest needs a name")
        if who is None:
            self._throttle(request)
        async with self._membership.changing(invite.campaign):
            async with self._membership.transaction(invite.campaign) as connection:
                member = await self._already(connection, invite.campaign, who)
                waiting = waits_already = False
                if member is None:
                    waits_already = who is not None and await is_waiting(
                        connection, invite.campaign, who.user, self._clock.now()
                    )
                    if not waits_already:
                        await self._use(connection, request)
                    member = await self._joining(connection, who, body.name, invite)
                    waiting = waits_already or invite.approval
                    if waiting and not waits_already:
                        await wait_for_dm(connection, invite.campaign, member, self._clock.now())
                    elif not waiting:
                        await self._membership.add(connection, invite.campaign, member)
            if not waiting:
                await self._membership.tell(invite.campaign, member)
        if waiting and not waits_already:
            await self._requests.tell_dms(invite.campaign, member)
        kind = Waiting if waiting else Accepted
        answer = kind(campaign_id=invite.campaign, role=member.role, user_id=member.user)
        response = success(answer, status=202 if waiting else 200)
        if who is None:
            await self._auth.sign_in(request, response, member.user, Way.INVITE)
        return response

    @described(gives=Standing)
    async def standing(self, request: web.Request) -> web.Response:
        """Tell whether the asker was let in by now. Asks for nothing, unlike accepting again."""
        who = await self._auth.identify(request)
        invite = await self._find(request, even_used_up=True)
        standing: Literal["in", "waiting", "out"] = "out"
        async with self._pool.connection() as connection:
            if await self._already(connection, invite.campaign, who) is not None:
                standing = "in"
            elif who is not None and await is_waiting(
                connection, invite.campaign, who.user, self._clock.now()
            ):
                standing = "waiting"
        return success(Standing(standing=standing, campaign_id=invite.campaign))

    def _throttle(self, request: web.Request) -> None:
        """Count a guest who joins, by link and by address; raise TooOften."""
        whose = counted_for(request, self._proxies)
        keys = [f"link {hash_of(request.match_info['token']).hex()}"]
        if whose not in self._proxies:
            keys.append(f"address {whose}")
        self._joins.begin(*keys)

    async def _find(self, request: web.Request, *, even_used_up: bool = False) -> _Invite:
        """Return the invite that is named; ``even_used_up`` also one that lets nobody else in."""
        token = word_in(request.match_info["token"], "invite")
        good = "true" if even_used_up else _GOOD
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT campaign.id, campaign.name, invite.role, invite.created_at, approval"
                " FROM invite JOIN campaign ON campaign.id = campaign_id"
                f" WHERE token_hash = %(hash)s AND deleted_at IS NULL AND {good}",
                {"hash": hash_of(token), "now": self._clock.now()},
            )
            row = await cursor.fetchone()
        if row is None:
            raise Missing("invite")
        return _Invite(RoomId(row[0]), row[1], Role(row[2]), row[3], row[4])

    async def _already(
        self, connection: Connection, campaign: RoomId, who: Identity | None
    ) -> Member | None:
        if who is None:
            return None
        return await self._membership.find(connection, campaign, who.user)

    async def _use(self, connection: Connection, request: web.Request) -> None:
        used = await connection.execute(
            f"UPDATE invite SET uses = uses + 1 WHERE token_hash = %(hash)s AND {_GOOD}",
            {"hash": hash_of(request.match_info["token"]), "now": self._clock.now()},
        )
        if used.rowcount == 0:
            raise Missing("invite")

    async def _joining(
        self, connection: Connection, who: Identity | None, name: str | None, invite: _Invite
    ) -> Member:
        if who is not None:
            role = await self._membership.role_of_invited(
                connection, invite.campaign, who.user, invite.role, invite.made_at
            )
            return Member(who.user, role, name or who.name)
        assert name is not None
        user = await insert_account(connection, self._clock, name)
        return Member(user, invite.role, name)
