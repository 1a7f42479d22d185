"""The bases of all messages: a class is known by its tag, and a tag is taken once."""

from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    Protocol,
    Self,
    TypeAlias,
    cast,
)

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, Strict
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

from events.core import waiting
from events.core.held_bytes import held_bytes
from events.core.left_out import LEFT_OUT as LEFT_OUT
from events.core.waiting import command_to_wire as command_to_wire

if TYPE_CHECKING:
    from events.core.state import Member, RoomState, UserId
    from events.core.undo_log import MissingChanges

JSON = Any
"""What `json` can write: None, bool, int, float, str, and lists and dicts of these."""
JsonObject: TypeAlias = dict[str, JSON]
"""An object in JSON, by field."""

# JSON has one kind of number and Python's True is an int: neither may slip in for another.
Int = Annotated[int, Strict()]
Bool = Annotated[bool, Strict()]
Text = Annotated[str, Strict()]


class Message(BaseModel):
    """A frozen value with camelCase names outside and snake_case inside."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
    )

    def to_json(self) -> bytes:
        """Return the fields as compact JSON, without the tag."""
        return self.__pydantic_serializer__.to_json(self)


class Decision(NamedTuple):
    """What a command causes, and the room after that, so that no event is folded twice."""

    events: "tuple[Event, ...]"
    after: "RoomState"

    @classmethod
    def of(cls, room: "RoomState", *events: "Event") -> "Decision":
        """Return the decision that these events happen in the room."""
        for event in events:
            room = event.evolve(room)
        return cls(events, room)


class Committed(Protocol):
    """What one request caused, as far as the state is concerned; `events.journal.Commit` is one."""

    @property
    def after(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def events(self) -> "Sequence[Event]": ...
    @property
    def by(self) -> "Member": ...


Deciding = Generator["Event | Decision", "RoomState", None]
"""What a `Command.decide` is that reads the room after an event it yielded."""


class Command(Message):
    """What somebody asks for; refused or answered with events."""

    tag: ClassVar[str]
    """Its name on the wire, ``token:move``."""
    dm_only: ClassVar[bool] = True
    stageable: ClassVar[bool] = False
    internal: ClassVar[bool] = False
    """Asked by the server itself, which has checked who may; never read from a socket."""
    checks_sender: ClassVar[bool] = False
    """Whether an internal command is refused to whom it would be refused from a socket."""
    ephemeral: ClassVar[bool] = False
    """Shown for a moment by its `ephemeral_message`; it causes no events, so none of it is recorded."""
    known: ClassVar[dict[str, type["Command"]]] = waiting.COMMANDS

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if cls.known.setdefault(cls.tag, cls) is not cls:
            raise TypeError(f"two commands are tagged {cls.tag}")

    @abstractmethod
    def decide(self, room: "RoomState", by: "Member") -> "Iterator[Event | Decision]":
        """Yield what this causes, or raise Rejected. Reads nothing but its arguments.

        A generator: a ``yield`` evaluates to the room after what it yielded. A Decision is yielded
        where the room after it is known already; it must follow from the room as it is then.
        """

    def carry_out(self, room: "RoomState", by: "Member") -> Decision:
        """Return what `decide` yields and the room after that; raise Rejected."""
        events: list[Event] = []
        deciding = cast("Deciding", self.decide(room, by))
        step = next(deciding, None)
        while step is not None:
            if isinstance(step, Decision):
                events += step.events
                room = step.after
            else:
                events.append(step)
                room = step.evolve(room)
            try:
                step = deciding.send(room)
            except StopIteration:
                break
        return Decision(tuple(events), room)

    def missing(self, room: "RoomState", by: "Member") -> "MissingChanges | None":
        """Return what has to be read from the record before this can be decided; raise Rejected."""
        return None

    def stamped(self, seed: Callable[[], int]) -> Self:
        """Return the command with the ids and chance it needs; ``seed`` gives 128 random bits.

        The shell stamps each command once, when it comes in: deciding it again, at publishing say,
        finds the same ids.
        """
        return self

    def ephemeral_message(
        self, room: "RoomState", by: "Member", viewer: "Member"
    ) -> "ServerMessage | None":
        """Return the message by which the viewer sees this ephemeral command; None hides it."""
        return None

    def hex_cost(self, room: "RoomState") -> int:
        """Return about how many hexes deciding this looks at: what it costs while it is staged."""
        return 1

    def held_bytes(self) -> int:
        """Return about how many bytes of memory this takes while it is staged."""
        return held_bytes(self)

    def describe(self, room: "RoomState") -> str:
        """Return what this would do, in a DM's words: ``Reveal 7 hexes around 0304 to Ana``."""
        return self.tag


class Event(Message):
    """What happened. All that the fold needs is in the event itself."""

    tag: ClassVar[str]
    """Its name in the record, ``token_move``."""
    schema_version: ClassVar[int] = 1
    """Raised with every change of the payload's shape; `events.journal.codec` upcasts older ones."""
    known: ClassVar[dict[str, type["Event"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if cls.known.setdefault(cls.tag, cls) is not cls:
            raise TypeError(f"two events are tagged {cls.tag}")

    @abstractmethod
    def evolve(self, room: "RoomState") -> "RoomState":
        """Return the room after this. Never raises on a recorded history."""

    def about(self) -> "tuple[UserId, ...]":
        """Return the users to whom this discloses more than to others of their role."""
        return ()

    def describe(self, room: "RoomState") -> str:
        """Return what happened, in a DM's words; ``room`` is the room before."""
        return self.tag


class ServerMessage(Message):
    """What is told to a viewer. Only the fields that were given are sent."""

    tag: ClassVar[str]
    known: ClassVar[dict[str, type["ServerMessage"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if cls.known.setdefault(cls.tag, cls) is not cls:
            raise TypeError(f"two server messages are tagged {cls.tag}")

    def encode(self) -> bytes:
        """Return the message as JSON, as a client reads it, but for its number."""
        return self._tagged(self.__pydantic_serializer__.to_json(self, exclude_unset=True))

    @classmethod
    def encoded(cls, fields: Mapping[str, JSON]) -> bytes:
        """Return the message of these fields, in their wire form, as `encode` would.

        Camel-cased and in the order in which the message declares them. They are not checked,
        which costs more than to write them.
        """
        return cls._tagged(to_json(fields))

    @classmethod
    def _tagged(cls, body: bytes) -> bytes:
        tag = cls.tag.encode()
        return b'{"type":"%b"}' % tag if body == b"{}" else b'{"type":"%b",%b' % (tag, body[1:])

    def to_wire(self) -> dict[str, JSON]:
        """Return the message as a client reads it, but for its number."""
        return {"type": self.tag, **self.model_dump(mode="json", exclude_unset=True)}


def command_from_wire(fields: JSON) -> Command:
    """Return the command of decoded JSON; raise ValueError or Rejected."""
    return cast("Command", waiting.command_from_wire(fields))


AnyCommand = Annotated[
    Command, PlainValidator(command_from_wire), PlainSerializer(command_to_wire, return_type=dict)
]
"""A command kept inside an event, in its wire form."""
