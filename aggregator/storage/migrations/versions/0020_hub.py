"""Keep the subscribers of our own feeds, and of each feed that has some the newest document."""

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """There are none yet."""
    op.create_table(
        "hub_topics",
        sa.Column("id", BigId, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digests", sa.Text(), nullable=True),
        sa.Column("looked_at", TIME, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_topics")),
        sa.UniqueConstraint("url", name=op.f("uq_hub_topics_url")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "hub_subscriptions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("asked", sa.String(), nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("asked_secret", sa.Text(), nullable=False),
        sa.Column("asked_lease_s", sa.Integer(), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("last_delivered_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["topic_id"], ["hub_topics.id"], name=op.f("fk_hub_subscriptions_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_subscriptions")),
        sa.UniqueConstraint("topic_id", "callback", name=op.f("uq_hub_subscriptions_topic_id_callback")),
        sqlite_autoincrement=True,
    )
    for column in ("host", "lease_until", "next_try_at"):
        op.create_index(op.f(f"ix_hub_subscriptions_{column}"), "hub_subscriptions", [column])


def downgrade() -> None:
    """Drop both; subscribers read the feeds again."""
    op.drop_table("hub_subscriptions")
    op.drop_table("hub_topics")
