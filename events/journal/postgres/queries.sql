-- What the journal asks of PostgreSQL. Each query has a name, and says what it is for. A part is
-- what some of them have in common: {its_name} stands for it.

-- part: holding
-- How many of a batch's rooms hold to what it builds on: the fence is the batch's, and the record ends
-- in the hash. The share lock makes who takes the lease away wait for us, and us see that it was
-- taken. A room without a lease has epoch 0.
lease AS MATERIALIZED (
    SELECT campaign_id, epoch FROM room_lease WHERE campaign_id = ANY (%(rooms)b::uuid[]) FOR SHARE
), holding AS MATERIALIZED (
    SELECT count(*) AS rooms
    FROM (SELECT unnest(%(rooms)b::uuid[]) AS campaign_id, unnest(%(epochs)b::bigint[]) AS epoch,
        unnest(%(afters)b::bigint[]) AS after, unnest(%(heads)b::bytea[]) AS head) AS asked
    LEFT JOIN lease USING (campaign_id)
    WHERE asked.epoch = coalesce(lease.epoch, 0)
        AND (after = 0 OR head = (
            SELECT hash FROM session_event AS e
            WHERE e.campaign_id = asked.campaign_id AND e.version = asked.after))
)

-- part: storing
-- Stores a batch of rows where all of its rooms hold. Arrays are taken apart in the list of a SELECT:
-- in FROM each would be written to a store of its own first, a tenth of the statement.
INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch)
SELECT campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload::json, hash, epoch
FROM holding, (SELECT
    unnest(%(campaign)b::uuid[]) AS campaign_id, unnest(%(version)b::bigint[]) AS version,
    unnest(%(session)b::uuid[]) AS session_id, unnest(%(event_type)b::text[]) AS event_type,
    unnest(%(user)b::text[]) AS user_id, unnest(%(role)b::text[]) AS role,
    unnest(%(command_id)b::text[]) AS command_id,
    unnest(%(digest)b::bytea[]) AS command_digest,
    unnest(%(first_version)b::bigint[]) AS first_version,
    unnest(%(created_at)b::timestamptz[]) AS created_at, unnest(%(payload)b::text[]) AS payload,
    unnest(%(hash)b::bytea[]) AS hash, unnest(%(epoch)b::bigint[]) AS epoch) AS stored
WHERE holding.rooms = cardinality(%(rooms)b::uuid[])

-- name: append
-- Stores a batch of rows, all or none: nothing where fewer rooms hold than are asked for.
WITH {holding}
{storing}

-- name: append_one
-- As append, of one row: nothing is stored where the room does not hold. Nothing is taken apart and
-- joined, which saves the database a seventh of the statement.
INSERT INTO session_event (campaign_id, version, session_id, event_type, user_id, role, command_id,
    command_digest, first_version, created_at, payload, hash, epoch)
SELECT %(campaign)b::uuid, %(version)b::bigint, %(session)b::uuid, %(event_type)b::text,
    %(user)b::text, %(role)b::text, %(command_id)b::text, %(digest)b::bytea,
    %(first_version)b::bigint, %(created_at)b::timestamptz, %(payload)b::text::json,
    %(hash)b::bytea, %(epoch)b::bigint
WHERE %(epoch)b::bigint = coalesce(
        (SELECT epoch FROM room_lease WHERE campaign_id = %(campaign)b::uuid FOR SHARE), 0)
    AND (%(version)b::bigint = 1 OR %(head)b::bytea = (
        SELECT hash FROM session_event
        WHERE campaign_id = %(campaign)b::uuid AND version = %(version)b::bigint - 1))

-- name: append_with_sessions
-- As append, and brings game_session up to date with it, so that it is true once a command is acknowledged.
WITH {holding}, derived AS (
    INSERT INTO game_session AS known (id, campaign_id, started_by, status, started_at, ended_at)
    SELECT id, campaign_id, started_by, status, started_at, ended_at
    FROM holding, unnest(%(s_id)b::uuid[], %(s_campaign_id)b::uuid[], %(s_started_by)b::text[],
        %(s_status)b::text[], %(s_started_at)b::timestamptz[], %(s_ended_at)b::timestamptz[])
        AS told (id, campaign_id, started_by, status, started_at, ended_at)
    WHERE holding.rooms = cardinality(%(rooms)b::uuid[])
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_at = excluded.ended_at
        WHERE known.campaign_id = excluded.campaign_id
)
{storing}

