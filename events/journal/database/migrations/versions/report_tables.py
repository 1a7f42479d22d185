"""What was done, as rows for reports; derived from the record, dropped and rebuilt at will."""

from alembic import op

revision = "report_tables"
down_revision = "deliveries"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE IF NOT EXISTS projection_tracking (
    application_name text PRIMARY KEY,
    notification_id bigint NOT NULL
);
CREATE TABLE report_event (
    campaign_id uuid NOT NULL,
    version bigint NOT NULL,
    session_id uuid,
    user_id text NOT NULL,
    role text NOT NULL,
    event_type text NOT NULL,
    at timestamptz NOT NULL,
    hexes integer NOT NULL,
    audience text[],
    PRIMARY KEY (campaign_id, version)
);
COMMENT ON TABLE report_event IS
    'Derived from session_event by a tracked projection; hexroom rebuild makes it anew.';
COMMENT ON COLUMN report_event.hexes IS 'How many hexes the event names.';
COMMENT ON COLUMN report_event.audience IS
    'Ids of the players it was for; {all} for everyone; null where it is for nobody in particular.';
CREATE INDEX report_event_session ON report_event (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX report_event_type ON report_event (campaign_id, event_type, at);
"""


def upgrade() -> None:
    op.execute(TABLES)
