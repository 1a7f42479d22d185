"""HTTP routes of the admin page."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web

from actors.cluster.lease import Leases, NodeId
from actors.runtime.clock import Clock
from events.core.state import RoomId, UserId
from events.journal.database.pool import Pool
from web.accounts.access_events import Access, AccessEnded
from web.accounts.admin_log import note
from web.accounts.auth import Auth, Identity
from web.accounts.links import Connection
from web.accounts.resets import make_reset
from web.accounts.second_factor import switch_off
from web.accounts.sign_outs import end_sign_ins
from web.campaigns.account_deletion import AccountDeletion
from web.campaigns.forgetting import OnlyAdmin, OnlyDm
from web.campaigns.lifecycle import KEPT
from web.http.api import (
    Conflict,
    Missing,
    body_of,
    query_of,
    success,
    uuid_in,
    word_in,
)
from web.http.openapi import described
from web.ops import admin_store
from web.ops.admin_answers import (
    AdminLog,
    AdminLogLine,
    AdminRights,
    CampaignSized,
    CampaignsSized,
    FormerNames,
    NodeListed,
    Overview,
    People,
    PeopleQuery,
    PersonListed,
    QuarantinedRoom,
    ResealFailed,
    ResetLink,
    SettingInForce,
)
from web.ops.resealing import lag_s, names_left
from web.settings import Settings, in_force
from web.version import hexroom_version

LONGEST_SEARCH: Final = 100


class AdminRoutes:
    """The calls for the server's admins; every change is a line in the admin log."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        auth: Auth,
        access: Access,
        settings: Settings,
        deletion: AccountDeletion,
        quarantined: Callable[[], Mapping[RoomId, str]],
        report_lag_s: Callable[[], float],
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._auth = auth
        self._access = access
        self._settings = settings
        self._deletion = deletion
        self._quarantined = quarantined
        self._report_lag_s = report_lag_s

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/api/admin", self.overview)
        app.router.add_get("/api/admin/people", self.people)
        app.router.add_patch("/api/admin/people/{id}", self.set_admin)
        app.router.add_delete("/api/admin/people/{id}", self.delete_person)
        app.router.add_post("/api/admin/people/{id}/reset", self.reset)
        app.router.add_delete("/api/admin/people/{id}/sign-ins", self.sign_out)
        app.router.add_delete("/api/admin/people/{id}/second-factor", self.end_factor)
        app.router.add_get("/api/admin/campaigns", self.campaigns)
        app.router.add_delete("/api/admin/campaigns/{id}", self.delete_campaign)
        app.router.add_post("/api/admin/campaigns/{id}/restore", self.restore_campaign)
        app.router.add_get("/api/admin/log", self.log)

    @described(gives=Overview)
    async def overview(self, request: web.Request) -> web.Response:
        """Tell how much there is, what is wrong, and the settings in force."""
        await self._auth.require_admin(request)
        rooms = self._quarantined()
        async with self._pool.connection() as connection:
            totals = await admin_store.totals(connection)
            left = await names_left(connection)
            failed = [each for each in left if each.why]
            asked = (*rooms, *(each.campaign for each in failed))
            names = await admin_store.campaign_names(connection, asked)
        nodes = await Leases(self._pool, NodeId(""), "").nodes()
        disk = await asyncio.to_thread(shutil.disk_usage, self._settings.data_dir)
        return success(
            Overview(
                version=hexroom_version(),
                **totals._asdict(),
                pictures_bytes=await asyncio.to_thread(_bytes_in, self._settings.pictures),
                disk_free_bytes=disk.free,
                disk_bytes=disk.total,
                nodes=tuple(
                    NodeListed(
                        name=node.name,
                        alive=node.alive,
                        started_at=node.started_at,
                        rooms=node.rooms if node.alive else 0,
                    )
                    for node in nodes
                ),
                report_lag_s=self._report_lag_s(),
                former_names=FormerNames(
                    campaigns=len(left),
                    lag_s=lag_s(left, self._clock.now()),
                    by_itself=self._settings.reseal,
                    failed=tuple(
                        ResealFailed(id=id_, name=names.get(id_, ""), why=why)
                        for id_, _, _, _, why in failed
                    ),
                ),
                quarantined=tuple(
                    QuarantinedRoom(id=id_, name=names.get(id_, ""), why=why)
                    for id_, why in rooms.items()
                ),
                settings=tuple(
                    SettingInForce(name=name, value=value, meaning=meaning)
                    for name, value, meaning in in_force(self._settings)
                ),
            )
        )

    @described(
        gives=People,
        query=PeopleQuery,
    )
    async def people(self, request: web.Request) -> web.Response:
        """List people, the newest first, 200 at most."""
        await self._auth.require_admin(request)
        query = query_of(request, PeopleQuery)
        search = query.search[:LONGEST_SEARCH].replace("\0", "")
        async with self._pool.connection() as connection:
            rows = await admin_store.people(connection, search.strip(), guests=query.guests)
        return success(
            People(
                people=tuple(
                    PersonListed(
                        id=row.id,
                        name=row.name,
                        email=row.email,
                        guest=row.email is None,
                        admin=row.is_admin,
                        created_at=row.created_at,
                        last_seen_at=row.last_seen_at,
                        campaigns=row.campaigns,
                        second_factor=row.second_factor,
                    )
                    for row in rows
                )
            )
        )

    @described(takes=AdminRights, status=204)
    async def set_admin(self, request: web.Request) -> web.Response:
        """Make somebody an admin, or take it back; the last admin keeps the rights."""
        admin = await self._auth.require_admin(request)
        rights = await body_of(request, AdminRights)
        async with self._pool.connection() as connection, connection.transaction():
            person = await self._account(connection, request)
            if not await admin_store.set_admin(connection, person, is_admin=rights.admin):
                raise Conflict("this is the last admin: promote another one first")
            action = "made admin" if rights.admin else "no admin any more"
            await note(connection, self._clock, admin.user, action, person)
        return web.Response(status=204)

    @described(status=204)
    async def delete_person(self, request: web.Request) -> web.Response:
        """Delete an account, or a guest, for who cannot do it themselves any more.

        It is what people do themselves by `POST /api/me/delete`. Refused for one's own account, for the
        only DM of a campaign with others, and for the only admin.
        """
        admin = await self._auth.require_admin(request)
        person = UserId(word_in(request.match_info["id"], "account"))
        if person == admin.user:
            raise Conflict("this is your own account: delete it on your account page")
        async with self._pool.connection() as connection:
            if not await admin_store.is_there(connection, person):
                raise Missing("account")
        try:
            await self._deletion.delete(person, admin=admin.user)
        except OnlyAdmin:
            raise Conflict("this is the last admin: promote another one first") from None
        except OnlyDm as needed:
            raise Conflict(
                f"they are the only DM of {needed}: have somebody else made a DM there, or delete it, first"
            ) from None
        return web.Response(status=204)

    @described(gives=ResetLink, status=201)
    async def reset(self, request: web.Request) -> web.Response:
        """Make a link that sets a new password for somebody, once, within an hour."""
        admin = await self._auth.require_admin(request)
        async with self._pool.connection() as connection, connection.transaction():
            person = await self._account(connection, request)
            token = await make_reset(connection, self._clock, person, admin.user)
            await note(connection, self._clock, admin.user, "reset link made", person)
        return success(
            ResetLink(url=f"{self._auth.own_address(request)}/reset/{token}"), status=201
        )

    @described(status=204)
    async def end_factor(self, request: web.Request) -> web.Response:
        """Switch somebody's second factor off, who lost it and the recovery codes; the password stays."""
        admin = await self._auth.require_admin(request)
        async with self._pool.connection() as connection, connection.transaction():
            person = await self._account(connection, request)
            if not await switch_off(connection, person):
                raise Missing("second factor of this account")
            await note(connection, self._clock, admin.user, "second factor switched off", person)
        return web.Response(status=204)

    @described(status=204)
    async def sign_out(self, request: web.Request) -> web.Response:
        """End every sign-in and token of somebody; their tables close."""
        admin = await self._auth.require_admin(request)
        person = UserId(word_in(request.match_info["id"], "account"))
        async with self._pool.connection() as connection, connection.transaction():
            ended = await end_sign_ins(connection, person, self._clock.now())
            await note(connection, self._clock, admin.user, "signed out everywhere", person)
        for credential in ended:
            self._access.publish(AccessEnded(credential=credential))
        return web.Response(status=204)

    @described(gives=CampaignsSized)
    async def campaigns(self, request: web.Request) -> web.Response:
        """List campaigns with their size, those played last first, deleted ones included."""
        await self._auth.require_admin(request)
        async with self._pool.connection() as connection:
            rows = await admin_store.campaigns(connection)
        return success(
            CampaignsSized(campaigns=tuple(CampaignSized(**row._asdict()) for row in rows))
        )

    @described(status=204)
    async def delete_campaign(self, request: web.Request) -> web.Response:
        """Delete a campaign for its members; for thirty days it can be restored."""
        admin, campaign = await self._named(request)
        async with self._pool.connection() as connection, connection.transaction():
            name = await admin_store.delete_campaign(connection, campaign, self._clock.now())
            if name is None:
                raise Missing("campaign")
            await note(connection, self._clock, admin.user, "campaign deleted", str(campaign), name)
        self._access.publish(AccessEnded(campaign=campaign))
        return web.Response(status=204)

    @described(status=204)
    async def restore_campaign(self, request: web.Request) -> web.Response:
        """Take back the deletion of a campaign in the last thirty days."""
        admin, campaign = await self._named(request)
        async with self._pool.connection() as connection, connection.transaction():
            now = self._clock.now()
            name = await admin_store.restore_campaign(connection, campaign, now, KEPT)
            if name is None:
                raise Missing("deleted campaign, or its thirty days are over")
            await note(
                connection, self._clock, admin.user, "campaign restored", str(campaign), name
            )
        return web.Response(status=204)

    @described(gives=AdminLog)
    async def log(self, request: web.Request) -> web.Response:
        """Tell what admins and operators did, the latest first."""
        await self._auth.require_admin(request)
        async with self._pool.connection() as connection:
            lines = await admin_store.log_lines(connection)
        return success(AdminLog(lines=tuple(AdminLogLine(**line._asdict()) for line in lines)))

    async def _named(self, request: web.Request) -> tuple[Identity, UUID]:
        admin = await self._auth.require_admin(request)
        return admin, uuid_in(request.match_info["id"], "campaign")

    async def _account(self, connection: Connection, request: web.Request) -> UserId:
        """Return the account of the path; raise Missing, or Conflict for a guest."""
        person = UserId(word_in(request.match_info["id"], "account"))
        rows = await connection.execute("SELECT email FROM account WHERE id = %s", (person,))
        row = await rows.fetchone()
        if row is None:
            raise Missing("account")
        if row[0] is None:
            raise Conflict("this is a guest: their DM can make them a way back")
        return person


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
