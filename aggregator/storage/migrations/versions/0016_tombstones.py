"""Keep what stays of articles that were taken down; and of revisions, what the outlet changed and when the page says that it did."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was taken down yet. Of the revisions that are there, nobody looked at what they changed: whoever shows them does."""
    op.add_column("revisions", sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("revisions", sa.Column("flags", sa.Text(), nullable=True))
    op.create_table(
        "tombstones",
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("outlet_id", sa.String(), nullable=False),
        sa.Column("title_mask", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readmitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readmitted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "tombstone_names",
        sa.Column("scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["tombstones.article_id"], name=op.f("fk_tombstone_names_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scope", "digest", name=op.f("pk_tombstone_names")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tombstone_names_article_id"), "tombstone_names", ["article_id"])
    op.create_table(
        "tombstone_entries",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("entry_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["tombstones.article_id"], name=op.f("fk_tombstone_entries_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_tombstone_entries_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "entry_id", name=op.f("pk_tombstone_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tombstone_entries_entry_id"), "tombstone_entries", ["entry_id"])


def downgrade() -> None:
    """Forget what was taken down: from then on it may come back."""
    op.drop_table("tombstone_entries")
    op.drop_table("tombstone_names")
    op.drop_table("tombstones")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_column("flags")
        batch_op.drop_column("modified_at")
