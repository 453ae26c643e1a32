"""Parameters of a request, read into the dataclass that declares them."""

import difflib
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from aggregator.errors import UsageError
from aggregator.numbers import whole
from web.api.schema import Says

Asked = TypeVar("Asked")
YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
BASE_KINDS = {int: "a number", float: "a number", bool: "yes or no", str: "a text"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the address: its name, plain type and what is said of it."""

    name: str
    kind: Any  # str, int, float, bool, a Literal, or tuple[str, ...], whose parts are divided by commas
    said: Says
    default: Any
    required: bool

    def read(self, text: str) -> Any:
        """The value of a text. Raises UsageError, which says what would be right."""
        value = self._value(text)
        size = value if isinstance(value, int | float) and not isinstance(value, bool) else len(text)
        least, most = self.said.least, self.said.most
        if value is None or (least is not None and size < least) or (most is not None and size > most):
            raise UsageError(f"{self.name}={text[:200]!r} is not right: {self.right}.")
        return value

    def _value(self, text: str) -> Any:
        if get_origin(self.kind) is Literal:
            return text if text in get_args(self.kind) else None
        if get_origin(self.kind) is tuple:
            return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if self.kind is bool:
            return YES_NO.get(text.lower())
        if self.kind is int:
            return whole(text)
        if self.kind is float:
            return _finite(text)
        return text

    @property
    def right(self) -> str:
        """What would be right, in words."""
        if get_origin(self.kind) is Literal:
            *others, last = get_args(self.kind)
            return f"{', '.join(others)} or {last}" if others else last
        base = BASE_KINDS.get(self.kind, "names, divided by commas")
        unit = " characters" if self.kind is str else ""
        if self.said.least is not None and self.said.most is not None:
            return f"{base} {'of' if unit else 'from'} {self.said.least} to {self.said.most}{unit}"
        if self.said.most is not None:
            return f"{base} of at most {self.said.most}{unit}"
        return base


@cache
def parameters(kind: Any) -> tuple[Parameter, ...]:
    """What a dataclass of parameters declares, in its order."""
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for one in fields(kind):
        hint, said = hints[one.name], Says()
        if get_origin(hint) is Annotated:
            hint, said = get_args(hint)
        if get_origin(hint) in (Union, types.UnionType):
            (hint,) = (part for part in get_args(hint) if part is not type(None))
        required = one.default is MISSING
        found.append(Parameter(one.name, hint, said, None if required else one.default, required))
    return tuple(found)


def read(kind: Callable[..., Asked], given: Mapping[str, str]) -> Asked:
    """The parameters of a request. Raises UsageError for one that is unknown, wrong or missing."""
    known = parameters(kind)
    no_others(given, [one.name for one in known])
    values = {}
    for one in known:
        if given.get(one.name, "") != "":
            values[one.name] = one.read(given[one.name])
        elif one.required:
            raise UsageError(f"{one.name} is missing: {one.said.text or one.right}.")
    return kind(**values)


def no_others(given: Collection[str], known: Collection[str]) -> None:
    """Raise UsageError for a name that is not known, with the nearest one that is."""
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            instead = f" Did you mean {near[0]}?" if near else f" There are {', '.join(known)}." if known else " There are none."
            raise UsageError(f"There is no parameter {name[:80]!r} here.{instead}")


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None  # neither infinite nor no number
