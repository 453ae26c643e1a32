"""The ports: what the pipeline needs of the world outside, as Protocols.

A port exists where there are two implementations or I/O to stand in for: the network (Fetcher), the database (Store and its
parts; SQLite and PostgreSQL), the search engine (SearchIndex; SQLite FTS5 and PostgreSQL), turns between processes (Lease;
Redis or Valkey, and a database row) and time (Clock). Each has one contract suite in tests/contract, run on every implementation.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from aggregator.access import TokenStore
from aggregator.alerts import AlertStore
from aggregator.corrections import NameRuleStore, PartRuleStore, RerunStore, RulingStore, VerdictStore
from aggregator.hub import HubStore
from aggregator.model import (
    Alias,
    Article,
    Cause,
    Change,
    Claim,
    ClaimAttribution,
    Entry,
    EntryHour,
    EntryState,
    Feed,
    FeedDraft,
    FeedState,
    LedgerEntry,
    NewArticle,
    Outcome,
    Outlet,
    Place,
    Poll,
    Push,
    RawPage,
    Removed,
    Response,
    Revision,
    Step,
    Story,
    StoryDocument,
    Subscription,
    Tags,
)
from aggregator.readers import SavedSearchStore
from aggregator.reading import MarkStore, NumberStore
from aggregator.tombstones import TombstoneStore


class Clock(Protocol):
    """Time, so that schedules can be tested."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; never negative."""


# --- network ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to get. ``purpose``: "feed", "page" (obeys robots.txt) or "robots". ``etag`` and ``last_modified`` make it conditional."""

    url: str
    purpose: str = "page"
    etag: str | None = None
    last_modified: str | None = None


class Fetcher(Protocol):
    """The only way to the network."""

    def get(self, request: FetchRequest) -> Response:
        """Return the answer: a status of 200-299, or 304 to a conditional request; redirects are followed within the caps.

        Raises RefusedError, NetworkError, TooLargeError, HttpError (400 and above), DisallowedError (robots.txt),
        BusyError (the host's turn has not come within the patience of the fetcher).
        """


class Poster(Protocol):
    """The other way to the network: a form to a hub. The client is the Fetcher's, with its guard, caps and turns."""

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> Response:
        """Post the form (urlencoded, UTF-8) and return the answer: a status of 200-299. Redirects of status 307 and 308 are followed.

        Raises RefusedError, NetworkError, HttpError (any other status), BusyError.
        """

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """The same with a body and headers of the caller's, its Content-Type among them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Answer to a request for a lease: a ``token`` if granted, else the seconds after which to ask again."""

    token: str | None
    wait_s: float = 0.0


class Lease(Protocol):
    """Turns between processes and hosts: at most one holder of a name at a time."""

    def acquire(self, name: str, ttl_s: float) -> Turn:
        """Ask for the lease once, without waiting. It lapses by itself ``ttl_s`` seconds later."""

    def release(self, name: str, token: str, rest_s: float = 0.0) -> None:
        """Give the lease back; nobody gets it for another ``rest_s`` seconds. A token that no longer holds it changes nothing."""


# --- storage ----------------------------------------------------------------------------------------------------------


