"""A record that is sealed anew: only its owner may, who says so in the transaction; nobody removes a row."""

from alembic import op

revision = "resealed_records"
down_revision = "named_persons"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE OR REPLACE FUNCTION session_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('hexroom.resealing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'session_event is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(
        "CREATE INDEX session_event_resealed ON session_event (campaign_id, version)"
        " WHERE event_type = 'record_reseal'"
    )
