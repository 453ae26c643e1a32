"""Keep what readers have read and starred, numbers of lists, and by what programs of the Fever API are known."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has read anything yet. Tokens that were made before do not work with the Fever API: their secrets are not known."""
    op.create_table(
        "marks",
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("article_id", BigId, autoincrement=False, nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starred_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_marks_article_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_marks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "article_id", name=op.f("pk_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_marks_article_id"), "marks", ["article_id"])
    op.create_table(
        "list_numbers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ident", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_numbers")),
        sa.UniqueConstraint("kind", "ident", name=op.f("uq_list_numbers_kind_ident")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tokens") as batch:
        batch.add_column(sa.Column("fever", sa.String(), nullable=True))
        batch.create_unique_constraint(op.f("uq_tokens_fever"), ["fever"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("tokens") as batch:
        batch.drop_constraint(op.f("uq_tokens_fever"), type_="unique")
        batch.drop_column("fever")
    op.drop_table("list_numbers")
    op.drop_index(op.f("ix_marks_article_id"), table_name="marks")
    op.drop_table("marks")
