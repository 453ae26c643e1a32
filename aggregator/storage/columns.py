"""Column types that read and write the same on SQLite and PostgreSQL."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# SQLite numbers rows by itself only where the type is INTEGER; there it has 64 bits all the same.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def storable(text: str) -> str:
    """Return the text with U+FFFD for NUL and lone surrogates, which databases refuse; its length, and so every span, stays."""
    return UNSTORABLE.sub("\ufffd", text)


class Words(TypeDecorator[str]):
    """Text that may come from anywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make the text one that any database takes."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC; a naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC, without the zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A frozen value as JSON text; ``aggregator.storage.codec`` makes a value of it again. Numbers are finite, integers of 64 bits."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write dataclasses, tuples, sets of text and times."""
        if value is None:
            return None
        try:
            return orjson.dumps(value, default=sorted).decode()
        except orjson.JSONEncodeError:  # a lone surrogate somewhere
            return storable(json.dumps(orjson_free(value), ensure_ascii=False, allow_nan=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return lists, dicts and plain values."""
        return None if value is None else orjson.loads(value)


def orjson_free(value: Any) -> Any:
    """Return a value of dataclasses, collections and times as plain lists and dicts."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [orjson_free(part) for part in value]
    if isinstance(value, dict):
        return {key: orjson_free(part) for key, part in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: orjson_free(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
