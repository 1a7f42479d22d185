"""The handshake: who connects, to which campaign, and from whose viewpoint."""

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from actors.runtime.errors import RoomUnavailable
from events.core.state import RoomId, UserId
from web.accounts.auth import Auth, Identity
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import ApiError, uuid_in
from web.live.frames import Close

_NUMBER: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


class HandshakeRejected(Exception):
    """A handshake that is refused: the socket is accepted, told why, and closed."""

    def __init__(self, close: Close, code: str, why: str) -> None:
        super().__init__(why)
        self.close, self.code = close, code


@dataclass(frozen=True, slots=True)
class Handshake:
    """Who comes in, where to, and as whom they look."""

    identity: Identity
    membership: Membership
    as_user: UserId | None
    resume: str | None
    after: int | None

    @property
    def who(self) -> tuple[RoomId, UserId]:
        return self.membership.campaign, self.identity.user


async def read_handshake(request: web.Request, auth: Auth, book: CampaignStore) -> Handshake:
    """Return who comes in; raise HandshakeRejected, or what the database raises when it is away."""
    identity = await auth.identify(request)
    if identity is None:
        raise HandshakeRejected(Close.NOT_SIGNED_IN, "forbidden", "you are not signed in")
    if not identity.by_token and not auth.allows_origin(request):
        raise HandshakeRejected(Close.NOT_ALLOWED, "forbidden", auth.why_not(request))
    try:
        campaign = RoomId(uuid_in(request.query.get("campaignId", ""), "campaign"))
    except ApiError:
        raise HandshakeRejected(Close.NO_CAMPAIGN, "invalid_message", "which campaign?") from None
    membership = await book.find(campaign, identity.user)
    if membership is None:
        raise not_a_member()
    as_user = request.query.get("as")
    if as_user is not None and not membership.member.is_dm:
        raise HandshakeRejected(Close.NOT_ALLOWED, "forbidden", "only a DM looks as another")
    after = request.query.get("after", "")
    return Handshake(
        identity,
        membership,
        None if as_user is None else UserId(as_user),
        request.query.get("resume"),
        int(after) if _NUMBER.fullmatch(after) else None,
    )


def unavailable(why: str) -> HandshakeRejected:
    """Return the refusal that asks to come again."""
    return HandshakeRejected(Close.TRY_LATER, RoomUnavailable.code, why)


def not_a_member() -> HandshakeRejected:
    """Return the refusal of whoever is no member, or names a campaign that is not there."""
    return HandshakeRejected(
        Close.NOT_ALLOWED, "forbidden", "you are not a member of this campaign"
    )
