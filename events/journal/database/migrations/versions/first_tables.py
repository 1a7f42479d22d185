"""The record, what is derived of it, and who may do what.

There is no way back: a record that must never be changed is not taken down by a script.
"""

from alembic import op

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None

RECORD = """
CREATE TABLE session_event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    session_id uuid,
    event_type text NOT NULL,
    user_id text NOT NULL,
    command_id text,
    payload json NOT NULL,
    created_at timestamptz NOT NULL,
    hash bytea NOT NULL,
    first_version bigint NOT NULL,
    role text NOT NULL,
    command_digest bytea,
    epoch bigint NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (campaign_id, version),
    CHECK (first_version BETWEEN 1 AND version)
);
COMMENT ON TABLE session_event IS 'The record: a row for each event, never changed.';
COMMENT ON COLUMN session_event.payload IS
    'json, not jsonb: it keeps the exact text that was hashed.';
COMMENT ON COLUMN session_event.hash IS
    'SHA-256 over the hash before and the canonical text of the row.';
COMMENT ON COLUMN session_event.first_version IS 'Of the commit that this row belongs to.';
COMMENT ON COLUMN session_event.role IS 'The role that the user had then.';
COMMENT ON COLUMN session_event.command_digest IS
    'The first 16 bytes of SHA-256 over what the client asked.';

-- One effect for a command id.
CREATE UNIQUE INDEX session_event_command ON session_event (campaign_id, user_id, command_id)
    WHERE command_id IS NOT NULL AND version = first_version;
-- Readers that follow all rooms go by transaction, for a position may be committed late.
CREATE INDEX session_event_follow ON session_event (transaction_id, position);
CREATE INDEX session_event_session ON session_event (session_id, version)
    WHERE session_id IS NOT NULL;

CREATE FUNCTION session_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'session_event is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON session_event
    FOR EACH STATEMENT EXECUTE FUNCTION session_event_is_append_only();

CREATE TABLE game_session (
    id uuid PRIMARY KEY,
    campaign_id uuid NOT NULL,
    started_by text,
    status text,
    started_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX game_session_campaign ON game_session (campaign_id, started_at DESC);

CREATE TABLE room_lease (
    campaign_id uuid PRIMARY KEY,
    node text,
    epoch bigint NOT NULL,
    until timestamptz
);

CREATE TABLE room_snapshot (
    campaign_id uuid NOT NULL,
    version bigint NOT NULL,
    code text NOT NULL,
    hash bytea NOT NULL,
    state bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, version)
);
"""

ACCOUNTS = """
CREATE TABLE account (
    id text PRIMARY KEY,
    name text NOT NULL,
    email text,
    password_hash text,
    created_at timestamptz NOT NULL,
    CHECK ((email IS NULL) = (password_hash IS NULL))
);
COMMENT ON COLUMN account.email IS 'Null for a guest, who has a name and a cookie only.';
CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE login_session (
    token_hash bytea PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_session_account ON login_session (account_id);
CREATE INDEX login_session_expiry ON login_session (expires_at);

CREATE TABLE api_token (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX api_token_account ON api_token (account_id);

CREATE TABLE campaign (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_by text NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE TABLE campaign_member (
    campaign_id uuid NOT NULL REFERENCES campaign ON DELETE CASCADE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('dm', 'player', 'spectator')),
    name text NOT NULL,
    joined_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (campaign_id, account_id)
);
CREATE INDEX campaign_member_account ON campaign_member (account_id);

CREATE TABLE invite (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    campaign_id uuid NOT NULL REFERENCES campaign ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('dm', 'player', 'spectator')),
    max_uses integer CHECK (max_uses >= 1),
    uses integer NOT NULL DEFAULT 0,
    created_by text NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CHECK (uses <= max_uses)
);
CREATE INDEX invite_campaign ON invite (campaign_id);
"""


def upgrade() -> None:
    op.execute(RECORD)
    op.execute(ACCOUNTS)
