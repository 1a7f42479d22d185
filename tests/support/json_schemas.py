"""Strategies for the JSON Schemas that our own documents hold: no more of the language than they use."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

FORMATS: dict[str, st.SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date-time": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    "email": st.emails(),
}


def resolved(part: Any, document: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """Return a part of the document with its references replaced; what contains itself may be anything."""
    match part:
        case {"$ref": str(reference)}:
            name = reference.rsplit("/", 1)[1]
            if name in within:
                return {}
            return resolved(document["components"]["schemas"][name], document, (*within, name))
        case dict():
            return {key: resolved(value, document, within) for key, value in part.items()}
        case list():
            return [resolved(value, document, within) for value in part]
        case _:
            return part


def values_of(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return what a schema without references wants; raise NotImplementedError for what is not known."""
    match schema:
        case {"const": value}:
            return st.just(value)
        case {"enum": values}:
            return st.sampled_from(values)
        case {"anyOf": choices} | {"oneOf": choices}:
            return st.one_of([values_of(choice) for choice in choices])
        case {"type": "object"}:
            return _objects(schema)
        case {"type": "array", "prefixItems": items}:
            return st.tuples(*map(values_of, items)).map(list)
        case {"type": "array"}:
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", 3), max(least, 3))
            return st.lists(values_of(schema.get("items", {})), min_size=least, max_size=most)
        case {"type": "string"}:
            return _strings(schema)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "number"}:
            least = schema.get("minimum", schema.get("exclusiveMinimum"))
            most = schema.get("maximum", schema.get("exclusiveMaximum"))
            return st.floats(least, most, allow_nan=False, allow_infinity=False).filter(
                lambda value: value != least or "minimum" in schema
            )
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
        case {"type": other}:
            raise NotImplementedError(f"values of type {other}")
        case _:
            return st.none() | st.booleans() | st.integers() | st.text(max_size=8)


def _objects(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: values_of(of) for name, of in schema.get("properties", {}).items()}
    required = schema.get("required", ())
    must = {name: fields[name] for name in required}
    may = {name: of for name, of in fields.items() if name not in required}
    if not fields and schema.get("additionalProperties") not in (None, False):
        more = schema["additionalProperties"]
        of = values_of(more if isinstance(more, dict) else {})
        return st.dictionaries(st.text(max_size=8), of, max_size=3)
    return st.fixed_dictionaries(must, optional=may)


def _strings(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    least = schema.get("minLength", 0)
    return st.text(min_size=least, max_size=min(schema.get("maxLength", 12), max(least, 12)))
