"""The ten usual terrains with colour and pattern, and which of them a foreign name means.

Any printable name is a terrain; the others get a colour and a pattern of their own, always the same.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, NamedTuple

Pattern = Literal["plain", "dots", "trees", "bumps", "peaks", "reeds", "waves", "shore", "flakes", "cross"]  # fmt: skip


class TerrainLook(NamedTuple):
    """How a terrain is drawn; the pattern tells it apart where colours do not."""

    fill: str
    """``#rrggbb``."""
    ink: str
    """``#rrggbb`` for lines and words on the fill, at least 3:1 against it."""
    pattern: Pattern


TERRAINS: Mapping[str, TerrainLook] = {
    "plains": TerrainLook("#bec27a", "#4c5522", "plain"),
    "forest": TerrainLook("#68864c", "#14240f", "trees"),
    "hills": TerrainLook("#beae72", "#4c3a17", "bumps"),
    "mountain": TerrainLook("#a69a8a", "#332c27", "peaks"),
    "swamp": TerrainLook("#707c5e", "#121c12", "reeds"),
    "desert": TerrainLook("#ead094", "#6c5320", "dots"),
    "water": TerrainLook("#568ca4", "#0c2233", "waves"),
    "coast": TerrainLook("#e2d0a0", "#3f5f78", "shore"),
    "tundra": TerrainLook("#eaeeee", "#5a6f7a", "flakes"),
    "volcanic": TerrainLook("#60524e", "#f0b391", "cross"),
}

# Where several fit, the first one counts: "Hills Forest Evergreen" is forest, "Mountain Forest" is mountain.
# In English, German, French, Spanish, Italian and Portuguese, without accents.
_MEANINGS = (
    ("volcanic", "volcano volcanic lava magma ash ashen caldera vulkan volcan vulcano vulcao lave"),
    ("swamp", "swamp marsh bog fen wetland wetlands mangrove mire moor moors sumpf sumpfe marsch"),
    ("swamp", "marais marecage pantano cienaga palude paludi brejo"),
    (
        "coast",
        "coast coastal beach shore shoreline reef reefs shoal shoals kuste strand cote plage",
    ),
    ("coast", "costa playa spiaggia praia"),
    ("mountain", "mountain mountains peak peaks alpine crag crags gebirge berg berge montagne"),
    ("mountain", "montagnes montana montanas sierra montagna montanha montanhas serra"),
    ("forest", "forest forested jungle wood woods woodland woodlands tree trees fir firs taiga"),
    ("forest", "rainforest evergreen deciduous thicket thickets wald walder forst urwald foret"),
    ("forest", "bois bosque bosques selva bosco foresta floresta mata"),
    ("hills", "hill hills highland highlands mesa badlands rough broken canyon hugel hugelland"),
    ("hills", "colline collines colina colinas collina"),
    ("water", "water ocean sea lake river deep shallows bay lagoon fjord waterfall wasser meer"),
    ("water", "ozean fluss eau mer lac fleuve riviere agua mar lago rio acqua mare fiume"),
    ("tundra", "tundra ice icy snow snowfield snowfields glacier frozen arctic polar eis schnee"),
    ("tundra", "toundra glace neige hielo nieve ghiaccio neve gelo"),
    ("desert", "desert sand sands sandy dune dunes wasteland waste salt cracked rocky wuste"),
    ("desert", "desierto deserto"),
    ("plains", "plain plains grass grassland grasslands steppe prairie savanna savannah meadow"),
    ("plains", "meadows farmland farm fields field cultivated pasture shrubland scrub scrubland"),
    ("plains", "bushes bush flat empty countryside ebene ebenen grasland wiese wiesen feld felder"),
    (
        "plains",
        "heide plaine plaines llanura llanuras pradera pianura prateria planicie campo campos",
    ),
    # Colours say least of all: Text Mapper lays them under a picture, "dark-green firs".
    ("plains", "light-green yellow-green"),
    ("swamp", "dark-soil blue-green grey-green"),
    ("forest", "dark-green green"),
    ("mountain", "grey gray"),
    ("hills", "brown soil"),
    ("desert", "yellow red dust"),
    ("water", "blue"),
    ("tundra", "white"),
)
_MEANING: Mapping[str, tuple[int, str]] = {
    word: (rank, terrain)
    for rank, (terrain, words) in enumerate(_MEANINGS)
    for word in words.split()
}

_BLANK = frozenset({"blank", "none", "void", "null"})
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_PATTERNS: tuple[Pattern, ...] = ("dots", "bumps", "reeds", "cross", "waves", "flakes")


def look(terrain: str) -> TerrainLook:
    """Return how a terrain is drawn; a name that is not known gets one derived from it."""
    usual = TERRAINS.get(terrain)
    if usual is not None:
        return usual
    digest = hashlib.blake2b(terrain.encode("utf-8", "replace"), digest_size=4).digest()
    # Light enough (each channel from 128) that black ink keeps 4.5:1 on it.
    fill = "#" + "".join(f"{128 + byte % 112:02x}" for byte in digest[:3])
    return TerrainLook(fill, "#202020", _PATTERNS[digest[3] % len(_PATTERNS)])


def propose(name: str) -> str:
    """Return the usual terrain a foreign name means, "" for a blank hex, or the name where none fits."""
    words = set(_WORD.findall(plain(name)))
    if words and words <= _BLANK:
        return ""
    parts = words.union(*(word.split("-") for word in words))
    meanings = [_MEANING[part] for part in parts if part in _MEANING]
    return min(meanings)[1] if meanings else name


def plain(text: str) -> str:
    """Return a text in small letters without accents: ``Hügel`` is ``hugel``."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def meaningful(word: str) -> bool:
    """Return whether a word names a terrain or a ground colour, and not something standing on it."""
    return propose(word) in TERRAINS or word.lower() in _BLANK
