"""From a query to a plan that any engine can run: words analysed, names resolved to ids, dates reckoned from the present."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from aggregator.query import AllOf, AnyOf, Everything, Facet, Node, Not, Phrase, Plan, Word
from aggregator.search import when
from aggregator.search.analyse import analyse_query, exact_tokens
from aggregator.search.facets import BY_FIELD
from aggregator.search.language import DATE_FIELDS, Query
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, Term

MIN_PREFIX = 2  # letters before the *
_PLACE_ID = re.compile(r"gn\d+|fw-[a-z0-9-]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


class NameResolver(Protocol):
    """What is known by a name: ids, none where the name is unknown, several where it is shared. An id is also a name of itself."""

    def place(self, name: str) -> tuple[str, ...]: ...

    def source(self, name: str) -> tuple[str, ...]: ...

    def outlet(self, name: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what could not be done as it was asked."""

    plan: Plan
    notes: tuple[str, ...] = ()


@dataclass
class _Window:
    since: datetime | None = None
    until: datetime | None = None

    def narrow(self, since: datetime | None, until: datetime | None) -> None:
        if since is not None and (self.since is None or since > self.since):
            self.since = since
        if until is not None and (self.until is None or until < self.until):
            self.until = until


def plan(query: Query, now: datetime, names: NameResolver, order: str = "newest") -> Planned:
    """Return the plan of a query. ``order``: newest or relevance. Never raises on any query."""
    return _Planner(now, names).plan(query.ast, order)


@dataclass
class _Planner:
    now: datetime
    names: NameResolver
    notes: list[str] = field(default_factory=list)
    window: _Window = field(default_factory=_Window)

    def plan(self, ast: Ast, order: str) -> Planned:
        parts = [part for part in (ast.parts if isinstance(ast, And) else (ast,)) if not self.dated(part)]
        match = _all([self.node(part) for part in parts])
        return Planned(Plan(match, self.window.since, self.window.until, order), tuple(dict.fromkeys(self.notes)))

    def dated(self, part: Ast) -> bool:
        """Take a date that holds for the whole query into the window; whether it was one."""
        inner, opposite = (part.part, True) if isinstance(part, Negation) else (part, False)
        if not (isinstance(inner, Filter) and inner.field in DATE_FIELDS):
            return False
        name = inner.field
        if name == "last":
            length = when.length(inner.value)
            span = None if length is None else when.span(inner.value, self.now)
            name = "after"
        else:
            span = when.span(inner.value, self.now)
        if span is None or (opposite and name == "on"):
            self.notes.append(f"-{inner.field}:{inner.value} cannot be excluded; it is left out.")
        elif name == "on":
            self.window.narrow(*span)
        elif (name == "after") is not opposite:
            self.window.narrow(span[0], None)
        else:
            self.window.narrow(None, span[0])
        return True

    def node(self, ast: Ast) -> Node | None:
        """The node for a part of the query; None where it says nothing."""
        if isinstance(ast, Term):
            return self.term(ast)
        if isinstance(ast, Quoted):
            return _phrase(ast.text, ast.field)
        if isinstance(ast, Filter):
            return self.filter(ast)
        if isinstance(ast, Negation):
            inner = self.node(ast.part)
            return None if inner is None else Not(inner)
        if isinstance(ast, And):
            return _all([self.node(part) for part in ast.parts])
        if isinstance(ast, Or):
            parts = [part for part in map(self.node, ast.parts) if part is not None]
            return _any(parts) if parts else None
        return None if isinstance(ast, Empty) else None

    def term(self, term: Term) -> Node | None:
        words = analyse_query(term.text)
        if not words:
            return None
        if term.prefix:
            if len(words[-1][0]) >= MIN_PREFIX:
                parts = [Word(token, term.field, exact=True) for token, _ in words[:-1]]
                return _all([*parts, Word(words[-1][0], term.field, prefix=True, exact=True)])
            self.notes.append(f"“{term.text}*” is too short for a beginning; it is searched as a word.")
        if len(words) > 1:
            return Phrase(tuple(token for token, _ in words), term.field)
        token, stems = words[0]
        if term.exact:
            return Word(token, term.field, exact=True)
        return _any([Word(stem, term.field) for stem in stems])

    def filter(self, condition: Filter) -> Node | None:
        name, value = condition.field, condition.value
        if name in DATE_FIELDS:
            self.notes.append(f"{name}:{value} within OR or brackets cannot be applied; it is left out.")
            return None
        facet = BY_FIELD[name].name
        if name in ("place", "outlet", "by", "via"):
            ids = self.resolve(name, value)
            if not ids:
                what = {"place": "place", "outlet": "outlet"}.get(name, "source")
                self.notes.append(f"No {what} is known as “{value}”; it is searched as text.")
                return _phrase(value, None)
            return _any([Facet(facet, ident) for ident in ids])
        if name in ("story", "feed"):
            value = str(int(value))
        return Facet(facet, value)

    def resolve(self, name: str, value: str) -> tuple[str, ...]:
        """Ids for a name; what has the form of an id is one, known or not."""
        if name == "place":
            return (value,) if _PLACE_ID.fullmatch(value) else tuple(dict.fromkeys(self.names.place(value)))
        ids = self.names.outlet(value) if name == "outlet" else self.names.source(value)
        if not ids and _SLUG.fullmatch(value):
            self.notes.append(f"Nobody is known as “{value}”; it is taken for an id.")
            return (value,)
        return tuple(dict.fromkeys(ids))


def narrowed(base: Plan, condition: Node) -> Plan:
    """The plan with one more condition, such as a facet that was clicked."""
    return replace(base, match=_all([base.match, condition]))


def _phrase(text: str, name: str | None) -> Node | None:
    tokens = exact_tokens(text)
    if len(tokens) == 1:
        return Word(tokens[0], name, exact=True)
    return Phrase(tokens, name) if tokens else None


def _all(parts: list[Node | None]) -> Node:
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, AllOf):
            flat.extend(part.parts)
        elif part is not None and not isinstance(part, Everything):
            flat.append(part)
    if len(flat) < 2:
        return flat[0] if flat else Everything()
    return AllOf(tuple(flat))


def _any(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
