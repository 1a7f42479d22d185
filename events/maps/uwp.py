"""The Universal World Profile of Traveller, ``C555555-7``, in words."""

import re
from typing import Final

from events.core.map_objects import SiteKind

UWP: Final = re.compile(r"[A-HXY?][0-9A-Z?]{6}-[0-9A-Z?]")

_STARPORT: Final = {"A": "excellent", "B": "good", "C": "routine", "D": "poor", "E": "frontier", "X": "no", "F": "good (spaceport)", "G": "poor (spaceport)", "H": "primitive (spaceport)", "Y": "no"}  # fmt: skip
_SIZE: Final = ["an asteroid belt", "1 600 km", "3 200 km", "4 800 km", "6 400 km", "8 000 km", "9 600 km", "11 200 km", "12 800 km", "14 400 km", "16 000 km", "17 600 km", "19 200 km"]  # fmt: skip
_AIR: Final = ["no atmosphere", "a trace of atmosphere", "a very thin, tainted atmosphere", "a very thin atmosphere", "a thin, tainted atmosphere", "a thin atmosphere", "a standard atmosphere", "a standard, tainted atmosphere", "a dense atmosphere", "a dense, tainted atmosphere", "an exotic atmosphere", "a corrosive atmosphere", "an insidious atmosphere", "a dense, high atmosphere", "a thin, low atmosphere", "an unusual atmosphere"]  # fmt: skip
_PEOPLE: Final = ["nobody", "tens", "hundreds", "thousands", "tens of thousands", "hundreds of thousands", "millions", "tens of millions", "hundreds of millions", "billions", "tens of billions", "hundreds of billions", "trillions"]  # fmt: skip
_GOVERNMENT: Final = ["no government", "a company", "participating democracy", "self-perpetuating oligarchy", "representative democracy", "feudal technocracy", "a captive government", "balkanized", "civil service bureaucracy", "impersonal bureaucracy", "charismatic dictator", "non-charismatic leader", "charismatic oligarchy", "religious dictatorship", "religious autocracy", "totalitarian oligarchy"]  # fmt: skip
_TRADE: Final = {
    "Ag": "agricultural", "As": "asteroid belt", "Ba": "barren", "De": "desert", "Fl": "fluid oceans", "Ga": "garden world",
    "Hi": "high population", "Ht": "high technology", "Ic": "ice-capped", "In": "industrial", "Lo": "low population",
    "Lt": "low technology", "Na": "non-agricultural", "Ni": "non-industrial", "Po": "poor", "Ri": "rich", "Va": "vacuum",
    "Wa": "water world", "He": "hellworld", "Oc": "ocean world", "Pa": "pre-agricultural", "Pi": "pre-industrial",
    "Ph": "pre-high population", "Pr": "pre-rich", "Cp": "subsector capital", "Cs": "sector capital", "Cx": "capital",
    "Di": "dieback", "Co": "cold", "Ho": "hot", "Tr": "tropic", "Tu": "tundra", "Fo": "forbidden", "Pz": "puzzle", "Da": "danger",
}  # fmt: skip
_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def in_words(uwp: str) -> str:
    """Return a profile as a sentence, what is not known left out; the text itself where it is no profile."""
    if not UWP.fullmatch(uwp):
        return uwp
    size, air, water, people, government, law = (_DIGITS.find(c) for c in uwp[1:7])
    port = _STARPORT.get(uwp[0])
    diameter = _of(_SIZE, size)
    across = f"{diameter} across" if diameter.endswith("km") else diameter
    parts = [f"{port} starport" if port else "", across, _of(_AIR, air)]
    parts.append(f"{water * 10} % water" if 0 <= water <= 10 else "")
    inhabitants = _of(_PEOPLE, people)
    parts.append(f"{inhabitants} of inhabitants" if people > 0 and inhabitants else inhabitants and "no inhabitants")  # fmt: skip
    parts.append(_of(_GOVERNMENT, government) if people else "")
    parts.append(f"law level {law}" if law >= 0 and people else "")
    technology = _DIGITS.find(uwp[8])
    parts.append(f"technology level {technology}" if technology >= 0 else "")
    return f"UWP {uwp}: {', '.join(part for part in parts if part)}."


def trade_in_words(codes: str) -> str:
    """Return trade codes as words, unknown ones as they stand."""
    return ", ".join(_TRADE.get(code, code) for code in codes.split())


def port_of(uwp: str) -> SiteKind:
    """Return the icon of a world: a port where ships of all kinds call."""
    return "port" if uwp[0] in "ABC" else "landmark"


def _of(words: list[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
