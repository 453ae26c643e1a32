"""The frozen values that flow through Frontwire, one kind for each step.

``RawFeed -> ParsedFeed/Entry -> RawPage -> Draft -> Article -> Tags -> Story -> Claim``

Times are aware and in UTC. Text offsets count Unicode code points of ``body`` and are end-exclusive.
Rows of the store have integer ids; places, sources and outlets have text ids that stay the same across rebuilds:
``gn709611`` (GeoNames) or ``fw-klishchiivka`` (our own) for places, slugs such as ``uk-mod`` for sources and outlets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


def utc_now() -> datetime:
    """The present, aware, in UTC. Code that must be tested over time takes a Clock instead."""
    return datetime.now(UTC)


# --- feeds ------------------------------------------------------------------------------------------------------------


class FeedState(StrEnum):
    """Health of a feed as an operator reads it; the sentence beside it says more."""

    NEW = "new"
    OK = "ok"
    QUIET = "quiet"
    STALE = "stale"
    FAILING = "failing"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes. ``kind``, ``country`` and ``affiliation`` are labels with a ``basis``; "unknown" is a value."""

    id: str
    name: str
    kind: str = "unknown"  # newspaper, agency, broadcaster, online, ngo, think_tank, official, blog, unknown
    country: str | None = None  # ISO 3166-1 alpha-2
    languages: tuple[str, ...] = ()
    affiliation: str = "unknown"  # independent, public, state_funded, state_controlled, party, unknown
    basis: str = ""
    verified: bool = False
    homepage: str | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """A feed as an operator, an OPML file, the catalogue or the sample press proposes it."""

    url: str
    title: str
    outlet: Outlet
    theatre: str | None = None
    language: str | None = None
    interval_s: int | None = None  # operator's override; None: the polling policy decides
    sample: bool = False


class AlarmKind(StrEnum):
    """What can be wrong with a feed although, or because, it answers as it does; the gravest first."""

    FAILING = "failing"
    HTML = "html"  # turned into a web page
    SILENT_ZERO = "silent_zero"  # answers well, with no entry
    STALLED = "stalled"  # "not modified" for ever, or nothing new for long
    SHRINKING = "shrinking"  # far fewer entries in the document than usual
    UNDATED = "undated"  # most new entries have no date
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an operator should look at: since when, and a sentence for people."""

    kind: AlarmKind
    since: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is stored, with the state of its polling."""

    id: int
    url: str
    title: str
    outlet_id: str
    theatre: str | None = None
    language: str | None = None
    interval_s: int | None = None
    sample: bool = False
    state: FeedState = FeedState.NEW
    state_text: str = ""  # a sentence for people
    added_at: datetime | None = None
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    errors_in_row: int = 0
    moved_to: str | None = None  # target of repeated permanent redirects
    moved_hits: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    full_get_at: datetime | None = None  # last unconditional GET
    ttl_s: int | None = None  # what the feed's last document asked to be left alone for
    hours: tuple[datetime, ...] | None = None  # of its newest entries, newest first (feeds.schedule.newest); None: not looked up yet
    alarms: tuple[Alarm, ...] = ()  # as of the last poll, the gravest first


