"""A name of this server's own, so that two servers on one host do not share a cookie."""

from alembic import op

revision = "instance"
down_revision = "people"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE instance (
    id text NOT NULL DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 8),
    single boolean PRIMARY KEY DEFAULT true CHECK (single)
);
INSERT INTO instance DEFAULT VALUES;
COMMENT ON TABLE instance IS 'One row: names this server among others on the same host.';
"""


def upgrade() -> None:
    op.execute(TABLE)
