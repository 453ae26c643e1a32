"""The names under which articles are known, as rows. URLs share one space, whatever kind they were seen as; a GUID is a feed's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select, tuple_

from aggregator.model import Alias
from aggregator.ports import AliasHit
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.statements import chunks, insert

T = schema.aliases


class TakenError(Exception):
    """Somebody else stored this article first: undo the transaction."""


def find(connection: Connection, aliases: Sequence[Alias]) -> tuple[AliasHit, ...]:
    """The aliases that are known, in their order."""
    articles, revisions = schema.articles, schema.revisions
    newest = and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)
    query = select(T.c.scope, T.c.key, articles.c.id, articles.c.url_key, revisions.c.title).select_from(
        T.join(articles).join(revisions, newest)
    )
    found: dict[tuple[int, str], Row[Any]] = {}
    for part in chunks({_name(alias) for alias in aliases}):
        found |= {(row.scope, row.key): row for row in connection.execute(query.where(tuple_(T.c.scope, T.c.key).in_(part)))}
    hits = ((alias, found.get(_name(alias))) for alias in aliases)
    return tuple(AliasHit(alias, row.id, row.url_key, row.title) for alias, row in hits if row is not None)


def of(connection: Connection, article_id: int) -> tuple[Alias, ...]:
    """The names of an article, in the order in which they were learnt."""
    rows = connection.execute(select(T).where(T.c.article_id == article_id).order_by(T.c.id))
    return tuple(Alias(row.kind, row.key, row.scope or None) for row in rows)


def learn(connection: Connection, article_id: int, aliases: Sequence[Alias], *, must_be_free: bool = False) -> None:
    """Store aliases that nobody has; in one order everywhere, so that two writers never wait for each other crosswise.

    Raises TakenError if ``must_be_free`` and a URL belongs to another article; a GUID may: publishers reuse them."""
    by_name: dict[tuple[int, str], Alias] = {}
    for alias in aliases:
        if (alias.kind == "guid") != (alias.scope is not None):
            raise ValueError(f"{alias}: a GUID, and nothing else, has a feed as its scope")
        by_name[_name(alias)] = alias  # the last one: the caller's kind goes before the one of `add`
    for (scope, key), alias in sorted(by_name.items()):
        values = {"kind": alias.kind, "scope": scope, "key": key, "article_id": article_id}
        added = insert(connection, T).values(values).on_conflict_do_nothing().returning(T.c.id)
        if connection.execute(added).one_or_none() is None and must_be_free and scope == 0:
            raise TakenError


def _name(alias: Alias) -> tuple[int, str]:
    return alias.scope or 0, storable(alias.key)
