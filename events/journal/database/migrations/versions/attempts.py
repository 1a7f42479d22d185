"""Attempts at passwords, codes and links in the last minute, which all nodes count together."""

from alembic import op

revision = "attempts"
down_revision = "reseal_failures"
branch_labels = None
depends_on = None

# Not in the write-ahead log: a crash forgets a minute of guesses.
TABLE = """
CREATE UNLOGGED TABLE attempt (
    key bytea PRIMARY KEY,
    times timestamptz[] NOT NULL,
    last_at timestamptz NOT NULL
);
COMMENT ON COLUMN attempt.key IS 'A hash of what is guessed at, and of the address or account.';
COMMENT ON COLUMN attempt.times IS 'The latest first.';
CREATE INDEX attempt_last_at ON attempt (last_at);
"""


def upgrade() -> None:
    op.execute(TABLE)