-- name: fence
-- The epoch that a room's writer must show.
SELECT coalesce((SELECT epoch FROM room_lease WHERE campaign_id = %(room)s), 0)

-- name: take_lease
-- Makes a node the owner of a room; whoever was it before is fenced off.
INSERT INTO room_lease AS known (campaign_id, node, epoch) VALUES (%(room)s, %(node)s, 1)
ON CONFLICT (campaign_id) DO UPDATE SET node = excluded.node, epoch = known.epoch + 1, until = NULL
RETURNING epoch

-- name: hashes
-- The hashes at the versions that rooms are expected to have.
SELECT campaign_id, version, hash
FROM unnest(%(rooms)b::uuid[], %(afters)b::bigint[]) AS asked (campaign_id, version)
JOIN session_event USING (campaign_id, version)

-- part: row
-- The columns of a Row, in its order.
campaign_id, version, session_id, event_type, user_id, role, command_id, command_digest,
    first_version, created_at, payload::text, hash

-- part: page
-- About so many rows after a version: whole commits only, from the one on that the next version
-- belongs to. A commit's first row is asked for by >= though none is above: of = the planner expects
-- so few that, on a table it has no statistics of, it sorts the rest of the record for each page.
bounds AS (
    SELECT
        (SELECT first_version FROM session_event
            WHERE campaign_id = %(room)s AND version > %(after)s::bigint
            ORDER BY version LIMIT 1) AS start,
        (SELECT version - 1 FROM session_event
            WHERE campaign_id = %(room)s AND version > %(after)s::bigint + %(size)s::bigint
                AND first_version >= version
            ORDER BY version LIMIT 1) AS stop
), page AS (
    SELECT version, first_version, session_id, event_type, user_id, role, command_id,
        command_digest, created_at, payload::text AS payload, hash, version = first_version AS opens
    FROM session_event, bounds
    WHERE campaign_id = %(room)s AND version >= start
        AND version <= coalesce(stop, 9223372036854775807)
    ORDER BY version
)

-- part: columns
-- A page by column: of its rows, then of its commits. Aggregated here, since a row of its own costs
-- the client more than reading it.
array_agg(event_type), array_agg(payload),
    array_agg(first_version) FILTER (WHERE opens),
    array_agg(session_id::text) FILTER (WHERE opens),
    array_agg(user_id) FILTER (WHERE opens),
    array_agg(role) FILTER (WHERE opens),
    array_agg(command_id) FILTER (WHERE opens),
    array_agg(command_digest) FILTER (WHERE opens),
    json_agg(created_at) FILTER (WHERE opens)::text

-- part: forgotten
-- Who of those that a room's record names is to be forgotten: their ids in one text, null where nobody
-- is. Whoever is a member, or was, is named in the record; where a campaign came from a fork or an
-- archive, they may be in no other table.
(SELECT string_agg(DISTINCT account.id, ' ')
    FROM session_event JOIN account ON account.id = payload->>'user'
    WHERE campaign_id = %(room)s AND event_type = 'member_set' AND forgotten_at IS NOT NULL
        AND payload->>'name' <> 'a former member')

-- part: resealed
-- The version at which a room's record was sealed anew last; null where it never was.
(SELECT max(version)::text FROM session_event
    WHERE campaign_id = %(room)s AND event_type = 'record_reseal')

-- name: read_page
-- A page, the hash of its last row, and who is to be forgotten.
WITH {page}
SELECT min(version), max(version), (SELECT hash FROM page ORDER BY version DESC LIMIT 1),
    {forgotten}, {columns}
FROM page

-- name: who_is_forgotten
-- Who of a room's is to be forgotten.
SELECT {forgotten}

-- name: named_now
-- What tells whether a state, made since it was asked before, may name somebody who is to be forgotten.
SELECT concat_ws(' ', {forgotten}, {resealed})

-- name: forgotten_names
-- What those of a room who are to be forgotten were called there, by the record.
SELECT account.id, array_agg(DISTINCT payload->>'name')
FROM session_event JOIN account ON account.id = payload->>'user'
WHERE campaign_id = %(room)s AND event_type = 'member_set' AND forgotten_at IS NOT NULL
    AND payload->>'name' <> 'a former member'
GROUP BY 1

-- name: rooms_with_forgotten
-- The rooms whose rows name somebody who is to be forgotten, and since when.
SELECT campaign_id, min(forgotten_at)
FROM session_event JOIN account ON account.id = payload->>'user'
WHERE event_type = 'member_set' AND forgotten_at IS NOT NULL
    AND payload->>'name' <> 'a former member'
