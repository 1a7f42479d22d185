"""Who ended a membership: whom a DM removed, no older invite lets in again."""

from alembic import op

revision = "removed_by"
down_revision = "recap_hooks"
branch_labels = None
depends_on = None

COLUMN = """
ALTER TABLE campaign_member ADD COLUMN removed_by text;
COMMENT ON COLUMN campaign_member.removed_by IS
    'Who ended the membership. Null while there is one, and for those removed before this was kept.';
"""


def upgrade() -> None:
    op.execute(COLUMN)
