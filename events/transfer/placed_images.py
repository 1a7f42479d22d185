"""The images that a record ever laid under its grid, or gave to something."""

from typing import Final

from events.core.image_sizes import TOKEN_SIDE
from events.core.state import RoomId
from events.journal.database.pool import Pool
from events.transfer.archive.pictures import Pictured

_LAID: Final = """
SELECT DISTINCT ON (id) id, width, height FROM (
    SELECT version, payload -> 'picture' ->> 'id' AS id,
        (payload -> 'picture' ->> 'width')::int AS width,
        (payload -> 'picture' ->> 'height')::int AS height
    FROM session_event
    WHERE campaign_id = %(room)s AND version <= %(upto)s AND event_type = 'picture_lay'
    UNION ALL
    SELECT version, payload ->> 'picture', %(side)s, %(side)s
    FROM session_event
    WHERE campaign_id = %(room)s AND version <= %(upto)s AND event_type = 'token_picture'
    UNION ALL
    SELECT version, handout ->> 'id', (handout ->> 'width')::int, (handout ->> 'height')::int
    FROM session_event, LATERAL (SELECT CASE event_type
        WHEN 'note_picture' THEN payload -> 'handout' ELSE payload -> 'now' -> 'handout' END AS handout
    ) AS noted
    WHERE campaign_id = %(room)s AND version <= %(upto)s AND event_type IN ('note_picture', 'note_set')
    UNION ALL
    SELECT version, payload -> 'command' ->> 'picture',
        (payload -> 'command' ->> 'width')::int, (payload -> 'command' ->> 'height')::int
    FROM session_event
    WHERE campaign_id = %(room)s AND version <= %(upto)s AND event_type = 'change_staged'
        AND payload -> 'command' ->> 'type' = 'note:picture'
    UNION ALL
    SELECT version, payload -> 'command' ->> 'picture', %(side)s, %(side)s
    FROM session_event
    WHERE campaign_id = %(room)s AND version <= %(upto)s AND event_type = 'change_staged'
        AND payload -> 'command' ->> 'type' = 'token:picture'
) AS laid WHERE id IS NOT NULL ORDER BY id, version DESC
"""


async def pictures_laid(pool: Pool, room: RoomId, upto: int) -> tuple[Pictured, ...]:
    """Return the pictures that were laid, given or staged up to a version; undo shows no others."""
    async with pool.connection() as connection:
        cursor = await connection.execute(_LAID, {"room": room, "upto": upto, "side": TOKEN_SIDE})
        return tuple(Pictured(*row) for row in await cursor.fetchall())