class FeedStore(Protocol):
    """Feeds, their outlets and their polls."""

    def add(self, draft: FeedDraft, now: datetime) -> tuple[Feed, bool]:
        """Store the feed and its outlet; return it and whether it is new. A URL that is there already changes nothing."""

    def get(self, feed_id: int) -> Feed:
        """Return the feed, or raise NotFoundError."""

    def by_url(self, url: str) -> Feed | None: ...

    def all(self) -> tuple[Feed, ...]:
        """Every feed, by outlet and title."""

    def remove(self, feed_id: int) -> None:
        """Forget the feed, its polls and its ledger; articles stay. Raises NotFoundError."""

    def remove_sample(self) -> int:
        """Remove every sample feed with its outlets, ledger, articles and stories; return the number of articles."""

    def pause(self, feed_id: int, paused: bool, now: datetime) -> Feed:
        """Pause, or resume with a poll due at once."""

    def poll_now(self, feed_ids: Sequence[int] | None, now: datetime) -> int:
        """Make feeds due at once (None: all that are not paused or gone); return how many."""

    def claim_due(self, now: datetime, lease_s: float, limit: int) -> tuple[Feed, ...]:
        """Claim feeds that are due and under no lease, longest overdue first, in one statement; none is claimed twice."""

    def claim(self, feed_id: int, now: datetime, lease_s: float) -> Feed | None:
        """Claim one feed whether due or not; None if it is under a lease."""

    def many(self, feed_ids: Sequence[int]) -> tuple[Feed, ...]:
        """The feeds in the order of the ids; those that were removed are left out."""

    def poll_later(self, feed_ids: Sequence[int], at: datetime) -> None:
        """Give the leases back and make the feeds due at ``at``: their host was busy, or their turn did not come, which is no poll."""

    def record_polls(self, polls: Sequence[tuple[Poll, Feed]]) -> None:
        """Store polls with the new polling state of their feeds (all fields of it), and give the leases back, in one transaction.
        One poll a feed at most.

        Where a feed's new address is another feed's by now, the feed keeps its own: it is ``gone``, naming the other in its
        sentence, or goes on with a sentence where that one is paused or gone."""

    def polls(self, feed_id: int, limit: int = 50, *, documents: bool = False) -> tuple[Poll, ...]:
        """Newest first; ``documents``: only those that brought a document which was read."""

    def due(self, now: datetime) -> int:
        """How many feeds are due."""

    def outlets(self) -> tuple[Outlet, ...]: ...

    def outlet(self, outlet_id: str) -> Outlet:
        """Return the outlet, or raise NotFoundError."""


class SubscriptionStore(Protocol):
    """Subscriptions at the hubs of feeds (WebSub), one a feed at most, and what the hubs delivered."""

    def want(self, feed_id: int, hub: str, topic: str, now: datetime, *, token: str, secret: str) -> None:
        """See that the feed has a subscription to this topic at this hub: a new one, due now, with the token and the secret; one that
        was about to be ended is asked for again. One to another hub or topic is parted from the feed, and ended in its turn."""

    def part(self, feed_id: int) -> None:
        """The feed names no hub any more: its subscription is to be ended."""

    def get(self, subscription_id: int) -> Subscription | None: ...

    def of_feed(self, feed_id: int) -> Subscription | None: ...

    def by_token(self, token: str) -> Subscription | None: ...

    def claim_due(self, now: datetime, lease_s: float, limit: int) -> tuple[Subscription, ...]:
        """Claim subscriptions whose next try is due, and those that are to be ended because their feed was removed, parted from them,
        paused or is gone; their next try is put off by ``lease_s`` seconds."""

    def save(self, before: Subscription, after: Subscription | None) -> bool:
        """Store the new state, or forget the subscription (None), if nobody changed it since ``before`` was read; return whether that
        is so. The time of the last push is not touched."""

    def keep_push(self, subscription: Subscription, content_type: str | None, body: bytes, now: datetime) -> bool:
        """Keep a document that the hub delivered, and note the hour; False, and nothing kept, if too many of the feed are waiting."""

    def pushes_wait(self, now: datetime) -> bool:
        """Whether there are pushes under no lease."""

    def claim_pushes(self, now: datetime, lease_s: float, limit: int) -> tuple[int, ...]:
        """Claim pushes that are under no lease, oldest first, counting the attempt; return their ids."""

    def push(self, push_id: int) -> Push | None: ...

    def push_later(self, push_id: int, at: datetime) -> None:
        """Give the lease back until ``at``: the feed was being polled, which is no attempt."""

    def drop_pushes(self, push_ids: Sequence[int]) -> None: ...


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry as it stands in a feed now. ``key``: identity within the feed; ``digest``: changes when its content does."""

    key: str
    digest: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger made of a poll: how many entries are new, how many were seen before with another content, and the others."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What fetching an entry's link gave: a page, or the outcome and reason without one."""

    page: RawPage | None
    outcome: Outcome | None = None
    reason: str = ""
    redirects: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit to an article's page leaves behind: where to go next time and when (None: no more), and what tells a change.
    ``page_hash``: SHA-256 of the page as it came."""

    url: str
    next_at: datetime | None
    etag: str | None = None
    last_modified: str | None = None
    page_hash: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """Entries of a feed that were seen first on a day (UTC). ``seen`` was counted as they came in, ``states`` are counted now."""

    feed_id: int
    day: date
    seen: int
    states: Mapping[EntryState, int]

    @property
    def missing(self) -> int:
        """Entries that came in and are in no state; negative where there are more in a state than came in. 0 if the sums agree."""
        return self.seen - sum(self.states.values())


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which entries; None leaves out a condition. Hours are those of the first sight; ``until`` is not included."""

    feed_id: int | None = None
    state: EntryState | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerReason:
    """A reason that entries of a state have, and how many have it."""

    state: EntryState
    reason: str
    entries: int


