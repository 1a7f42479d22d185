"""The catalogue: every feature's part of the view, and the schemas of all messages."""

from typing import Final

from events.core.features import archiving as archiving  # has no part in the view
from events.core.features import (
    checks,
    handouts,
    hexes,
    hints,
    history,
    labels,
    members,
    notes,
    paths,
    pictures,
    pins,
    regions,
    rules,
    sessions,
    settings,
    sites,
    staging,
    strokes,
    terrain,
    token_projection,
)
from events.core.features import merging as merging  # has no part in the view
from events.core.features import pointers as pointers  # nor has this
from events.core.features import resealing as resealing  # nor this
from events.core.features import token_pictures as token_pictures  # tokens show them
from events.core.features import tokens as tokens  # `token_projection` shows them
from events.core.messages import JSON, Command, Event, Message, ServerMessage
from events.core.projection import AnyProjection

PROJECTIONS: Final[tuple[AnyProjection, ...]] = (
    sessions.SessionProjection(),
    members.MembersProjection(),
    settings.SettingsProjection(),
    terrain.MapProjection(),
    pictures.PictureProjection(),
    hexes.HexProjection(),
    regions.RegionProjection(),
    paths.PathProjection(),
    sites.SiteProjection(),
    labels.LabelProjection(),
    token_projection.TokenProjection(),
    notes.NoteProjection(),
    handouts.HandoutProjection(),
    pins.PinProjection(),
    strokes.StrokeProjection(),
    hints.HintProjection(),
    staging.StagingProjection(),
    history.HistoryProjection(),
    rules.RuleProjection(),
    checks.SkillProjection(),
    checks.RollProjection(),
)
"""In the order in which a viewer is told."""


def schemas(of: type[Message]) -> dict[str, JSON]:
    """Return the JSON schema of each known command, event or server message, by tag."""
    classes: dict[str, type[Message]] = {
        **(Command.known if of is Command else {}),
        **(Event.known if of is Event else {}),
        **(ServerMessage.known if of is ServerMessage else {}),
    }
    return {tag: classes[tag].model_json_schema(by_alias=True) for tag in sorted(classes)}
