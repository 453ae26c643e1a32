"""Keep with each feed the hours of its newest entries, so that a poll which brings nothing need not look for them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it fills with the next poll of each feed."""
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.Text(), nullable=True))
    op.create_index("ix_entries_feed_id_first_seen_at", "entries", ["feed_id", "first_seen_at"])


def downgrade() -> None:
    """Drop column and index."""
    op.drop_index("ix_entries_feed_id_first_seen_at", "entries")
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.drop_column("hours")
