"""The log of what admins and operators do to people and campaigns; only ever added to."""

from typing import Final

from actors.runtime.clock import Clock
from web.accounts.links import Connection

COMMAND_LINE: Final = "command line"
"""The actor where somebody with a shell on the server did it."""
SERVER: Final = "server"
"""The actor where the server did it by itself."""


async def note(
    connection: Connection, clock: Clock, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Add a line, in the transaction that does what it says."""
    await connection.execute(
        "INSERT INTO admin_log (at, actor, action, subject, detail) VALUES (%s, %s, %s, %s, %s)",
        (clock.now(), actor, action, subject, detail),
    )
