"""File claims by the places and days that they are about. Those of the last two weeks are made anew by whoever follows the change log;
for older ones there is ``frontwire rebuild stories``."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ANEW = timedelta(days=14)


def upgrade() -> None:
    """Claims that are there are filed under nothing yet."""
    op.add_column("claims", sa.Column("place_ids", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("claims", sa.Column("days", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "claim_days",
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("claim_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_days_claim_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "day", "claim_id", name=op.f("pk_claim_days")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_claim_days_claim_id"), "claim_days", ["claim_id"], unique=False)
    now = datetime.now(UTC)
    articles = sa.table("articles", sa.column("id", sa.BigInteger), sa.column("first_seen_at", UtcTime))
    changes = sa.table("changes", sa.column("article_id", sa.BigInteger), sa.column("kind", sa.String), sa.column("at", UtcTime))
    recent = sa.select(articles.c.id, sa.literal("regrouped"), sa.literal(now, UtcTime)).where(articles.c.first_seen_at >= now - ANEW)
    op.execute(changes.insert().from_select(["article_id", "kind", "at"], recent.order_by(articles.c.id)))


def downgrade() -> None:
    """Forget what claims are filed under."""
    op.drop_index(op.f("ix_claim_days_claim_id"), table_name="claim_days")
    op.drop_table("claim_days")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_column("days")
        batch_op.drop_column("place_ids")
