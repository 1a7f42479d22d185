"""A campaign's home page: its cover, and when its people meet next."""

from alembic import op

revision = "campaign_homes"
down_revision = "forgotten"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE campaign ADD COLUMN cover text, ADD COLUMN next_at timestamptz")
    op.execute("COMMENT ON COLUMN campaign.cover IS 'The id of its picture, a file.'")
