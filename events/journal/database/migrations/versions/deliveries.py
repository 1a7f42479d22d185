"""When what viewers were told reached them."""

from alembic import op

revision = "deliveries"
down_revision = "cluster_nodes"
branch_labels = None
depends_on = None

DELIVERY = """
CREATE TABLE delivery (
    campaign_id uuid NOT NULL,
    user_id text NOT NULL,
    version bigint NOT NULL,
    whole boolean NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE delivery IS
    'By that time all that the user may know of the room up to the version was handed to a client.';
COMMENT ON COLUMN delivery.whole IS
    'As a state of the room then, in which what was shown and hidden again is not.';
CREATE INDEX delivery_room ON delivery (campaign_id, version);
"""


def upgrade() -> None:
    op.execute(DELIVERY)
