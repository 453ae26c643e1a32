"""Learn repeated lines from the newest articles of each host; keep operators' verdicts on lines, where lines stood that were taken out,
which revisions are our own, and what pages answered by day."""

import re

import sqlalchemy as sa
from alembic import op

from aggregator.storage.columns import BigId

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 1000


def upgrade() -> None:
    """Nothing was ever learnt in the old form. Lines are learnt from articles that come now (`frontwire rebuild lines`: from all)."""
    op.drop_table("host_lines")
    op.create_table(
        "host_lines",
        sa.Column("article_id", BigId, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_host_lines_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_host_lines")),
    )
    op.create_index("ix_host_lines_host_article_id", "host_lines", ["host", "article_id"])
    op.create_table(
        "line_verdicts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", "line", name=op.f("pk_line_verdicts")),
    )
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
    op.create_table(
        "page_outcomes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed_id", BigId, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_page_outcomes_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day", "feed_id", "host", "outcome", name=op.f("pk_page_outcomes")),
    )
    op.add_column("removed_lines", sa.Column("at", sa.Integer(), nullable=True))
    op.add_column("removed_lines", sa.Column("kind", sa.String(), nullable=True))
    op.add_column("revisions", sa.Column("cause", sa.String(), nullable=False, server_default="outlet"))
    op.add_column("articles", sa.Column("corrections", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("host", sa.Text(), nullable=True))
    _name_hosts()
    op.create_index("ix_articles_host_id", "articles", ["host", "id"])


def _name_hosts() -> None:
    """Articles' hosts: the first part of their key, as the store takes it."""
    articles = sa.table("articles", sa.column("id", sa.BigInteger()), sa.column("url_key", sa.Text()), sa.column("host", sa.Text()))
    connection, last = op.get_bind(), 0
    query = sa.select(articles.c.id, articles.c.url_key).order_by(articles.c.id).limit(BATCH)
    named = sa.update(articles).where(articles.c.id == sa.bindparam("ident")).values(host=sa.bindparam("of"))
    while rows := connection.execute(query.where(articles.c.id > last)).all():
        last = rows[-1].id
        hosts = [{"ident": row.id, "of": re.split(r"[/?#]", row.url_key)[0]} for row in rows if not row.url_key.startswith("entry:")]
        if hosts:
            connection.execute(named, hosts)


def downgrade() -> None:
    """Drop what was added, and the old form empty again."""
    op.drop_index("ix_articles_host_id", "articles")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_column("host")
        batch_op.drop_column("corrections")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_column("cause")
    with op.batch_alter_table("removed_lines", schema=None) as batch_op:
        batch_op.drop_column("kind")
        batch_op.drop_column("at")
    for table in ("page_outcomes", "line_reruns", "line_verdicts", "host_lines"):
        op.drop_table(table)
    op.create_table(
        "host_lines",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "line", name=op.f("pk_host_lines")),
        sqlite_with_rowid=False,
    )
