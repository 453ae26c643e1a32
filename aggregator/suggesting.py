"""What somebody may mean who has typed the beginning of a name, in any script: places, outlets and cited sources."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aggregator.names import Names
from aggregator.search.fold import fold
from aggregator.sources.registry import Registry, names_of

KINDS = ("place", "outlet", "source")
FIELDS = {"place": "place", "outlet": "outlet", "source": "by"}  # of the query language
SHORTEST = 2  # letters

Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that bears a name which begins so. ``detail`` tells it apart from others of its name; ``value`` is what to put into a
    form: the name where it means this one alone, else the name with the id in brackets."""

    kind: str
    id: str
    name: str
    detail: str
    value: str

    @property
    def field(self) -> str:
        """The field of the query language that it is a value of."""
        return FIELDS[self.kind]


class Suggester:
    """Suggestions over the names as they stand; the registry's are folded once."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._sources = [(source, [_haystack(name) for name in names_of(source)]) for source in registry.sources]

    def suggest(self, names: Names, text: str, kinds: Sequence[str] = KINDS, limit: int = 8) -> tuple[Suggestion, ...]:
        """Up to ``limit`` of each kind, the likeliest first; nothing for less than SHORTEST letters."""
        if len(_words(text)) < SHORTEST:
            return ()
        found = {"place": self._places, "outlet": self._outlets, "source": self._named}
        return tuple(one for kind in kinds for one in found[kind](names, text, limit))

    def _places(self, names: Names, text: str, limit: int) -> Iterator[Suggestion]:
        if names.gazetteer is None:
            return
        for place in names.gazetteer.beginning(text, limit):
            alone = names.place(place.name) == (place.id,)
            detail = ", ".join((place.kind, *place.path_names))
            yield Suggestion("place", place.id, place.name, detail, place.name if alone else f"{place.name} ({place.id})")

    def _outlets(self, names: Names, text: str, limit: int) -> Iterator[Suggestion]:
        known = [(outlet, [_haystack(outlet.name)]) for outlet in names.store.feeds.outlets()]
        for outlet in _best(known, text, limit):
            alone = names.outlet(outlet.name) == (outlet.id,)
            detail = ", ".join(filter(None, (outlet.kind.replace("_", " "), outlet.country)))
            yield Suggestion("outlet", outlet.id, outlet.name, detail, outlet.name if alone else f"{outlet.name} ({outlet.id})")

    def _named(self, names: Names, text: str, limit: int) -> Iterator[Suggestion]:
        for source in _best(self._sources, text, limit):
            same = names.registry.find(source.name)
            detail = ", ".join(filter(None, (source.kind.replace("_", " "), source.country)))
            value = source.name if same and same.id == source.id else f"{source.name} ({source.id})"
            yield Suggestion("source", source.id, source.name, detail, value)


def _haystack(name: str) -> str:
    """A name with a space before each of its words, by which their beginnings are found."""
    return f" {_words(name)}"


def _words(text: str) -> str:
    """Folded, with single spaces between words; hyphens part them too."""
    return " ".join(fold(text).replace("-", " ").split())


def _best(known: Iterable[tuple[Named, Sequence[str]]], text: str, limit: int) -> list[Named]:
    """Those with a name that has a word beginning with each typed word: names that begin so first, then the shorter ones."""
    typed = _words(text)
    words = [f" {word}" for word in typed.split()]
    ranked = []
    for number, (one, names) in enumerate(known):
        fitting = [(not name.startswith(f" {typed}"), len(name)) for name in names if all(word in name for word in words)]
        if fitting:
            ranked.append((min(fitting), number, one))
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])[:limit]]
