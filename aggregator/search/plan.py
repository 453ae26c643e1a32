"""From a query to a plan that any engine can run: words analysed, names resolved to ids, dates reckoned from the present."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Phrase, Plan, StoryCount, Word
from aggregator.search import when
from aggregator.search.analyse import analyse_query, exact_tokens
from aggregator.search.explain import Understood, explain
from aggregator.search.facets import BY_FIELD, MARKS, SINGLE_SOURCE
from aggregator.search.language import Query
from aggregator.search.saved import Inserting, SavedSearches
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, Term
from aggregator.search.values import COUNT_FIELDS, DATE_FIELDS, bounds, near

LISTED = ("kind", "side")  # filters whose values are known beforehand
MIN_PREFIX = 2  # letters before the *
MAX_NEAR = 400  # places that one near: looks for
_PLACE_ID = re.compile(r"gn\d+|fw-[a-z0-9-]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


class NameResolver(Protocol):
    """What is known by a name: ids, none where the name is unknown, several where it is shared. An id is also a name of itself."""

    def place(self, name: str) -> tuple[str, ...]: ...

    def source(self, name: str) -> tuple[str, ...]: ...

    def outlet(self, name: str) -> tuple[str, ...]: ...

    def article(self, url: str) -> tuple[int, ...]:
        """Articles that are known under an address."""

    def values(self, field: str) -> tuple[str, ...]:
        """All values that there are of kind or side."""

    def near(self, place_id: str, km: int) -> tuple[str, ...]:
        """Places within so many kilometres of one, itself included, the nearest first."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, what could not be done as it was asked, and how each part of the query was understood."""

    plan: Plan
    notes: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()


@dataclass
class _Window:
    since: datetime | None = None
    until: datetime | None = None

    def narrow(self, since: datetime | None, until: datetime | None) -> None:
        if since is not None and (self.since is None or since > self.since):
            self.since = since
        if until is not None and (self.until is None or until < self.until):
            self.until = until


def plan(
    query: Query,
    now: datetime,
    names: NameResolver,
    order: str = "newest",
    *,
    saved: SavedSearches | None = None,
    marks: Mapping[str, Node] | None = None,
) -> Planned:
    """Return the plan of a query. Never raises on any query.

    ``order``: newest or relevance. ``saved`` looks up what ``search:name`` stands for. ``marks``: what a reader's own ``is:starred`` and
    ``is:unread`` mean, such as ``Articles(ids)`` or ``Not(Articles(read))``; without them they find nothing."""
    inserting = Inserting(saved)
    ast = inserting.into(query.ast)
    planner = _Planner(now, names, marks or {}, inserting.notes)
    made = planner.plan(ast, order)
    return Planned(made, tuple(dict.fromkeys(planner.notes)), explain(query.ast, planner.resolved))


@dataclass
class _Planner:
    now: datetime
    names: NameResolver
    marks: Mapping[str, Node]
    notes: list[str]
    window: _Window = field(default_factory=_Window)
    resolved: dict[Filter, tuple[str, ...]] = field(default_factory=dict)

    def plan(self, ast: Ast, order: str) -> Plan:
        parts = [part for part in (ast.parts if isinstance(ast, And) else (ast,)) if not self.dated(part)]
        match = _all([self.node(part) for part in parts])
        return Plan(match, self.window.since, self.window.until, order)

    def dated(self, part: Ast) -> bool:
        """Take a date that holds for the whole query into the window; whether it was one."""
        inner = part.part if isinstance(part, Negation) else part
        if not (isinstance(inner, Filter) and inner.field in DATE_FIELDS):
            return False
        between = self.between(inner)
        if isinstance(part, Negation):
            if between.since is not None and between.until is not None:
                return False  # what is before or after it is no one span of time
            between = Between(between.until, between.since)
        self.window.narrow(between.since, between.until)
        return True

    def between(self, condition: Filter) -> Between:
        """The time that a date filter asks for."""
        name, value = condition.field, condition.value
        length = when.length(value) if name == "last" else None
        if length is not None:
            return Between(self.now - length if self.now - when.EARLIEST > length else when.EARLIEST)
        span = when.span(value, self.now)
        if span is None:  # the form was checked when the query was read; only a query made by hand comes here
            self.notes.append(f"{name}:{value} is no date; it is left out.")
            return Between()
        return Between(*span) if name == "on" else Between(span[0]) if name == "after" else Between(None, span[0])

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
            return self.between(condition)
        if name in COUNT_FIELDS:
            asked = bounds(value)
            return None if asked is None else StoryCount(name, asked.least, asked.most)
        if name == "is" and value == SINGLE_SOURCE:
            return StoryCount("origins", 1, 1)
        if name == "is" and value in MARKS:
            if value not in self.marks:
                self.notes.append(f"is:{value} is known of readers who are logged in; here it finds nothing.")
            return self.marks.get(value, AnyOf(()))
        if name == "near":
            return self.near(condition)
        if name == "search":  # what was saved stands in its place by now
            return _phrase(value, None)
        if name == "url":
            found = self.names.article(value)
            if not found:
                return self.unknown(name, value)
            self.resolved[condition] = tuple(map(str, found))
            return Articles(frozenset(found))
        facet = BY_FIELD[name].name
        if name in ("place", "outlet", "by", "via"):
            ids = self.resolve(name, value)
            if not ids:
                return self.unknown(name, value)
            self.resolved[condition] = ids
            return _any([Facet(facet, ident) for ident in ids])
        if name in LISTED and value not in self.names.values(name):
            self.notes.append(f"{name}:{value} finds nothing: {name} knows {', '.join(self.names.values(name))}.")
        if name in ("story", "feed"):
            value = str(int(value))
        return Facet(facet, value)

    def near(self, condition: Filter) -> Node | None:
        asked = near(condition.value)
        if asked is None:
            return None
        centres = self.resolve("place", asked[0])
        ids = tuple(dict.fromkeys(ident for centre in centres for ident in (centre, *self.names.near(centre, asked[1]))))
        if not ids:
            return self.unknown("place", asked[0])
        self.resolved[condition] = centres
        if len(ids) > MAX_NEAR:
            self.notes.append(f"near:({condition.value}) takes in {len(ids)} places; only the {MAX_NEAR} nearest are looked for.")
        return _any([Facet("place", ident) for ident in ids[:MAX_NEAR]])

    def unknown(self, name: str, value: str) -> Node | None:
        what = {"place": "place is known as", "outlet": "outlet is known as", "url": "article is known under the address"}.get(
            name, "source is known as"
        )
        self.notes.append(f"No {what} “{value}”; it is searched as text.")
        return _phrase(value, None)

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