class PollOutcome(StrEnum):
    """How one poll of a feed ended."""

    NEW_ENTRIES = "new_entries"
    NOTHING_NEW = "nothing_new"
    NOT_MODIFIED = "not_modified"  # 304
    SAME_BODY = "same_body"  # 200 with the hash of the last body
    HTTP_ERROR = "http_error"
    NETWORK_ERROR = "network_error"
    NOT_A_FEED = "not_a_feed"
    REFUSED = "refused"  # the address guard or an allow-list said no
    GONE = "gone"  # 410


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of a feed."""

    feed_id: int
    at: datetime
    outcome: PollOutcome
    status: int | None = None
    entries_seen: int = 0
    entries_new: int = 0
    bytes: int = 0
    elapsed_s: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def pushed(self) -> bool:
        """Whether a hub delivered the document (WebSub): then nobody was asked, and nobody answered with a status."""
        return self.status is None and self.outcome in (PollOutcome.NEW_ENTRIES, PollOutcome.NOTHING_NEW)


@dataclass(frozen=True, slots=True)
class Response:
    """What an HTTP request came to. ``headers`` have lower-case names; ``body`` is decoded from its content coding."""

    url: str  # where the last redirect led
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirects: tuple[tuple[int, str], ...] = ()  # (status, target) in order
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RawFeed:
    """Bytes that claim to be a feed, and where they came from."""

    url: str
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A medium attached to an entry; ``length`` in bytes where the feed gives a number."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed. ``title`` is plain text; ``summary`` and ``content`` are sanitised HTML; ``link`` is absolute."""

    guid: str | None = None
    link: str | None = None
    title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    summary: str | None = None
    content: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    edited: bool = False  # the feed says that it was changed since, without saying when (Telegram)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document after parsing: every entry, in the feed's order."""

    format: str  # rss20, rss10, rss09x, atom10, atom03, json11, json10, cdf, …
    title: str | None = None
    link: str | None = None
    language: str | None = None
    hub: str | None = None  # where to subscribe to pushes (WebSub)
    topic: str | None = None  # the feed's own name for itself (rel=self), which is what the hub knows it by
    ttl_minutes: int | None = None
    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()


class SubscriptionState(StrEnum):
    """How far a subscription at a feed's hub has come."""

    PENDING = "pending"  # to be asked for, or asked for and not yet verified
    VERIFIED = "verified"
    EXPIRED = "expired"  # its lease ran out before it could be renewed; it is asked for again
    DENIED = "denied"  # the hub said no
    FAILED = "failed"  # the hub does not answer, or never verified
    LEAVING = "leaving"  # to be unsubscribed, or asked for that and not yet confirmed


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription of a feed at its hub (WebSub). ``feed_id`` is None once the feed was removed or has another hub."""

    id: int
    feed_id: int | None
    hub: str
    topic: str
    token: str  # in the callback's path: whoever knows it may verify or deny
    secret: str = field(repr=False)  # signs the pushes
    state: SubscriptionState = SubscriptionState.PENDING
    lease_until: datetime | None = None  # as the hub granted it
    asked_at: datetime | None = None  # last request that the hub accepted and has not verified
    verified_at: datetime | None = None
    last_push_at: datetime | None = None
    failures: int = 0  # in a row
    next_try_at: datetime | None = None
    reason: str = ""  # of the last failure or denial, a sentence
    version: int = 0  # changes with every change of the state


@dataclass(frozen=True, slots=True)
class Push:
    """A document that a hub delivered for a feed, its signature checked, waiting to be taken in like the body of a poll."""

    id: int
    feed_id: int
    hub: str
    at: datetime
    content_type: str | None
    body: bytes
    attempts: int = 0


# --- ledger -----------------------------------------------------------------------------------------------------------


class EntryState(StrEnum):
    """Where an entry ended. ``PENDING`` is in flight or waiting to be tried again; the others are final."""

    PENDING = "pending"
    STORED = "stored"
    REVISED = "revised"
    KNOWN = "known"
    FILTERED = "filtered"
    FAILED = "failed"


class Step(StrEnum):
    """What a pending entry waits for."""

    FETCH = "fetch"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry in the ledger: what was seen, in which feed, how far it got and why it ended as it did."""

    id: int
    feed_id: int
    key: str  # identity within the feed
    entry: Entry
    state: EntryState
    step: Step | None  # None once the state is final
    reason: str = ""
    article_id: int | None = None
    attempts: int = 0
    first_seen_at: datetime | None = None
    state_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryHour:
    """When an entry was seen first, and when it was published by its own account."""

    first_seen_at: datetime
    published_at: datetime | None


# --- pages and drafts -------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What an entry's link answered."""

    FULL = "full"
    PARTIAL = "partial"
    PAYWALLED = "paywalled"
    CONSENT = "consent"
    NEEDS_SCRIPT = "needs_script"
    NOT_ARTICLE = "not_article"
    EMPTY = "empty"
    BLOCKED = "blocked"
    DISALLOWED = "disallowed"
    GONE = "gone"

    @property
    def has_text(self) -> bool:
        """Whether such a page gives the article's text; otherwise the feed's own text becomes the article."""
        return self in (Outcome.FULL, Outcome.PARTIAL, Outcome.PAYWALLED)


