"""Keep operators' rules on names of places, let them come through the stored articles as verdicts on lines do, and keep what a text puts
between itself and a place ("10 km north of")."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PROGRESS = "asked_at, after, total, done, changed, finished_at"


def upgrade() -> None:
    """Reruns for verdicts on lines go on where they are."""
    op.create_table(
        "name_rules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_rules")),
        sa.UniqueConstraint("scope", "scope_id", "key", name=op.f("uq_name_rules_scope_scope_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reruns",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_reruns")),
    )
    op.execute(f"INSERT INTO reruns (kind, name, {PROGRESS}) SELECT 'lines', host, {PROGRESS} FROM line_reruns")
    op.drop_table("line_reruns")
    op.add_column("mentions", sa.Column("relation", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop what was added; reruns for verdicts on lines go on where they are."""
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_column("relation")
    op.create_table(
        "line_reruns",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_line_reruns")),
    )
    op.execute(f"INSERT INTO line_reruns (host, {PROGRESS}) SELECT name, {PROGRESS} FROM reruns WHERE kind = 'lines'")
    op.drop_table("reruns")
    op.drop_table("name_rules")
