"""Ways back in: sign-ins that can be listed and ended, links for guests and lost passwords, admins."""

from alembic import op

revision = "people"
down_revision = "campaign_makers"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE login_session
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN device text NOT NULL DEFAULT '';
COMMENT ON COLUMN login_session.id IS 'Names the sign-in to its owner, who never sees the hash.';
COMMENT ON COLUMN login_session.device IS 'What the browser called itself, for the owner to recognise.';

ALTER TABLE account ADD COLUMN is_admin boolean NOT NULL DEFAULT false;
ALTER TABLE campaign ADD COLUMN description text NOT NULL DEFAULT '';

CREATE TABLE account_link (
    token_hash bytea PRIMARY KEY,
    account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('way_back', 'reset')),
    created_by text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);
COMMENT ON TABLE account_link IS
    'Links that sign somebody in: a way back for a guest, or a new password for an account.';
COMMENT ON COLUMN account_link.created_by IS 'Null where an operator made it by a command, or mail did.';
CREATE INDEX account_link_account ON account_link (account_id, purpose);

CREATE TABLE admin_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL DEFAULT ''
);
COMMENT ON TABLE admin_log IS 'What admins and operators did to people and campaigns; only ever added to.';
COMMENT ON COLUMN admin_log.actor IS 'An account''s id, or "command line".';
"""


def upgrade() -> None:
    op.execute(TABLES)
