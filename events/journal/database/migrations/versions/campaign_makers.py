"""Campaigns by who made them, to be counted."""

from alembic import op

revision = "campaign_makers"
down_revision = "removed_by"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX campaign_created_by ON campaign (created_by)")