@dataclass(frozen=True, slots=True)
class RawPage:
    """Bytes of a web page. ``url`` is where the redirects ended, ``requested_url`` where they began."""

    url: str
    body: bytes
    content_type: str | None = None
    requested_url: str | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Removed:
    """A line of a page that is no part of the body, and the name of the rule that says so.

    ``at``: how many lines of the body stand before it, and ``kind`` what it would be among them; None where that is not known."""

    text: str
    reason: str
    at: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A link of a body: the text between ``start`` and ``end`` (code points, end-exclusive) of the body's line number ``line`` (from 0)
    leads to ``url``, an absolute http(s) address."""

    line: int
    start: int
    end: int
    url: str


# What a line of a body can be: paragraph, heading, block quote, list item, row of a table (its cells parted by ``CELLS``) and one that
# heads its columns, time of a live post.
KINDS = frozenset(("p", "h", "q", "li", "row", "th", "time"))
CELLS = " | "


@dataclass(frozen=True, slots=True)
class Draft:
    """What extraction made of a page. ``body`` has one paragraph a line; ``kinds`` names each line of it (KINDS).

    ``exact``: whether ``published`` is to the minute; else only its day is the page's. ``agency``: whose report it is, where page or
    dateline say so. ``free``: what the page declares of its access, which is a hint. ``languages``: those of its paragraphs, most text
    first."""

    outcome: Outcome
    title: str | None = None
    body: str = ""
    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    image: str | None = None
    canonical_url: str | None = None
    amp_url: str | None = None
    site_name: str | None = None
    removed: tuple[Removed, ...] = ()
    because: str = ""  # the evidence for the outcome, in words for the operator
    section: str | None = None
    caption: str | None = None  # of the lead image
    agency: str | None = None
    free: bool | None = None
    exact: bool = True
    languages: tuple[str, ...] = ()
    links: tuple[BodyLink, ...] = ()


# --- articles ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of its article beside title, text and hours. ``section``: of the site, as it names it. ``caption``: of the lead
    image. ``agency``: whose report it is. ``free``: whether everybody may read it, which is a hint; None: not said. ``languages``: those of
    its paragraphs, most text first."""

    section: str | None = None
    caption: str | None = None
    agency: str | None = None
    free: bool | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alias:
    """A name under which an article was seen. ``kind``: guid, link, canonical, redirect, amp.
    ``scope`` is the feed's id for GUIDs, which are only unique within a feed, else None."""

    kind: str
    key: str
    scope: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One piece of journalism in its newest revision."""

    id: int
    position: int  # order in time: seconds since 1970 of its sort time << 20, made unique
    outlet_id: str
    url: str  # cleaned for showing
    url_key: str  # identity
    title: str
    body: str
    kinds: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime
    updated_at: datetime  # when the newest revision was stored
    revision: int = 1  # number of the newest revision, from 1
    authors: tuple[str, ...] = ()
    image: str | None = None
    outcome: Outcome = Outcome.FULL
    text_from: str = "page"  # page or feed: where the text comes from
    wire: str | None = None  # source id of the agency the text was taken from
    copy_group: int | None = None  # id of the group's origin article
    story_id: int | None = None
    feed_id: int | None = None
    sample: bool = False
    gone_since: datetime | None = None  # when its page was first found to be gone; None: it is there, as far as is known
    corrections: int = 0  # revisions that are ours, not the outlet's
    links: tuple[BodyLink, ...] = ()
    facts: PageFacts = PageFacts()

    @property
    def at(self) -> datetime:
        """The hour to show: when it was published, or first seen where the publisher does not say."""
        return self.published_at or self.first_seen_at

    @property
    def edits(self) -> int:
        """How often the outlet changed the text."""
        return self.revision - 1 - self.corrections


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article about to be stored; the store gives it its id and position."""

    outlet_id: str
    url: str
    url_key: str
    title: str
    body: str
    kinds: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime
    body_hash: str
    authors: tuple[str, ...] = ()
    image: str | None = None
    outcome: Outcome = Outcome.FULL
    text_from: str = "page"
    feed_id: int | None = None
    sample: bool = False
    removed: tuple[Removed, ...] = ()
    links: tuple[BodyLink, ...] = ()
    facts: PageFacts = PageFacts()
    modified_at: datetime | None = None  # when it was changed last, by its own account
    flags: tuple[str, ...] | None = None  # of a revision: see Revision


