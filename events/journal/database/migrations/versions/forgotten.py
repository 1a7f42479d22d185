"""When an account was deleted: those who read the record name its person no more."""

from alembic import op

revision = "forgotten"
down_revision = "second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE account ADD COLUMN forgotten_at timestamptz")
    op.execute(
        "COMMENT ON COLUMN account.forgotten_at IS"
        " 'When the account was deleted; its row stays, as the record names its id.'"
    )
    # Those who went before: nobody else is called so in a campaign.
    op.execute(
        "UPDATE account SET forgotten_at = now() WHERE email IS NULL AND password_hash IS NULL"
        " AND name = 'a former member' AND EXISTS (SELECT FROM campaign_member"
        " WHERE account_id = account.id AND name = 'a former member')"
    )
    op.execute("CREATE INDEX account_forgotten ON account (id) WHERE forgotten_at IS NOT NULL")
