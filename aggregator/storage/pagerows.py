"""Fetched pages as rows: kept, compressed, between the step that fetches and the one that reads."""

import zlib
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from aggregator.model import Outcome, RawPage
from aggregator.ports import FetchedPage
from aggregator.storage.statements import insert, key_of


def keep(connection: Connection, table: Table, ident: int, fetched: FetchedPage) -> None:
    """Store the page under this id, or replace the one that is there."""
    page = fetched.page
    values = {
        "url": page and page.url,
        "requested_url": page and page.requested_url,
        "content_type": page and page.content_type,
        "status": page and page.status,
        "body": page and zlib.compress(page.body, 3),
        "outcome": fetched.outcome,
        "reason": fetched.reason,
        "redirects": fetched.redirects,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
    }
    key = key_of(table)
    query = insert(connection, table).values({key.name: ident, **values})
    connection.execute(query.on_conflict_do_update(index_elements=[key], set_={name: query.excluded[name] for name in values}))


def kept(connection: Connection, table: Table, ident: int) -> FetchedPage | None:
    """The page that is kept under this id; None if there is none."""
    key: ColumnElement[Any] = key_of(table)
    row = connection.execute(select(table).where(key == ident)).one_or_none()
    return None if row is None else _fetched(row)


def _fetched(row: Row[Any]) -> FetchedPage:
    page = None
    if row.body is not None:
        page = RawPage(row.url, zlib.decompress(row.body), row.content_type, row.requested_url, row.status)
    outcome = None if row.outcome is None else Outcome(row.outcome)
    return FetchedPage(page, outcome, row.reason, tuple(row.redirects), row.etag, row.last_modified)
