"""Derived data made anew from the articles: learnt lines, tags, copies, stories with their claims, and the search index."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from aggregator.arranging import STORIES_EDITION
from aggregator.identity.copies import fingerprint, join
from aggregator.pipeline import FOLLOW_BATCH, Pipeline

PARTS = ("lines", "tags", "copies", "stories", "index")  # in the order in which they build on each other
LEASE_S = 3600.0

Over = Callable[[Sequence[int]], Iterable[int]]  # passes ids through, to show progress


class Rebuild:
    """Rebuilds over one pipeline; ``alone`` keeps the follower of the change log out meanwhile."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.store = pipeline.store

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the follower's lease; gives False if somebody else has it."""
        turn = self.store.leases.acquire("follow", LEASE_S)
        try:
            yield turn.token is not None
        finally:
            if turn.token is not None:
                self.store.leases.release("follow", turn.token)

    def lines(self, over: Over) -> int:
        """Learn the repeated lines of every host anew, and have operators' verdicts applied to all articles of their hosts again: the
        service does that, in the background."""
        ids = self._ids()
        self.store.lines.clear()
        for article_id in over(ids):
            self.pipeline.relearn(article_id)
        for host in self.store.verdicts.hosts():
            self.store.verdicts.ask(host, self.pipeline.clock.now())
        return len(ids)

    def tags(self, over: Over) -> int:
        """Tag every article's newest revision, by what its feed speaks of when the first of its articles comes."""
        ids = self._ids()
        with self.pipeline.habits.held():
            for article_id in over(ids):
                self.pipeline.retag(article_id)
        return len(ids)

    def copies(self, over: Over) -> int:
        """Forget all copy groups and find them again, in the order in which the articles came; each revision counts, oldest first, as
        it did when it came."""
        ids, bonds = self._ids(), self.pipeline.arranging.copy_bonds()
        self.store.copies.clear()
        for article_id in over(ids):
            article = self.store.articles.get(article_id)
            for revision in self.store.articles.revisions(article_id):
                known = fingerprint(article.id, revision.body, article.at, wire=article.wire, outlet_id=article.outlet_id)
                join(known, self.store.copies, bonds)
        return len(ids)

    def stories(self, over: Over) -> int:
        """Form all stories anew, in the order in which the articles came. Each keeps the id of the one that it has most in common with, and
        what is a story no more leads to another."""
        ids = self._ids()
        self.store.changes.advance(STORIES_EDITION, self.store.changes.cursor(STORIES_EDITION) + 1)
        self.pipeline.storying.form(over(ids))
        return len(ids)

    def index(self, over: Over) -> int:
        """Take out of the search index what is no article any more, and put every article into it anew. Readers search meanwhile, and find
        each article as it was before or as it is then."""
        ids, batch = self._ids(), []
        head = self.store.changes.head()
        self._prune(set(ids))
        for article_id in over(ids):
            batch.append(article_id)
            if len(batch) == FOLLOW_BATCH:
                self.pipeline.index_articles(batch)
                batch = []
        self.pipeline.index_articles(batch)
        self.store.changes.advance("index", max(head, self.store.changes.cursor("index")))
        return len(ids)

    def _prune(self, present: set[int]) -> None:
        after = 0
        while found := self.pipeline.index.ids(after):
            self.pipeline.index.remove([ident for ident in found if ident not in present])
            after = found[-1]

    def _ids(self) -> list[int]:
        ids: list[int] = []
        while batch := self.store.articles.ids(ids[-1] if ids else 0):
            ids.extend(batch)
        return ids
