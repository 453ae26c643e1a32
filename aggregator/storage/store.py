"""The Store: the parts of the database over one set of connections."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Text, func, select, type_coerce

from aggregator.model import FeedState
from aggregator.ports import Totals
from aggregator.storage import schema
from aggregator.storage.alerts import SqlAlerts
from aggregator.storage.articles import SqlArticles
from aggregator.storage.changes import SqlChanges
from aggregator.storage.copies import SqlCopies
from aggregator.storage.database import Database
from aggregator.storage.feeds import SqlFeeds
from aggregator.storage.hub import SqlHub
from aggregator.storage.leases import DatabaseLease
from aggregator.storage.ledger import SqlLedger
from aggregator.storage.lines import SqlLines
from aggregator.storage.marks import SqlMarks, SqlNumbers
from aggregator.storage.namerules import SqlNameRules
from aggregator.storage.outcomes import SqlOutcomes
from aggregator.storage.partrules import SqlPartRules
from aggregator.storage.reruns import SqlReruns
from aggregator.storage.revisits import SqlRevisits
from aggregator.storage.rulings import SqlRulings
from aggregator.storage.searches import SqlSearches
from aggregator.storage.statements import insert
from aggregator.storage.stories import SqlStories
from aggregator.storage.subscriptions import SqlSubscriptions
from aggregator.storage.tagrows import newest_only
from aggregator.storage.tokens import SqlTokens
from aggregator.storage.tombstones import SqlTombstones
from aggregator.storage.users import SqlUsers
from aggregator.storage.verdicts import SqlVerdicts
from aggregator.storage.version import check


class SqlStore:
    """Store on SQLite or PostgreSQL. ``database`` is for the search indexes, which live beside it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.feeds = SqlFeeds(database)
        self.ledger = SqlLedger(database)
        self.articles = SqlArticles(database)
        self.revisits = SqlRevisits(database)
        self.tombstones = SqlTombstones(database)
        self.copies = SqlCopies(database)
        self.stories = SqlStories(database)
        self.changes = SqlChanges(database)
        self.lines = SqlLines(database)
        self.verdicts = SqlVerdicts(database)
        self.name_rules = SqlNameRules(database)
        self.part_rules = SqlPartRules(database)
        self.rulings = SqlRulings(database)
        self.reruns = SqlReruns(database)
        self.outcomes = SqlOutcomes(database)
        self.subscriptions = SqlSubscriptions(database)
        self.searches = SqlSearches(database)
        self.alerts = SqlAlerts(database)
        self.hub = SqlHub(database)
        self.marks = SqlMarks(database)
        self.numbers = SqlNumbers(database)
        self.users = SqlUsers(database)
        self.tokens = SqlTokens(database)
        self.leases = DatabaseLease(database)

    def totals(self) -> Totals:
        """The store in figures."""
        feeds, articles, stories, attributions = schema.feeds, schema.articles, schema.stories, schema.attributions
        count = func.count()
        with self.database.read() as connection:
            by_state = select(feeds.c.state, count.label("feeds")).group_by(feeds.c.state)
            states = {FeedState(row.state): row.feeds for row in connection.execute(by_state)}
            of_articles = connection.execute(
                select(
                    count.label("articles"),
                    func.coalesce(func.sum(articles.c.revision), 0).label("revisions"),
                    func.count(func.distinct(articles.c.outlet_id)).label("outlets"),
                    func.count(func.distinct(articles.c.language)).label("languages"),
                    count.filter(articles.c.sample).label("sample"),
                    count.filter(articles.c.revision - articles.c.corrections > 1).label("edited"),
                    func.count(articles.c.gone_since).label("gone"),
                )
            ).one()
            cited = newest_only(select(func.count(func.distinct(attributions.c.source_id))).select_from(attributions), attributions)
            alarmed = select(count).select_from(feeds).where(type_coerce(feeds.c.alarms, Text).like("[{%"))
            current = (stories.c.redirect_to.is_(None), stories.c.articles > 0)
            return Totals(
                feeds=sum(states.values()),
                articles=of_articles.articles,
                revisions=int(of_articles.revisions),
                stories=connection.execute(select(count).select_from(stories).where(*current)).scalar_one(),
                outlets=of_articles.outlets,
                languages=of_articles.languages,
                sources=connection.execute(cited).scalar_one(),
                sample_articles=of_articles.sample,
                edited=of_articles.edited,
                gone=of_articles.gone,
                alarms=connection.execute(alarmed).scalar_one(),
                feed_states={state: states.get(state, 0) for state in FeedState},
            )

    def together(self) -> AbstractContextManager[None]:
        """What this thread does in the block is one transaction."""
        return self.database.together()

    def beat(self, queue: str, now: datetime) -> None:
        """Note that a task of the queue finished."""
        table = schema.beats
        with self.database.write() as connection:
            query = insert(connection, table).values(queue=queue, at=now)
            connection.execute(query.on_conflict_do_update(index_elements=["queue"], set_={"at": now}))

    def beats(self) -> Mapping[str, datetime]:
        """When a task of each queue last finished."""
        with self.database.read() as connection:
            return {row.queue: row.at for row in connection.execute(select(schema.beats).order_by(schema.beats.c.queue))}

    def check(self) -> None:
        """Raise StorageError if the database does not answer or its schema is not the one this code needs."""
        check(self.database)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
