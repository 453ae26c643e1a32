"""Count entries as they come in, by feed and day, so that where they ended can be held against it."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the second book, beginning with what the first one says, and the index that counts the first by day."""
    op.create_table(
        "ledger_days",
        sa.Column("feed_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_ledger_days_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", "day", name=op.f("pk_ledger_days")),
    )
    op.create_index("ix_entries_day", "entries", ["first_seen_at", "feed_id", "state"])
    op.execute("INSERT INTO ledger_days (feed_id, day, seen) SELECT feed_id, date(first_seen_at), count(*) FROM entries GROUP BY 1, 2")


def downgrade() -> None:
    """Drop both."""
    op.drop_index("ix_entries_day", "entries")
    op.drop_table("ledger_days")
