"""Operators' rules on the places of single articles: one row for each time that somebody said something."""

from typing import Any

from sqlalchemy import Row, select

from aggregator.corrections import PARTS, PartRule
from aggregator.errors import NotFoundError
from aggregator.storage import reruns, schema
from aggregator.storage.database import Database

T = schema.part_rules


class SqlPartRules:
    """PartRuleStore in SQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def say(self, rule: PartRule) -> PartRule:
        """Keep the rule, and ask for a rerun of its article."""
        values = {name: getattr(rule, name) for name in ("article_id", "key", "near", "text", "part", "reason", "by", "at")}
        with self._db.write() as connection:
            articles = schema.articles
            if connection.execute(select(articles.c.id).where(articles.c.id == rule.article_id)).one_or_none() is None:
                raise NotFoundError("article", rule.article_id)
            said = _rule(connection.execute(T.insert().values(values).returning(T)).one())
            reruns.ask(connection, PARTS, str(rule.article_id), 1, rule.at)
            return said

    def get(self, rule_id: int) -> PartRule:
        """Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(T).where(T.c.id == rule_id)).one_or_none()
        if row is None:
            raise NotFoundError("rule on the places of an article", rule_id)
        return _rule(row)

    def holding(self, article_id: int) -> tuple[PartRule, ...]:
        """Of what was said about the same the last, unless that takes it back."""
        query = select(T).where(T.c.article_id == article_id).order_by(T.c.id)
        with self._db.read() as connection:
            rules = [_rule(row) for row in connection.execute(query)]
        newest = {rule.about: rule.id for rule in rules}
        return tuple(rule for rule in rules if rule.part is not None and newest[rule.about] == rule.id)

    def history(self, article_id: int | None = None, limit: int = 200) -> tuple[PartRule, ...]:
        """Newest first."""
        query = select(T).order_by(T.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            found = connection.execute(query if article_id is None else query.where(T.c.article_id == article_id))
            return tuple(_rule(row) for row in found)


def _rule(row: Row[Any]) -> PartRule:
    return PartRule(row.id, row.article_id, row.key, row.near, row.text, row.part, row.reason, row.by, row.at)
