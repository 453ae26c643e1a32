"""An article as both search engines store it: analysed words, facet tokens and packed facet values."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import numpy as np

from aggregator.errors import UsageError
from aggregator.query import Between, IndexDocument, Plan
from aggregator.search import analyse
from aggregator.search.facets import BY_NAME, CODES

LAYOUT = f"2 analyser {analyse.VERSION}"  # an index of another layout is emptied when it is opened
MAX_BODY = 150_000  # characters of a body that are indexed: what PostgreSQL's tsvector (1 MB) holds even of hostile text
ALL = "all:"  # a facet token that every document bears
FIRST, LAST = -(1 << 62), 1 << 62  # positions before and after all others
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


def facet_token(name: str, value: str) -> str:
    """The one token for a facet's value: lower-case letters, digits and ``-_:`` only."""
    safe = _UNSAFE.sub(lambda m: "".join(f"_{byte:02x}" for byte in m.group().encode("utf-8", "replace")), value)
    if len(safe) > _MAX_FACET:
        safe = hashlib.sha256(safe.encode()).hexdigest()
    return f"{name}:{safe}"


def index_row(document: IndexDocument) -> IndexRow:
    """Analyse a document. Raises UsageError for a facet that does not exist."""
    for name in document.facets:
        if name not in CODES:
            raise UsageError(f"There is no facet {name!r}; there are {', '.join(CODES)}.")
    title = analyse.analyse(document.title, document.language)
    body = analyse.analyse(document.body[:MAX_BODY], document.language)
    facets = {name: tuple(dict.fromkeys(values)) for name, values in document.facets.items()}
    facets["story"] = () if document.story_id is None else (str(document.story_id),)
    tokens = sorted(facet_token(name, value) for name, values in facets.items() for value in values)
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
        " ".join((ALL, *tokens)),
        tuple(pairs),
    )


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
