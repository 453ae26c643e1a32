"""A little world for the pipeline: a store in memory, a clock that is moved by hand, and a web that answers as it is told."""

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aggregator.errors import FetchError, HttpError
from aggregator.fetching import Fetching
from aggregator.model import Article, EntryState, Feed, FeedDraft, LedgerEntry, Outlet, Response, Step
from aggregator.pipeline import Pipeline
from aggregator.polling import Polling
from aggregator.ports import Fetcher, FetchRequest, Store
from aggregator.query import SearchIndex
from aggregator.storage.engine import open_store
from aggregator.storage.index import open_index
from aggregator.tagging import Taggers

LEASE_S = 60.0
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Answer = Response | FetchError


class HandClock:
    """ports.Clock whose time passes only when told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class HandFetcher:
    """ports.Fetcher: each address has a list of answers, the last of which it gives for ever; one without any is not found."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, url: str, *answers: Answer | bytes) -> None:
        """From now on, the address answers so; bytes are a page that is there."""
        self.answers[url] = [answer if not isinstance(answer, bytes) else page_answer(url, answer) for answer in answers]

    def get(self, request: FetchRequest) -> Response:
        self.asked.append(request.url)
        answers = self.answers.get(request.url) or [refusal(request.url, 404)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, FetchError):
            raise answer
        return answer


@dataclass
class World:
    """The pipeline over its stand-ins. ``drain`` does what the workers do, in one thread."""

    open_taggers: Callable[[], Taggers]
    clock: HandClock = field(default_factory=HandClock)
    fetcher: HandFetcher = field(default_factory=HandFetcher)
    store: Store = field(default_factory=lambda: open_store("sqlite://"))
    index: SearchIndex = field(default_factory=lambda: open_index("sqlite://"))
    polling: Polling = field(init=False)
    fetching: Fetching = field(init=False)
    pipeline: Pipeline = field(init=False)

    def __post_init__(self) -> None:
        self.polling = Polling(self.store, self.fetcher, self.clock, jitter=lambda: 0.0)
        self.fetching = Fetching(self.store, self.fetcher, self.clock)
        self.pipeline = self.pipeline_of_another_process()

    def pipeline_of_another_process(self) -> Pipeline:
        """A pipeline that shares all but its own memory."""
        return Pipeline(self.store, self.index, self.clock, self.open_taggers, LEASE_S)

    def ask(self, fetcher: Fetcher) -> None:
        """Have polls and pages fetched by this one from now on."""
        self.polling.fetcher = self.fetching.fetcher = fetcher

    def subscribe(self, name: str = "courier", *, sample: bool = False) -> Feed:
        """Subscribe to the feed of an invented outlet."""
        outlet = Outlet(id=name, name=f"The {name.title()}", country="GB", languages=("en",), sample=sample)
        draft = FeedDraft(f"https://{name}.example/feed.xml", outlet.name, outlet, sample=sample)
        return self.store.feeds.add(draft, self.clock.now())[0]

    def publish(self, feed: Feed, *items: str) -> None:
        """The feed shows these items from now on."""
        document = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        document += f"<title>{feed.title}</title>{''.join(items)}</channel></rss>"
        self.fetcher.says(feed.url, Response(feed.url, 200, {"content-type": "application/rss+xml"}, document.encode()))

    def poll(self, feed: Feed) -> None:
        """Poll the feed now, whether it is due or not."""
        claimed = self.store.feeds.claim(feed.id, self.clock.now(), LEASE_S)
        assert claimed is not None, "the feed is under a lease"
        assert self.polling.now(claimed) is not None

    def drain(self, within: timedelta = timedelta(hours=3)) -> None:
        """Fetch and process, moving the clock, until nothing is pending. Fails if that takes longer than ``within``."""
        deadline = self.clock.now() + within
        while self.store.ledger.counts()[EntryState.PENDING]:
            assert self.clock.now() < deadline, self.entries()
            for entry in self.store.ledger.claim(Step.FETCH, self.clock.now(), LEASE_S, 100):
                self.fetching.page(entry.id)
            self.clock.sleep(LEASE_S + 1)  # what was fetched waits under a lease for its worker
            for entry in self.store.ledger.claim(Step.PROCESS, self.clock.now(), LEASE_S, 100):
                self.pipeline.process(entry.id)
        while self.pipeline.index_lag():
            assert self.pipeline.follow()

    def entries(self) -> list[LedgerEntry]:
        """The whole ledger, oldest first."""
        feeds = self.store.feeds.all()
        return sorted((entry for feed in feeds for entry in self.store.ledger.of_feed(feed.id, limit=10_000)), key=lambda entry: entry.id)

    def articles(self) -> tuple[Article, ...]:
        """Every article, oldest first."""
        return self.store.articles.many(self.store.articles.ids())

    def close(self) -> None:
        self.store.close()


def item(
    link: str | None = None, title: str = "", guid: str | None = None, text: str = "", published: datetime | None = START, full: str = ""
) -> str:
    """An item of an RSS feed; ``text`` is its description, ``full`` its whole text."""
    parts = [f"<title>{html.escape(title)}</title>"] if title else []
    parts += [f"<link>{html.escape(link)}</link>"] if link else []
    parts += [f'<guid isPermaLink="false">{html.escape(guid)}</guid>'] if guid else []
    parts += [f"<description>{html.escape(text)}</description>"] if text else []
    parts += [f"<content:encoded>{html.escape(full)}</content:encoded>"] if full else []
    parts += [f"<pubDate>{published:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"] if published else []
    return f"<item>{''.join(parts)}</item>"


def page(title: str, paragraphs: Sequence[str], *, paywalled: bool = False) -> bytes:
    """An article page in plain markup."""
    facts: dict[str, object] = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title}
    data = json.dumps(facts | ({"isAccessibleForFree": False} if paywalled else {}))
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{html.escape(title)}</title><script type="application/ld+json">{data}</script></head>'
        f"<body><nav><a href='/'>Front page</a></nav><main><article><h1>{html.escape(title)}</h1>{body}</article></main></body></html>"
    ).encode()


def page_answer(url: str, body: bytes) -> Response:
    """The page as the web gives it."""
    return Response(url, 200, {"content-type": "text/html; charset=utf-8"}, body)


def refusal(url: str, status: int) -> HttpError:
    """An answer of 400 and above."""
    return HttpError(f"It answers with {status}.", url, status=status)