class LedgerStore(Protocol):
    """Where every entry is and where it ended."""

    def see(self, feed_id: int, entries: Sequence[SeenEntry], now: datetime) -> Seen:
        """Put new entries in as pending for Step.FETCH, due now. A changed digest makes a finished entry pending again."""

    def claim(self, step: Step, now: datetime, lease_s: float, limit: int, per_host: int | None = None) -> tuple[LedgerEntry, ...]:
        """Claim pending entries of this step that are due and under no lease, oldest first; none is claimed twice.

        With ``per_host`` at most so many of one host, and none of a host of which entries are under a lease for this step: one
        feed with thousands of entries does not stand in everybody's way."""

    def get(self, entry_id: int) -> LedgerEntry:
        """Return the entry, or raise NotFoundError."""

    def renew(self, ids: Sequence[int], now: datetime, lease_s: float, *, attempt: bool = False) -> None:
        """Lengthen the lease of entries that wait in a batch; ``attempt`` counts one, so that work which ends its worker is noticed."""

    def fetched(self, entry_id: int, fetched: FetchedPage, now: datetime) -> None:
        """Keep the page (compressed) for Step.PROCESS, and make the entry pending for that step with no attempts, under a lease of
        60 seconds for the worker to whom it is handed next."""

    def fetched_page(self, entry_id: int) -> FetchedPage | None:
        """The page that ``fetched`` kept; None if there is none."""

    def postpone(self, entry_id: int, until: datetime, reason: str, *, attempt: bool) -> None:
        """Try this step again at ``until``; ``attempt`` says whether this one counts as an attempt. Gives the lease back."""

    def finish(self, entry_id: int, state: EntryState, reason: str, now: datetime, article_id: int | None = None) -> None:
        """Give the entry its final state and drop its page. A state that is final already stays (a doubled message changes
        nothing); only ``see`` opens an entry again."""

    def counts(self, feed_id: int | None = None) -> Mapping[EntryState, int]:
        """Entries by state, each state present."""

    def days(self, feed_id: int | None, since: datetime) -> tuple[LedgerDay, ...]:
        """What came in and where it is now, of one feed or all, by day and feed, newest day first; whole days, from that of ``since``."""

    def reasons(self, wanted: LedgerFilter, limit: int = 50) -> tuple[LedgerReason, ...]:
        """Why entries are where they are, most frequent first; entries without a reason are left out."""

    def find(self, wanted: LedgerFilter, limit: int = 100) -> tuple[LedgerEntry, ...]:
        """Newest first."""

    def of_feed(self, feed_id: int, state: EntryState | None = None, limit: int = 100) -> tuple[LedgerEntry, ...]:
        """Newest first."""

    def hours(self, feed_id: int, limit: int = 20) -> tuple[EntryHour, ...]:
        """Both hours of the feed's newest entries, those seen last, and of one poll those published last, first."""


@dataclass(frozen=True, slots=True)
class AliasHit:
    """An alias that is known already, and the article it belongs to."""

    alias: Alias
    article_id: int
    url_key: str
    title: str


