"""From JSON columns back to frozen values: the types come from the dataclasses' own annotations."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def decode(kind: type[T], value: Any) -> T:
    """Return the ``kind`` that was written as ``value``. A field that is missing takes its default, one that is unknown is left out,
    so that rows written by an older or newer version can be read."""
    form: Any = kind  # hashable, which mypy does not see in a type[T]
    reader: Callable[[Any], T] = _reader(form)
    return reader(value)


def _same(value: Any) -> Any:
    return value


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return the function that makes a ``kind`` of plain JSON."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in args if arg is not NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        read = _reader(args[0])
        return _same_tuple if read is _same else lambda value: tuple(read(part) for part in value)
    if origin is frozenset:
        return frozenset
    if kind is datetime:
        return _time
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        readers = [(f.name, _reader(hints[f.name])) for f in fields(kind)]
        return lambda value: kind(**{name: read(value[name]) for name, read in readers if name in value})
    return _same


def _same_tuple(value: list[Any]) -> tuple[Any, ...]:
    return tuple(value)
