"""Whom the record of a campaign names, found without reading all of it."""

from alembic import op

revision = "named_persons"
down_revision = "passkeys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX session_event_named ON session_event (campaign_id)"
        " WHERE event_type = 'member_set'"
    )