class ArticleStore(Protocol):
    """Articles with aliases, revisions and tags. Every write appends to the change log in the same transaction."""

    def find(self, aliases: Sequence[Alias]) -> tuple[AliasHit, ...]:
        """Return the hits in the order of ``aliases``. URLs share one space: a link finds what is known as a canonical URL."""

    def add(
        self,
        new: NewArticle,
        aliases: Sequence[Alias],
        tags: Tags,
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
        reason: str = "",
    ) -> int | None:
        """Store a new article, its first revision and tags, plan the next visit to its page if there was one, and finish the ledger
        entry as ``stored``, with the reason why its text is not the page's where it is not. Return the article's id, or None if its
        ``url_key`` or a non-guid alias was taken meanwhile, or is that of an article that was taken down: then identify again. Leave out
        aliases that ``find`` gave for another article: they would be refused each time."""

    def revise(
        self,
        article_id: int,
        new: NewArticle,
        aliases: Sequence[Alias],
        tags: Tags,
        now: datetime,
        entry_id: int | None = None,
        visit: Visit | None = None,
        reason: str = "",
        cause: Cause = Cause.OUTLET,
    ) -> None:
        """Store a further revision with its tags, and finish the ledger entry as ``revised``; as ``known`` if the revision is our own
        (``cause``), which leaves the hour of the last update as it is."""

    def correct(self, before: Article, after: Revision, removed: Sequence[Removed], tags: Tags, now: datetime) -> bool:
        """Store a revision of our own, its number one more than that of ``before``, with its tags; False, and nothing stored, if the
        article has another newest revision by now. Logged as ``corrected``."""

    def again(
        self,
        article_id: int,
        aliases: Sequence[Alias],
        now: datetime,
        entry_id: int | None = None,
        reason: str = "",
        visit: Visit | None = None,
    ) -> None:
        """The same article once more: learn its aliases and finish the ledger entry as ``known``."""

    def retag(self, article_id: int, tags: Tags, now: datetime, revision: int | None = None) -> bool:
        """Replace the tags of the newest revision; False, and nothing stored, if that is not number ``revision`` (None: whichever)."""

    def get(self, article_id: int) -> Article:
        """Return the article. Raises NotFoundError; TakenDownError where it was taken down."""

    def many(self, ids: Sequence[int]) -> tuple[Article, ...]:
        """Those that exist, in the order of ``ids``."""

    def ids(self, after: int = 0, limit: int = 1000, feed_id: int | None = None) -> tuple[int, ...]:
        """Ids greater than ``after`` in ascending order, of one feed or of all: for rebuilds."""

    def body_hash(self, article_id: int) -> str:
        """Hash of the newest revision's body."""

    def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """Oldest first."""

    def of_host(self, host: str, after: int = 0, limit: int = 1000) -> tuple[int, ...]:
        """Ids greater than ``after`` of articles whose address is of this host (the first part of ``url_key``), ascending."""

    def removed(self, article_id: int, revision: int | None = None) -> tuple[Removed, ...]:
        """Lines of a revision's page (None: the newest) that are no part of its body, in the order of the page."""

    def tags(self, article_ids: Sequence[int]) -> Mapping[int, Tags]:
        """Tags of the newest revisions; every id that exists has an entry."""

    def tags_of(self, article_id: int, revision: int) -> Tags | None:
        """Tags of one revision, as they were when the next came; None where none are kept."""

    def primary_places(self, article_ids: Sequence[int]) -> Mapping[int, tuple[Place, ...]]:
        """Where the newest revisions say that it happened, in the order of their tags; articles without a place have no entry."""

    def countries_named(self, feed_id: int, newest: int, least_confidence: float) -> tuple[int, Mapping[str, int]]:
        """Of the newest so many articles of a feed (as they were stored): how many name some place in a country with at least this
        confidence, and how many name one in each country (ISO alpha-2). Datelines and actors do not count: they say where somebody sits."""

    def aliases(self, article_id: int) -> tuple[Alias, ...]: ...

    def place(self, place_id: str) -> Place:
        """A place that some article names, or raise NotFoundError."""

    def places(self, ids: Sequence[str]) -> Mapping[str, Place]: ...


