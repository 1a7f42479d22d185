"""The one exception for a map that cannot be read."""

from typing import Literal

Code = Literal["invalid_message", "too_large"]


class BadMap(Exception):
    """The map cannot be read; says where and why, in words for the person who brought it."""

    code: Code
    """The error code of PROTOCOL.md that fits."""
    line: int | None
    """Line of the file, from 1, where there is one."""
    position: str
    """A path such as ``hexes[3].q`` or ``column 7``; empty where the line says enough."""
    text: str
    """What is wrong, without the place."""

    def __init__(
        self,
        text: str,
        *,
        line: int | None = None,
        position: str = "",
        code: Code = "invalid_message",
    ) -> None:
        super().__init__(text, line, position)
        self.text, self.line, self.position, self.code = text, line, position, code

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line is not None else []
        place += [self.position] if self.position else []
        return f"{', '.join(place)}: {self.text}" if place else self.text
