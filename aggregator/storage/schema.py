"""The tables of what is read, in the words of the design; those of the readers are in ``readertables``. Migrations follow them; a test
compares the two on both engines.

Flags that are searched are columns; what is only read back whole is JSON. Nothing here knows an engine but ``with_variant`` and
``sqlite_*`` options. ``sqlite_autoincrement``: the id of a row that was removed must not come again, for GUIDs are scoped by the ids of
feeds, and readers keep links to articles and stories (PostgreSQL never gives one twice). The search
index keeps its own tables, named ``search_…``, which are no part of this metadata.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from aggregator.storage.columns import BigId, Json, UtcTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _article(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    return Column("article_id", BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=primary_key, index=index, nullable=False)


# --- feeds ------------------------------------------------------------------------------------------------------------

outlets = Table(
    "outlets",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("country", String),
    Column("languages", Json, nullable=False),
    Column("affiliation", String, nullable=False),
    Column("basis", Words, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("homepage", Words),
    Column("sample", Boolean, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", Words, nullable=False, unique=True),
    Column("title", Words, nullable=False),
    Column("outlet_id", String, ForeignKey("outlets.id"), nullable=False, index=True),
    Column("theatre", String),
    Column("language", String),
    Column("interval_s", Integer),
    Column("sample", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("state_text", Words, nullable=False),
    Column("added_at", UtcTime),
    Column("next_poll_at", UtcTime, index=True),
    Column("last_polled_at", UtcTime),
    Column("last_ok_at", UtcTime),
    Column("last_new_at", UtcTime),
    Column("errors_in_row", Integer, nullable=False),
    Column("moved_to", Words),
    Column("moved_hits", Integer, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", String),
    Column("full_get_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("ttl_s", Integer),
    Column("alarms", Json),  # NULL: none
    Column("hours", Json),  # of the newest entries; NULL: not looked up yet
    sqlite_autoincrement=True,
)

polls = Table(
    "polls",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("entries_seen", Integer, nullable=False),
    Column("entries_new", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("error", Words, nullable=False),
    Column("warnings", Json, nullable=False),
    Index(None, "feed_id", "at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", BigId, primary_key=True),
    # Outlives its feed until the hub has been told.
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="SET NULL"), unique=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("token", String, nullable=False, unique=True),
    Column("secret", String, nullable=False),
    Column("state", String, nullable=False),
    Column("lease_until", UtcTime),
    Column("asked_at", UtcTime),
    Column("verified_at", UtcTime),
    Column("last_push_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", UtcTime, index=True),
    Column("reason", Words, nullable=False),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("hub", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("content_type", Words),
    Column("body", LargeBinary, nullable=False),  # compressed with zlib
    Column("attempts", Integer, nullable=False),
    Column("lease_until", UtcTime),
    sqlite_autoincrement=True,
)

# --- ledger -----------------------------------------------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("digest", String, nullable=False),
    Column("entry", Json, nullable=False),
    Column("host", Words),  # of the link: a batch of claims is grouped by it
    Column("state", String, nullable=False),
    Column("step", String),
    Column("reason", Words, nullable=False),
    Column("article_id", BigId, ForeignKey("articles.id", ondelete="SET NULL"), index=True),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("published_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("state_at", UtcTime, nullable=False),
    UniqueConstraint("feed_id", "key"),
    Index(
        "ix_entries_pending",
        "step",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(None, "feed_id", "state"),
    Index(None, "feed_id", "first_seen_at"),
    Index("ix_entries_day", "first_seen_at", "feed_id", "state"),
    sqlite_autoincrement=True,
)

ledger_days = Table(  # the second book: how many entries came in, counted when they came, to hold against where they ended
    "ledger_days",
    metadata,
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),  # in UTC
    Column("seen", Integer, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("entry_id", BigId, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("url", Words),
    Column("requested_url", Words),
    Column("content_type", Words),
    Column("status", Integer),
    Column("body", LargeBinary),  # zlib; NULL where there is no page
    Column("outcome", String),
    Column("reason", Words, nullable=False),
    Column("redirects", Json, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
)

host_lines = Table(  # of the newest articles of each host
    "host_lines",
    metadata,
    _article(primary_key=True),
    Column("host", Words, nullable=False),
    Column("lines", LargeBinary, nullable=False),  # 8 bytes a line, little-endian
    Index(None, "host", "article_id"),
)

line_verdicts = Table(
    "line_verdicts",
    metadata,
    Column("host", Words, primary_key=True),
    Column("line", Words, primary_key=True),  # as lines are compared
    Column("text", Words, nullable=False),
    Column("verdict", String, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
)

name_rules = Table(
    "name_rules",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("scope", String, nullable=False),
    Column("scope_id", BigInteger, nullable=False),
    Column("key", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("place_id", String),
    Column("by", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("undone", Boolean, nullable=False),
    UniqueConstraint("scope", "scope_id", "key"),
    sqlite_autoincrement=True,
)

part_rules = Table(  # rows are added, never changed: of each article, key and words the newest holds, the others are history
    "part_rules",
    metadata,
    Column("id", BigId, primary_key=True),
    _article(index=True),
    Column("key", Words, nullable=False),
    Column("near", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("part", String),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

rulings = Table(  # rows are added, never removed; what a ruling says never changes, only whether it holds and was carried out
    "rulings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("about", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("articles", Json, nullable=False),  # ids; no foreign keys: articles may go, what was decided stays
    Column("others", Json, nullable=False),
    Column("before", Json, nullable=False),
    Column("text", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("undone_by", Words),
    Column("undone_at", UtcTime),
    Column("waits", Boolean, nullable=False, index=True),
    sqlite_autoincrement=True,
)

reruns = Table(
    "reruns",
    metadata,
    Column("kind", String, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("asked_at", UtcTime, nullable=False),
    Column("after", BigInteger, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("finished_at", UtcTime),
)

page_outcomes = Table(
    "page_outcomes",
    metadata,
    Column("day", Date, primary_key=True),  # in UTC
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("host", Words, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("pages", Integer, nullable=False),
)

# --- articles ---------------------------------------------------------------------------------------------------------

articles = Table(
    "articles",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("sorted_at", UtcTime, nullable=False),  # the time inside the position
    Column("outlet_id", String, ForeignKey("outlets.id"), nullable=False, index=True),
    Column("url", Words, nullable=False),
    Column("url_key", Words, nullable=False, unique=True),
    Column("language", String),
    Column("published_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("revision", Integer, nullable=False),  # the newest; its text is in revisions
    Column("authors", Json, nullable=False),
    Column("image", Words),
    Column("outcome", String, nullable=False),
    Column("text_from", String, nullable=False),
    Column("wire", String),
    Column("copy_group", BigInteger, index=True),
    Column("story_id", BigId, ForeignKey("stories.id"), index=True),
    Column("feed_id", BigId, ForeignKey("feeds.id", ondelete="SET NULL"), index=True),
    Column("sample", Boolean, nullable=False),
    Column("gone_since", UtcTime),
    Column("corrections", Integer, nullable=False, server_default="0"),
    Column("host", Words),  # of its address, as url_key names it
    Column("facts", Json),
    Index(None, "host", "id"),
    sqlite_autoincrement=True,
)

revisits = Table(  # articles whose page is to be looked at again; the row goes with the last visit
    "revisits",
    metadata,
    _article(primary_key=True),
    Column("url", Words, nullable=False),
    Column("host", Words),
    Column("step", String, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("page_hash", String),
    Index("ix_revisits_due", "step", "due_at"),
)

revisit_pages = Table(
    "revisit_pages",
    metadata,
    _article(primary_key=True),
    Column("url", Words),
    Column("requested_url", Words),
    Column("content_type", Words),
    Column("status", Integer),
    Column("body", LargeBinary),  # zlib
    Column("outcome", String),
    Column("reason", Words, nullable=False),
    Column("redirects", Json, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
)

aliases = Table(
    "aliases",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String, nullable=False),  # as which it was seen first
    Column("scope", BigInteger, nullable=False),  # feed id for GUIDs; 0 for URLs, which all share one space
    Column("key", Words, nullable=False),
    _article(index=True),
    UniqueConstraint("scope", "key"),
)

revisions = Table(
    "revisions",
    metadata,
    _article(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Words, nullable=False),
    Column("body", Words, nullable=False),
    Column("body_hash", String, nullable=False),
    Column("kinds", Json, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
    Column("cause", String, nullable=False, server_default="outlet"),
    Column("links", Json),
    Column("modified_at", UtcTime),  # as the page says
    Column("flags", Json),  # what the outlet changed since the revision before; NULL: nobody looked
)

removed_lines = Table(
    "removed_lines",
    metadata,
    _article(primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("text", Words, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", Integer),  # lines of the body before it
    Column("kind", String),
)

# --- tags of revisions ------------------------------------------------------------------------------------------------

tags = Table(
    "tags",
    metadata,
    _article(primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("language", String),
    Column("sought_comment", Json, nullable=False),
    Column("wire", String),
)

places = Table(
    "places",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("country", String),
    Column("path", Json, nullable=False),
    Column("path_names", Json, nullable=False),
    Column("geonames_id", BigInteger),
    Column("population", BigInteger, nullable=False),
    Column("approximate", Boolean, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", BigId, primary_key=True),
    _article(),
    Column("revision", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Words, nullable=False),
    Column("place_id", String, ForeignKey("places.id"), nullable=False, index=True),
    Column("role", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("relation", Words, nullable=False, server_default=""),
    Index(None, "article_id", "revision"),
)

article_places = Table(
    "article_places",
    metadata,
    _article(primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
)

attributions = Table(
    "attributions",
    metadata,
    Column("id", BigId, primary_key=True),
    _article(),
    Column("revision", Integer, nullable=False),
    Column("source_id", String, index=True),
    Column("speaker", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("side", String, nullable=False),
    Column("anonymity", String, nullable=False),
    Column("strength", String, nullable=False),
    Column("form", String, nullable=False),
    Column("channel", String),
    Column("said_on", String),
    Column("hedged", Boolean, nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("value", Json, nullable=False),  # the whole attribution
    Index(None, "article_id", "revision"),
    sqlite_autoincrement=True,
)

# --- copies -----------------------------------------------------------------------------------------------------------

fingerprints = Table(
    "fingerprints",
    metadata,
    _article(primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("shingles", Json, nullable=False),
    Column("numbers", Json, nullable=False),
    Column("words", Integer, nullable=False),
    Column("wire", String),
    Column("outlet_id", String, nullable=False),
)

shingles = Table(
    "shingles",
    metadata,
    Column("shingle", BigInteger, primary_key=True, autoincrement=False),
    _article(primary_key=True, index=True),
    Column("at", UtcTime, nullable=False),
    sqlite_with_rowid=False,
)

# --- what was taken down ----------------------------------------------------------------------------------------------

tombstones = Table(
    "tombstones",
    metadata,
    Column("article_id", BigId, primary_key=True, autoincrement=False),  # no foreign key: the article is gone
    Column("url", Words, nullable=False),
    Column("url_key", Words, nullable=False),
    Column("outlet_id", String, nullable=False),
    Column("title_mask", String, nullable=False),  # digests of the words of its title
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("readmitted_at", UtcTime),
    Column("readmitted_by", Words),
)

tombstone_names = Table(  # of those that hold
    "tombstone_names",
    metadata,
    Column("scope", BigInteger, primary_key=True, autoincrement=False),  # as in aliases
    Column("digest", String, primary_key=True),  # of the alias
    Column("article_id", BigId, ForeignKey("tombstones.article_id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

tombstone_entries = Table(  # entries that led to what was taken down
    "tombstone_entries",
    metadata,
    Column("article_id", BigId, ForeignKey("tombstones.article_id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", BigId, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

# --- stories and claims -----------------------------------------------------------------------------------------------

stories = Table(
    "stories",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("title", Words, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("outlets", Integer, nullable=False),
    Column("texts", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("edited", Integer, nullable=False),
    Column("languages", Json, nullable=False),
    Column("sample", Boolean, nullable=False),
    Column("redirect_to", BigId, ForeignKey("stories.id", ondelete="CASCADE"), index=True),
    Column("follows", BigId, index=True),  # an earlier story, never a redirect
    sqlite_autoincrement=True,
)

claims = Table(
    "claims",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("story_id", BigId, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("source_id", String, index=True),
    Column("side", String, nullable=False),
    Column("speaker", Json, nullable=False),
    Column("words", Words, nullable=False),
    Column("strength", String, nullable=False),
    Column("channel", String),
    Column("via", Json, nullable=False),
    Column("said_on", String),
    Column("article_ids", Json, nullable=False),
    Column("outlets", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("hedged", Boolean, nullable=False),
    Column("negated", Boolean, nullable=False),
    Column("place_ids", Json, nullable=False, server_default="[]"),
    Column("days", Json, nullable=False, server_default="[]"),
)

claim_days = Table(
    "claim_days",
    metadata,
    Column("place_id", String, primary_key=True),  # of the claim, or one that such a place lies in
    Column("day", String, primary_key=True),  # ISO date
    Column("claim_id", BigId, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

claim_attributions = Table(
    "claim_attributions",
    metadata,
    Column("claim_id", BigId, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("attribution_id", BigId, ForeignKey("attributions.id", ondelete="CASCADE"), nullable=False, index=True),
)

# --- change log, turns ------------------------------------------------------------------------------------------------

changes = Table(
    "changes",
    metadata,
    Column("seq", BigId, primary_key=True),
    Column("article_id", BigInteger, nullable=False),  # no foreign key: it outlives the article that it says was removed
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("token", String, nullable=False),
    Column("until", UtcTime, nullable=False),
)

beats = Table(
    "beats",
    metadata,
    Column("queue", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