@dataclass(frozen=True, slots=True)
class Revisit:
    """An article's page that is to be looked at again. ``step``: fetch, or process where it has been fetched and differs."""

    article_id: int
    url: str
    step: Step
    due_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    page_hash: str | None = None
    attempts: int = 0


class RevisitStore(Protocol):
    """Pages of articles that are to be fetched again. ArticleStore plans them; those of a paused or removed feed are left alone."""

    def claim(self, step: Step, now: datetime, lease_s: float, limit: int, per_host: int | None = None) -> tuple[Revisit, ...]:
        """Claim visits of this step that are due and under no lease, oldest first; none is claimed twice.

        With ``per_host`` at most so many of one host, and none of a host that is in use for revisits or that has new entries waiting
        to be fetched: what is new goes before what is known."""

    def get(self, article_id: int) -> Revisit | None: ...

    def renew(self, ids: Sequence[int], now: datetime, lease_s: float, *, attempt: bool = False) -> None:
        """Lengthen the lease; ``attempt`` counts one."""

    def later(self, article_id: int, until: datetime, *, attempt: bool) -> None:
        """Try this step again at ``until``; gives the lease back."""

    def done(self, article_id: int, visit: Visit) -> None:
        """Nothing has changed: plan the next visit. The article is there, if it was noted as gone."""

    def skip(self, article_id: int, next_at: datetime | None) -> None:
        """This visit told nothing: plan the next."""

    def gone(self, article_id: int, now: datetime, next_at: datetime | None) -> None:
        """Note on the article that its page is gone, if it is not noted yet, and plan the next visit."""

    def fetched(self, article_id: int, fetched: FetchedPage, now: datetime) -> None:
        """Keep the page (compressed) for Step.PROCESS, as the ledger does."""

    def fetched_page(self, article_id: int) -> FetchedPage | None:
        """The page that ``fetched`` kept."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What finds copies of an article's text: sampled shingle hashes (signed 64 bit), the numbers in the text, its length in words."""

    article_id: int
    at: datetime
    shingles: tuple[int, ...]
    numbers: frozenset[str]
    words: int
    wire: str | None = None
    outlet_id: str = ""


class CopyStore(Protocol):
    """Fingerprints by shingle, and the groups that grew from them. A group's id is the id of one of its articles."""

    def put(self, fingerprint: Fingerprint) -> None:
        """Store or replace; committed when this returns, so that parallel workers see each other."""

    def sharing(self, shingles: Collection[int], since: datetime, most: int) -> Mapping[int, Mapping[int, int]]:
        """Articles at or after ``since`` by each of these shingles that has any, with their groups (their own ids where they have none). Of
        a shingle in more than ``most`` groups not all, but so many that they are of more than ``most``."""

    def fingerprints(self, article_ids: Collection[int]) -> Mapping[int, Fingerprint]: ...

    def groups(self, article_ids: Collection[int]) -> Mapping[int, int]:
        """Group of each article that has one."""

    def members(self, group: int) -> tuple[int, ...]: ...

    def alone(self) -> AbstractContextManager[None]:
        """A block in which nobody else is in such a block: what is read there of groups is so until it ends. It is one transaction, like
        those of Store.together."""

    def set_group(self, article_ids: Collection[int], group: int) -> None:
        """Put the articles into the group (and note it in the change log of those that were in another)."""

    def clear(self) -> None:
        """Forget all fingerprints and groups: before a rebuild."""


