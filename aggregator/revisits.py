"""Looking at the pages of articles again: what outlets change without a word.

::

    fetch(article)    a conditional request to the page; unchanged: one row; gone: noted, and the article stays; else the page is kept
    process(article)  extract -> the same rules as for an entry of a known article -> a revision, or nothing new

Both can be done again when their lease lapses, by anybody, with the same result.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from aggregator.drafting import names_of, new_article, text_of, visit_of
from aggregator.errors import BrokerError, BusyError, DisallowedError, FetchError, Remedy
from aggregator.fetch.revisits import next_visit
from aggregator.model import EntryState, LedgerEntry, Outcome, RawPage, Step
from aggregator.pipeline import ATTEMPTS, WAITS, Pipeline, page_outcome, pause_for
from aggregator.ports import FetchedPage, FetchRequest, LedgerFilter, Visit

GONE_FOR_GOOD = 410


@dataclass(slots=True)
class Revisits:
    """Visits to the pages of articles, over the ports of the pipeline."""

    pipeline: Pipeline

    def fetch(self, article_id: int) -> bool:
        """Fetch the page of an article if a visit is due; return whether it is to be processed."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        planned = store.revisits.get(article_id)
        if planned is None or planned.step is not Step.FETCH or planned.due_at > now:
            return planned is not None and planned.step is Step.PROCESS
        first_seen_at = store.articles.get(article_id).first_seen_at
        next_at = next_visit(first_seen_at, now)
        try:
            response = self.pipeline.fetcher.get(FetchRequest(planned.url, "page", planned.etag, planned.last_modified))
        except (BusyError, BrokerError) as held_up:
            store.revisits.later(article_id, now + pause_for(held_up), attempt=False)
            return False
        except FetchError as error:
            if page_outcome(error) is Outcome.GONE:
                store.revisits.gone(article_id, now, None if error.status == GONE_FOR_GOOD else next_at)
            elif error.remedy is Remedy.WAIT and planned.attempts + 1 < ATTEMPTS:
                wait = timedelta(seconds=min(error.retry_after_s or 0, 3600))
                store.revisits.later(article_id, now + max(WAITS[min(planned.attempts, len(WAITS) - 1)], wait), attempt=True)
            else:
                store.revisits.skip(article_id, None if isinstance(error, DisallowedError) else next_at)
            return False
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        if response.status == 304:
            known = Visit(planned.url, next_at, etag or planned.etag, modified or planned.last_modified, planned.page_hash)
            store.revisits.done(article_id, known)
            return False
        page_hash = hashlib.sha256(response.body).hexdigest()
        if page_hash == planned.page_hash:
            store.revisits.done(article_id, Visit(planned.url, next_at, etag, modified, page_hash))
            return False
        page = RawPage(response.url, response.body, response.headers.get("content-type"), planned.url, response.status)
        redirects = tuple(target for _, target in response.redirects)
        store.revisits.fetched(article_id, FetchedPage(page, None, "", redirects, etag, modified), now)
        return True

    def process(self, article_id: int) -> EntryState | None:
        """Read a page that differs from the one before; REVISED, KNOWN, or None where there was nothing to read. An attempt is counted
        before (RevisitStore.renew), so that a page which ends its worker is noticed."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        planned, fetched = store.revisits.get(article_id), store.revisits.fetched_page(article_id)
        if planned is None or planned.step is not Step.PROCESS or fetched is None:
            return None
        article = store.articles.get(article_id)
        next_at = next_visit(article.first_seen_at, now)
        if planned.attempts > ATTEMPTS:  # each ended its worker
            store.revisits.skip(article_id, next_at)
            return None
        entry = self._entry(article_id, article.feed_id)
        if entry is None:  # another article's by now
            store.revisits.skip(article_id, None)
            return None
        text = text_of(entry.entry, fetched)
        visit = visit_of(planned.url, fetched, text.draft.outcome, article.first_seen_at, now)
        if not text.draft.body or visit is None:
            store.revisits.skip(article_id, next_at)
            return None
        feed = store.feeds.get(entry.feed_id)
        new = new_article(entry, feed, fetched, text, now)
        aliases = names_of(entry, fetched, text.draft, new.url_key)
        return self.pipeline.seen_again(article_id, new, aliases, store.feeds.outlet(article.outlet_id), now, visit=visit)

    def broke(self, article_id: int) -> None:
        """A visit ended in an error that nobody foresaw, or ended its worker: try again like after a passing one, then go on to the
        next visit."""
        store, now = self.pipeline.store, self.pipeline.clock.now()
        planned = store.revisits.get(article_id)
        if planned is not None and planned.attempts + 1 < ATTEMPTS:
            wait = WAITS[min(planned.attempts, len(WAITS) - 1)]
            store.revisits.later(article_id, now + wait, attempt=planned.step is Step.FETCH)
        elif planned is not None:
            store.revisits.skip(article_id, next_visit(store.articles.get(article_id).first_seen_at, now))

    def _entry(self, article_id: int, feed_id: int | None) -> LedgerEntry | None:
        """The newest entry of the article in the feed that brought it."""
        return next(iter(self.pipeline.store.ledger.find(LedgerFilter(feed_id, article_id=article_id), 1)), None)