GROUP BY 1
ORDER BY 2, 1

-- name: read_sealed_page
-- As read_page, with what the chain is over: of each row the text that is hashed, the same that
-- `commit_text` and `sealed` in chain.py word, and the hash.
WITH {page}
SELECT min(version), max(version), (SELECT hash FROM page ORDER BY version DESC LIMIT 1),
    {forgotten}, {columns},
    bool_and(first_version BETWEEN 1 AND version), array_agg(convert_to(
        octet_length(campaign) || ':' || campaign
        || coalesce(octet_length(session) || ':' || session, '-')
        || octet_length(user_id) || ':' || user_id
        || octet_length(role) || ':' || role
        || coalesce(octet_length(command_id) || ':' || command_id, '-')
        || coalesce(octet_length(digest) || ':' || digest, '-')
        || octet_length(first) || ':' || first
        || octet_length(at) || ':' || at
        || octet_length(number) || ':' || number
        || octet_length(event_type) || ':' || event_type
        || octet_length(payload) || ':' || payload, 'UTF8')),
    array_agg(hash)
FROM (
    SELECT *, %(room)s::uuid::text AS campaign, session_id::text AS session,
        encode(command_digest, 'hex') AS digest, first_version::text AS first,
        (extract(epoch FROM created_at) * 1000000)::bigint::text AS at, version::text AS number
    FROM page
) AS worded

-- name: read_rows
-- The rows of a room between two versions, both included.
SELECT {row}
FROM session_event
WHERE campaign_id = %(room)s AND version BETWEEN %(start)s AND %(stop)s
ORDER BY version

-- name: find
-- The first version of what a command id caused.
SELECT version FROM session_event
WHERE campaign_id = %(room)s AND user_id = %(user)s AND command_id = %(command)s
    AND version = first_version

-- name: keep_unchanged
-- Keeps that commands of a room changed nothing, where its fence is the writer's.
INSERT INTO command_receipt (campaign_id, user_id, command_id, command_digest, version)
SELECT %(room)s, user_id, command_id, command_digest, version
FROM unnest(%(users)s::text[], %(ids)s::text[], %(digests)s::bytea[], %(versions)s::bigint[])
    AS kept (user_id, command_id, command_digest, version)
WHERE %(epoch)s = coalesce(
    (SELECT epoch FROM room_lease WHERE campaign_id = %(room)s FOR SHARE), 0)
ON CONFLICT DO NOTHING

-- name: thin_unchanged
-- Forgets all but the newest of a room's commands that changed nothing.
DELETE FROM command_receipt
WHERE campaign_id = %(room)s AND position < (
    SELECT position FROM command_receipt WHERE campaign_id = %(room)s
    ORDER BY position DESC OFFSET %(keep)s - 1 LIMIT 1)

-- name: unchanged
-- The commands of a room that changed nothing, the newest of them, oldest first.
SELECT user_id, command_id, command_digest, version FROM (
    SELECT * FROM command_receipt WHERE campaign_id = %(room)s
    ORDER BY position DESC LIMIT %(keep)s) AS newest
ORDER BY position

-- name: lock_game_sessions
-- Holds back appends that tell of sessions, so that a rebuild misses none.
LOCK TABLE game_session IN EXCLUSIVE MODE

-- name: oldest_open
-- The oldest transaction that may still be open: all before it are seen by whoever asks now.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text

-- name: rows_of_sessions
-- The rows that start, pause, resume or end a game session, of all rooms, stored since a transaction.
SELECT {row}
FROM session_event
WHERE event_type = ANY (%(tags)s) AND session_id IS NOT NULL
    AND transaction_id >= %(since)s::xid8
ORDER BY campaign_id, version

-- name: forget_game_sessions
-- Empties game_session, before it is filled from the record.
DELETE FROM game_session

-- name: insert_game_sessions
-- Fills game_session from what the record told.
INSERT INTO game_session (id, campaign_id, started_by, status, started_at, ended_at)
SELECT * FROM unnest(%(s_id)b::uuid[], %(s_campaign_id)b::uuid[], %(s_started_by)b::text[],
    %(s_status)b::text[], %(s_started_at)b::timestamptz[], %(s_ended_at)b::timestamptz[])

-- name: find_snapshot
-- The newest state saved at or before a version, with the record's hash there.
SELECT version, s.hash, s.state, e.hash
FROM room_snapshot AS s JOIN session_event AS e USING (campaign_id, version)
WHERE s.campaign_id = %(room)s AND s.version <= %(version)s::bigint AND s.code = %(code)s
ORDER BY version DESC LIMIT 1

