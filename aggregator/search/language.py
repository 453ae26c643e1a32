"""The query language: text to a tree, by recursive descent, never failing.

``parse`` takes whatever is typed. What cannot be understood (a field that does not exist, an operator without its other half, a
date that is none) is searched as text, and a warning says so. The canonical text of a query reads back as the same tree.
"""

import re
from dataclasses import dataclass

from aggregator.search.analyse import exact_tokens
from aggregator.search.syntax import TEXT_FIELDS, Ast, Empty, Filter, Quoted, Term, both, either, negated, to_text
from aggregator.search.values import ADDRESSES, COUNT_FIELDS, DATE_FIELDS, FILTERS, MAX_ADDRESS, checked

MAX_LENGTH = 100_000  # characters read of a query
MAX_TERMS = 100
MAX_DEPTH = 12  # brackets within brackets
MAX_TEXT = 200  # characters of one word or phrase

SYNONYMS = {"in": "place"}
FIELDS = frozenset((*TEXT_FIELDS, *FILTERS, *SYNONYMS))

_CLOSES = {'"': '"', "“": "”“", "„": "“”", "«": "»", "”": "”"}  # opening quotation mark -> what closes it
_STRAY = "”»"
_QUOTES = frozenset('"“„«”»')
_ANDS, _ORS, _NOTS = frozenset(("AND", "&&", "&")), frozenset(("OR", "||", "|")), frozenset(("NOT",))
_OPERATORS = _ANDS | _ORS | _NOTS
_HEBREW = re.compile("[א-ת]")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LEAD = "+=*:!-"
_NUMBERED = frozenset((*DATE_FIELDS, *COUNT_FIELDS, "near", "story", "feed"))  # fields whose values a minus could be a part of
_NAME = re.compile(r"([^\W_]+):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: its tree, its canonical text, and what was not understood."""

    ast: Ast
    text: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: word, phrase, field (its value follows as phrase or bracket), open, close, not, and, or, end."""

    kind: str
    text: str = ""


def parse(text: str) -> Query:
    """Read a query. Never raises."""
    reader = _Reader(_UNREADABLE.sub(" ", text[:MAX_LENGTH]))
    if len(text) > MAX_LENGTH:
        reader.warn(f"The query is cut after {MAX_LENGTH} characters.")
    ast = reader.read()
    return Query(ast, to_text(ast), tuple(reader.warnings))


def _quote_at(text: str, i: int) -> bool:
    """Whether a quotation mark stands there; between two Hebrew letters it is a part of the word (צה"ל)."""
    if text[i] not in _QUOTES:
        return False
    return not (text[i] == '"' and 0 < i < len(text) - 1 and _HEBREW.match(text[i - 1]) and _HEBREW.match(text[i + 1]))


def _scan(text: str) -> tuple[list[_Token], bool]:
    """Cut into tokens; also whether a quotation mark was left open."""
    tokens: list[_Token] = []
    i, size, left_open = 0, len(text), False
    while i < size:
        char = text[i]
        if char.isspace() or char in _STRAY and char not in _CLOSES:
            i += 1
        elif char in "()":
            tokens.append(_Token("open" if char == "(" else "close"))
            i += 1
        elif _quote_at(text, i):
            end = i + 1
            while end < size and not (text[end] in _CLOSES[char] and _quote_at(text, end)):
                end += 1
            left_open = left_open or end >= size
            tokens.append(_Token("phrase", text[i + 1 : end]))
            i = end + 1
        elif char in "-!" and i + 1 < size and not text[i + 1].isspace():
            tokens.append(_Token("not"))
            i += 1
        elif text[i : i + len(ADDRESSES[-1])].lower().startswith(ADDRESSES):  # what is pasted: brackets and marks may be parts of it
            end = i
            while end < size and not text[end].isspace() and not _quote_at(text, end):
                end += 1
            spare = text.count(")", i, end) - text.count("(", i, end)  # closing brackets that are the query's
            while spare > 0 and text[end - 1] == ")":
                end, spare = end - 1, spare - 1
            tokens.append(_Token("word", text[i:end]))
            i = end
        else:
            end = i
            while end < size and not text[end].isspace() and text[end] not in "()" and not _quote_at(text, end):
                end += 1
            word = text[i:end]
            followed = end < size and (text[end] == "(" or text[end] in _CLOSES)
            if followed and word.lower() == "near:" and text[end] == "(":  # a place and a distance, no bracket of the query's own
                close = text.find(")", end)
                left_open = left_open or close < 0
                tokens += [_Token("field", "near"), _Token("phrase", text[end + 1 : close if close >= 0 else size])]
                end = close + 1 if close >= 0 else size
            elif followed and word.endswith(":") and word[:-1].lower() in FIELDS:
                tokens.append(_Token("field", word[:-1].lower()))
            else:
                kind = "and" if word in _ANDS else "or" if word in _ORS else "not" if word in _NOTS else "word"
                tokens.append(_Token(kind, word))
            i = end
    return tokens, left_open


def _clean(text: str, most: int = MAX_TEXT) -> str:
    """A phrase's text: single spaces, no quotation mark of its own."""
    text = "".join(" " if char == '"' and _quote_at(text, i) else char for i, char in enumerate(text))
    return " ".join(text.split())[:most].rstrip(' "')  # cut before the last letter of צה"ל, the mark would be one


class _Reader:
    """Recursive descent over the tokens: or > and > not > word, phrase, field, brackets."""

    def __init__(self, text: str) -> None:
        self.tokens, left_open = _scan(text)
        self.at = 0
        self.depth = 0
        self.terms = 0
        self.warnings: list[str] = []
        if left_open:
            self.warn("A quotation mark or near:( is not closed; it goes to the end.")

    def warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end")

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def read(self) -> Ast:
        parts = [self.any_of(None)]
        while self.peek().kind == "close":
            self.take()
            self.warn("A closing bracket has no opening one; it is left out.")
            parts.append(self.any_of(None))
        if self.terms > MAX_TERMS:
            self.warn(f"Only the first {MAX_TERMS} words and filters are used.")
        return both(parts)

    def any_of(self, field: str | None) -> Ast:
        parts = [self.all_of(field)]
        while self.peek().kind == "or":
            operator = self.take()
            part = self.all_of(field)
            if isinstance(part, Empty) or isinstance(parts[-1], Empty):
                self.dangling(operator)
            parts.append(part)
        return either(parts)

    def all_of(self, field: str | None) -> Ast:
        parts: list[Ast] = []
        while self.peek().kind not in ("or", "close", "end"):
            if self.peek().kind == "and":
                operator = self.take()
                if not parts or self.peek().kind in ("or", "and", "close", "end"):
                    self.dangling(operator)
                continue
            parts.append(self.unary(field))
        return both(parts)

    def dangling(self, operator: _Token) -> None:
        self.warn(f"{operator.text} joins nothing here; it is left out.")

    def unary(self, field: str | None) -> Ast:
        odd = False
        while self.peek().kind == "not":
            operator = self.take()
            odd = not odd
            if self.peek().kind in ("or", "and", "close", "end"):
                self.warn(f"{operator.text or '-'} has nothing to exclude; it is left out.")
                return Empty()
        part = self.primary(field)
        return negated(part) if odd else part

    def primary(self, field: str | None) -> Ast:
        token = self.take()
        if token.kind == "open":
            return self.bracket(field)
        if token.kind == "phrase":
            return self.phrase(token.text, field)
        if token.kind == "field":
            if self.peek().kind == "open":
                self.take()
                return self.bracket(token.text)
            return self.phrase(self.take().text, token.text)
        return self.word(token.text, field)

    def bracket(self, field: str | None) -> Ast:
        """What stands in brackets; deeper ones than MAX_DEPTH are read as if they were not there."""
        if self.depth >= MAX_DEPTH:
            self.warn(f"Brackets go deeper than {MAX_DEPTH}; the inner ones are left out.")
            return Empty()
        self.depth += 1
        inner = self.any_of(field)
        self.depth -= 1
        if self.peek().kind == "close":
            self.take()
        else:
            self.warn("A bracket is not closed; it goes to the end.")
        return inner

    def counted(self, node: Ast) -> Ast:
        self.terms += 1
        return node if self.terms <= MAX_TERMS else Empty()

    def phrase(self, raw: str, field: str | None) -> Ast:
        if field is not None and field not in TEXT_FIELDS:
            return self.filter(field, raw)
        text = _clean(raw)
        if not exact_tokens(text):
            self.warn(f"There is nothing to search for in “{text}”.")
            return Empty()
        return self.counted(Quoted(text, field))

    def word(self, raw: str, field: str | None) -> Ast:
        exact = raw.startswith("=")
        raw = raw.lstrip(_LEAD)
        if field is None and raw.lower().startswith(ADDRESSES):
            return self.filter("url", raw)
        match = _NAME.match(raw)
        if match and match[1].lower() in FIELDS:
            field, value = match[1].lower(), match[2]
            bare = value.lstrip("-!")
            if bare != value and field not in _NUMBERED and bare.strip(_LEAD):  # place:-Kyiv
                part = self.word(f"{field}:{bare}", None)
                return negated(part) if (len(value) - len(bare)) % 2 else part
            exact = exact or value.startswith("=")
            if field in TEXT_FIELDS:
                return self.term(value.lstrip(_LEAD), field, exact) if value.strip(_LEAD) else self.valueless(field)
            return self.filter(field, value)
        if match and not raw.lower().startswith(ADDRESSES):
            self.warn(f"“{match[1]}:” is no field; “{raw}” is searched as text.")
        if field is not None and field not in TEXT_FIELDS:
            return self.filter(field, raw)
        return self.term(raw, field, exact)

    def term(self, text: str, field: str | None, exact: bool) -> Ast:
        prefix = text.endswith("*")
        text = text.rstrip("*:")[:MAX_TEXT].rstrip('*:"')
        if "(" in text or ")" in text:  # of an address: no word could be written with them
            return self.phrase(text, field)
        if not exact_tokens(text):
            if text:
                self.warn(f"There is nothing to search for in “{text}”.")
            return Empty()
        if text in _OPERATORS and not (field or prefix or exact):
            text = text.lower()
        return self.counted(Term(text, field, prefix, exact and not prefix))

    def valueless(self, field: str) -> Ast:
        self.warn(f"{field}: has no value; “{field}” is searched as text.")
        return self.counted(Term(field))

    def filter(self, field: str, value: str) -> Ast:
        """A filter whose value can be read, else the value as text."""
        value = _clean(value, MAX_ADDRESS if field == "url" else MAX_TEXT)
        if not any(char.isalnum() for char in value):
            return self.valueless(field)
        field = SYNONYMS.get(field, field)
        problem, value = checked(field, value)
        if problem:
            self.warn(f"{problem} “{value}” is searched as text.")
            value = _clean(value)
            return self.counted(Quoted(value)) if exact_tokens(value) else Empty()
        return self.counted(Filter(field, value))
