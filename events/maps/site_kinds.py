"""What a word of a map means as a site, a path or a region: in the words of other tools and of DMs."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from events.core.map_objects import PathKind, RegionKind, SiteKind
from events.maps.terrain import plain

_SITES: Final[Mapping[SiteKind, str]] = {
    "capital": "capital palace hauptstadt",
    "city": "city cities metropolis large-town grossstadt ville ciudad citta cidade",
    "town": "town towns stadt bourg pueblo paese",
    "village": "village villages settlement settlements dorf aldea villaggio aldeia siedlung asentamiento insediamento",
    "hamlet": "hamlet thorp thorpe homestead houses house weiler",
    "castle": "castle castles citadel burg schloss chateau castillo castello castelo",
    "keep": "keep stronghold donjon motte",
    "fort": "fort fortress outpost garrison festung",
    "tower": "tower towers watchtower wizard-tower turm tour torre",
    "gate": "gate gatehouse",
    "manor": "manor estate villa",
    "inn": "inn tavern roadhouse gasthaus auberge posada",
    "farm": "farm farmstead ranch",
    "mill": "mill windmill watermill muhle moulin",
    "mine": "mine mines mineral bergwerk",
    "quarry": "quarry",
    "lumber": "lumber lumberyard sawmill logging",
    "camp": "camp encampment tents tent tribe lager campement",
    "port": "port harbor harbour docks seaport hafen puerto porto starport",
    "lighthouse": "lighthouse leuchtturm phare faro",
    "bridge": "bridge brucke pont puente ponte",
    "ford": "ford furt gue vado",
    "temple": "temple church cathedral law chaos tempel kirche eglise templo tempio",
    "shrine": "shrine altar chapel schrein",
    "monastery": "monastery abbey convent kloster",
    "graveyard": "graveyard cemetery friedhof",
    "tomb": "tomb tombs barrow crypt pyramid mausoleum grab",
    "stones": "stones standing-stones stone-circle henge menhir megalith",
    "monument": "monument obelisk statue",
    "ruin": "ruin ruins ruined ruine ruinen ruinas rovine",
    "cave": "cave caves cavern caverns hohle grotte cueva grotta caverna",
    "dungeon": "dungeon labyrinth verlies",
    "lair": "lair den nest monster dragon lairs",
    "portal": "portal gateway stargate",
    "wizard": "wizard witch sorcerer",
    "battlefield": "battlefield battle",
    "shipwreck": "shipwreck wreck",
    "waterfall": "waterfall falls",
    "spring": "spring oasis well geyser",
    "tree": "great-tree worldtree",
    "peak": "summit",
    "pass": "mountain-pass",
    "treasure": "treasure hoard",
    "landmark": "landmark point-of-interest poi marker",
}  # fmt: skip
_SITE: Final[Mapping[str, SiteKind]] = {
    word: kind for kind, words in _SITES.items() for word in (*words.split(), kind)
}
_PATHS: Final[Mapping[PathKind, str]] = {
    "river": "river rivers stream creek brook canal waterway fluss bach riviere rio fiume",
    "road": "road roads highway street route strasse carretera strada estrada xboat trade-route jump",
    "trail": "trail trails track path footpath pfad sentier",
    "border": "border borders boundary frontier grenze frontiere frontera coast coastline kingdom nation",
    "wall": "wall walls rampart cliff mauer",
    "ferry": "ferry shipping sea-route searoute ship sealane shiproute fahre",
}
_PATH: Final[Mapping[str, PathKind]] = {
    word: kind for kind, words in _PATHS.items() for word in words.split()
}
_REGIONS: Final[Mapping[RegionKind, str]] = {
    "forest": "forest wood woods jungle", "mountains": "mountain mountains", "plains": "plains grassland",
    "swamp": "swamp marsh", "desert": "desert", "lake": "lake", "sea": "sea ocean", "island": "island",
    "danger": "danger hazard", "realm": "realm kingdom nation political border empire country province barony",
}  # fmt: skip
_REGION: Final[Mapping[str, RegionKind]] = {
    word: kind for kind, words in _REGIONS.items() for word in words.split()
}
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")


def site_kind(name: str) -> SiteKind | None:
    """Return the site that a name means, its last known word first: ``Settlement City`` is a city."""
    words = _words(name)
    return next((_SITE[word] for word in reversed(words) if word in _SITE), None)


def named_site(text: str) -> tuple[SiteKind | None, str]:
    """Return the site that a text means, and its title: ``inn The Bell`` and ``Castle Tarn`` have one, ``old keep`` and ``inn`` not."""
    first, _, rest = text.partition(" ")
    if first in _SITES and rest != rest.lower():
        return _SITE[first], rest
    words = _WORD.findall(plain(text))
    only_kinds = "-".join(words) in _SITE or all(word in _SITE for word in words)
    kind = site_kind(text)
    return kind, "" if kind and (only_kinds or text == text.lower()) else text


def path_kind(names: Iterable[str]) -> PathKind | None:
    """Return the path that one of the names means, the first that means any."""
    words = [word for name in names for word in _words(name)]
    return next((_PATH[word] for word in words if word in _PATH), None)


def region_kind(names: Iterable[str]) -> RegionKind | None:
    """Return the region that one of the names means, the first that means any."""
    words = [word for name in names for word in _words(name)]
    return next((_REGION[word] for word in words if word in _REGION), None)


def _words(name: str) -> list[str]:
    words = _WORD.findall(plain(name))
    return [part for word in words for part in (*(word.split("-") if "-" in word else ()), word)]
