"""An article as both search engines store it: analysed words, facet tokens and packed facet values."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import ceil
from zlib import crc32

import numpy as np

from aggregator.errors import UsageError
from aggregator.query import Between, IndexDocument, Plan
from aggregator.search import analyse
from aggregator.search.facets import BY_NAME, CODES
from aggregator.storage.facet_columns import Ints

LAYOUT = f"4 analyser {analyse.VERSION}"  # an index of another layout is emptied when it is opened
MAX_BODY = 150_000  # characters of a body that are indexed: what PostgreSQL's tsvector (1 MB) holds even of hostile text
ALL = "all:"  # a facet token that every document bears
FIRST, LAST = -(1 << 62), 1 << 62  # positions before and after all others
NEIGHBOURS = 1 << 20  # an even share of 100,000 articles of 400 words is 40 articles a number
_FIRST_OF_TWO, _PRIME = 2_654_435_761, (1 << 61) - 1
JOINT = frozenset(("place", "outlet", "source"))  # filters of which each two have a token together, for the lists of one are long
_MAX_FACET = 120
_UNSAFE = re.compile("[^a-z0-9-]")

Pair = tuple[int, str]  # code of a facet, value


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A document after the analyser. The four texts are tokens with single spaces between; ``pairs`` are the values that are counted.
    ``copy_of``: the article or copy group whose text it is."""

    article_id: int
    position: int
    story_id: int | None
    copy_of: int
    wire: str | None
    outlet: str | None
    title: str
    body: str
    title_exact: str
    body_exact: str
    facets: str
    pairs: tuple[Pair, ...]

    def words(self) -> set[str]:
        """The exact tokens."""
        return {*self.title_exact.split(), *self.body_exact.split()}


def facet_token(name: str, value: str) -> str:
    """The one token for a facet's value: lower-case letters, digits and ``-_:`` only."""
    safe = _UNSAFE.sub(lambda m: "".join(f"_{byte:02x}" for byte in m.group().encode("utf-8", "replace")), value)
    if len(safe) > _MAX_FACET:
        safe = hashlib.sha256(safe.encode()).hexdigest()
    return f"{name}:{safe}"


def filter_tokens(filters: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """What asks for all of these filters (names and values) at once: the tokens of each two that are indexed together, and those of the
    filters that are in none of them."""
    tokens = {one: facet_token(*one) for one in sorted(set(filters))}
    two = [(a, b) for a, b in combinations([one for one in tokens if one[0] in JOINT], 2) if a[0] != b[0]]
    joined = {one for both in two for one in both}
    return [f"{tokens[a]}={tokens[b]}" for a, b in two], [token for one, token in tokens.items() if one not in joined]


def index_row(document: IndexDocument) -> IndexRow:
    """Analyse a document. Raises UsageError for a facet that does not exist."""
    for name in document.facets:
        if name not in CODES:
            raise UsageError(f"There is no facet {name!r}; there are {', '.join(CODES)}.")
    title = analyse.analyse(document.title, document.language)
    body = analyse.analyse(document.body[:MAX_BODY], document.language)
    facets = {name: tuple(dict.fromkeys(values)) for name, values in document.facets.items()}
    facets["story"] = () if document.story_id is None else (str(document.story_id),)
    filters = [(name, value) for name, values in facets.items() for value in values]
    tokens = {*(facet_token(*one) for one in filters), *filter_tokens(filters)[0]}
    pairs = sorted((CODES[name], value.replace("\0", "")) for name, values in facets.items() if BY_NAME[name].counted for value in values)
    return IndexRow(
        document.article_id,
        document.position,
        document.story_id,
        document.copy_of if document.copy_of is not None else document.article_id,
        document.wire and document.wire.replace("\0", ""),
        next((outlet.replace("\0", "") for outlet in facets.get("outlet", ())), None),
        " ".join(title.stems),
        " ".join(body.stems),
        " ".join(title.exact),
        " ".join(body.exact),
        " ".join((ALL, *sorted(tokens))),
        tuple(pairs),
    )


def neighbours(*texts: str) -> Ints:
    """Numbers below NEIGHBOURS for each two tokens that follow each other in one of the texts, without doubles: what has a phrase has the
    numbers of all its neighbours, and what has the numbers of rare neighbours mostly has the phrase."""
    found = [np.zeros(0, dtype=np.uint64)]
    for text in texts:
        words = np.fromiter(map(crc32, text.encode().split()), dtype=np.uint64)
        found.append((words[:-1] * _FIRST_OF_TWO + words[1:]) % _PRIME % NEIGHBOURS)
    numbers: Ints = np.unique(np.concatenate(found)).astype(np.int32)
    return numbers


def window(plan: Plan) -> tuple[int, int]:
    """First position of the plan's time, and the first after it."""
    return _position(plan.since, FIRST), _position(plan.until, LAST)


def moment(between: Between) -> tuple[int, int]:
    """First position of a time, and the first after it."""
    return _position(between.since, FIRST), _position(between.until, LAST)


def _position(at: datetime | None, default: int) -> int:
    return default if at is None else ceil(at.timestamp()) << 20


def pack(pairs: Sequence[Pair], ids: Mapping[Pair, int]) -> bytes:
    """Facet values as 64-bit numbers: the facet's code above, the value's id below."""
    return np.array([(pair[0] << 32) | ids[pair] for pair in pairs], dtype="<i8").tobytes()


def spread(packed: Sequence[bytes], code: int) -> list[tuple[int, ...]]:
    """Value ids of one facet, row by row."""
    numbers = np.frombuffer(b"".join(packed), dtype="<i8")
    wanted = (numbers >> 32) == code
    ends = np.concatenate(([0], np.cumsum(wanted)))[np.cumsum([len(facets) // 8 for facets in packed], dtype=np.int64)].tolist()
    idents = (numbers[wanted] & 0xFFFFFFFF).tolist()
    return [tuple(idents[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
