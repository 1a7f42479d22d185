"""Invites that a DM has to confirm, and those who wait to be let in."""

from alembic import op

revision = "join_requests"
down_revision = "instance"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE invite ADD COLUMN approval boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN invite.approval IS 'Whether a DM lets each in who follows the link.';

CREATE TABLE join_request (
    campaign_id uuid NOT NULL REFERENCES campaign ON DELETE CASCADE,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL,
    name text NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (campaign_id, account_id)
);
COMMENT ON TABLE join_request IS 'Who followed an invite and waits for a DM; gone once answered, or after a day.';
"""


def upgrade() -> None:
    op.execute(TABLES)
