"""Captions of moments: from the events for a DM, from the messages they got for everyone else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal

from events.core.features import (
    checks,
    handouts,
    hexes,
    hints,
    labels,
    members,
    notes,
    paths,
    pictures,
    pins,
    regions,
    sessions,
    settings,
    sites,
    staging,
    strokes,
    terrain,
    token_projection,
)
from events.core.messages import Event, ServerMessage
from events.core.state import NoteId, PathId, RegionId, RoomState, SiteId, Status, TokenId
from events.geometry.grid import Hex, middle, runs

CaptionKind = Literal[
    "session", "staging", "reveal", "hide", "token", "note", "terrain", "presence", "other"
]
MARKED: Final[frozenset[CaptionKind]] = frozenset({"session", "staging", "reveal", "hide"})
"""The kinds that get a mark on a timeline."""

MOST_SAID: Final = 3
"""How many things one caption names."""

# In the order of importance: a moment is of the first kind that any of its events has.
_OF_EVENTS: Final[tuple[tuple[CaptionKind, tuple[str, ...]], ...]] = (
    ("session", ("session_",)),
    ("staging", ("broadcast_", "change_staged", "staged_")),
    ("reveal", ("hex_reveal",)),
    ("hide", ("hex_hide",)),
    ("token", ("token_",)),
    ("note", ("note_", "site_")),
    ("terrain", ("hex_update", "map_", "path_", "region_", "label_")),
    ("presence", ("player_", "member_")),
)
_OF_MESSAGES: Final[tuple[tuple[CaptionKind, tuple[str, ...]], ...]] = (
    ("session", ("session:",)),
    ("reveal", ("hex:revealed",)),
    ("hide", ("hex:hidden",)),
    ("token", ("token:",)),
    ("note", ("note:", "site:")),
    ("terrain", ("hex:updated", "map:", "path:", "region:", "label:")),
    ("presence", ("player:",)),
)


def kind_of_events(events: Iterable[Event]) -> CaptionKind:
    """Return what kind of moment the events make, for a DM."""
    return _kind([event.tag for event in events], _OF_EVENTS)


def kind_of_messages(messages: Iterable[ServerMessage]) -> CaptionKind:
    """Return the kind of a moment, judged by the messages that a viewer got."""
    return _kind([message.tag for message in messages], _OF_MESSAGES)


def describe(room: RoomState, events: Sequence[Event]) -> tuple[str, ...]:
    """Return each event in a DM's words; room is the room before the first."""
    captions = []
    for event in events:
        captions.append(event.describe(room))
        room = event.evolve(room)
    return tuple(captions)


def caption_of_events(room: RoomState, events: Sequence[Event]) -> str:
    """Return what a commit did, in a DM's words."""
    shown = describe(room, events[:MOST_SAID])
    return _joined(shown, len(events))


def caption_of_messages(
    before: RoomState, after: RoomState, messages: Sequence[ServerMessage]
) -> str:
    """Return what somebody was told, in words made of the messages alone.

    The rooms lend them names: of members, which all know, and of tokens that the viewer is told
    about. Nothing that was not told can be in it.
    """
    captions: dict[str, None] = {}
    for message in messages:
        words = _WORDS.get(type(message))
        if words is None:
            captions[_capital(message.tag.replace(":", " "))] = None
        elif text := words(before if type(message) in _GONE else after, message):
            captions[text] = None
    if not captions and messages:
        return "The members changed"
    return _joined(tuple(captions)[:MOST_SAID], len(captions))


def _kind(
    tags: Sequence[str], kinds: tuple[tuple[CaptionKind, tuple[str, ...]], ...]
) -> CaptionKind:
    for kind, starts in kinds:
        if any(tag.startswith(starts) for tag in tags):
            return kind
    return "other"


def _joined(captions: Sequence[str], among: int) -> str:
    more = among - len(captions)
    return "; ".join(captions) + (f"; and {more} more" if more > 0 else "")


