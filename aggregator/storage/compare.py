"""What differs between the schema in code and the one in a database: for migrations and their test."""

from collections.abc import MutableMapping
from typing import Any, Literal

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from aggregator.storage.readertables import whole


def is_ours(
    name: str | None,
    kind: str,
    parents: MutableMapping[
        Literal["schema_name", "table_name", "schema_qualified_table_name"],
        str | None,
    ],
) -> bool:
    """Say whether a thing found in the database belongs to this schema; tables named ``search_…`` are the search index's own."""
    table = name if kind == "table" else parents.get("table_name")
    return not (table or "").startswith("search_")


def differences(connection: Connection) -> list[Any]:
    """Return what a migration would have to change; nothing if the database is as the code has it."""
    options = {"include_name": is_ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), whole))
