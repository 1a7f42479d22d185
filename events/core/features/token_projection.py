"""Who sees which tokens, and the messages about them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from events.core.features.tokens import exists_for
from events.core.messages import JSON, JsonObject, ServerMessage
from events.core.projection import Change, Projection, Shown
from events.core.state import Member, RoomState, Tier, Token, TokenId, UserId, Visibility


class Created(ServerMessage):
    """A token appeared."""

    tag = "token:created"
    token: JsonObject


class TokenUpdate(ServerMessage):
    """A token is other than it was, but stands where it stood."""

    tag = "token:updated"
    token: JsonObject


class Moved(ServerMessage):
    """A token stands on another hex."""

    tag = "token:moved"
    token_id: TokenId
    from_hex_key: str
    to_hex_key: str
    token: JsonObject


class Deleted(ServerMessage):
    """A token is no longer seen."""

    tag = "token:deleted"
    token_id: TokenId


class TokenProjection(Projection[TokenId]):
    """Each token, to those who may know of it."""

    name = "tokens"
    reads = frozenset({"tokens", "visibility"})

    def keys(self, room: RoomState, viewer: Member) -> Iterable[TokenId]:
        return room.tokens

    def touched(self, change: Change) -> Iterable[TokenId]:
        yield from change.keys("tokens")
        # What stands on a hex is seen when the hex is; what moved is named above.
        yield from change.after.tokens.within(change.resighted)

    def individually_seen(self, room: RoomState, keys: Sequence[TokenId]) -> Iterable[UserId]:
        users: set[UserId] = set()
        for key in keys:
            token: Token | None = room.tokens.get(key)
            if token is None:
                continue
            visibility: Visibility | None = room.visibility.get(token.at)
            if visibility is not None and visibility.exceptions:
                users.update(user for user, _ in visibility.exceptions)
            # An owner is told what all are told, as long as all see the token.
            seen_by_all = (
                token.visible and visibility is not None and visibility.everyone is Tier.FULL
            )
            if token.owner is not None and not seen_by_all:
                users.add(token.owner)
        return users

    def visible(self, room: RoomState, viewer: Member, key: TokenId) -> JSON | None:
        token = room.tokens.get(key)
        if token is None or not exists_for(room, viewer, token):
            return None
        shown: dict[str, JSON] = {
            "id": key,
            "hexKey": str(token.at),
            "ownerId": token.owner,
            "label": token.label,
            "icon": token.icon,
            "color": token.color,
            "tokenType": token.kind,
            "visible": token.visible,
        }
        if token.picture is not None:
            shown["picture"] = token.picture
        return shown

    def state_fields(self, whole: Shown[TokenId]) -> Mapping[str, JSON]:
        return {"tokens": list(whole.values())}

    def diff_messages(
        self, before: Shown[TokenId], after: Shown[TokenId]
    ) -> Iterator[ServerMessage]:
        for kind, fields in _differences(before, after):
            yield kind.model_validate(fields)

    def diff_encoded(self, before: Shown[TokenId], after: Shown[TokenId]) -> list[bytes]:
        return [kind.encoded(fields) for kind, fields in _differences(before, after)]


def _differences(
    before: Shown[TokenId], after: Shown[TokenId]
) -> Iterator[tuple[type[ServerMessage], dict[str, JSON]]]:
    """Yield the messages for a change, each as its kind and fields."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if new is None:
            yield Deleted, {"tokenId": key}
        elif old is None:
            yield Created, {"token": new}
        elif (start := old["hexKey"]) != (end := new["hexKey"]):
            yield Moved, {"tokenId": key, "fromHexKey": start, "toHexKey": end, "token": new}
        elif old != new:
            yield TokenUpdate, {"token": new}
