"""The played night of tests/web/history, here too."""

from tests.web.history.conftest import elsewhere, hexroom, night, rooms

__all__ = ["elsewhere", "hexroom", "night", "rooms"]
