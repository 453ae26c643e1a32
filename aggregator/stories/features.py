"""What of an article says which event it tells of: words, names, figures, places and cited sources, as one sparse vector."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from math import log
from pathlib import Path

from aggregator.model import StoryDocument

LEAD = 1200  # characters of the body; what follows is background that other stories share, and less is too little to go by (measured)
STEM = 7  # letters of a word that count: endings differ by case and number, above all in Slavic languages
TITLE = 1  # how many times a word of the title counts
WEIGHTS = {"word": 1.0, "name": 2.0, "figure": 0.7, "place": 1.5, "source": 0.5}

STOP_WORDS = Path(__file__).parent / "data" / "stop_words.txt"
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_ENDS = frozenset('.!?…:;\n"“”«»„‘(—–-•')  # before a capital that says nothing

_POSSESSIVE = re.compile("['’]s$")

Vector = dict[str, float]


@cache
def stop_words() -> frozenset[str]:
    """Words of English, Ukrainian and Russian that carry no event, and those of news writing; read once a process."""
    lines = STOP_WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def features(document: StoryDocument) -> Vector:
    """Return the article's terms, each with 1 + log(how often) times the weight of its kind, not yet weighted by rarity.

    A term begins with a mark of its kind: none for a word, ``=`` name, ``#`` figure, ``@`` place, ``!`` source.
    """
    title = unicodedata.normalize("NFKC", document.title)
    lead = unicodedata.normalize("NFKC", document.body[:LEAD])
    counts = Counter([*_words(lead), *(word for word in _words(title) for _ in range(TITLE))])
    vector = {term: (1 + log(n)) * WEIGHTS["figure" if term[0] == "#" else "word"] for term, n in counts.items()}
    names = Counter(_names(lead))
    if not _is_title_case(title):
        names.update(_names(title))
    vector |= {f"={name}": (1 + log(n)) * WEIGHTS["name"] for name, n in names.items()}
    vector |= {f"@{place}": WEIGHTS["place"] for place in document.place_ids}
    vector |= {f"!{source}": WEIGHTS["source"] for source in document.source_ids}
    return vector


def title_terms(title: str) -> set[str]:
    """The words and figures of a title as ``features`` names them."""
    return set(_words(unicodedata.normalize("NFKC", title)))


def _words(text: str) -> Iterator[str]:
    return filter(None, map(_term, _WORD.findall(text)))


@lru_cache(maxsize=1 << 16)  # words come again and again
def _term(raw: str) -> str:
    """A word or figure as ``features`` names it; empty for what says nothing."""
    word = raw.lower()
    if word.isdigit():
        return f"#{int(word)}"
    word = _POSSESSIVE.sub("", word)
    return word[:STEM] if len(word) > 1 and word not in stop_words() else ""


def _names(text: str) -> Iterator[str]:
    """Runs of capitalised words, each cut like a word; a single one at the start of a sentence is none."""
    run: list[str] = []
    end = 0
    opens = False
    for match in _WORD.finditer(text):
        word = match[0]
        if not word[0].isupper():
            if run:
                yield from _name(run, opens)
                run = []
            end = match.end()
            continue
        follows = text[end : match.start()]
        if run and follows not in (" ", "-", "’ ", "' "):
            yield from _name(run, opens)
            run = []
        if not run:
            opens = match.start() == 0 or follows.strip(" ")[-1:] in _ENDS and follows.strip(" ") != ""
        run.append(_POSSESSIVE.sub("", word.lower()))
        end = match.end()
    yield from _name(run, opens)


def _name(run: list[str], opens: bool) -> Iterator[str]:
    stop = stop_words()
    while run and run[0] in stop:
        run, opens = run[1:], False
    if len(run) > 1:
        yield " ".join(word[:STEM] for word in run)
    if run and not (opens and len(run) == 1):
        yield run[-1][:STEM]


def _is_title_case(title: str) -> bool:
    words = [word for word in _WORD.findall(title) if len(word) > 3]
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.7 * len(words)
