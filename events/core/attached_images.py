"""The pictures of tokens and notes: which ones a room uses, and who may see each."""

from events.core.features.handouts import PictureNote, has_handout
from events.core.features.token_pictures import PictureToken
from events.core.features.tokens import exists_for
from events.core.state import Member, RoomState


def shows_image(room: RoomState, viewer: Member, image: str) -> bool:
    """Return whether the viewer sees something that shows the picture."""
    return any(
        token.picture == image and exists_for(room, viewer, token) for token in room.tokens.values()
    ) or any(
        note.handout is not None and note.handout.id == image and has_handout(viewer, note.handout)
        for note in room.notes.values()
    )


def images_in_use(room: RoomState) -> frozenset[str]:
    """Return the pictures that something shows, or will when what is staged is published."""
    worn = {token.picture for token in room.tokens.values() if token.picture is not None}
    handed = {note.handout.id for note in room.notes.values() if note.handout is not None}
    waiting = {
        change.command.picture
        for change in room.staged.values()
        if isinstance(change.command, PictureToken | PictureNote)
    }
    return frozenset(worn | handed | waiting)
