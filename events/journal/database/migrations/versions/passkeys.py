"""Passkeys beside the authenticator app, and a log of who signed in, by what."""

from alembic import op

revision = "passkeys"
down_revision = "campaign_homes"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE account_factor ALTER COLUMN secret DROP NOT NULL, ADD COLUMN pending bytea;
UPDATE account_factor SET pending = secret, secret = NULL WHERE confirmed_at IS NULL;
COMMENT ON COLUMN account_factor.secret IS
    'Shared with the authenticator app, so it cannot be a hash; null where no app is used.';
COMMENT ON COLUMN account_factor.pending IS 'A secret that no code has confirmed yet.';
COMMENT ON COLUMN account_factor.confirmed_at IS 'Since when a second factor is asked for, of whatever kind.';

CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL DEFAULT '{}',
    host text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
COMMENT ON COLUMN passkey.sign_count IS 'As the authenticator last told it; it never goes back.';
COMMENT ON COLUMN passkey.host IS 'Where the passkey was made: browsers offer it nowhere else.';
CREATE INDEX passkey_account ON passkey (account_id);

CREATE TABLE passkey_challenge (
    challenge_hash bytea PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('sign_in', 'add', 'prove')),
    session bytea,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN passkey_challenge.session IS 'The sign-in for which it is good; null for one that is to begin.';
CREATE INDEX passkey_challenge_account ON passkey_challenge (account_id);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);

CREATE TABLE sign_in_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    way text NOT NULL,
    succeeded boolean NOT NULL,
    address text NOT NULL,
    device text NOT NULL
);
COMMENT ON TABLE sign_in_log IS 'Who signed in by what, and what was refused at the door; kept for a while.';
CREATE INDEX sign_in_log_account ON sign_in_log (account_id, id);
CREATE INDEX sign_in_log_at ON sign_in_log (at);
"""


def upgrade() -> None:
    op.execute(TABLES)
