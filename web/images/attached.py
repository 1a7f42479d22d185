"""Pictures of tokens and notes: uploaded by DMs and owners, given to those who see the token or were shown the handout.

Which token and note has which is in the record; the pixels are files beside it, bare and re-encoded, named
by a random id. Somebody who does not see what shows a picture is answered as if there were none.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web

from actors.runtime.clock import Clock
from events.core.attached_images import images_in_use, shows_image
from events.core.features.handouts import PictureNote, RemoveNotePicture
from events.core.features.token_pictures import PictureToken, RemoveTokenPicture
from events.core.features.tokens import known_token
from events.core.messages import Command
from events.core.state import Member, RoomId, RoomState
from events.text import ID_CHARS
from web.campaigns.room_client import HttpRoomClient, viewer_of
from web.campaigns.routes import CampaignStore, Membership
from web.http.api import Answer, BadRequest, Missing, OverLimit, success, word_in
from web.http.fair_queue import FairQueue
from web.http.openapi import described
from web.images.campaign_files import KEPT_OF, Pictures, kind_of
from web.images.ingest import BadImage, Fit
from web.images.store import ImageFacts, NoSuchTile
from web.images.upload import received

TOKEN_BYTES: Final = 5 * 2**20
"""The largest file for a token's picture."""
AT_A_TIME: Final = 64
"""Uploads that go on at once."""
MOST_WAITING: Final = 4
"""The same of one user; they are asked to bring one after the other."""
HANDOUT_BYTES: Final = 20 * 2**20
"""The largest file for a note's."""


class ImageTaken(Answer):
    """A picture that goes with a token or a note, and its size in pixels."""

    id: str
    width: int
    height: int


@dataclass(slots=True, eq=False)
class AttachedImages:
    """The calls about pictures of tokens and notes."""

    pictures: Pictures
    rooms: HttpRoomClient
    book: CampaignStore
    clock: Clock
    # Players upload too: nobody fills the disk, or the line before the decoder, alone.
    _turns: FairQueue = field(
        init=False, default_factory=lambda: FairQueue(AT_A_TIME, MOST_WAITING)
    )

    def add_routes(self, app: web.Application) -> None:
        token = "/api/campaigns/{id}/tokens/{token}/picture"
        app.router.add_put(token, self.picture_token)
        app.router.add_delete(token, self.remove_token_picture)
        note = "/api/campaigns/{id}/notes/{note}/picture"
        app.router.add_put(note, self.picture_note)
        app.router.add_delete(note, self.remove_note_picture)
        app.router.add_get("/api/campaigns/{id}/images/{image}", self.image)

    @described(gives=ImageTaken)
    async def picture_token(self, request: web.Request) -> web.Response:
        """Give a token a picture, PNG, JPEG or WebP, of which the circle in the middle is kept: a DM any token, a player their own."""
        membership = await self.book.require(request)
        token = _named(request, "token")
        if not membership.member.is_dm:
            # Before a byte is read; a DM's may be for a token that waits to be published.
            room = await self.rooms.whole(membership)
            known_token(room, viewer_of(membership, room), token)
        image = f"t-{UUID(int=self.clock.seed(), version=4)}"
        facts = await self._take(request, membership, image, "token", TOKEN_BYTES)
        await self._attach(membership, image, PictureToken(token_id=token, picture=image))
        return success(ImageTaken(id=image, width=facts.width, height=facts.height))

    @described(status=204)
    async def remove_token_picture(self, request: web.Request) -> web.Response:
        """Take a token's picture away; undo gives it back."""
        membership = await self.book.require(request)
        command = RemoveTokenPicture(token_id=_named(request, "token"))
        await self.rooms.ask(membership, command)
        return web.Response(status=204)

    @described(gives=ImageTaken)
    async def picture_note(self, request: web.Request) -> web.Response:
        """Give a note a picture, PNG, JPEG or WebP: a handout, which players see once it is shown to them."""
        membership = await self.book.require(request, dm=True)
        note = _named(request, "note")
        image = f"h-{UUID(int=self.clock.seed(), version=4)}"
        facts = await self._take(request, membership, image, "handout", HANDOUT_BYTES)
        command = PictureNote(
            note_id=note,
            picture=image,
            width=facts.width,
            height=facts.height,
        )
        await self._attach(membership, image, command)
        return success(ImageTaken(id=image, width=facts.width, height=facts.height))

    @described(status=204)
    async def remove_note_picture(self, request: web.Request) -> web.Response:
        """Take a note's picture away, from those to whom it was shown as well; undo gives it back."""
        membership = await self.book.require(request, dm=True)
        await self.rooms.ask(membership, RemoveNotePicture(note_id=_named(request, "note")))
        return web.Response(status=204)

    @described(content="image/webp")
    async def image(self, request: web.Request) -> web.Response:
        """Give a picture to those who see a token that wears it, or were shown the handout; a DM gets those of earlier times too."""
        membership = await self.book.require(request)
        room = await self.rooms.whole(membership)
        viewer = viewer_of(membership, room)
        return await image_answer(request, self.pictures, membership.campaign, room, viewer)

    async def _take(
        self, request: web.Request, membership: Membership, image: str, fit: Fit, most_bytes: int
    ) -> ImageFacts:
        """Return the size of the picture that was uploaded, once it is kept."""
        with tempfile.TemporaryDirectory(prefix="hexroom-upload-") as folder:
            upload = Path(folder) / "picture"
            try:
                async with self._turns.of(membership.member.user):
                    await received(request, upload, most_bytes)
                    return await self.pictures.take(membership.campaign, image, upload, fit)
            except BadImage as bad:
                raise (OverLimit if bad.code == "too_large" else BadRequest)(bad.text) from None

    async def _attach(self, membership: Membership, image: str, command: Command) -> None:
        """Have something show a picture that is kept; what is refused is not kept."""
        try:
            await self.rooms.ask(membership, command)
        except BaseException:
            await self.pictures.take_back(membership.campaign, image)
            raise
        used = images_in_use(await self.rooms.whole(membership))
        await self.pictures.forget_old(membership.campaign, but=used, kind=image[0])


async def image_answer(
    request: web.Request, pictures: Pictures, campaign: RoomId, room: RoomState, viewer: Member
) -> web.Response:
    """Answer the picture of the request's path as far as the viewer sees it in the room; raise Missing."""
    image = request.match_info["image"]
    try:
        content = await image_for(pictures, campaign, room, viewer, image)
    except NoSuchTile:
        raise Missing("image") from None
    # An id never gets other pixels; who may see them may be another the next time.
    headers = {"ETag": f'"{image}"', "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if f'"{image}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=content, content_type="image/webp", headers=headers)


async def image_for(
    pictures: Pictures, campaign: RoomId, room: RoomState, viewer: Member, image: str
) -> bytes:
    """Return the WebP of a picture that the viewer sees in the room; raise NoSuchTile for any other."""
    is_theirs = viewer.is_dm or shows_image(room, viewer, image)
    if not (is_theirs and kind_of(image) in KEPT_OF and pictures.brought(campaign, image)):
        raise NoSuchTile(image)
    return await pictures.store.whole(image)


def _named(request: web.Request, what: str) -> str:
    """Return the id of a token or note in the path; raise Missing for what can be none."""
    named = word_in(request.match_info[what], what)
    if len(named) > ID_CHARS:
        raise Missing(what)
    return named
