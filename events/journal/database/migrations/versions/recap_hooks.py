"""Where recaps are posted when a session ends, and what became of each."""

from alembic import op

revision = "recap_hooks"
down_revision = "refused_commands"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE recap_hook (
    campaign_id uuid PRIMARY KEY,
    url text NOT NULL,
    audience text NOT NULL,
    picture boolean NOT NULL,
    origin text NOT NULL,
    set_at timestamptz NOT NULL
);
COMMENT ON COLUMN recap_hook.url IS 'A secret: whoever has it may post.';
COMMENT ON COLUMN recap_hook.audience IS 'players, dm, or the id of a member.';
CREATE TABLE recap_post (
    session_id uuid PRIMARY KEY,
    campaign_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'making', 'sending', 'sent', 'given up')),
    tries integer NOT NULL DEFAULT 0,
    at timestamptz NOT NULL,
    why text NOT NULL DEFAULT ''
);
COMMENT ON TABLE recap_post IS
    'One row a session that ended: it is posted at most once, by whichever node holds the row.';
COMMENT ON COLUMN recap_post.at IS 'Waiting: until when. Otherwise: since when it is so.';
CREATE INDEX recap_post_open ON recap_post (at) WHERE state IN ('waiting', 'making', 'sending');
CREATE INDEX recap_post_campaign ON recap_post (campaign_id, at DESC);
CREATE INDEX game_session_ended ON game_session (ended_at) WHERE ended_at IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
