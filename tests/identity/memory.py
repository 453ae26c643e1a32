"""A CopyStore in memory, for tests that look at the thinking alone."""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from aggregator.ports import Fingerprint


class MemoryCopies:
    """CopyStore over dictionaries."""

    def __init__(self) -> None:
        self.known: dict[int, Fingerprint] = {}
        self.group_of: dict[int, int] = {}
        self.postings: dict[int, set[int]] = {}

    def put(self, fingerprint: Fingerprint) -> None:
        before = self.known.get(fingerprint.article_id)
        for shingle in before.shingles if before else ():
            self.postings[shingle].discard(fingerprint.article_id)
        self.known[fingerprint.article_id] = fingerprint
        for shingle in fingerprint.shingles:
            self.postings.setdefault(shingle, set()).add(fingerprint.article_id)

    def sharing(self, shingles: Collection[int], since: datetime, most: int) -> Mapping[int, Mapping[int, int]]:
        found = {s: {a: self.group_of.get(a, a) for a in self.postings.get(s, ()) if self.known[a].at >= since} for s in shingles}
        return {shingle: articles for shingle, articles in found.items() if articles}

    def fingerprints(self, article_ids: Collection[int]) -> Mapping[int, Fingerprint]:
        return {article: self.known[article] for article in article_ids if article in self.known}

    def groups(self, article_ids: Collection[int]) -> Mapping[int, int]:
        return {article: self.group_of[article] for article in article_ids if article in self.group_of}

    def members(self, group: int) -> tuple[int, ...]:
        return tuple(sorted(article for article, own in self.group_of.items() if own == group))

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def set_group(self, article_ids: Collection[int], group: int) -> None:
        self.group_of.update(dict.fromkeys(article_ids, group))

    def clear(self) -> None:
        self.known.clear()
        self.group_of.clear()
        self.postings.clear()