class Cause(StrEnum):
    """Why there is a revision: the outlet's text is new or changed; the same page was read by better rules; an operator's verdicts on
    lines were applied to what is stored. Only the first is an edit, and shown as one."""

    OUTLET = "outlet"
    RULES = "rules"
    VERDICTS = "verdicts"


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an article's text; ``number`` counts from 1. ``cause`` says why it differs from the one before.

    ``modified_at``: when the page says that it was changed last. ``flags``: what the outlet changed since the revision before
    (identity.edits.FLAGS); None where nobody looked."""

    article_id: int
    number: int
    title: str
    body: str
    body_hash: str
    fetched_at: datetime
    kinds: tuple[str, ...] = ()
    cause: Cause = Cause.OUTLET
    links: tuple[BodyLink, ...] = ()
    modified_at: datetime | None = None
    flags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a body: ``body[start:end]``."""

    start: int
    end: int


# --- places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A gazetteer entity. ``path`` has the ids and ``path_names`` the names of district, region and country, nearest first."""

    id: str
    name: str
    kind: str  # settlement, district, region, country, area, water, site
    lat: float
    lon: float
    country: str | None  # ISO 3166-1 alpha-2
    path: tuple[str, ...] = ()
    path_names: tuple[str, ...] = ()
    geonames_id: int | None = None
    population: int = 0
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text. ``role``: event, mention, dateline, actor, origin; ``confidence`` in 0..1.

    ``relation``: what the text puts between itself and the place, in its own words ("10 km north-west of"); empty where it is the place."""

    start: int
    end: int
    text: str
    place: Place
    role: str = "mention"
    confidence: float = 0.5
    relation: str = ""

    @property
    def approximate(self) -> bool:
        """Whether what is told of happened near the place's point rather than at it."""
        return bool(self.relation) or self.place.approximate


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """What people corrected about names of places. Names are keys (places.normalise.name_key), places are ids.

    A key is one spelling; case forms of it that the gazetteer or its ending show to be the same name follow it. Where two rules
    are about one name, ``forbidden`` wins, then ``chosen``."""

    forbidden: frozenset[str] = frozenset()  # name no place here
    chosen: Mapping[str, str] = field(default_factory=dict)  # key -> id of the place that the name means here, whatever else it may mean
    aliases: Mapping[str, str] = field(default_factory=dict)  # key -> id of the place that this name, unknown to the gazetteer, means

    def __bool__(self) -> bool:
        return bool(self.forbidden or self.chosen or self.aliases)


NO_PLACE_RULES = PlaceRules()


@dataclass(frozen=True, slots=True)
class SaidPart:
    """The part that people gave a name in one text. ``key``: the name's key, as in PlaceRules; ``near``: words of the text among which the
    one meant stands, or "" for all. ``because``: who says so, and why."""

    key: str
    role: str
    near: str = ""
    because: str = "people say so"


@dataclass(frozen=True, slots=True)
class SaidParts:
    """What people said of the places of one text. ``leading``: id of the place where it happened above all, "" for nowhere; None: nobody
    said. Of two ``parts`` for a name the one with words around it goes first, then the later one."""

    parts: tuple[SaidPart, ...] = ()
    leading: str | None = None

    def __bool__(self) -> bool:
        return bool(self.parts) or self.leading is not None


NOTHING_SAID = SaidParts()


