"""Names of places, made of a small grammar: the same seed gives the same ones, and none twice."""

from collections.abc import Mapping
from typing import Final

from events.maps.noise import chance

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(words.split())
    for kind, words in {
        "first": "Ald Ash Bell Black Bram Bright Brook Cold Crow Dun Eld Elm Fair Fen Frost Gold Gray Hart Hawk Hazel High"
        " Holm Iron Lang Lark Lind Loth Mar Mill Moss Nettle Oak Otter Raven Red Rook Salt Shade Silver Stan Stone Swan"
        " Tarn Thorn Wald West White Winter Wolf Wyn",
        "stead": "bridge burn bury by combe cross dale field gate ham haven holt hurst ley mere stead stow thorpe ton"
        " wick wold worth",
        "stream": "Bran Cal Dar El Fal Glen Hal Is Ken Lor Mor Nev Or Ras Sel Tam Und Ver Wen Yar",
        "flow": "a beck dle en ery eth ing iss ow ra ren ry th ven wen",
        "rank": "Barony County Duchy Earldom Kingdom March Principality",
        "mark": "land mark moor shire wald",
        "colour": "Amber Bleak Black Crimson Drowned Gilded Gray Hollow Laughing Pale Quiet Red Sleeping White",
        "beast": "Adder Badger Bear Boar Crane Elk Fox Griffin Hart Heron Hydra Ogre Owl Raven Stag Toad Troll Wolf Wyrm",
        "count": "Three Five Seven Nine Twelve",
        "heights": "Crags Fells Heights Hills Peaks Spine Teeth",
        "wet": "Fen Marsh Mire Moss",
        "dry": "Barrens Flats Sands Waste",
        "sea": "Deep Reach Sea Sound",
    }.items()
}  # fmt: skip
_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "settlement": ("{first}{stead}",),
    "river": ("{stream}{flow}",),
    "realm": ("{rank} of {seat}", "{rank} of {seat}", "{first}{mark}"),
    "forest": ("{first}wood", "{first} Wood", "{colour} Wood", "Forest of {stream}{flow}"),
    "mountains": ("{first} {heights}", "{colour} {heights}", "{beast} {heights}"),
    "swamp": ("{first} {wet}", "{beast} {wet}"),
    "desert": ("{colour} {dry}", "{first} {dry}"),
    "lake": ("{first}mere", "Lake {stream}{flow}", "{beast} Water"),
    "sea": ("The {colour} {sea}", "{stream}{flow} {sea}"),
    "castle": ("Castle {stream}{flow}", "{first} Castle"),
    "ruin": ("Old {first}{stead}", "{first} Hall"),
    "tower": ("{first} Tower", "{beast} Watch"),
    "shrine": ("Shrine of the {beast}",),
    "mine": ("{first} Mine", "{colour} Mine"),
    "cave": ("{beast} Hole", "{colour} Cave"),
    "lair": ("Lair of the {beast}",),
    "tomb": ("Tomb of {stream}{flow}", "{first} Barrow"),
    "stones": ("The {count} Stones", "{beast} Stones"),
    "inn": ("The {colour} {beast}",),
    "monastery": ("{first} Abbey", "{stream}{flow} Abbey"),
    "lighthouse": ("{first} Light",),
    "peak": ("Mount {stream}{flow}",),
    "bridge": ("{first} Bridge",),
}
_TRIES: Final = 40


class PlaceNames:
    """Draws names, each one once."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0
        self._used: set[str] = set()

    def draw(self, kind: str, seat: str = "") -> str:
        """Return a name for a kind of place that has not been drawn; of a realm, with the name of its seat."""
        name, tries = self._next(kind, seat), 1
        while name in self._used:
            # Large maps have more places than the grammar has names.
            name, tries = self._next(kind, seat) if tries < _TRIES else f"New {name}", tries + 1
        self._used.add(name)
        return name

    def _next(self, kind: str, seat: str) -> str:
        pattern = self._chosen(_PATTERNS[kind])
        words = {part: self._chosen(choices) for part, choices in _WORDS.items()}
        return pattern.format(seat=seat, **words)

    def _chosen(self, choices: tuple[str, ...]) -> str:
        self._drawn += 1
        return choices[int(chance(self._seed, self._drawn) * len(choices))]
