"""Second factors: an authenticator app's secret, and codes for who lost it."""

from alembic import op

revision = "second_factors"
down_revision = "archived_campaigns"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE account_factor (
    account_id text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    recovery bytea[] NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN account_factor.secret IS 'Shared with the authenticator app, so it cannot be a hash.';
COMMENT ON COLUMN account_factor.confirmed_at IS 'Null until a code was shown to fit: no factor yet.';
COMMENT ON COLUMN account_factor.last_step IS 'The time step of the last code that was used: older ones are spent.';
COMMENT ON COLUMN account_factor.recovery IS 'Hashes of the recovery codes that are left.';
"""


def upgrade() -> None:
    op.execute(TABLE)