def hexes_in_words(room: RoomState, keys: Sequence[str]) -> str:
    """Return hexes in words: ``hex 0304``, ``7 hexes around 0304``."""
    hexes = [Hex.parse(key) for key in keys]
    where = room.label(middle(runs(hexes)))
    return f"hex {where}" if len(hexes) == 1 else f"{len(hexes)} hexes around {where}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _revealed(room: RoomState, message: hexes.Revealed) -> str:
    how = " (terrain only)" if message.tier == "terrain" else ""
    return f"{_capital(hexes_in_words(room, message.hex_keys))} came into sight{how}"


def _hidden(room: RoomState, message: hexes.Hidden) -> str:
    return f"{_capital(hexes_in_words(room, message.hex_keys))} went out of sight"


def _updated(room: RoomState, message: hexes.HexUpdate) -> str:
    keys = [change["key"] for change in message.changes]
    return f"{_capital(hexes_in_words(room, keys))} changed"


def _status(before: RoomState, message: sessions.StatusChanged) -> str:
    return {
        "active": "The session goes on" if before.status is Status.PAUSED else "The session began",
        "paused": "The session was paused",
        "ended": "The session ended",
        "waiting": "The session waits",
    }[message.status]


def _joined_table(room: RoomState, message: members.Joined) -> str:
    return f"{message.name} came to the table"


def _left_table(room: RoomState, message: members.Left) -> str:
    return f"{room.name_of(message.user_id)} left the table"


def _presence(room: RoomState, message: members.PresenceUpdate) -> str:
    return ""  # it follows one of the two above, or a change of names


def _preparing(room: RoomState, message: staging.Preparing) -> str:
    return "The DM is preparing something" if message.preparing else "The DM is done preparing"


def _created(room: RoomState, message: token_projection.Created) -> str:
    return f"{message.token['label']} appeared on hex {_at(room, message.token)}"


def _changed(room: RoomState, message: token_projection.TokenUpdate) -> str:
    return f"{message.token['label']} changed"


def _moved(room: RoomState, message: token_projection.Moved) -> str:
    return f"{message.token['label']} moved to hex {_at(room, message.token)}"


def _deleted(before: RoomState, message: token_projection.Deleted) -> str:
    token = before.tokens.get(TokenId(message.token_id))
    return f"{token.label if token else 'A token'} is gone"


def _map(room: RoomState, message: terrain.MapChanged) -> str:
    return f"The map {message.map['name']} was laid" if message.map else "The map was taken away"


def _note(room: RoomState, message: notes.NoteChanged) -> str:
    where = room.label(Hex.parse(message.note["hexKey"]))
    return f"Noted on hex {where}: {message.note['title'] or message.note['kind']}"


def _note_gone(before: RoomState, message: notes.NoteRemoved) -> str:
    note = before.notes.get(NoteId(message.note_id))
    return f"The note {note.title} is gone" if note and note.title else "A note is gone"


def _pin(room: RoomState, message: pins.PinChanged) -> str:
    pin = message.pin
    where = room.label(Hex.parse(pin["hexKey"]))
    return f"{room.name_of(pin['by'])} pinned on hex {where}: {pin['text'][:80]}"


def _pin_gone(before: RoomState, message: pins.PinRemoved) -> str:
    return "A pin is gone"


def _stroke(room: RoomState, message: strokes.StrokeSeen) -> str:
    where = room.label(Hex.parse(message.stroke["hexKey"]))
    return f"{room.name_of(message.stroke['by'])} drew at hex {where}"


def _strokes_gone(before: RoomState, message: strokes.StrokesGone) -> str:
    return "What was drawn there is erased"


def _handout(room: RoomState, message: handouts.HandoutChanged) -> str:
    return f"Shown: {message.handout['title']}"


def _handout_gone(before: RoomState, message: handouts.HandoutRemoved) -> str:
    note = before.notes.get(NoteId(message.handout_id))
    return f"No longer shown: {note.title if note else 'a picture'}"


