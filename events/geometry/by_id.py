"""ById: what every persistent map from ids to things is, whatever else it can be asked by."""

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

K = TypeVar("K", bound=str)
T = TypeVar("T")


class ById(Mapping[K, T], Generic[K, T]):
    """Things by id, read in the order of the ids. Never changes: a change returns a new map."""

    __slots__ = ("_of",)

    def __init__(self, of: Mapping[K, T] | None = None) -> None:
        self._of: dict[K, T] = dict(of or {})

    def __getitem__(self, key: K) -> T:
        return self._of[key]

    def get(self, key: object, default: Any = None) -> Any:
        """Return what has the id, or the default; for ids that may well be missing."""
        # Not Mapping's, which raises and catches a KeyError.
        return self._of.get(key, default)  # type: ignore[call-overload]

    def __iter__(self) -> Iterator[K]:
        # In one order, whatever the order of insertion: nothing can be read from it.
        return iter(sorted(self._of))

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, key: object) -> bool:
        return key in self._of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._of == other._of

    __hash__ = None  # type: ignore[assignment]  # a value, but too large to be a key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._of!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        key, thing = get_args(source)
        plain = handler.generate_schema(dict[key, thing])  # type: ignore[valid-type]
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, plain),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda things: {key: things[key] for key in things}, return_schema=plain
            ),
        )
