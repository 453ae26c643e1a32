"""Reading the pages of articles again: what outlets change without a word. ``fetching.visit`` has fetched them."""

from dataclasses import dataclass

from aggregator.drafting import names_of, new_article, text_of, visit_of
from aggregator.fetch.revisits import next_visit
from aggregator.fetching import ATTEMPTS
from aggregator.identity import urls
from aggregator.model import EntryState, LedgerEntry, Step
from aggregator.pipeline import Pipeline
from aggregator.ports import LedgerFilter

GONE_FOR_GOOD = 410


@dataclass(slots=True)
class Revisits:
    """Visits to the pages of articles, over the ports of the pipeline."""

    pipeline: Pipeline

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
        text = text_of(entry.entry, fetched, self.pipeline.furnishing.known(urls.host(article.url_key)))
        visit = visit_of(planned.url, fetched, text.draft.outcome, article.first_seen_at, now)
        if not text.draft.body or visit is None:
            store.revisits.skip(article_id, next_at)
            return None
        feed = store.feeds.get(entry.feed_id)
        new = new_article(entry, feed, fetched, text, now)
        aliases = names_of(entry, fetched, text.draft, new.url_key)
        return self.pipeline.seen_again(article_id, new, aliases, now, visit=visit)

    def _entry(self, article_id: int, feed_id: int | None) -> LedgerEntry | None:
        """The newest entry of the article in the feed that brought it."""
        return next(iter(self.pipeline.store.ledger.find(LedgerFilter(feed_id, article_id=article_id), 1)), None)
