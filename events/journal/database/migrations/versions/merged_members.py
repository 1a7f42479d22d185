"""Whose seat ended because it turned out to be another member's."""

from alembic import op

revision = "merged_members"
down_revision = "command_receipts"
branch_labels = None
depends_on = None

COLUMN = """
ALTER TABLE campaign_member ADD COLUMN merged_into text;
COMMENT ON COLUMN campaign_member.merged_into IS
    'The member who got all of this one''s. Kept when the merge is undone, so that redoing it is known.';
"""


def upgrade() -> None:
    op.execute(COLUMN)
