"""Fetching pages: of entries, when they are new, and of articles, when a look at what became of them is due.

::

    page(entry)     Fetcher -> page kept for the next step, or the reason why there is none
    visit(article)  a conditional request; unchanged: one row; gone: noted, and the article stays; else the page is kept

Both can be done again when their lease lapses, by anybody, with the same result. What comes next is for ``pipeline`` and ``revisits``.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import BrokerError, BusyError, DisallowedError, FetchError, Remedy, UsageError
from aggregator.feeds import telegram
from aggregator.fetch.revisits import next_visit
from aggregator.identity.urls import key
from aggregator.model import EntryState, Outcome, RawPage, Response, Step
from aggregator.polling import pause_for
from aggregator.ports import Clock, FetchedPage, Fetcher, FetchRequest, Revisit, Store, Visit
from aggregator.removing import bars_entry

ATTEMPTS = 4  # tries of a page that fails for a passing reason, then the feed's own text has to do
WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))  # after the first, second, third try
MAX_RETRY_AFTER_S = 3600
GONE_FOR_GOOD = 410
STATUS_OUTCOME = {
    401: Outcome.BLOCKED,
    403: Outcome.BLOCKED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.BLOCKED,
    451: Outcome.BLOCKED,
}


@dataclass(slots=True)
class Fetching:
    """Pages over the ports. Safe for threads."""

    store: Store
    fetcher: Fetcher
    clock: Clock

    def page(self, entry_id: int) -> bool:
        """Fetch the page of a pending entry, unless it leads to what was taken down; return whether it is ready to be processed.

        A page that fails for a passing reason is tried again, ATTEMPTS times; after that, and at once where waiting does not help,
        the entry goes on without a page, so that the feed's own text is not held up or lost."""
        entry = self.store.ledger.get(entry_id)
        if entry.state is not EntryState.PENDING or entry.step is not Step.FETCH:
            return entry.state is EntryState.PENDING
        if bars_entry(self.store, entry, self.clock.now()):
            return False
        try:
            fetched = fetch_link(self.fetcher, entry.entry.link)
        except (BusyError, BrokerError) as held_up:
            self.store.ledger.postpone(entry_id, self.clock.now() + pause_for(held_up), held_up.message, attempt=False)
            return False
        except FetchError as error:
            if error.remedy is Remedy.WAIT and entry.attempts + 1 < ATTEMPTS:
                wait = max(wait_after(entry.attempts), asked_for(error))
                self.store.ledger.postpone(entry_id, self.clock.now() + wait, error.message, attempt=True)
                return False
            fetched = FetchedPage(None, page_outcome(error), error.message)
        self.store.ledger.fetched(entry_id, fetched, self.clock.now())
        return True

    def page_broke(self, entry_id: int, error: Exception) -> bool:
        """Fetching a page ended in an error that nobody foresaw: try again like after a passing one, then go on without the page;
        return whether the entry is ready to be processed."""
        entry, now = self.store.ledger.get(entry_id), self.clock.now()
        reason = f"Fetching broke off with an unforeseen {type(error).__name__}: {error}"
        if entry.attempts + 1 < ATTEMPTS:
            self.store.ledger.postpone(entry_id, now + wait_after(entry.attempts), reason, attempt=True)
            return False
        self.store.ledger.fetched(entry_id, FetchedPage(None, None, reason), now)
        return True

    def visit(self, article_id: int) -> bool:
        """Fetch the page of an article if a visit is due; return whether it is to be processed."""
        now = self.clock.now()
        planned = self.store.revisits.get(article_id)
        if planned is None or planned.step is not Step.FETCH or planned.due_at > now:
            return planned is not None and planned.step is Step.PROCESS
        next_at = next_visit(self.store.articles.get(article_id).first_seen_at, now)
        try:
            response = self.fetcher.get(FetchRequest(planned.url, "page", planned.etag, planned.last_modified))
        except (BusyError, BrokerError) as held_up:
            self.store.revisits.later(article_id, self.clock.now() + pause_for(held_up), attempt=False)
            return False
        except FetchError as error:
            self._visit_failed(article_id, planned, error, self.clock.now(), next_at)
            return False
        return self._visited(article_id, planned, response, now, next_at)

    def _visit_failed(self, article_id: int, planned: Revisit, error: FetchError, now: datetime, next_at: datetime | None) -> None:
        if page_outcome(error) is Outcome.GONE:
            self.store.revisits.gone(article_id, now, None if error.status == GONE_FOR_GOOD else next_at)
        elif error.remedy is Remedy.WAIT and planned.attempts + 1 < ATTEMPTS:
            self.store.revisits.later(article_id, now + max(wait_after(planned.attempts), asked_for(error)), attempt=True)
        else:
            self.store.revisits.skip(article_id, None if isinstance(error, DisallowedError) else next_at)

    def _visited(self, article_id: int, planned: Revisit, response: Response, now: datetime, next_at: datetime | None) -> bool:
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        if response.status == 304:
            known = Visit(planned.url, next_at, etag or planned.etag, modified or planned.last_modified, planned.page_hash)
            self.store.revisits.done(article_id, known)
            return False
        page_hash = hashlib.sha256(response.body).hexdigest()
        if page_hash == planned.page_hash:
            self.store.revisits.done(article_id, Visit(planned.url, next_at, etag, modified, page_hash))
            return False
        self.store.revisits.fetched(article_id, fetched_page(response, planned.url), now)
        return True

    def visit_broke(self, article_id: int) -> None:
        """A visit ended in an error that nobody foresaw, or ended its worker: try again like after a passing one, then go on to the
        next visit."""
        now = self.clock.now()
        planned = self.store.revisits.get(article_id)
        if planned is not None and planned.attempts + 1 < ATTEMPTS:
            self.store.revisits.later(article_id, now + wait_after(planned.attempts), attempt=planned.step is Step.FETCH)
        elif planned is not None:
            self.store.revisits.skip(article_id, next_visit(self.store.articles.get(article_id).first_seen_at, now))


def fetch_link(fetcher: Fetcher, link: str | None) -> FetchedPage:
    """What an entry's link gives; an entry without a usable one, and one that is whole in its feed, goes on without a page.

    Raises the errors of Fetcher.get."""
    if not link:
        return FetchedPage(None, None, "the entry has no link")
    try:
        key(link)
    except UsageError as error:
        return FetchedPage(None, None, error.message)
    if telegram.is_post(link):
        return FetchedPage(None, Outcome.FULL, "a Telegram post stands whole in its channel's page")
    return fetched_page(fetcher.get(FetchRequest(link, "page")), link)


def fetched_page(response: Response, url: str) -> FetchedPage:
    """An answer as a page; ``url``: what was asked for."""
    page = RawPage(response.url, response.body, response.headers.get("content-type"), url, response.status)
    redirects = tuple(target for _, target in response.redirects)
    return FetchedPage(page, None, "", redirects, response.headers.get("etag"), response.headers.get("last-modified"))


def page_outcome(error: FetchError) -> Outcome | None:
    """What a page that could not be fetched is; None where its server's answer does not tell."""
    if error.kind == "disallowed":
        return Outcome.DISALLOWED
    return STATUS_OUTCOME.get(error.status or 0)


def wait_after(attempts: int) -> timedelta:
    """How long to wait for the next try after so many earlier ones and the one just made."""
    return WAITS[min(attempts, len(WAITS) - 1)]


def asked_for(error: FetchError) -> timedelta:
    """The pause that a server asked for, within reason: a page's news is old after an hour."""
    return timedelta(seconds=min(error.retry_after_s or 0, MAX_RETRY_AFTER_S))
