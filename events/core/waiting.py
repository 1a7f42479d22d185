"""Commands that wait inside a room's state, in their wire form; known by tag, without a room."""

from typing import Annotated, Any, ClassVar, Final, Protocol

from pydantic import BaseModel, PlainSerializer, PlainValidator

COMMANDS: Final[dict[str, Any]] = {}
"""The classes of all commands by tag; they put themselves in."""


class HeldCommand(Protocol):
    """A command that waits; an `events.core.messages.Command` is one."""

    tag: ClassVar[str]

    def carry_out(self, room: Any, by: Any) -> Any:
        """Return the decision: its events and the room after them."""

    def hex_cost(self, room: Any) -> int:
        """Return about how many hexes deciding it looks at."""

    def held_bytes(self) -> int:
        """Return about how many bytes of memory it takes."""

    def model_dump(
        self, *, mode: str, exclude_none: bool, exclude_defaults: bool
    ) -> dict[str, Any]:
        """Return its fields."""


def command_to_wire(command: HeldCommand) -> dict[str, Any]:
    """Return the command as a client would send it."""
    return {
        "type": command.tag,
        **command.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
    }


def command_from_wire(fields: Any) -> Any:
    """Return the command of decoded JSON; raise ValueError or Rejected."""
    if isinstance(fields, BaseModel):
        return fields
    fields = dict(fields)
    return COMMANDS[fields.pop("type")].model_validate(fields)


WaitingCommand = Annotated[
    HeldCommand,
    PlainValidator(command_from_wire),
    PlainSerializer(command_to_wire, return_type=dict),
]
"""A command kept inside a state, in its wire form."""
