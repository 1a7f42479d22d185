"""How many commands were refused, by whom and why; what they were is not kept."""

from alembic import op

revision = "refused_commands"
down_revision = "report_tables"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE refused_command (
    campaign_id uuid NOT NULL,
    session_id uuid,
    user_id text NOT NULL,
    code text NOT NULL,
    count bigint NOT NULL
);
COMMENT ON COLUMN refused_command.session_id IS 'Null for those outside of any game session.';
CREATE UNIQUE INDEX refused_command_once
    ON refused_command (campaign_id, coalesce(session_id, campaign_id), user_id, code);
"""


def upgrade() -> None:
    op.execute(TABLE)
