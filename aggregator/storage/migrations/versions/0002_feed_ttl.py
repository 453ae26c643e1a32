"""Keep what a feed itself asks for between polls (its ttl), so that it holds over answers that do not repeat it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it fills with the next document of each feed."""
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ttl_s", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.drop_column("ttl_s")
