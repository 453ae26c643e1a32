"""Keep which earlier story a story follows."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is known to follow another until it is looked at."""
    op.add_column("stories", sa.Column("follows", BigId, nullable=True))
    op.create_index(op.f("ix_stories_follows"), "stories", ["follows"])


def downgrade() -> None:
    """Forget it."""
    op.drop_index(op.f("ix_stories_follows"), table_name="stories")
    op.drop_column("stories", "follows")
