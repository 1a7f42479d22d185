"""Nodes: who is there to own rooms. A lease now lasts as long as its node does."""

from alembic import op

revision = "cluster_nodes"
down_revision = "first_tables"
branch_labels = None
depends_on = None

NODES = """
CREATE TABLE node (
    id text PRIMARY KEY,
    name text NOT NULL,
    started_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    rooms bigint NOT NULL,
    handovers bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON COLUMN node.until IS 'Renewed all the time: until then its leases hold.';
COMMENT ON COLUMN room_lease.until IS 'Null while its node holds it; else since when it is free.';
CREATE INDEX room_lease_node ON room_lease (node);
"""


def upgrade() -> None:
    op.execute(NODES)