-- name: save_snapshot
-- Saves a state at a version that is recorded, if nobody is to be forgotten since it was begun.
INSERT INTO room_snapshot AS known (campaign_id, version, code, hash, state, created_at)
SELECT campaign_id, version, %(code)s, sha256(hash || %(state)s::bytea), %(state)s::bytea, now()
FROM session_event
WHERE campaign_id = %(room)s AND version = %(version)s
    AND concat_ws(' ', {forgotten}, {resealed}) = %(named)s
ON CONFLICT (campaign_id, version) DO UPDATE
    SET code = excluded.code, hash = excluded.hash, state = excluded.state,
        created_at = excluded.created_at

-- name: thin_snapshots
-- Keeps the newest of a room's states, and of each block of versions the last; drops what another
-- version of the program saved.
DELETE FROM room_snapshot AS old
WHERE campaign_id = %(room)s AND (code <> %(code)s OR (
    version < (
        SELECT min(version) FROM (
            SELECT version FROM room_snapshot
            WHERE campaign_id = %(room)s AND code = %(code)s
            ORDER BY version DESC LIMIT %(newest)s) AS newest)
    AND EXISTS (
        SELECT FROM room_snapshot AS later
        WHERE later.campaign_id = %(room)s AND later.code = %(code)s
            AND later.version > old.version
            AND later.version / %(block)s = old.version / %(block)s)))

-- name: select_forwards
-- Rows of a room past one version, up to another; commits that are whole by then.
SELECT {row}
FROM session_event
WHERE campaign_id = %(room)s AND version > %(gt)s
    AND (version <= %(lte)s AND first_version <= coalesce((
        SELECT max(first_version) - 1 FROM session_event
        WHERE campaign_id = %(room)s AND version = %(lte)s::bigint + 1
            AND first_version <= %(lte)s), %(lte)s))
ORDER BY version LIMIT %(limit)s

-- name: select_backwards
-- As select_forwards, the last row first.
SELECT {row}
FROM session_event
WHERE campaign_id = %(room)s AND version > %(gt)s
    AND (version <= %(lte)s AND first_version <= coalesce((
        SELECT max(first_version) - 1 FROM session_event
        WHERE campaign_id = %(room)s AND version = %(lte)s::bigint + 1
            AND first_version <= %(lte)s), %(lte)s))
ORDER BY version DESC LIMIT %(limit)s

-- name: notifications
-- Rows of all rooms past a place, in the order of their transactions. Only of those before which
-- none is open: one that is may commit later, with rows that belong in front.
SELECT {row}, place
FROM (
    SELECT *, (transaction_id::text::bigint << 22)
        + row_number() OVER (PARTITION BY transaction_id ORDER BY position) AS place
    FROM session_event
    WHERE transaction_id >= ((%(after)s::bigint >> 22)::text)::xid8
        AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
) AS numbered
WHERE place > %(after)s AND place <= %(stop)s
    AND (cardinality(%(topics)s::text[]) = 0 OR event_type = ANY (%(topics)s::text[]))
ORDER BY transaction_id, position LIMIT %(limit)s

-- name: last_place
-- The place of the last row that can be followed.
SELECT (transaction_id::text::bigint << 22) + count(*)
FROM session_event
WHERE transaction_id = (
    SELECT transaction_id FROM session_event
    WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY transaction_id DESC LIMIT 1)
GROUP BY transaction_id

-- name: places
-- The places of all rows of the transaction that stored one of them.
SELECT campaign_id, version, (transaction_id::text::bigint << 22)
    + row_number() OVER (ORDER BY position)
FROM session_event
WHERE transaction_id = (
    SELECT transaction_id FROM session_event WHERE campaign_id = %(room)s AND version = %(version)s)

-- name: make_tracking
-- How far each projection has come.
CREATE TABLE IF NOT EXISTS projection_tracking (
    application_name text PRIMARY KEY, notification_id bigint NOT NULL)

-- name: move_tracking
-- Notes that a projection has come to a place, if it was not there before.
INSERT INTO projection_tracking AS known (application_name, notification_id)
VALUES (%(name)s, %(place)s)
ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id
    WHERE known.notification_id < excluded.notification_id

-- name: reached
-- The place that a projection has come to.
SELECT notification_id FROM projection_tracking WHERE application_name = %(name)s
