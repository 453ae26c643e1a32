"""Saved searches within a query: ``search:name`` becomes what was saved under the name.

Who keeps saved searches passes in how to look one up. A name that leads back to itself, one that nobody knows, and one that would make
the query longer or deeper than a typed one may be are left as text or out, and a note says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from aggregator.search.analyse import exact_tokens
from aggregator.search.language import MAX_DEPTH, MAX_TERMS, parse
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, both, either, negated

MAX_LEVELS = 3 * MAX_DEPTH  # a typed bracket makes at most three levels of the tree

SavedSearches = Callable[[str], str | None]  # the query saved under a name, None where there is none


@dataclass
class Inserting:
    """Puts saved searches into a tree. ``notes`` says what could not be done."""

    saved: SavedSearches | None
    notes: list[str] = field(default_factory=list)
    _terms: int = 0

    def into(self, ast: Ast) -> Ast:
        """The tree without ``search:``."""
        self._terms = _terms(ast)
        return self._inserted(ast, (), 0)

    def _inserted(self, ast: Ast, within: tuple[str, ...], level: int) -> Ast:
        if isinstance(ast, Filter) and ast.field == "search":
            return self._found(ast.value, within, level)
        if isinstance(ast, Negation):
            return negated(self._inserted(ast.part, within, level + 1))
        if isinstance(ast, And | Or):
            parts = [self._inserted(part, within, level + 1) for part in ast.parts]
            return both(parts) if isinstance(ast, And) else either(parts)
        return ast

    def _found(self, name: str, within: tuple[str, ...], level: int) -> Ast:
        key = name.casefold()
        if key in within:
            self.notes.append(f"The saved search “{name}” leads back to itself ({' → '.join((*within, key))}); it is left out there.")
            return Empty()
        text = self.saved(name) if self.saved is not None else None
        if text is None:
            self.notes.append(f"No saved search is called “{name}”; it is searched as text.")
            return Quoted(name) if exact_tokens(name) else Empty()
        read = parse(text)
        self._terms += _terms(read.ast) - 1
        if self._terms > MAX_TERMS or level + _levels(read.ast) > MAX_LEVELS:
            self._terms -= _terms(read.ast) - 1
            self.notes.append(f"With the saved search “{name}” the query is too long (over {MAX_TERMS} words and filters); it is left out.")
            return Empty()
        self.notes += [f"In the saved search “{name}”: {warning}" for warning in read.warnings]
        return self._inserted(read.ast, (*within, key), level)


def _terms(ast: Ast) -> int:
    if isinstance(ast, And | Or):
        return sum(map(_terms, ast.parts))
    return _terms(ast.part) if isinstance(ast, Negation) else 1


def _levels(ast: Ast) -> int:
    if isinstance(ast, And | Or):
        return 1 + max(map(_levels, ast.parts))
    return 1 + _levels(ast.part) if isinstance(ast, Negation) else 0
