"""How large pictures are that go with tokens and notes, in pixels."""

from typing import Final

TOKEN_SIDE: Final = 256
"""The sides of a token's picture: a circle in a square."""
HANDOUT_SIDE: Final = 1_600
"""The longer side of a handout, at most."""
