"""Operators' rules on names of places: one row for each name and scope."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, false, func, or_, select

from aggregator.corrections import NAMES, NameRule
from aggregator.errors import NotFoundError
from aggregator.storage import reruns, schema
from aggregator.storage.columns import storable
from aggregator.storage.database import Database
from aggregator.storage.statements import insert

T = schema.name_rules
WIDEST_FIRST = ("all", "feed", "article")


class SqlNameRules:
    """NameRuleStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def say(self, rule: NameRule) -> NameRule:
        """Keep the rule in the place of an earlier one, and ask for a rerun."""
        values = {"text": rule.text, "place_id": rule.place_id, "by": rule.by, "at": rule.at, "undone": rule.undone}
        with self._db.write() as connection:
            query = insert(connection, T).values(scope=rule.scope, scope_id=rule.scope_id, key=storable(rule.key), **values)
            kept = query.on_conflict_do_update(index_elements=["scope", "scope_id", "key"], set_=values).returning(T.c.id)
            said = replace(rule, id=connection.execute(kept).scalar_one())
            reruns.ask(connection, NAMES, str(said.id), _articles(connection, rule), rule.at)
            return said

    def get(self, rule_id: int) -> NameRule:
        """Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == rule_id)).one_or_none()
        if row is None:
            raise NotFoundError("rule on a name", rule_id)
        return _rule(row)

    def all(self) -> tuple[NameRule, ...]:
        """Newest first, undone ones too."""
        with self._db.read() as connection:
            return tuple(_rule(row) for row in connection.execute(select(T).order_by(T.c.at.desc(), T.c.id.desc())))

    def holding(self, feed_id: int | None, article_id: int | None = None) -> tuple[NameRule, ...]:
        """Those that hold for an article of the feed, the widest first."""
        within = or_(
            T.c.scope == "all",
            false() if feed_id is None else and_(T.c.scope == "feed", T.c.scope_id == feed_id),
            false() if article_id is None else and_(T.c.scope == "article", T.c.scope_id == article_id),
        )
        with self._db.read() as connection:
            found = [_rule(row) for row in connection.execute(select(T).where(within, T.c.undone.is_(False)).order_by(T.c.id))]
        return tuple(sorted(found, key=lambda rule: WIDEST_FIRST.index(rule.scope)))


def _articles(connection: Connection, rule: NameRule) -> int:
    """How many articles are in the scope of a rule."""
    articles = schema.articles
    count = select(func.count()).select_from(articles)
    if rule.scope == "feed":
        count = count.where(articles.c.feed_id == rule.scope_id)
    elif rule.scope == "article":
        count = count.where(articles.c.id == rule.scope_id)
    return connection.execute(count).scalar_one()


def _rule(row: Row[Any]) -> NameRule:
    return NameRule(row.id, row.scope, row.scope_id, row.key, row.text, row.place_id, row.by, row.at, row.undone)
