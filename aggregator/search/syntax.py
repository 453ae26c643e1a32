"""What a query is once it is read: a tree of these values, its canonical text, and its form in JSON."""

import re
from dataclasses import dataclass
from typing import Any

TEXT_FIELDS = ("title", "body")
_PLAIN = re.compile(r"\w[\w.\-:/]*|[<>]=?\d+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word; in ``field`` title or body, or None for both. ``prefix``: word*, ``exact``: =word."""

    text: str
    field: str | None = None
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """A phrase: its words in this order, as they stand."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that is no text, such as place:Kharkiv or last:24h; ``field`` is its canonical name."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Ast", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Ast", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: "Ast"


@dataclass(frozen=True, slots=True)
class Empty:
    """No condition: every article."""


Ast = Term | Quoted | Filter | And | Or | Negation | Empty


def to_text(ast: Ast) -> str:
    """The canonical text, from which the same tree is read again."""
    if isinstance(ast, Empty):
        return ""
    if isinstance(ast, Term):
        return f"{ast.field + ':' if ast.field else ''}{'=' if ast.exact else ''}{ast.text}{'*' if ast.prefix else ''}"
    if isinstance(ast, Quoted):
        return f'{ast.field + ":" if ast.field else ""}"{ast.text}"'
    if isinstance(ast, Filter):
        if ast.field == "near":
            return f"near:({ast.value})"
        return f"{ast.field}:{ast.value}" if _PLAIN.fullmatch(ast.value) else f'{ast.field}:"{ast.value}"'
    if isinstance(ast, Negation):
        return f"-({to_text(ast.part)})" if isinstance(ast.part, And | Or) else f"-{to_text(ast.part)}"
    if isinstance(ast, And):
        return " ".join(f"({to_text(part)})" if isinstance(part, Or) else to_text(part) for part in ast.parts)
    return " OR ".join(f"({to_text(part)})" if isinstance(part, And) else to_text(part) for part in ast.parts)


def to_json(ast: Ast) -> dict[str, Any]:
    """The tree as JSON: ``type`` is word, phrase, filter, and, or, not, all."""
    if isinstance(ast, Term):
        return {"type": "word", "text": ast.text, "field": ast.field, "prefix": ast.prefix, "exact": ast.exact}
    if isinstance(ast, Quoted):
        return {"type": "phrase", "text": ast.text, "field": ast.field}
    if isinstance(ast, Filter):
        return {"type": "filter", "field": ast.field, "value": ast.value}
    if isinstance(ast, Negation):
        return {"type": "not", "part": to_json(ast.part)}
    if isinstance(ast, And | Or):
        return {"type": "and" if isinstance(ast, And) else "or", "parts": [to_json(part) for part in ast.parts]}
    return {"type": "all"}


def both(parts: list[Ast]) -> Ast:
    """All of the parts, flat."""
    return _join(And, parts)


def either(parts: list[Ast]) -> Ast:
    """One of the parts, flat; Empty parts say nothing and fall away."""
    return _join(Or, parts)


def negated(part: Ast) -> Ast:
    if isinstance(part, Empty):
        return part
    return part.part if isinstance(part, Negation) else Negation(part)


def _join(kind: type[And] | type[Or], parts: list[Ast]) -> Ast:
    flat: list[Ast] = []
    for part in parts:
        if isinstance(part, kind):
            flat.extend(part.parts)
        elif not isinstance(part, Empty):
            flat.append(part)
    if len(flat) < 2:
        return flat[0] if flat else Empty()
    return kind(tuple(flat))
