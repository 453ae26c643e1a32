"""The tables of those who read: people and their tokens, saved searches, marks, alerts, and the hub's subscribers.

They know of the tables in ``schema`` what their foreign keys name; no table there knows of them.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from aggregator.storage.columns import BigId, Json, UtcTime, Words
from aggregator.storage.schema import metadata

whole = metadata  # with the tables below it has them all

# --- people -----------------------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("user_id", BigId, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("digest", String, nullable=False, unique=True),  # of the secret, which is not kept
    Column("fever", String, unique=True),  # digest of what programs of the Fever API show in its place
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime),
    Column("revoked", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# --- what readers keep ------------------------------------------------------------------------------------------------

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Words, nullable=False),
    Column("key", Words, unique=True),  # of the name; none once removed
    Column("query", Words, nullable=False),
    Column("folder", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    sqlite_autoincrement=True,
)

marks = Table(
    "marks",
    metadata,
    Column("user_id", BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True),
    Column("read", Boolean, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("read_at", UtcTime),  # when that was said last
    Column("starred_at", UtcTime),
    sqlite_with_rowid=False,
)

list_numbers = Table(
    "list_numbers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String, nullable=False),
    Column("ident", Words, nullable=False),
    UniqueConstraint("kind", "ident"),
    sqlite_autoincrement=True,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("search_id", BigId, ForeignKey("saved_searches.id", ondelete="CASCADE"), nullable=False),
    Column("way", String, nullable=False),
    Column("target", Words, nullable=False),
    Column("triggers", Json, nullable=False),
    Column("digest", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("by", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("seq", BigInteger, nullable=False),  # how far it has read the change log
    Column("stopped", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcTime),
    Column("last_sent_at", UtcTime),
    Column("lease_until", UtcTime),
    UniqueConstraint("search_id", "target"),
    sqlite_autoincrement=True,
)

alert_articles = Table(
    "alert_articles",
    metadata,
    Column("alert_id", BigId, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("article_id", BigId, primary_key=True, autoincrement=False),
    Column("origins", Integer, nullable=False),
    sqlite_with_rowid=False,
)

alert_events = Table(
    "alert_events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("alert_id", BigId, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("trigger", String, nullable=False),
    Column("told", Json, nullable=False),  # empty once it was sent
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("alert_id", "key"),
    Index("ix_alert_events_due", "alert_id", "due_at", sqlite_where=text("sent_at IS NULL"), postgresql_where=text("sent_at IS NULL")),
    sqlite_autoincrement=True,
)

# --- the hub for our own feeds ----------------------------------------------------------------------------------------

hub_topics = Table(
    "hub_topics",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", Words, nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),  # grows with each news
    Column("seq", BigInteger, nullable=False),  # how far the index had come when it was looked at
    Column("etag", Words),
    Column("content_type", Words),
    Column("body", LargeBinary),  # compressed with zlib; NULL until it was looked at
    Column("digests", Json),
    Column("looked_at", UtcTime),
    Column("trouble", Words, nullable=False),
    Column("lease_until", UtcTime),
    sqlite_autoincrement=True,
)

hub_subscriptions = Table(
    "hub_subscriptions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("topic_id", BigId, ForeignKey("hub_topics.id", ondelete="CASCADE"), nullable=False),
    Column("callback", Words, nullable=False),
    Column("host", Words, nullable=False, index=True),  # of the callback
    Column("secret", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("asked", String),  # NULL: nothing is to be verified
    Column("asked_at", UtcTime),
    Column("asked_secret", Words, nullable=False),
    Column("asked_lease_s", Integer, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("lease_until", UtcTime, index=True),  # NULL: never verified
    Column("delivered", BigInteger, nullable=False),  # version of the topic
    Column("last_delivered_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcTime),
    Column("reason", Words, nullable=False),
    Column("stopped", Words, nullable=False),
    Column("next_try_at", UtcTime, index=True),  # NULL: nothing is due
    UniqueConstraint("topic_id", "callback"),
    sqlite_autoincrement=True,
)
