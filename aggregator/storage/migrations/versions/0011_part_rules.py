"""Keep what operators say of the parts that names play in single articles, and of where these happened."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said anything yet."""
    op.create_table(
        "part_rules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("near", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_part_rules_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_rules")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_part_rules_article_id"), "part_rules", ["article_id"])


def downgrade() -> None:
    """Drop them, and what is still on its way."""
    op.drop_index(op.f("ix_part_rules_article_id"), "part_rules")
    op.drop_table("part_rules")
    op.execute("DELETE FROM reruns WHERE kind = 'parts'")
