"""Types as JSON Schema (2020-12): the same declarations that parse parameters and shape answers make the OpenAPI document."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


@dataclass(frozen=True, slots=True)
class Says:
    """What is said of a parameter or a field beside its type; ``least`` and ``most`` bound a number, or the length of a text."""

    text: str = ""
    least: int | None = None
    most: int | None = None
    form: str | None = None  # a format of JSON Schema
    example: Any = None


Hour = Annotated[str, Says(form="date-time")]  # ISO 8601, UTC


class Schemas:
    """Schemas of types; those with a name stand once, in ``components``."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type. Raises TypeError for one that no answer may have."""
        origin, inner = get_origin(kind), get_args(kind)
        if kind in PLAIN:
            return dict(PLAIN[kind])
        if origin in (Required, NotRequired):
            return self.of(inner[0])
        if origin is Annotated:
            return self.of(inner[0]) | said(inner[0], inner[1:])
        if origin in (Union, types.UnionType):
            return _either([self.of(one) for one in inner])
        if origin is Literal:
            return {"type": "string", "enum": list(inner)}
        if origin in (list, Sequence) or (origin is tuple and inner[-1] is Ellipsis):
            return {"type": "array", "items": self.of(inner[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"type": "string", "enum": [one.value for one in kind]}
        if is_typeddict(kind):
            return self._named(kind)
        raise TypeError(f"{kind!r} is no type of an answer")

    def _named(self, kind: Any) -> dict[str, Any]:
        name = kind.__name__
        if name not in self.components:
            self.components[name] = {}  # a type may contain itself
            hints = get_type_hints(kind, include_extras=True)
            made: dict[str, Any] = {"type": "object", "properties": {field: self.of(one) for field, one in hints.items()}}
            if required := [field for field in hints if field in kind.__required_keys__]:
                made["required"] = required
            if kind.__doc__ and not kind.__doc__.startswith("dict("):
                made["description"] = " ".join(kind.__doc__.split())
            self.components[name] = made
        return {"$ref": f"#/components/schemas/{name}"}

    def part_of(self, kind: Any) -> dict[str, Any]:
        """The schema of some of an object's fields."""
        self._named(kind)
        whole = self.components[kind.__name__]
        name = f"{kind.__name__}Fields"
        part = {"type": "object", "description": f"The fields of {kind.__name__} that `fields` names.", "additionalProperties": False}
        self.components[name] = part | {"properties": whole["properties"]}
        return {"$ref": f"#/components/schemas/{name}"}


def said(kind: Any, notes: Sequence[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    numbers = int in (kind, *get_args(kind)) or float in (kind, *get_args(kind))
    for note in notes:
        if note.text:
            made["description"] = note.text
        if note.form:
            made["format"] = note.form
        if note.least is not None:
            made["minimum" if numbers else "minLength"] = note.least
        if note.most is not None:
            made["maximum" if numbers else "maxLength"] = note.most
        if note.example is not None:
            made["examples"] = [note.example]
    return made


def _either(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several schemas; a plain type or null is written as JSON Schema does so shortest."""
    if len(parts) == 2 and {"type": "null"} in parts:
        other = next((part for part in parts if part != {"type": "null"}), {})
        if isinstance(other.get("type"), str) and "enum" not in other:
            return other | {"type": [other["type"], "null"]}
    return {"anyOf": parts}