class StoryStore(Protocol):
    """Stories, their articles and claims."""

    def create(self, title: str, at: datetime) -> int: ...

    def assign(self, article_id: int, story_id: int) -> None:
        """Put the article into the story, out of any other; noted in the change log as ``moved`` if it was in another."""

    def refresh(self, story_id: int, title: str) -> Story:
        """Recompute the counts from the story's articles, set the title, and return it."""

    def merge(self, source: int, target: int) -> None:
        """Move all articles to ``target`` (noted as ``moved``) and leave a redirect."""

    def revive(self, story_id: int) -> bool:
        """Make a redirect a story again, with no articles yet; False, and nothing done, if it is none."""

    def get(self, story_id: int) -> Story:
        """Return the story, following redirects (its ``id`` is then another); raises NotFoundError."""

    def many(self, ids: Sequence[int]) -> tuple[Story, ...]:
        """Those that exist, in the order of ``ids``."""

    def articles(self, story_id: int) -> tuple[Article, ...]:
        """Oldest first."""

    def members(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Article, ...]]:
        """The articles of many stories, oldest first; every id that is asked for has an entry. Does not follow redirects."""

    def documents(self, since: datetime) -> tuple[tuple[StoryDocument, int | None], ...]:
        """Articles at or after ``since`` (to the second) and all others of their stories, with their story, in order of time."""

    def documents_of(self, story_id: int, newest: int | None = None) -> tuple[StoryDocument, ...]:
        """The story's articles, or its ``newest``, as clustering takes them, oldest first; raises NotFoundError."""

    def article_ids(self, story_id: int) -> tuple[int, ...]:
        """Ids of the story's articles, ascending. Follows redirects; raises NotFoundError."""

    def document(self, article_id: int) -> StoryDocument:
        """What clustering needs of one article; raises NotFoundError."""

    def attributions(self, story_id: int) -> tuple[ClaimAttribution, ...]:
        """Attributions of the newest revisions of the story's articles."""

    def set_claims(self, story_id: int, claims: Sequence[Claim]) -> None: ...

    def claims(self, story_ids: Sequence[int]) -> Mapping[int, tuple[Claim, ...]]:
        """Claims by story, most origins first, then most outlets, then earliest."""

    def about(self, place_id: str, day: str, most: int) -> tuple[ClaimAttribution, ...]:
        """Attributions of the claims about a place, or one within it, on a day (ISO date): of the ``most`` claims with most origins and
        outlets. Oldest article first."""

    def days(self, place_id: str, limit: int, *, first: str = ..., last: str = ...) -> tuple[tuple[str, int], ...]:
        """Days (ISO dates) from ``first`` to ``last`` on which something is claimed about a place, newest first, ``limit`` of them, each
        with the number of claims."""

    def days_beside(self, place_id: str, day: str) -> tuple[str | None, str | None]:
        """The day before and the day after this one on which something is claimed about a place."""

    def before(self, story_id: int, first: datetime, last: datetime, most: int) -> tuple[Story, ...]:
        """Stories whose last article came out from ``first`` to ``last`` and one of whose articles happened at a place, no country, where
        one of this story's did; the ``most`` newest of them, newest first. Follows redirects; raises NotFoundError."""

    def follow(self, story_id: int, followed: int | None) -> None:
        """Note which earlier story this one takes up, or that it takes up none. Merging the two undoes it. Follows redirects; raises
        NotFoundError, and ValueError for a story that would follow itself."""

    def followers(self, story_id: int) -> tuple[Story, ...]:
        """The stories that take up this one, oldest first. Follows redirects; raises NotFoundError."""


@dataclass(frozen=True, slots=True)
class HostArticle:
    """The lines of one article, as numbers of 64 bits."""

    article_id: int
    lines: frozenset[int]


class LineStore(Protocol):
    """The lines of each host's newest articles: what stands under many articles belongs to none."""

    def learn(
        self, host: str, article_id: int, lines: Collection[int], same: Callable[[frozenset[int], frozenset[int]], bool], window: int
    ) -> bool:
        """Keep an article's lines, and forget the host's oldest articles beyond ``window``. False, and nothing kept, for an article
        that is kept already, one that is ``same`` as another of the host's, and one without lines. Of two callers with copies of one
        text at one time, one gets False."""

    def of_host(self, host: str) -> tuple[HostArticle, ...]:
        """Newest first."""

    def clear(self) -> None:
        """Forget all lines: before a rebuild."""


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many entries of a feed whose page is of a host had such a page."""

    feed_id: int
    host: str
    outcome: str
    pages: int


class OutcomeStore(Protocol):
    """What entries' links answered, counted by day, feed and host when their pages were read."""

    def count(self, feed_id: int, host: str, outcome: str, now: datetime) -> None:
        """Count one more; days more than 92 days ago are forgotten."""

    def counts(self, since: date, *, feed_id: int | None = None, host: str | None = None) -> tuple[OutcomeCount, ...]:
        """Sums from that day (UTC) on, by feed, host and outcome."""


