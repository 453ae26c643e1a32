"""The registry of sources: who is cited, under which names, and what they are.

The data are YAML files in ``data/registry``, one a theatre or group, and an operator's own, which are laid over them (layers.py);
``data/taxonomy.yaml`` lists the values of kind and side.
A name is looked up by the set of its words, so that "Russia's Defence Ministry", "the Russian Ministry of Defense" and
"Ministry of Defence of Russia" are one key; words of inflected languages are cut down to a light stem.
"""

import functools
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aggregator.errors import NotFoundError, SettingsError
from aggregator.model import Source
from aggregator.sources import layers
from aggregator.sources.layers import Row, Stamp, read_yaml

DATA = Path(__file__).parent / "data"
FIELDS = frozenset({"id", "name", "kind", "side", "country", "organisation", "aliases", "metonyms", "channels", "basis", "verified"})
FIELDS |= {"merged_into", "history"}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WORD = re.compile(r"(?<!\w)[lLdD]['’](?=\w)|(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’ʼ`´‘][^\W_]+)*")
KNOWN_PHRASES = 20_000  # names and phrases whose words are kept; more than the registry has names, which are asked for in turn
LONGEST = 9  # words of the longest name that is looked for inside a phrase

CYRILLIC_ENDING = re.compile(
    "(?:ского|ському|ським|ською|ами|ями|ого|ому|ему|его|ими|ыми|ою|ею|ах|ях|ов|ів|їв|ев|ей|ой|ий|ый|ій|ая"
    "|яя|ої|ое|ее|ые|ие|ую|юю|ом|ем|им|ым|ам|ям"
    "|ию|ии|ия|ію|ії|ія|[аяоеєуюиіїыйьё])$"
)
ARABIC_CLITICS = ("وال", "فال", "بال", "كال", "لل", "و", "ف", "ب", "ل", "ك")
HEBREW_CLITICS = ("וב", "ול", "ומ", "וה", "שב", "שה", "מה", "ב", "ה", "ל", "מ", "ש", "ו", "כ")
PERSIAN = str.maketrans("یک", "يك")  # one letter each, which Arabic and Persian keyboards write differently
# Behind a name and an apostrophe: "Erdoğan'ın", "NATO'dan"; a bare vowel behind consonants only, so that Sana'a stays Sanaa.
TURKISH_ENDING = re.compile(
    r"(?<=\w\w\w)['’](?:(?<=[^\Waeıioöuü]['’])[ıiuüae]|y[ıiuüae]|n?[ıiuü]n"
    r"|[dt][ae]n?|[dt][ae]k[ıi]|y?l[ae]|n[ae]|n[dt][ae]n?|[sc][ıiuü])$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NameWords:
    """``data/names.yaml``: spelling -> word, words without weight, words that may stand before a surname."""

    same: Mapping[str, str]
    empty: frozenset[str]
    titles: frozenset[str]


@functools.cache
def _words() -> NameWords:
    data = read_yaml(DATA / "names.yaml")
    same = {spelling: word for word, spellings in data["same"].items() for spelling in spellings}
    return NameWords(same, frozenset(data["empty"]), frozenset(data["titles"]))


class _Letters(dict[int, int | None]):
    """How characters are compared: marks and apostrophes not at all, letters of one meaning as one."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.combining(chr(point)) else point
        return self[point]


LETTERS = _Letters(PERSIAN | dict.fromkeys(map(ord, ".'’ʼ`´‘ـ")))


@functools.lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word as it is compared: no case, no accents, no vowel marks, one spelling, a light stem; "" for a word without weight."""
    if word.isascii() and word.isalnum():
        text = word.lower()
    else:
        text = unicodedata.normalize("NFKD", TURKISH_ENDING.sub("", word)).casefold().translate(LETTERS)
        text = text[:-1] if word.endswith(("'s", "’s")) else text
    words = _words()
    if text in words.empty:
        return ""
    text = words.same.get(text, text)
    if "а" <= text[:1] <= "ӿ":
        stem = CYRILLIC_ENDING.sub("", text)
        return stem if len(stem) >= 3 else text
    if "ء" <= text[:1] <= "ي":
        text = text.replace("ى", "ي").replace("ة", "ه")
        return text[2:] if text.startswith("ال") and len(text) > 4 else text
    return text


@functools.lru_cache(maxsize=KNOWN_PHRASES)
def words_of(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, folded) of the words of weight; cached, since a text names its speakers again and again."""
    return tuple([(*m.span(), key) for m in WORD.finditer(text) if (key := fold(m.group()))])


@dataclass(frozen=True, slots=True)
class Name:
    """One way to name a source. ``whole``: counts only where it is the whole phrase; ``exact``: counts only in this very spelling."""

    source: Source
    words: int
    whole: bool = False
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A source named in ``text[start:end]``."""

    start: int
    end: int
    source: Source


@dataclass(frozen=True)
class Registry:
    """All sources, by id and by name. ``by_id`` has the ids too that were merged into a source; ``redirects`` says which. ``own``: the
    folder with an operator's entries, ``seen``: its state when they were read."""

    sources: tuple[Source, ...]
    by_id: Mapping[str, Source]
    names: Mapping[frozenset[str], tuple[Name, ...]] = field(repr=False)
    redirects: Mapping[str, str] = field(default_factory=dict)
    own: Path | None = None
    seen: Stamp = ()

    def is_current(self) -> bool:
        """Whether the operator's files are still those that were read. Costs a stat a file."""
        return layers.stamp(self.own) == self.seen

    def ids(self, ident: str) -> tuple[str, ...]:
        """The ids under which texts may have been tagged with a source: its own, and those that were merged into it."""
        now = self.redirects.get(ident, ident)
        return (now, *(old for old, new in self.redirects.items() if new == now))

    def get(self, ident: str) -> Source:
        """The source with that id; raises NotFoundError."""
        try:
            return self.by_id[ident]
        except KeyError:
            raise NotFoundError("source", ident) from None

    def find(self, name: str) -> Source | None:
        """The source that ``name`` as a whole names, in any of its languages, or an id; None if there is none."""
        if name in self.by_id:
            return self.by_id[name]
        key = frozenset(word for _, _, word in words_of(name))
        names = self.names.get(key, ())
        return next((n.source for n in names if n.exact is None or n.exact in name), names[0].source if names else None)

    @functools.cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of all names."""
        return frozenset().union(*self.names)

    @functools.cached_property
    def nations(self) -> Mapping[str, str]:
        """Word that names a country, its people or its capital, folded -> country."""
        found: dict[str, str] = {}
        for source in self.sources:
            if source.kind == "government" and source.country:
                for name in names_of(source):
                    words = words_of(name)
                    if len(words) == 1 and name[:1].isupper():
                        found.setdefault(words[0][2], source.country)
        return found

    @functools.cached_property
    def bodies(self) -> Mapping[str, Mapping[frozenset[str], tuple[Source, ...]]]:
        """Country -> words of a name without those that name the country -> sources other than persons."""
        found: dict[str, dict[frozenset[str], tuple[Source, ...]]] = {}
        for source in self.sources:
            if source.country and source.kind != "official":
                mine = found.setdefault(source.country, {})
                for name in names_of(source):
                    words = frozenset(word for _, _, word in words_of(name))
                    rest = frozenset(word for word in words if word not in self.nations)
                    if rest and rest != words and source not in mine.get(rest, ()):
                        mine[rest] = (*mine.get(rest, ()), source)
        return found

    def search(self, text: str) -> Found | None:
        """The source named in a phrase: the longest name, of equally long ones the last; None if there is none."""
        best = None
        for found, size in self._named(text):
            if best is None or (size, found.start) >= best[0]:
                best = (size, found.start), found
        return best[1] if best else None

    def _named(self, text: str) -> Iterator[tuple[Found, int]]:
        words = words_of(text)
        for first in range(len(words)):
            if words[first][2] not in self.vocabulary and not _may_have_clitic(words[first][2]):
                continue
            for last in range(first, min(len(words), first + LONGEST)):
                if last > first and words[last][2] not in self.vocabulary:
                    break
                for key in _keys([word for _, _, word in words[first : last + 1]]):
                    start, end = words[first][0], words[last][1]
                    for name in self.names.get(key, ()):
                        if _fits(name, text, start, end, whole=len(words) == last - first + 1):
                            yield Found(start, end, name.source), name.words
                            break


def names_of(source: Source) -> tuple[str, ...]:
    """All names of a source, in all its languages."""
    return (source.name, *(alias for group in source.aliases.values() for alias in group))


def _keys(words: list[str]) -> Iterator[frozenset[str]]:
    yield frozenset(words)
    first, rest = words[0], words[1:]
    clitics, least = (ARABIC_CLITICS, 3) if "ء" <= first[:1] <= "ي" else (HEBREW_CLITICS, 2) if "א" <= first[:1] <= "ת" else ((), 0)
    for clitic in clitics:
        if first.startswith(clitic) and len(first) >= len(clitic) + least:
            yield frozenset([first[len(clitic) :], *rest])


def _may_have_clitic(word: str) -> bool:
    return "ء" <= word[:1] <= "ي" or "א" <= word[:1] <= "ת"


def _fits(name: Name, text: str, start: int, end: int, *, whole: bool) -> bool:
    """Whether the words that have a name's key are that name: in case, in spelling, and not a part of another person's name."""
    surface = text[start:end]
    if name.whole and not whole or name.exact and name.exact not in surface:
        return False
    first = surface[0]
    if first.lower() != first.upper() and first.islower() and not any(c.isupper() for c in surface):
        return name.words > 1
    if name.words == 1 and name.source.kind == "official" and not whole:
        before = text[:start].split()
        return not (before and before[-1][:1].isupper() and before[-1][-1].isalpha() and not _is_title(before[-1]))
    return True


def _is_title(word: str) -> bool:
    return word.lower().rstrip(".") in _words().titles


def load(own: Path | None = None) -> Registry:
    """The registry that comes with Frontwire, an operator's entries in ``own`` laid over it; raises SettingsError that names file, entry
    and field where the data are wrong."""
    return _load(shipped(), own)


def load_from(folder: Path, own: Path | None = None) -> Registry:
    """A registry from the YAML files of a folder; raises SettingsError as ``load`` does."""
    return _load(layers.in_folder(folder), own)


@functools.cache
def shipped() -> tuple[Row, ...]:
    """The entries that come with Frontwire; read once a process."""
    return tuple(layers.in_folder(DATA / "registry"))


def _load(below: Iterable[Row], own: Path | None) -> Registry:
    seen = layers.stamp(own)  # first: what changes while it is read is read once more
    return replace(assemble((below, layers.by_hand(own), layers.by_desk(own))), own=own, seen=seen)


def current(known: Registry) -> Registry:
    """The registry as it is now: ``known``, or read anew where the operator's files were changed; ``known`` too where they are wrong."""
    if known.is_current():
        return known
    try:
        return load(known.own)
    except SettingsError as error:
        logging.getLogger(__name__).warning("The cited sources stay as they were: %s", error)
        return replace(known, seen=layers.stamp(known.own))


def assemble(found: Iterable[Iterable[Row]]) -> Registry:
    """A registry of the entries of these layers; raises SettingsError as ``load`` does."""
    laid = layers.lay(found)
    terms = taxonomy()
    sources: dict[str, Source] = {}
    metonyms: dict[str, set[str]] = {}
    for row in laid.values():
        source, metonyms[row.key] = _source(row.fields, row.where, terms)
        sources[source.id] = source
    redirects = layers.redirects(laid)
    for old, new in redirects.items():
        sources[new] = _merged(sources[new], sources[old])
        metonyms[new] |= metonyms[old]
    for ident, source in sources.items():
        above = source.organisation
        if above is not None and above not in sources:
            raise SettingsError(f"{laid[ident].where} ({ident}): its organisation {above!r} is no id of the registry.")
        if above in redirects:
            sources[ident] = replace(source, organisation=redirects[above])
    kept = tuple(source for ident, source in sources.items() if ident not in redirects)
    return Registry(kept, {**sources, **{old: sources[new] for old, new in redirects.items()}}, _index(kept, metonyms), redirects)


def _merged(source: Source, gone: Source) -> Source:
    """A source that has the names and channels of another too."""
    theirs = {**gone.aliases}
    language = "en" if gone.name.isascii() else "und"
    theirs[language] = (gone.name, *theirs.get(language, ()))
    languages = source.aliases.keys() | theirs.keys()
    aliases = {tag: tuple(dict.fromkeys(source.aliases.get(tag, ()) + theirs.get(tag, ()))) for tag in sorted(languages)}
    return replace(source, aliases=aliases, channels=tuple(dict.fromkeys(source.channels + gone.channels)))


@functools.cache
def taxonomy() -> Mapping[str, Mapping[str, str]]:
    """Values of kinds, sides, strengths, channels and anonymity, each with its meaning."""
    data: dict[str, dict[str, str]] = read_yaml(DATA / "taxonomy.yaml")
    return data


def _source(row: Mapping[str, Any], where: str, terms: Mapping[str, Mapping[str, str]]) -> tuple[Source, set[str]]:
    label = f"{where} ({row.get('id', 'without id')})"
    unknown = set(row) - FIELDS
    if unknown:
        raise SettingsError(f"{label}: unknown field {sorted(unknown)[0]!r}; known are {', '.join(sorted(FIELDS))}.")
    for name in ("id", "name", "kind", "basis"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise SettingsError(f"{label}: the field {name!r} is missing or no text.")
    if not SLUG.fullmatch(row["id"]):
        raise SettingsError(f"{label}: an id has lower-case letters, digits and single hyphens only.")
    if row.get("merged_into") is not None and not isinstance(row["merged_into"], str):
        raise SettingsError(f"{label}: merged_into is the id of a source, not {row['merged_into']!r}.")
    layers.check_history(row.get("history", []), label)
    for name, values in (("kind", terms["kinds"]), ("side", terms["sides"])):
        if row.get(name, "unknown") not in values:
            raise SettingsError(f"{label}: {name} {row[name]!r} is not in the taxonomy; known are {', '.join(values)}.")
    if not isinstance(row.get("channels", []), list):
        raise SettingsError(f"{label}: channels is a list; known are {', '.join(terms['channels'])}.")
    for channel in row.get("channels", ()):
        if channel not in terms["channels"]:
            raise SettingsError(f"{label}: channel {channel!r} is not in the taxonomy; known are {', '.join(terms['channels'])}.")
    country = row.get("country")
    if country is not None and not (isinstance(country, str) and re.fullmatch("[A-Z]{2}", country)):
        raise SettingsError(f"{label}: country {country!r} is no ISO 3166-1 alpha-2 code.")
    if not isinstance(row.get("verified", False), bool):
        raise SettingsError(f"{label}: verified is yes or no.")
    names = _names(row.get("aliases", {}), "aliases", label)
    capitals = _names(row.get("metonyms", {}), "metonyms", label)
    aliases = {language: names.get(language, ()) + capitals.get(language, ()) for language in names.keys() | capitals.keys()}
    source = Source(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        side=row.get("side", "unknown"),
        country=country,
        organisation=row.get("organisation"),
        aliases=aliases,
        channels=tuple(row.get("channels", ())),
        basis=row["basis"],
        verified=row.get("verified", False),
    )
    return source, {name for group in capitals.values() for name in group}


def _names(data: object, what: str, label: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        raise SettingsError(f"{label}: {what} maps a language to a list of names.")
    for language, names in data.items():
        if not isinstance(names, list) or not all(isinstance(name, str) and words_of(name) for name in names):
            raise SettingsError(f"{label}: {what} in {language!r} must be a list of names; quote a name that YAML reads as something else.")
    return {language: tuple(names) for language, names in data.items() if names}


def _index(sources: Iterable[Source], metonyms: Mapping[str, set[str]]) -> dict[frozenset[str], tuple[Name, ...]]:
    names: dict[frozenset[str], tuple[Name, ...]] = {}
    for source in sources:
        seen: set[tuple[frozenset[str], bool, str | None]] = set()
        for alias in names_of(source):
            key = frozenset([word for _, _, word in words_of(alias)])
            core = alias.removeprefix("The ").removeprefix("the ")
            exact = core if len(core) <= 6 and core.isupper() and "." not in core else None
            name = Name(source, len(key), whole=alias in metonyms[source.id], exact=exact)
            if (key, name.whole, exact) not in seen:
                seen.add((key, name.whole, exact))
                names[key] = (*names.get(key, ()), name)
    return names