def _path(room: RoomState, message: paths.PathChanged) -> str:
    shown = message.path
    if "kind" not in shown:
        return "A path went out of sight"
    name = f"The {shown['kind']} {shown['name']}" if shown["name"] else f"A {shown['kind']}"
    return f"{name} came into sight"


def _path_gone(before: RoomState, message: paths.PathRemoved) -> str:
    path = before.paths.get(PathId(message.path_id))
    name = f"The {path.kind} {path.name}" if path and path.name else "A path"
    return f"{name} is gone"


def _region(room: RoomState, message: regions.RegionChanged) -> str:
    if "name" not in message.region:
        return "A region went out of sight"
    return f"{message.region['name']} came into sight"


def _region_gone(before: RoomState, message: regions.RegionRemoved) -> str:
    region = before.regions.get(RegionId(message.region_id))
    return f"The region {region.name} is gone" if region else "A region is gone"


def _site(room: RoomState, message: sites.SiteChanged) -> str:
    where = room.label(Hex.parse(message.site["hexKey"]))
    return f"On hex {where}: {message.site['title'] or message.site['kind']}"


def _site_gone(before: RoomState, message: sites.SiteRemoved) -> str:
    site = before.sites.get(SiteId(message.site_id))
    return f"{site.title or _capital('the ' + site.kind)} is gone" if site else "A site is gone"


def _label(room: RoomState, message: labels.LabelChanged) -> str:
    return f"Written on the map: {message.label['text']}"


def _label_gone(before: RoomState, message: labels.LabelRemoved) -> str:
    return "A label is gone"


def _skills(room: RoomState, message: checks.SkillsChanged) -> str:
    return f"The skills of {room.name_of(message.user_id)} changed"


def _settings(room: RoomState, message: settings.SettingsTold) -> str:
    return "The settings changed"


def _picture(room: RoomState, message: pictures.PictureChanged) -> str:
    return "The picture under the map " + ("changed" if message.picture else "was taken away")


def _hints(room: RoomState, message: hints.HintsChanged) -> str:
    return "What is known of the dark around changed"


def _at(room: RoomState, token: Mapping[str, str]) -> str:
    return room.label(Hex.parse(token["hexKey"]))


_GONE: Final = frozenset(
    (
        token_projection.Deleted,
        members.Left,
        notes.NoteRemoved,
        handouts.HandoutRemoved,
        pins.PinRemoved,
        strokes.StrokesGone,
        paths.PathRemoved,
        regions.RegionRemoved,
        sites.SiteRemoved,
        sessions.StatusChanged,
    )
)
"""Messages that are worded by the room before: only it still has what they are about."""

_WORDS: Final[Mapping[type[ServerMessage], Callable[..., str]]] = {
    sessions.StatusChanged: _status,
    hexes.Revealed: _revealed,
    hexes.Hidden: _hidden,
    hexes.HexUpdate: _updated,
    members.Joined: _joined_table,
    members.Left: _left_table,
    members.PresenceUpdate: _presence,
    staging.Preparing: _preparing,
    token_projection.Created: _created,
    token_projection.TokenUpdate: _changed,
    token_projection.Moved: _moved,
    token_projection.Deleted: _deleted,
    terrain.MapChanged: _map,
    notes.NoteChanged: _note,
    notes.NoteRemoved: _note_gone,
    pins.PinChanged: _pin,
    pins.PinRemoved: _pin_gone,
    strokes.StrokeSeen: _stroke,
    strokes.StrokesGone: _strokes_gone,
    handouts.HandoutChanged: _handout,
    handouts.HandoutRemoved: _handout_gone,
    paths.PathChanged: _path,
    paths.PathRemoved: _path_gone,
    regions.RegionChanged: _region,
    regions.RegionRemoved: _region_gone,
    sites.SiteChanged: _site,
    sites.SiteRemoved: _site_gone,
    labels.LabelChanged: _label,
    labels.LabelRemoved: _label_gone,
    checks.SkillsChanged: _skills,
    settings.SettingsTold: _settings,
    pictures.PictureChanged: _picture,
    hints.HintsChanged: _hints,
}
