"""Records that could not be sealed anew, and when it is tried again: by whichever node then looks."""

from alembic import op

revision = "reseal_failures"
down_revision = "resealed_records"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE reseal_failure (
    campaign_id uuid PRIMARY KEY,
    tries integer NOT NULL,
    again_at timestamptz NOT NULL,
    why text NOT NULL
);
COMMENT ON TABLE reseal_failure IS
    'Campaigns whose rows name deleted accounts and could not be sealed anew; a row goes when it succeeds.';
"""


def upgrade() -> None:
    op.execute(TABLE)