# --- sources ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Someone who is cited, as the registry knows them. ``aliases`` maps a language to the names used in it."""

    id: str
    name: str
    kind: str
    side: str = "unknown"
    country: str | None = None
    organisation: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    basis: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it: the span next to the cue, and who is meant by it. ``start`` is None where no span names the speaker."""

    start: int | None
    end: int | None
    text: str
    name: str  # who is meant, in full
    source_id: str | None = None
    kind: str = "unknown"
    side: str = "unknown"
    role: str | None = None
    organisation: str | None = None
    anonymity: str = "named"  # named, role, anonymous


@dataclass(frozen=True, slots=True)
class Via:
    """Someone through whom the words came: in "ISW quoted Prigozhin" ISW is via."""

    start: int
    end: int
    text: str
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that mark the attribution. ``strength``: neutral, claim, assess, confirm, deny, warn."""

    start: int
    end: int
    text: str
    lemma: str
    strength: str = "neutral"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as it stands in an attribution's content."""

    value: float
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """One "who says what" in a text."""

    speaker: Speaker
    cue: Cue | None
    content: tuple[Span, ...]
    via: tuple[Via, ...] = ()
    form: str = "indirect"  # direct, indirect, mixed
    channel: str | None = None
    said_on: str | None = None  # ISO date, or its year and month or year alone where the text says no more; so with about_from and about_to
    about_from: str | None = None
    about_to: str | None = None
    place_ids: tuple[str, ...] = ()
    hedged: bool = False
    negated: bool = False
    numbers: tuple[Quantity, ...] = ()
    confidence: float = 0.5

    def words(self, body: str) -> str:
        """What is said, as it stands in the body; parts of a split quote are joined by an ellipsis."""
        return " … ".join(body[span.start : span.end] for span in self.content)


@dataclass(frozen=True, slots=True)
class SoughtComment:
    """Whom the outlet asked for comment: no claim."""

    start: int
    end: int
    text: str
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything that tagging found in one revision of an article."""

    language: str | None = None
    mentions: tuple[Mention, ...] = ()
    primary_places: tuple[str, ...] = ()  # place ids, one to three, or none
    attributions: tuple[Attribution, ...] = ()
    sought_comment: tuple[SoughtComment, ...] = ()
    wire: str | None = None  # source id


# --- stories and claims -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """What clustering needs to know of an article."""

    article_id: int
    title: str
    body: str
    language: str | None
    at: datetime
    outlet_id: str
    copy_group: int | None = None
    place_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()  # primary places where few things happen in a day: towns, villages and sites, but not the largest cities


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about the same event. Origins are texts that are nobody's copy; copies are not confirmation."""

    id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    articles: int = 0
    outlets: int = 0
    texts: int = 0  # distinct copy groups
    origins: int = 0  # independent origins among the texts
    edited: int = 0  # articles with more than one revision
    languages: tuple[str, ...] = ()
    sample: bool = False
    follows: int | None = None  # the earlier story that this one takes up


@dataclass(frozen=True, slots=True)
class ClaimAttribution:
    """An attribution of a stored article, with what claims need to know of the article it stands in. ``at``: when it came out."""

    attribution_id: int
    article_id: int
    outlet_id: str
    copy_group: int | None
    at: datetime
    language: str | None
    attribution: Attribution
    words: str  # the content as it stands in the body
    place_ids: tuple[str, ...] = ()  # what it is about: the attribution's places, else those where the article says that it happened
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Attributions that say the same thing. ``origins`` counts independent origins, never copies."""

    story_id: int
    speaker: Speaker
    words: str  # the content in its fullest wording
    strength: str
    channel: str | None
    via: tuple[str, ...]  # names
    said_on: str | None
    attribution_ids: tuple[int, ...]
    article_ids: tuple[int, ...]
    outlets: int
    origins: int
    first_at: datetime
    hedged: bool = False
    negated: bool = False
    place_ids: tuple[str, ...] = ()  # what it is about
    days: tuple[str, ...] = ()  # ISO dates on which it was said, or which it is about


# --- change log -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log, from which copies, stories, claims and the index follow the articles."""

    seq: int
    article_id: int
    kind: str  # stored, revised, corrected (by us), retagged, regrouped (another copy group), moved (another story), removed
    at: datetime
