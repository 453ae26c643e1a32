"""The names under which articles are known, as rows. URLs share one space, whatever kind they were seen as; a GUID is a feed's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from aggregator.model import Alias
from aggregator.ports import AliasHit
from aggregator.storage import schema
from aggregator.storage.columns import storable
from aggregator.storage.statements import chunks, names_given, one_of_names, prepared

T = schema.aliases
A = schema.articles
R = schema.revisions
FIND = (
    select(T.c.scope, T.c.key, A.c.id, A.c.url_key, R.c.title)
    .select_from(T.join(A).join(R, and_(R.c.article_id == A.c.id, R.c.number == A.c.revision)))
    .where(*one_of_names(T.c.scope, T.c.key))
)
LEARN = prepared(lambda insert: insert(T).on_conflict_do_nothing().returning(T.c.scope, T.c.key))


class TakenError(Exception):
    """Somebody else stored this article first: undo the transaction."""


def find(connection: Connection, aliases: Sequence[Alias]) -> tuple[AliasHit, ...]:
    """The aliases that are known, in their order."""
    found: dict[tuple[int, str], Row[Any]] = {}
    for part in chunks({_name(alias) for alias in aliases}):
        found |= {(row.scope, row.key): row for row in connection.execute(FIND, names_given(part))}
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
    rows = [{"kind": alias.kind, "scope": scope, "key": key, "article_id": article_id} for (scope, key), alias in sorted(by_name.items())]
    if not rows:
        return
    added = {(row.scope, row.key) for row in connection.execute(LEARN[connection.dialect.name], rows)}
    if must_be_free and any(scope == 0 and (scope, key) not in added for scope, key in by_name):
        raise TakenError


def _name(alias: Alias) -> tuple[int, str]:
    return alias.scope or 0, storable(alias.key)
