"""Golden files: for each version of each event its shape, and payloads that were written in it.

What waits to be published is a command in the payload of an event, so each command that can be
staged has its shape in a file as well. ``python -m tests.support.golden_files`` writes those
that are missing, and notes in the others what they may have besides by now. The payloads of a
version that was released are never written again.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from events import Command, Event, fold
from events.core.features.archiving import RoomArchived
from events.core.features.members import MemberRemoved, PlayerLeft
from events.core.features.resealing import RecordResealed
from events.core.features.staging import ChangeStaged
from events.core.features.terrain import ParitySet
from events.core.messages import Message
from events.journal.codec import payload
from tests.support.random_nights import START, Step, play
from tests.support.sample_commits import ANN
from tests.support.strategies import nights

FOLDER: Final = Path(__file__).parents[1] / "journal" / "golden"
EXAMPLES: Final = 4
BATCHES: Final = 15
"""How many hundred nights are played at most, until each new event has its examples."""
MAY_GROW: Final = ("properties", "$defs")
MAY_COME: Final = {"$defs"}
UNPLAYED: Final = (
    MemberRemoved(user=ANN.user),
    PlayerLeft(user=ANN.user),
    RoomArchived(archived=True),
    RecordResealed(since=2),
    ParitySet(parity="even"),
)
"""What the nights of the laws do not do, as they need their people and their record, or so rarely that none of these few does."""


RENAMED: Final = {"Visibility": "Sight", "HexTerrain": "Ground", "LabelSettings": "LabelStyle"}
"""Classes by what the files call them: a shape names classes, a payload does not."""


def shape(kind: type[Message]) -> dict[str, Any]:
    """Return what an event or a command may look like, without words for people."""
    text = json.dumps(_bare(kind.model_json_schema(by_alias=True)))
    for now, on_file in RENAMED.items():
        text = text.replace(f'"{now}"', f'"{on_file}"').replace(f'/{now}"', f'/{on_file}"')
    found: dict[str, Any] = json.loads(text)
    return found


def extends(now: Any, on_file: Any) -> bool:
    """Return whether a shape is the one on file, but for fields and alternatives that may be there besides.

    Payloads without them are read as they were. That they are written as they were, too, is for the
    test that reads and writes them.
    """
    if isinstance(now, list) and isinstance(on_file, list):
        return len(now) == len(on_file) and all(map(extends, now, on_file))
    if not (isinstance(now, dict) and isinstance(on_file, dict)):
        return bool(now == on_file)
    return now.keys() - on_file.keys() <= MAY_COME and all(
        key in now
        and (
            all(name in now[key] and extends(now[key][name], of) for name, of in known.items())
            if key in MAY_GROW
            else all(any(extends(each, one) for each in now[key]) for one in known)
            if key == "anyOf"
            else _same_default(now[key], known)
            if key == "default"
            else extends(now[key], known)
        )
        for key, known in on_file.items()
    )


def _same_default(now: Any, on_file: Any) -> bool:
    """Say whether two defaults are one value; what it says nothing of may have come later."""
    if isinstance(now, dict) and isinstance(on_file, dict):
        return {k: v for k, v in now.items() if v is not None or k in on_file} == on_file
    return bool(now == on_file)


def path(kind: type[Event], version: int | None = None) -> Path:
    return FOLDER / f"{kind.tag}@{version or kind.schema_version}.json"


def staged_path(kind: type[Command]) -> Path:
    name = kind.tag.replace(":", "_")
    return FOLDER / "staged" / f"{name}@{ChangeStaged.schema_version}.json"


def stageable() -> list[tuple[str, type[Command]]]:
    """Return the commands that can wait to be published, by tag."""
    return [(tag, kind) for tag, kind in sorted(Command.known.items()) if kind.stageable]


def files() -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield tag, version and content of each golden file."""
    for file in sorted(FOLDER.glob("*.json")):
        tag, version = file.stem.split("@")
        yield tag, int(version), json.loads(file.read_text())


def _bare(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if isinstance(schema, dict):
        return {
            key: _bare(value)
            for key, value in sorted(schema.items())
            if key not in ("title", "description") or not isinstance(value, str)
        }
    return schema


def _examples(tags: frozenset[str]) -> dict[str, list[str]]:
    """Return payloads of these events from random nights, as many as there are examples to keep."""
    found: dict[str, dict[str, None]] = {tag: {} for tag in tags}
    for number in range(BATCHES):
        if all(len(texts) >= EXAMPLES for texts in found.values()):
            break
        _collect(found, number)
    return {tag: list(texts) for tag, texts in found.items() if texts}


def _collect(found: dict[str, dict[str, None]], number: int) -> None:
    @seed(number)
    @settings(
        max_examples=100, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(nights())
    def collect(night: list[Step]) -> None:
        changes = [change.events for change in play(fold(START), night)]
        for event in (*START, *UNPLAYED, *(event for events in changes for event in events)):
            if event.tag in found and len(found[event.tag]) < EXAMPLES:
                found[event.tag][payload(event).decode()] = None

    collect()


def main() -> None:
    """Write the golden files that are missing."""
    new = {tag: kind for tag, kind in sorted(Event.known.items()) if not path(kind).exists()}
    for kind in Event.known.values():
        if path(kind).exists():
            _note_more(path(kind), shape(kind))
    examples = _examples(frozenset(new))
    for tag, kind in new.items():
        if tag not in examples:
            raise SystemExit(f"no night has {tag}: teach tests/support/strategies.py to draw it")
        _write(path(kind), {"shape": shape(kind), "payloads": examples[tag]})
    for _, command in stageable():
        if staged_path(command).exists():
            _note_more(staged_path(command), shape(command))
        else:
            _write(staged_path(command), {"shape": shape(command)})


def _note_more(file: Path, now: dict[str, Any]) -> None:
    content = json.loads(file.read_text())
    if now != content["shape"] and extends(now, content["shape"]):
        _write(file, {**content, "shape": now})


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(file)


if __name__ == "__main__":
    main()
