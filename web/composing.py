"""A query for people who type no operators: the fields of a form to a query's text, and a query back to fields as far as they hold it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aggregator.search.language import parse
from aggregator.search.syntax import And, Ast, Empty, Filter, Negation, Or, Quoted, Term, both, either, negated, to_text

FILTERS = {  # field of the form -> field of the query language
    "place": "place",
    "outlet": "outlet",
    "by": "by",
    "side": "side",
    "kind": "kind",
    "channel": "channel",
    "lang": "lang",
    "theatre": "theatre",
    "last": "last",
    "after": "after",
    "before": "before",
    "origins": "origins",
    "is": "is",
    "search": "search",
}
WORDS = ("all", "any", "none", "phrase")
FIELDS = (*WORDS, *FILTERS, "further")

_PIECES = re.compile(r'"[^"]*"|[^\s"]+')
_ID = re.compile(r".*\(((?:gn\d+|[a-z0-9]+(?:-[a-z0-9]+)+|[a-z0-9]+))\)\s*", re.DOTALL)  # of a name with its id in brackets
_NAMED = ("place", "outlet", "by")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AT_LEAST = re.compile(r">=(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of a query, and what of the fields could not be understood."""

    text: str
    notes: tuple[str, ...] = ()


def compose(fields: Mapping[str, str]) -> Composed:
    """The query that the fields of the form ask for; the words of all, any and none can be phrases in quotation marks."""
    notes: list[str] = []

    def pieces(text: str) -> list[Ast]:
        read = [parse(piece) for piece in _PIECES.findall(text)]
        notes.extend(warning for query in read for warning in query.warnings)
        return [query.ast for query in read]

    given = {name: " ".join(fields.get(name, "").split()) for name in FIELDS}
    parts = [*pieces(given["all"]), _phrase(given["phrase"]), either(pieces(given["any"]))]
    parts += [negated(piece) for piece in pieces(given["none"])]
    for name, field in FILTERS.items():
        if given[name]:
            query = parse(to_text(Filter(field, _value(name, given[name]))))
            notes.extend(query.warnings)
            parts.append(query.ast)
    further = parse(given["further"])
    notes.extend(further.warnings)
    return Composed(to_text(both([*parts, further.ast])), tuple(dict.fromkeys(notes)))


def decompose(text: str) -> dict[str, str]:
    """The fields of the form that make this query; what they have no place for is in ``further``."""
    ast = parse(text).ast
    found: dict[str, list[str]] = {}
    further: list[Ast] = []
    for part in _parts(ast):
        name, value = _field(part, found)
        if name:
            found.setdefault(name, []).append(value)
        else:
            further.append(part)
    if further:
        found["further"] = [to_text(both(further))]
    return {name: " ".join(values) for name, values in found.items()}


def _value(name: str, given: str) -> str:
    if name in _NAMED and (with_id := _ID.fullmatch(given)):
        return with_id[1]
    if name == "origins" and given.isdecimal():
        return f">={given}"
    return given


def _phrase(text: str) -> Ast:
    return parse(f'"{text.replace(chr(34), " ")}"').ast if text else Empty()


def _parts(ast: Ast) -> Iterable[Ast]:
    return () if isinstance(ast, Empty) else ast.parts if isinstance(ast, And) else (ast,)


def _field(part: Ast, had: Mapping[str, list[str]]) -> tuple[str, str]:
    """Field and value for a part of a query; no field where the form has none, or has it filled."""
    if isinstance(part, Term) and _plain(part):
        return "all", to_text(part)
    if isinstance(part, Quoted) and part.field is None:
        return ("all", to_text(part)) if "phrase" in had else ("phrase", part.text)
    if isinstance(part, Negation) and _plain(part.part):
        return "none", to_text(part.part)
    if isinstance(part, Or) and all(map(_plain, part.parts)) and "any" not in had:
        return "any", " ".join(map(to_text, part.parts))
    if isinstance(part, Filter) and part.field in FILTERS and part.field not in had:
        if part.field in ("after", "before") and not _DAY.fullmatch(part.value):
            return "", ""
        if part.field == "origins":
            least = _AT_LEAST.fullmatch(part.value)
            return ("origins", least[1]) if least else ("", "")
        return part.field, part.value
    return "", ""


def _plain(part: Ast) -> bool:
    """Whether it reads as itself when it stands alone among words: a word, or a phrase in its quotation marks."""
    if not isinstance(part, Term | Quoted):
        return False
    text = to_text(part)
    return part.field is None and _PIECES.findall(text) == [text] and parse(text).ast == part
