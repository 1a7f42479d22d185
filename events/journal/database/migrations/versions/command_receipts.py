"""The command ids whose command changed nothing: no event holds them."""

from alembic import op

revision = "command_receipts"
down_revision = "identities"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE command_receipt (
    position bigint GENERATED ALWAYS AS IDENTITY,
    campaign_id uuid NOT NULL,
    user_id text NOT NULL,
    command_id text NOT NULL,
    command_digest bytea NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, user_id, command_id)
);
CREATE INDEX command_receipt_newest ON command_receipt (campaign_id, position);
COMMENT ON TABLE command_receipt IS
    'Commands that were acknowledged and changed nothing; sent again, they change nothing either.';
"""


def upgrade() -> None:
    op.execute(TABLE)
