"""How a field that was added later is serialized while it has no value."""

from typing import Final

from pydantic import Field

LEFT_OUT: Final = Field(exclude_if=lambda value: value is None)
"""Of a field that came to an event or a value later: None is not written, so old payloads keep their text."""

LEFT_OUT_ODD: Final = Field(exclude_if=lambda parity: parity == "odd")
"""The same of a parity: odd, as all grids were once, is not written."""

LEFT_OUT_EMPTY: Final = Field(exclude_if=lambda value: not value)
"""The same of a tuple: an empty one is not written."""
