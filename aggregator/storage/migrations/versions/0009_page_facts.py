"""Keep what pages say of their articles (section, caption, agency, access, languages), and the links in their texts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Articles that are stored already have neither until they get a further revision."""
    op.add_column("articles", sa.Column("facts", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("links", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_column("links")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_column("facts")