class ChangeLog(Protocol):
    """What happened to articles, in order, and how far each follower has read."""

    def since(self, seq: int, limit: int) -> tuple[Change, ...]: ...

    def changed(self, since: datetime, most: int) -> frozenset[int] | None:
        """The articles of all changes made at ``since`` or later; None where they are more than ``most``."""

    def head(self) -> int:
        """Sequence number of the newest change; 0 if there is none."""

    def cursor(self, name: str) -> int:
        """How far the follower ``name`` ("stories", "index") has read; 0 at first."""

    def advance(self, name: str, seq: int) -> None: ...


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in. ``role``: operator."""

    id: int
    name: str
    role: str
    password_hash: str


class UserStore(Protocol):
    def add(self, name: str, password_hash: str, role: str, now: datetime) -> User:
        """Raises UsageError if the name is taken."""

    def get(self, user_id: int) -> User | None: ...

    def by_name(self, name: str) -> User | None: ...

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Totals:
    """The store in figures."""

    feeds: int = 0
    articles: int = 0
    revisions: int = 0
    stories: int = 0
    outlets: int = 0  # with at least one article
    languages: int = 0
    sources: int = 0  # cited at least once
    sample_articles: int = 0
    edited: int = 0  # articles with more than one revision
    gone: int = 0  # articles whose page is gone
    feed_states: Mapping[FeedState, int] = field(default_factory=dict)
    alarms: int = 0  # feeds that an operator should look at


class Store(Protocol):
    """The database as a whole."""

    @property
    def feeds(self) -> FeedStore: ...

    @property
    def subscriptions(self) -> SubscriptionStore: ...

    @property
    def ledger(self) -> LedgerStore: ...

    @property
    def name_rules(self) -> NameRuleStore: ...

    @property
    def part_rules(self) -> PartRuleStore: ...

    @property
    def rulings(self) -> RulingStore: ...

    @property
    def reruns(self) -> RerunStore: ...

    @property
    def articles(self) -> ArticleStore: ...

    @property
    def revisits(self) -> RevisitStore: ...

    @property
    def tombstones(self) -> TombstoneStore: ...

    @property
    def copies(self) -> CopyStore: ...

    @property
    def stories(self) -> StoryStore: ...

    @property
    def changes(self) -> ChangeLog: ...

    @property
    def lines(self) -> LineStore: ...

    @property
    def verdicts(self) -> VerdictStore: ...

    @property
    def outcomes(self) -> OutcomeStore: ...

    @property
    def searches(self) -> SavedSearchStore: ...

    @property
    def alerts(self) -> AlertStore: ...

    @property
    def hub(self) -> HubStore: ...

    @property
    def marks(self) -> MarkStore: ...

    @property
    def numbers(self) -> NumberStore: ...

    @property
    def users(self) -> UserStore: ...

    @property
    def tokens(self) -> TokenStore: ...

    @property
    def leases(self) -> Lease: ...

    def totals(self) -> Totals: ...

    def together(self) -> AbstractContextManager[None]:
        """A block in which all that this thread does is one transaction: many small ones cost more than what they do. Undone as a whole
        if an error leaves it; none may be caught within."""

    def beat(self, queue: str, now: datetime) -> None:
        """Note that a task of the queue finished: the dead man's switch."""

    def beats(self) -> Mapping[str, datetime]: ...

    def check(self) -> None:
        """Raise StorageError if the database does not answer or its schema is not the one this code needs."""

    def close(self) -> None: ...
