"""Keep what operators decide on stories and copy groups."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has decided anything yet."""
    op.create_table(
        "rulings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("articles", sa.Text(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rulings_waits"), "rulings", ["waits"])


def downgrade() -> None:
    """Forget what was decided; stories and copies stay as they are until they are rebuilt."""
    op.drop_index(op.f("ix_rulings_waits"), "rulings")
    op.drop_table("rulings")
