"""Persons whose account was deleted: the record keeps the names that were hashed, and those who read it get none."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from events.core.messages import JsonObject
from events.journal.chain import Row, link
from events.journal.codec import PageColumns

FORMER: Final = "a former member"
"""What somebody is called whose account was deleted."""

_WORDS: Final = ("description", "kept", "because")
"""Fields that say in words what was done, to whom."""


class Forgotten:
    """The persons of a room who are to be forgotten, and what they were called there."""

    def __init__(self, names: Mapping[str, Collection[str]]) -> None:
        """Take the names that each of them had, by their id."""
        self._users = names.keys()
        # The longest first: one name may begin another.
        all_names = sorted({name for each in names.values() for name in each}, key=len)[::-1]
        self._any = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in all_names) or r"(?!)"
        )

    def without_columns(self, columns: PageColumns) -> PageColumns:
        """Return a page in which nobody of them is named."""
        payloads = [
            self.without(tag, payload)
            for tag, payload in zip(columns.tags, columns.payloads, strict=True)
        ]
        return columns._replace(payloads=payloads)

    def without_row(self, row: Row) -> Row:
        """Return a row in which nobody of them is named, with the hash that it has."""
        return row._replace(payload=self.without(row.event_type, row.payload))

    def without(self, event_type: str, payload: str) -> str:
        """Return a payload in which nobody of them is named: as somebody's name, or in the words for a change.

        What people wrote themselves (notes, labels, the names of tokens) is theirs, and stays.
        """
        if event_type != "member_set" and not any(f'"{word}"' in payload for word in _WORDS):
            return payload
        fields: JsonObject = json.loads(payload)
        told = dict(fields)
        if event_type == "member_set":
            if fields.get("user") not in self._users:
                return payload
            told["name"] = FORMER
        for word in _WORDS:
            if isinstance(fields.get(word), str):
                told[word] = self._any.sub(FORMER, fields[word])
        if told == fields:
            return payload
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def sealed_anew(forgotten: Forgotten, rows: Iterable[Row], before: bytes) -> Iterator[Row]:
    """Yield rows in which nobody of them is named, each with the hash that fits the one before."""
    for row in rows:
        told = forgotten.without_row(row)
        before = link(before, told)
        yield told._replace(hash=before)
