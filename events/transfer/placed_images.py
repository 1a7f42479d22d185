"""The images that a record ever laid under its grid."""

from typing import Final

from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.transfer.archive.pictures import Pictured

_LAID: Final = """
SELECT DISTINCT ON (id) id, width, height FROM (
    SELECT version, payload -> 'picture' ->> 'id' AS id,
        (payload -> 'picture' ->> 'width')::int AS width,
        (payload -> 'picture' ->> 'height')::int AS height
    FROM session_event
    WHERE campaign_id = %s AND version <= %s AND event_type = 'picture_lay'
) AS laid ORDER BY id, version DESC
"""


async def pictures_laid(pool: Pool, room: RoomId, upto: int) -> tuple[Pictured, ...]:
    """Return the pictures that were laid up to a version; undo lays none that was not laid before."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_LAID, (room, upto))
        return tuple(Pictured(*row) for row in await cursor.fetchall())
