"""What a viewer may know: `project` returns all of it, `messages_for` what a commit changed in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from events.core.catalogue import PROJECTIONS
from events.core.features.staging import StagedUpdated, whole_queue
from events.core.messages import JSON, ServerMessage
from events.core.projection import AnyProjection, Change, Shown, Wording
from events.core.state import Member, Role, RoomState, UserId
from events.core.unlocked import cached_property

View = Mapping[str, Shown[Any]]
"""All that a viewer may know: what shows, by part and key."""

Difference = tuple[AnyProjection, Shown[Any], Shown[Any]]
"""A part, what the touched keys of it showed a viewer, and what they show now."""

ANYONE: Final = UserId("")
"""The user of a role's viewer: nobody's id."""
ROLE_VIEWER: Final = {role: Member(ANYONE, role) for role in Role}
"""The viewpoint of somebody of the role to whom nothing was shown alone."""
NOBODY: Final[frozenset[UserId]] = frozenset()
PERSONAL_ROLES: Final = frozenset(role for part in PROJECTIONS for role in part.personal_for)
"""The roles whose members may each be sent something of their own by any change."""


def project(room: RoomState, viewer: Member) -> View:
    """Return all that the viewer may know of the room."""
    return {part.name: part.whole(room, viewer) for part in PROJECTIONS}


def state_fields(view: View) -> dict[str, JSON]:
    """Return the view as the fields of ``session:state``."""
    fields: dict[str, JSON] = {}
    for part in PROJECTIONS:
        fields.update(part.state_fields(view[part.name]))
    return fields


def messages_for(change: Change, viewer: Member) -> Iterator[ServerMessage]:
    """Yield the messages by which the viewer learns what the change altered in their view.

    As who connects without further wishes is sent them: the staged changes as a whole list.
    """
    for message in Disclosure(change).messages_for(viewer):
        yield whole_queue(change.after) if isinstance(message, StagedUpdated) else message


def audience(viewer: Member, change: Change) -> Member:
    """Return whose viewpoint the viewer shares in this change, as `Disclosure.audience` does."""
    return Disclosure(change).audience(viewer)


class Disclosure:
    """What one change discloses, and to whom: asked of the projections once, for all viewers."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self._messages: list[tuple[Difference, list[bytes]]] = []
        self._wordings: dict[str, Wording] = {}

    @cached_property
    def touched(self) -> tuple[tuple[AnyProjection, tuple[Any, ...]], ...]:
        """The parts that the change may alter, with their keys."""
        change = self.change
        return tuple(
            [
                (part, keys)
                for part in parts_reading(change.slices)
                if (keys := tuple(part.touched(change)))
            ]
        )

    @cached_property
    def exceptions(self) -> frozenset[UserId]:
        """The users who may learn of this change what others of their role do not."""
        change = self.change
        users: set[UserId] = set()
        if "members" in change.slices or "online" in change.slices:
            # To themselves all are online, and who is new knew nothing.
            users.update(change.keys("members"), change.before.online ^ change.after.online)
        ever = change.after.individually_seen
        if users or change.before.individually_seen is not ever:
            ever = ever.union(change.before.individually_seen, users)
        if not ever:
            return NOBODY
        for part, keys in self.touched:
            for room in (change.before, change.after):
                users.update(part.individually_seen(room, keys))
        return ever.intersection(users) if users else NOBODY

    def audience(self, viewer: Member) -> Member:
        """Return the viewer whose viewpoint this one shares here: a role's, or their own.

        Viewers of one audience may learn the same of the change, so its messages are made once for
        all of them. Members of roles that a part shows their own to (DMs), those who may see the
        touched keys otherwise than others of their role, and those who are away are an audience of
        their own. A role's viewer has nobody's id, so it
        never sees what was shown to one player alone; that it does not see what was hidden from one
        alone rests on this function, and a law compares the two for every viewer.
        """
        if viewer.role in PERSONAL_ROLES or viewer.user in self.exceptions:
            return viewer
        if viewer.user not in self.change.after.online:
            return viewer
        return ROLE_VIEWER[viewer.role]

    def messages_for(self, viewer: Member) -> Iterator[ServerMessage]:
        """Yield what the viewer is sent; nothing altered, no message."""
        for part, before, after in self._differences(viewer):
            yield from part.diff_messages(before, after)

    def encoded_for(self, viewer: Member) -> list[bytes]:
        """Return what `messages_for` yields, encoded.

        Messages follow from what a part showed and shows, so those of a part are made once for all
        viewers to whom it shows the same.
        """
        bodies: list[bytes] = []
        for part, keys in self.touched:
            if viewer.role not in part.roles:
                continue
            if part.wording is not None:
                told = self._wording(part, part.wording)(viewer)
                if told is not None:
                    bodies += told
                    continue
            before = part.shown(self.change.before, viewer, keys)
            after = part.shown(self.change.after, viewer, keys)
            if before != after:
                bodies += self._encoded((part, before, after))
        return bodies

    def _wording(self, part: AnyProjection, make: Callable[[Change], Wording]) -> Wording:
        """Return the part's own way to tell this change, made once for all viewers."""
        wording = self._wordings.get(part.name)
        if wording is None:
            wording = self._wordings[part.name] = make(self.change)
        return wording

    def messages_for_each(self, role: Role) -> Iterator[ServerMessage]:
        """Yield the messages that are the same for everybody of the role.

        Of a key that one of them learns nothing new about, nothing is told; of what they see
        differently, the least that any of them sees. Who comes or goes is told, though they
        themselves knew.
        """
        for part, keys in self.touched:
            if role not in part.roles:
                continue
            views = [
                (
                    part.shown(self.change.before, viewer, keys),
                    part.shown(self.change.after, viewer, keys),
                )
                for viewer in self._each(part, keys, role)
            ]
            changed_keys = [
                key for key in keys if all(old.get(key) != new.get(key) for old, new in views)
            ]
            before = _shared(part, changed_keys, [old for old, _ in views])
            after = _shared(part, changed_keys, [new for _, new in views])
            if before != after:
                yield from part.diff_messages(before, after)

    def _each(self, part: AnyProjection, keys: Sequence[Any], role: Role) -> Iterator[Member]:
        """Yield a viewer for each way in which the part may show the keys to the role."""
        yield ROLE_VIEWER[role]
        change = self.change
        users: set[UserId] = set()
        if change.after.individually_seen:
            for room in (change.before, change.after):
                users.update(part.individually_seen(room, keys))
        for user, member in change.after.members.items():
            if user in users and member.role is role:
                yield member

    def _encoded(self, difference: Difference) -> list[bytes]:
        part, before, after = difference
        for worded, messages in self._messages:
            if worded[0] is part and worded[1] == before and worded[2] == after:
                return messages
        messages = part.diff_encoded(before, after)
        self._messages.append((difference, messages))
        return messages

    def _differences(self, viewer: Member) -> Iterator[Difference]:
        """Yield each part that shows the viewer something else since."""
        for part, keys in self.touched:
            if viewer.role in part.roles:
                before = part.shown(self.change.before, viewer, keys)
                after = part.shown(self.change.after, viewer, keys)
                if before != after:
                    yield part, before, after


@lru_cache(maxsize=1024)
def parts_reading(slices: frozenset[str]) -> tuple[AnyProjection, ...]:
    """Return the parts of the view that look at any of the slices."""
    return tuple(part for part in PROJECTIONS if not part.reads.isdisjoint(slices))


def individually_seen(part: AnyProjection, room: RoomState, role: Role) -> frozenset[UserId]:
    """Return the users to whom the part shows something else than to others of the role."""
    if not room.individually_seen:
        return NOBODY
    return frozenset(part.individually_seen_anywhere(room, ROLE_VIEWER[role]))


def _shared(part: AnyProjection, keys: Iterable[Any], views: Sequence[Shown[Any]]) -> Shown[Any]:
    """Return what all of these views show at the keys."""
    shared = {key: part.least([view.get(key) for view in views]) for key in keys}
    return {key: shown for key, shown in shared.items() if shown is not None}
