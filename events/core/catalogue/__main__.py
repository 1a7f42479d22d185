"""``python -m events.catalogue``: write the message reference anew."""

from pathlib import Path

from events.core.catalogue.reference import reference

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "messages.md"

if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
