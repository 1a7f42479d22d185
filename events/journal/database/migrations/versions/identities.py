"""Which accounts are entered by another service."""

from alembic import op

revision = "identities"
down_revision = "join_requests"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE account_identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
COMMENT ON COLUMN account_identity.subject IS 'What the issuer calls the person, for ever.';
CREATE INDEX account_identity_account ON account_identity (account_id);
"""


def upgrade() -> None:
    op.execute(TABLE)
