"""A reference client: what a well-behaved client knows after each message, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from events.core.messages import JSON

PARTS = (
    "tokens",
    "notes",
    "handouts",
    "pins",
    "strokes",
    "hints",
    "rules",
    "skills",
    "rolls",
    "paths",
    "sites",
    "regions",
    "labels",
)
NOBODY = {"everyone": "hidden", "apart": {}}


@dataclass
class ReferenceClient:
    """Folds the messages of one viewer; `knows` gives the state it has, in canonical form."""

    is_dm: bool
    fields: dict[str, JSON] = field(default_factory=dict)
    hexes: dict[str, dict[str, JSON]] = field(default_factory=dict)
    tokens: dict[str, JSON] = field(default_factory=dict)
    notes: dict[str, JSON] = field(default_factory=dict)
    handouts: dict[str, JSON] = field(default_factory=dict)
    pins: dict[str, JSON] = field(default_factory=dict)
    strokes: dict[str, JSON] = field(default_factory=dict)
    hints: dict[str, JSON] = field(default_factory=dict)
    paths: dict[str, JSON] = field(default_factory=dict)
    sites: dict[str, JSON] = field(default_factory=dict)
    regions: dict[str, JSON] = field(default_factory=dict)
    labels: dict[str, JSON] = field(default_factory=dict)
    rules: dict[str, JSON] = field(default_factory=dict)
    skills: dict[str, JSON] = field(default_factory=dict)
    rolls: list[JSON] = field(default_factory=list)

    def opened(self, state: Mapping[str, JSON]) -> None:
        """Take a ``session:state``."""
        self.hexes = {key: {} for key in state["revealedHexes"]}
        for hex_ in state["terrain"]:
            self.hexes.setdefault(hex_["key"], {}).update(_ground(hex_))
        for hex_ in state.get("reveals", ()):
            self.hexes[hex_["key"]]["viewers"] = hex_["viewers"]
        if not self.is_dm:
            partly = {hex_["key"]: hex_["tier"] for hex_ in state.get("tiers", ())}
            for key, known in self.hexes.items():
                known["tier"] = partly.get(key, "full")
        self.tokens = {token["id"]: token for token in state["tokens"]}
        self.notes = {note["id"]: note for note in state["notes"]}
        self.handouts = {handout["id"]: handout for handout in state["handouts"]}
        self.pins = {pin["id"]: pin for pin in state["pins"]}
        self.strokes = {stroke["id"]: stroke for stroke in state["strokes"]}
        self.rules = {rule["id"]: rule for rule in state["rules"]}
        self.skills = dict(state["skills"])
        self.rolls = list(state["rolls"])
        self.hints = {hint["hexKey"]: hint["texts"] for hint in state["hints"]}
        self.sites = {site["id"]: site for site in state["sites"]}
        self.labels = {label["id"]: label for label in state["labels"]}
        self.paths, self.regions = {}, {}
        for path in state["paths"]:
            self._path(path)
        for region in state["regions"]:
            self._region(region)
        taken = ("revealedHexes", "terrain", "reveals", "tiers", "seq", "resume", "type", *PARTS)
        self.fields = {key: value for key, value in state.items() if key not in taken}

    def told(self, message: Mapping[str, Any]) -> None:
        """Take any other message."""
        match message:
            case {"type": "hex:revealed", "hexKeys": keys, "terrain": terrain, "tier": tier}:
                for key in keys:
                    self.hexes.setdefault(key, {})
                    if self.is_dm:
                        self.hexes[key]["viewers"] = message["viewers"]
                    else:
                        self.hexes[key]["tier"] = tier
                    self.hexes[key].pop("terrain", None)
                    self.hexes[key].pop("variant", None)
                for hex_ in terrain:
                    self.hexes[hex_["key"]].update(_ground(hex_))
            case {"type": "hex:hidden", "hexKeys": keys} if self.is_dm:
                for key in keys:
                    self.hexes.setdefault(key, {})["viewers"] = message["viewers"]
            case {"type": "hex:hidden", "hexKeys": keys}:
                for key in keys:
                    del self.hexes[key]
            case {"type": "hex:updated", "changes": changes}:
                for hex_ in changes:
                    known = self.hexes.setdefault(hex_["key"], {})
                    known.pop("terrain", None)
                    known.pop("variant", None)
                    known.update(_ground(hex_))
            case {"type": "token:created", "token": token}:
                assert token["id"] not in self.tokens
                self.tokens[token["id"]] = token
            case {"type": "token:updated" | "token:moved", "token": token}:
                assert token["id"] in self.tokens
                self.tokens[token["id"]] = token
            case {"type": "token:deleted", "tokenId": gone}:
                del self.tokens[gone]
            case {"type": "note:changed", "note": note}:
                assert self.notes.get(note["id"]) != note
                self.notes[note["id"]] = note
            case {"type": "note:removed", "noteId": gone}:
                del self.notes[gone]
            case {"type": "handout:changed", "handout": handout}:
                assert self.handouts.get(handout["id"]) != handout
                self.handouts[handout["id"]] = handout
            case {"type": "handout:removed", "handoutId": gone}:
                del self.handouts[gone]
            case {"type": "pin:changed", "pin": pin}:
                assert self.pins.get(pin["id"]) != pin
                self.pins[pin["id"]] = pin
            case {"type": "pin:removed", "pinId": gone}:
                del self.pins[gone]
            case {"type": "stroke:drawn", "stroke": stroke}:
                assert self.strokes.get(stroke["id"]) != stroke
                self.strokes[stroke["id"]] = stroke
            case {"type": "stroke:erased", "strokeIds": erased}:
                for gone in erased:
                    del self.strokes[gone]
            case {"type": "path:changed", "path": path}:
                self._path(path)
            case {"type": "path:removed", "pathId": gone}:
                del self.paths[gone]
            case {"type": "site:changed", "site": site}:
                assert self.sites.get(site["id"]) != site
                self.sites[site["id"]] = site
            case {"type": "site:removed", "siteId": gone}:
                del self.sites[gone]
            case {"type": "region:changed", "region": region}:
                self._region(region)
            case {"type": "region:removed", "regionId": gone}:
                del self.regions[gone]
            case {"type": "label:changed", "label": label}:
                assert self.labels.get(label["id"]) != label
                self.labels[label["id"]] = label
            case {"type": "label:removed", "labelId": gone}:
                del self.labels[gone]
            case {"type": "hint:changed", "hints": hints}:
                for hint in hints:
                    self.hints[hint["hexKey"]] = hint["texts"]
            case {"type": "settings:changed", "settings": settings}:
                assert self.fields["settings"] != settings
                self.fields["settings"] = settings
            case {"type": "rule:changed", "rule": rule}:
                self.rules[rule["id"]] = rule
            case {"type": "rule:removed", "ruleId": gone}:
                del self.rules[gone]
            case {"type": "skill:changed", "userId": user, "skills": skills}:
                self.skills[user] = skills
            case {"type": "check:rolled", "roll": roll}:
                self.rolls = [*self.rolls, roll][-20:]
            case {"type": "map:changed", "map": frame}:
                self.fields["map"] = frame
            case {"type": "picture:changed", "picture": picture}:
                assert self.fields["picture"] != picture
                self.fields["picture"] = picture
            case {"type": "session:statusChanged", "status": status, "sessionId": session}:
                self.fields.update(status=status, sessionId=session)
            case {"type": "player:presence", "players": players}:
                self.fields["connectedPlayers"] = players
            case {"type": "player:joined" | "player:left"}:
                pass  # the presence that follows says it all
            case {"type": "dm:preparing", "preparing": preparing}:
                self.fields["preparing"] = preparing
                self.fields["broadcastMode"] = "staged" if preparing else "immediate"
            case {"type": "broadcast:modeChanged", "mode": mode}:
                self.fields.update(broadcastMode=mode, preparing=mode == "staged")
            case {"type": "staged:changes", "changes": changes, "dropped": dropped}:
                self.fields["staged"] = {"changes": changes, "dropped": dropped}
            case {"type": "staged:updated", "added": added, "removed": removed, "dropped": dropped}:
                left = [c for c in self.fields["staged"]["changes"] if c["id"] not in removed]
                # An undo puts changes back to where they were.
                whole = sorted(left + added, key=lambda change: int(change["id"]))
                self.fields["staged"] = {"changes": whole, "dropped": dropped}
            case {"type": "history:changed"}:
                self.fields["history"] = {
                    key: message[key] for key in ("canUndo", "canRedo", "redoBy", "newest", "kept")
                }
            case _:
                raise AssertionError(f"an unknown message: {message}")

    def _path(self, told: Mapping[str, Any]) -> None:
        if self.is_dm:
            assert self.paths.get(told["id"]) != told
            self.paths[told["id"]] = dict(told)
            return
        pieces = self.paths.get(told["id"], {}).get("pieces", {})
        kept = {at: piece for at, piece in pieces.items() if at not in told.get("gone", ())}
        kept |= {piece["hexKey"]: piece for piece in told.get("pieces", ())}
        self._keep(self.paths, told, pieces=kept)

    def _region(self, told: Mapping[str, Any]) -> None:
        if self.is_dm:
            assert self.regions.get(told["id"]) != told
            self.regions[told["id"]] = dict(told)
            return
        had = self.regions.get(told["id"], {}).get("hexes", ())
        kept = {*had, *_hexes(told.get("hexes", ()))}.difference(_hexes(told.get("gone", ())))
        self._keep(self.regions, told, hexes=sorted(kept))

    def _keep(self, part: dict[str, JSON], told: Mapping[str, Any], **left: Any) -> None:
        known = {**part.pop(told["id"], {}), **told, **left}
        known.pop("gone", None)
        if all(left.values()):
            part[told["id"]] = known

    def knows(self) -> dict[str, JSON]:
        """Return all that this client knows; hexes nobody sees and without terrain are none."""
        hexes = {key: {"viewers": NOBODY, **known} for key, known in self.hexes.items()}
        if not self.is_dm:
            hexes = self.hexes
        kept = {
            key: known
            for key, known in hexes.items()
            if not self.is_dm or "terrain" in known or known["viewers"] != NOBODY
        }
        return {
            **self.fields,
            "hexes": dict(sorted(kept.items())),
            "tokens": dict(sorted(self.tokens.items())),
            "notes": dict(sorted(self.notes.items())),
            "handouts": dict(sorted(self.handouts.items())),
            "pins": dict(sorted(self.pins.items())),
            "strokes": dict(sorted(self.strokes.items())),
            "paths": dict(sorted(self.paths.items())),
            "sites": dict(sorted(self.sites.items())),
            "regions": dict(sorted(self.regions.items())),
            "labels": dict(sorted(self.labels.items())),
            "rules": dict(sorted(self.rules.items())),
            "skills": {user: skills for user, skills in sorted(self.skills.items()) if skills},
            "rolls": self.rolls,
            "hints": {at: texts for at, texts in sorted(self.hints.items()) if texts},
        }


def _hexes(runs: Iterable[Iterable[int]]) -> Iterator[str]:
    return (f"{q + step},{r}" for q, r, n in runs for step in range(n))


def _ground(hex_: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: hex_[key] for key in ("terrain", "variant") if hex_.get(key) is not None}
