"""The order of the steps: the only file that knows it.

::

    poll(feed)        Fetcher -> RawFeed -> parse -> Entry* -> ledger
    fetch_page(entry) Fetcher -> page kept for the next step
    process(entry)    extract -> identify -> tag -> article stored, change logged, ledger closed
    follow()          change log -> copies -> story -> claims -> index

Every step reads what it needs from the store, does its work outside any transaction and writes its result in one; each can be
done again when its lease lapses, by anybody, with the same result. The steps think with the pure functions of the stage packages.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.claims.group import group as group_claims
from aggregator.drafting import in_language, names_of, new_article, same_text, text_of, visit_of
from aggregator.errors import BrokerError, BusyError, FeedError, FetchError, HttpError, NotFoundError, RefusedError, Remedy, UsageError
from aggregator.feeds import schedule, telegram
from aggregator.feeds.parse import parse
from aggregator.identity.aliases import decide, seen_entries, unclaimed
from aggregator.identity.copies import fingerprint, join
from aggregator.identity.urls import key
from aggregator.model import (
    Alias,
    Change,
    EntryState,
    Feed,
    NewArticle,
    Outcome,
    Outlet,
    Poll,
    PollOutcome,
    RawFeed,
    RawPage,
    Step,
    Tags,
)
from aggregator.ports import Clock, FetchedPage, Fetcher, FetchRequest, Plan, SearchIndex, Store, Visit
from aggregator.pushing import Pushing
from aggregator.search.document import index_document
from aggregator.stories.cluster import StoryBook
from aggregator.stories.repair import repair
from aggregator.stories.title import choose
from aggregator.tagging import Taggers
from aggregator.watching import watched

ATTEMPTS = 4  # tries of a page that fails for a passing reason, then the feed's own text has to do
WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))  # after the first, second, third try
STORY_WINDOW = timedelta(days=14)  # how long a story can take in further articles
STORIES_EDITION = "stories-edition"  # a cursor that counts how often all stories were formed anew
FOLLOW_BATCH = 20  # articles a turn of follow() takes, and with it a transaction of the index
STATUS_OUTCOME = {
    401: Outcome.BLOCKED,
    403: Outcome.BLOCKED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.BLOCKED,
    451: Outcome.BLOCKED,
}


@dataclass(slots=True)
class Pipeline:
    """The steps over the ports. ``taggers`` and ``book`` are made at their first use, since not every process needs them."""

    store: Store
    index: SearchIndex
    fetcher: Fetcher
    clock: Clock
    open_taggers: Callable[[], Taggers]
    lease_s: float = 120.0
    pushing: Pushing | None = None  # None: no hub is asked
    jitter: Callable[[], float] = lambda: random.uniform(-0.1, 0.1)
    _taggers: Taggers | None = field(default=None, repr=False)
    _book: StoryBook | None = field(default=None, repr=False)
    _book_seq: int = -1
    _book_edition: int = -1

    @property
    def taggers(self) -> Taggers:
        if self._taggers is None:
            self._taggers = self.open_taggers()
        return self._taggers

    # --- feeds --------------------------------------------------------------------------------------------------------

    def poll(self, feed: Feed) -> Poll | None:
        """Poll a claimed feed: fetch, parse, enter every entry in the ledger, plan the next poll. None if its host is busy."""
        now = self.clock.now()
        full = schedule.full_get_due(feed, now)
        request = FetchRequest(feed.url, "feed", None if full else feed.etag, None if full else feed.last_modified)
        try:
            response = self.fetcher.get(request)
            digest = hashlib.sha256(response.body).hexdigest()
            poll = Poll(feed.id, now, PollOutcome.SAME_BODY, response.status, bytes=len(response.body), elapsed_s=response.elapsed_s)
            pushed = self.pushing is not None and self.pushing.delivers(feed)
            if response.status == 304 or (digest == feed.body_hash and not full):
                poll = replace(poll, outcome=PollOutcome.NOT_MODIFIED) if response.status == 304 else poll
                after = schedule.after_not_modified(feed, response, self.store.ledger.times(feed.id), now, self.jitter(), pushed=pushed)
            else:
                parsed = parse(RawFeed(response.url, response.body, response.headers.get("content-type"), response.headers), now)
                seen = self.store.ledger.see(feed.id, seen_entries(parsed.entries), now)
                outcome = PollOutcome.NEW_ENTRIES if seen.new or seen.changed else PollOutcome.NOTHING_NEW
                count, new, hours = len(parsed.entries), len(seen.new), self.store.ledger.times(feed.id)
                poll = replace(poll, outcome=outcome, entries_seen=count, entries_new=new, warnings=parsed.warnings)
                pushed = pushed and not new  # what is new here the hub should have pushed
                after = schedule.after_success(
                    feed, response, parsed, hours, now, self.jitter(), new=new, body_hash=digest, full=full, pushed=pushed
                )
                if self.pushing is not None:
                    self.pushing.noticed(feed, parsed, response.url)
        except (BusyError, BrokerError) as held_up:  # nothing that the feed can help
            self.store.feeds.poll_later(feed.id, now + pause_for(held_up))
            return None
        except (FetchError, FeedError) as error:
            after = schedule.after_error(feed, error, now, self.jitter())
            poll = Poll(feed.id, now, _poll_outcome(error), getattr(error, "status", None), error=error.message)
        self.store.feeds.record_poll(poll, watched(self.store, feed, after, poll))
        return poll

    def poll_broke(self, feed: Feed, error: Exception) -> None:
        """A poll ended in an error that nobody foresaw: count it against the feed like any other, so that an operator sees it."""
        known = FeedError(f"Polling broke off with an unforeseen {type(error).__name__}: {error}", feed.url)
        now = self.clock.now()
        after = schedule.after_error(feed, known, now, self.jitter())
        poll = Poll(feed.id, now, PollOutcome.NETWORK_ERROR, error=known.message)
        self.store.feeds.record_poll(poll, watched(self.store, feed, after, poll))

    # --- pages --------------------------------------------------------------------------------------------------------

    def fetch_page(self, entry_id: int) -> bool:
        """Fetch the page of a pending entry; return whether it is ready to be processed.

        A page that fails for a passing reason is tried again, ATTEMPTS times; after that, and at once where waiting does not help,
        the entry goes on without a page, so that the feed's own text is not held up or lost."""
        entry = self.store.ledger.get(entry_id)
        if entry.state is not EntryState.PENDING or entry.step is not Step.FETCH:
            return entry.state is EntryState.PENDING
        now = self.clock.now()
        try:
            fetched = fetch_link(self.fetcher, entry.entry.link)
        except (BusyError, BrokerError) as held_up:
            self.store.ledger.postpone(entry_id, now + pause_for(held_up), held_up.message, attempt=False)
            return False
        except FetchError as error:
            if error.remedy is Remedy.WAIT and entry.attempts + 1 < ATTEMPTS:
                wait = max(WAITS[min(entry.attempts, len(WAITS) - 1)], timedelta(seconds=min(error.retry_after_s or 0, 3600)))
                self.store.ledger.postpone(entry_id, now + wait, error.message, attempt=True)
                return False
            fetched = FetchedPage(None, page_outcome(error), error.message)
        self.store.ledger.fetched(entry_id, fetched, self.clock.now())
        return True

    def fetch_broke(self, entry_id: int, error: Exception) -> bool:
        """Fetching a page ended in an error that nobody foresaw: try again like after a passing one, then go on without the page;
        return whether the entry is ready to be processed."""
        entry, now = self.store.ledger.get(entry_id), self.clock.now()
        reason = f"Fetching broke off with an unforeseen {type(error).__name__}: {error}"
        if entry.attempts + 1 < ATTEMPTS:
            self.store.ledger.postpone(entry_id, now + WAITS[min(entry.attempts, len(WAITS) - 1)], reason, attempt=True)
            return False
        self.store.ledger.fetched(entry_id, FetchedPage(None, None, reason), now)
        return True

    # --- articles -----------------------------------------------------------------------------------------------------

    def process(self, entry_id: int) -> EntryState:
        """Turn a fetched entry into an article, a revision or a known article; return the ledger's state for it."""
        entry = self.store.ledger.get(entry_id)
        fetched = self.store.ledger.fetched_page(entry_id)
        if entry.state is not EntryState.PENDING or entry.step is not Step.PROCESS or fetched is None:
            return entry.state
        feed = self.store.feeds.get(entry.feed_id)
        outlet = self.store.feeds.outlet(feed.outlet_id)
        now = self.clock.now()
        text = text_of(entry.entry, fetched)
        if not text.draft.body:
            self.store.ledger.finish(entry_id, EntryState.FAILED, text.reason, now)
            return EntryState.FAILED
        new = new_article(entry, feed, fetched, text, now)
        aliases = names_of(entry, fetched, text.draft, new.url_key)
        visit = visit_of(entry.entry.link, fetched, new.outcome, new.first_seen_at, now)
        while True:  # ends: either an article is found, or ours is the first of its name
            hits = self.store.articles.find(aliases)
            found = decide(hits, url_key=new.url_key, title=new.title)
            if found is not None:
                return self.seen_again(found, new, aliases, outlet, now, entry_id, visit)
            tags = self._tags(new, outlet)
            if self.store.articles.add(in_language(new, tags), unclaimed(aliases, hits), tags, now, entry_id, visit) is not None:
                return EntryState.STORED

    def seen_again(
        self,
        article_id: int,
        new: NewArticle,
        aliases: Sequence[Alias],
        outlet: Outlet,
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
    ) -> EntryState:
        """An article that is known was met once more, by an entry or by a visit to its page: a changed text is a revision."""
        unchanged = same_text(self.store.articles.get(article_id), self.store.articles.body_hash(article_id), new)
        if unchanged:
            self.store.articles.again(article_id, aliases, now, entry_id, unchanged, visit)
            return EntryState.KNOWN
        tags = self._tags(new, outlet)
        self.store.articles.revise(article_id, in_language(new, tags), aliases, tags, now, entry_id, visit)
        return EntryState.REVISED

    def _tags(self, new: NewArticle, outlet: Outlet) -> Tags:
        return self.taggers.tag(
            new.title,
            new.body,
            language=new.language,
            published=new.published_at,
            outlet=outlet.name,
            byline=", ".join(new.authors) or None,
            home=outlet.country,
        )

    def retag(self, article_id: int) -> None:
        """Tag an article's newest revision anew."""
        article = self.store.articles.get(article_id)
        outlet = self.store.feeds.outlet(article.outlet_id)
        tags = self.taggers.tag(
            article.title,
            article.body,
            language=article.language,
            published=article.published_at,
            outlet=outlet.name,
            byline=", ".join(article.authors) or None,
            home=outlet.country,
        )
        self.store.articles.retag(article_id, tags, self.clock.now())

    # --- what follows from articles -----------------------------------------------------------------------------------

    def follow(self, limit: int = FOLLOW_BATCH) -> int:
        """Take the next changes of the log: copies, story, claims, index; return how many were left to take before.

        Runs in one process at a time (the queue ``serial``, and a lease against a second one)."""
        turn = self.store.leases.acquire("follow", self.lease_s)
        if turn.token is None:
            return 0
        try:
            self._refill_index()
            seq = self.store.changes.cursor("index")
            changes = self.store.changes.since(seq, limit)
            if not changes:
                return 0
            self._follow(changes, seq)
            self.store.changes.advance("index", changes[-1].seq)
            self._book_seq = changes[-1].seq
            return self.store.changes.head() - seq
        finally:
            self.store.leases.release("follow", turn.token)

    def _refill_index(self) -> None:
        """Fill an index that is empty though there are articles: it was dropped, or is of another layout than this code's."""
        if self._book is not None or self.index.count(Plan()):
            return
        after = 0
        while ids := self.store.articles.ids(after, FOLLOW_BATCH):
            self.index_articles(ids)
            after = ids[-1]

    def _follow(self, changes: Sequence[Change], seq: int) -> None:
        if any(change.kind == "removed" for change in changes):
            self._book = None  # it may name stories that went with their articles
        book = self._open_book(seq)
        self._book_seq = -1  # until this turn is done: one that breaks off leaves a book that is not to be trusted
        removed = {change.article_id for change in changes if change.kind == "removed"}
        ids = [ident for ident in dict.fromkeys(change.article_id for change in changes) if ident not in removed]
        fresh = {change.article_id for change in changes if change.kind in ("stored", "revised")}
        stories: dict[int, None] = {}
        for article_id in ids:
            if article_id in fresh:
                self._group(article_id)
            story_id = self.assign(article_id, book)
            if story_id is not None:
                stories[story_id] = None
        for story_id in stories:
            self.refresh_story(story_id)
        self.index.remove(sorted(removed))
        self.index_articles(ids)

    def _open_book(self, seq: int) -> StoryBook:
        """The book of live stories: kept between turns, read anew from the store when somebody else moved the cursor or formed all
        stories anew."""
        edition = self.store.changes.cursor(STORIES_EDITION)
        if self._book is None or (self._book_seq, self._book_edition) != (seq, edition):
            self._book, self._book_edition = StoryBook(), edition
            for document, story_id in self.store.stories.documents(self.clock.now() - STORY_WINDOW):
                if story_id is not None:
                    self._book.add(document, story_id)
        return self._book

    def _group(self, article_id: int) -> None:
        try:
            article = self.store.articles.get(article_id)
        except NotFoundError:  # removed since
            return
        join(fingerprint(article.id, article.body, article.at, wire=article.wire, outlet_id=article.outlet_id), self.store.copies)

    def assign(self, article_id: int, book: StoryBook) -> int | None:
        try:
            document = self.store.stories.document(article_id)
            article = self.store.articles.get(article_id)
        except NotFoundError:
            return None
        story_id = article.story_id
        if story_id is None:
            story_id = book.nearest(document)
            if story_id is None:
                story_id = self.store.stories.create(article.title, article.at)
            self.store.stories.assign(article_id, story_id)
        book.add(document, story_id)
        return story_id

    def refresh_story(self, story_id: int) -> None:
        """Bring a story's title, counts and claims up to date with its articles."""
        documents = self.store.stories.documents_of(story_id)
        if not documents:
            return
        self.store.stories.refresh(story_id, choose(documents))
        self.store.stories.set_claims(story_id, group_claims(story_id, self.store.stories.attributions(story_id)))

    def repair_stories(self) -> int:
        """Forget stories that have gone quiet, and merge small ones into those they belong to; return how many were merged."""
        turn = self.store.leases.acquire("follow", self.lease_s)
        if turn.token is None:
            return 0
        try:
            book = self._open_book(self.store.changes.cursor("index"))
            book.forget(self.clock.now() - STORY_WINDOW)
            merges = repair(book)
            for merge in merges:
                self.store.stories.merge(merge.source, merge.target)
            for story_id in sorted({merge.target for merge in merges} & book.sizes().keys()):
                self.refresh_story(story_id)
            return len(merges)
        finally:
            self.store.leases.release("follow", turn.token)

    def index_articles(self, article_ids: Sequence[int]) -> None:
        """Put articles into the search index as they are now."""
        articles = self.store.articles.many(article_ids)
        tags = self.store.articles.tags([article.id for article in articles])
        feeds = {feed.id: feed for feed in self.store.feeds.all()}
        self.index.put(index_document(article, tags[article.id], feeds.get(article.feed_id or 0)) for article in articles)

    def index_lag(self) -> int:
        """Changes that readers cannot find yet."""
        return self.store.changes.head() - self.store.changes.cursor("index")


def pause_for(held_up: BusyError | BrokerError) -> timedelta:
    """How long to wait for a host's turn, or for a broker that keeps the turns."""
    return timedelta(seconds=(held_up.retry_after_s if isinstance(held_up, BusyError) else None) or 5)


def _poll_outcome(error: FetchError | FeedError) -> PollOutcome:
    if isinstance(error, FeedError):
        return PollOutcome.NOT_A_FEED
    if isinstance(error, RefusedError):
        return PollOutcome.REFUSED
    if isinstance(error, HttpError):
        return PollOutcome.GONE if error.status == 410 else PollOutcome.HTTP_ERROR
    return PollOutcome.NETWORK_ERROR


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
    response = fetcher.get(FetchRequest(link, "page"))
    page = RawPage(response.url, response.body, response.headers.get("content-type"), link, response.status)
    redirects = tuple(target for _, target in response.redirects)
    return FetchedPage(page, None, "", redirects, response.headers.get("etag"), response.headers.get("last-modified"))


def page_outcome(error: FetchError) -> Outcome | None:
    """What a page that could not be fetched is; None where its server's answer does not tell."""
    if error.kind == "disallowed":
        return Outcome.DISALLOWED
    return STATUS_OUTCOME.get(error.status or 0)
