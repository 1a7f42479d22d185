"""Campaigns that are put away: read, and out of the list."""

from alembic import op

revision = "archived_campaigns"
down_revision = "merged_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE campaign ADD COLUMN archived_at timestamptz")
