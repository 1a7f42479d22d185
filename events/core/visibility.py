"""Who sees a hex: how reveals and hidings change that, and how messages for DMs word it."""

from functools import lru_cache
from typing import Final, Literal
from weakref import WeakValueDictionary

from events.core.messages import JSON
from events.core.state import Tier, Visibility, visibility_of
from events.core.targets import To

# A commit turns many hexes from one visibility to another, and a campaign knows few of them.
_remembered = lru_cache(maxsize=4096)


class Viewers(dict[str, JSON]):
    """A visibility in JSON: everyone's tier, and the players for whom it is another.

    There is one for each visibility, so two are the same if they are identical; never changed.
    """

    visibility: Visibility | None

    __hash__ = object.__hash__  # type: ignore[assignment]  # there is one for each visibility


@_remembered
def shown_to(old: Visibility | None, to: To, tier: Tier) -> Visibility | None:
    """Return the visibility after a reveal; users who already see more keep their tier."""
    everyone, exceptions = (old.everyone, dict(old.exceptions)) if old else (Tier.HIDDEN, {})
    if to == "all":
        everyone = max(everyone, tier)
        exceptions = {user: max(had, tier) for user, had in exceptions.items()}
    else:
        exceptions.update((user, max(exceptions.get(user, everyone), tier)) for user in to)
    return visibility_of(everyone, tuple(sorted(exceptions.items())))


@_remembered
def hidden_from(old: Visibility | None, to: To) -> Visibility | None:
    """Return the visibility without those it is hidden from."""
    if old is None or to == "all":
        return None
    exceptions = {**dict(old.exceptions), **dict.fromkeys(to, Tier.HIDDEN)}
    return visibility_of(old.everyone, tuple(sorted(exceptions.items())))


@_remembered
def viewers(visibility: Visibility | None) -> Viewers:
    """Return the one Viewers of a visibility: the same for as long as anybody holds it."""
    cached = _cached.get(visibility)
    if cached is not None:
        return cached
    viewers_json = Viewers(
        everyone=visibility.everyone.word if visibility else Tier.HIDDEN.word,
        apart={user: tier.word for user, tier in visibility.exceptions} if visibility else {},
    )
    viewers_json.visibility = visibility
    return _cached.setdefault(visibility, viewers_json)


# Weak: players can be shown things in more combinations than memory holds.
_cached: Final[WeakValueDictionary[Visibility | None, Viewers]] = WeakValueDictionary()

NOBODY: Final = viewers(None)


@_remembered
def difference(
    before: Visibility | None, after: Visibility | None
) -> tuple[JSON, Literal["terrain", "full"] | None]:
    """Return for whom the tier changed, as wire targets, and the best tier that anybody gained."""
    old, new = before or Visibility(), after or Visibility()
    users = {user: None for user, _ in (*old.exceptions, *new.exceptions)}
    turned = [(old.tier(user), new.tier(user), user) for user in sorted(users)]
    turned = [turn for turn in turned if turn[0] is not turn[1]]
    targets: JSON = {"playerIds": [user for _, _, user in turned]}
    gained = [now for was, now, _ in turned if now > was]
    if old.everyone is not new.everyone:
        targets = "all"
        if new.everyone > old.everyone:
            gained.append(new.everyone)
    if not gained:
        return targets, None
    return targets, "full" if max(gained) is Tier.FULL else "terrain"
