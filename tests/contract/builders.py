"""Values for contract tests, with everything that a test does not care about filled in."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.model import (
    Alias,
    Attribution,
    Cue,
    Entry,
    Feed,
    FeedDraft,
    Mention,
    NewArticle,
    Outlet,
    Place,
    Quantity,
    SoughtComment,
    Span,
    Speaker,
    Tags,
    Via,
)
from aggregator.ports import SeenEntry, Store
from aggregator.storage.store import SqlStore

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
OUTLET = Outlet("harbour-post", "Harbour Post", kind="newspaper", country="GB", languages=("en", "uk"), basis="its own imprint")
KYIV = Place("gn703448", "Kyiv", "settlement", 50.45466, 30.5238, "UA", ("gn690791",), ("Ukraine",), 703448, 2797553)
IZIUM = Place("gn707753", "Izium", "settlement", 49.2, 37.28, "UA", ("gn706482", "gn690791"), ("Kharkiv Oblast", "Ukraine"), 707753, 51600)


def later(**parts: float) -> datetime:
    """Return a time after noon."""
    return NOON + timedelta(**parts)


def draft(number: int = 1, **fields: Any) -> FeedDraft:
    """Return a feed to add."""
    values: dict[str, Any] = {"url": f"https://harbour.example/{number}.xml", "title": f"Feed {number}", "outlet": OUTLET}
    return FeedDraft(**values | fields)


def feed(store: SqlStore, number: int = 1, **fields: Any) -> Feed:
    """Add a feed."""
    return store.feeds.add(draft(number, **fields), NOON)[0]


def seen(key: str, digest: str = "a", **fields: Any) -> SeenEntry:
    """Return an entry of a feed."""
    values: dict[str, Any] = {"guid": key, "link": f"https://harbour.example/{key}", "title": f"Title {key}"}
    return SeenEntry(key, digest, Entry(**values | fields))


def article(number: int = 1, **fields: Any) -> NewArticle:
    """Return an article to store."""
    body = fields.get("body", f"Report {number} from the harbour.")
    values: dict[str, Any] = {
        "outlet_id": OUTLET.id,
        "url": f"https://harbour.example/news/{number}",
        "url_key": f"harbour.example/news/{number}",
        "title": f"Report {number}",
        "body": body,
        "kinds": ("p",),
        "language": "en",
        "published_at": NOON,
        "first_seen_at": later(minutes=5),
        "body_hash": hashlib.sha256(body.encode(errors="replace")).hexdigest(),
    }
    return NewArticle(**values | fields)


def link(number: int = 1) -> Alias:
    """Return the alias that an article's link is."""
    return Alias("link", f"harbour.example/news/{number}")


def stored(store: SqlStore, number: int = 1, tags: Tags | None = None, **fields: Any) -> int:
    """Store an article (and its feed's outlet), and return its id."""
    feed(store)
    ident = store.articles.add(article(number, **fields), [link(number)], tags or Tags(language="en"), later(minutes=6))
    assert ident is not None
    return ident


def attribution(name: str = "Oksana Lyman", source_id: str | None = None, end: int = 6, **fields: Any) -> Attribution:
    """Return an attribution whose content is the body's first characters."""
    speaker = Speaker(7, 12, "Lyman", name, source_id, "official", "ukraine", role="governor", organisation="the region")
    cue = Cue(13, 17, "said", "say", "claim")
    return Attribution(speaker, cue, (Span(0, end),), **fields)


def full_tags() -> Tags:
    """Return tags that use every field."""
    return Tags(
        language="uk",
        mentions=(Mention(0, 4, "Київ", KYIV, "dateline", 0.75), Mention(10, 15, "Ізюм", IZIUM, "event", 0.5)),
        primary_places=(IZIUM.id, KYIV.id),
        attributions=(
            attribution(
                "Ministry of the Sea",
                "sea-ministry",
                via=(Via(20, 25, "Morya", "morya"),),
                form="direct",
                channel="telegram",
                said_on="2026-03-04",
                about_from="2026-03-01",
                about_to="2026-03-03",
                place_ids=(IZIUM.id,),
                hedged=True,
                negated=True,
                numbers=(Quantity(3.0, "drone", "three drones"),),
                confidence=0.9,
            ),
            Attribution(Speaker(None, None, "", "somebody", anonymity="anonymous"), None, (Span(1, 3), Span(5, 9))),
        ),
        sought_comment=(SoughtComment(3, 9, "the fleet", "fleet"),),
        wire="agency-a",
    )


def entered(store: Store, feed_id: int, entries: Sequence[SeenEntry], now: datetime) -> tuple[int, ...]:
    """Have the ledger see entries; return the ids of those that are new, in their order."""
    before = {entry.id for entry in store.ledger.of_feed(feed_id, limit=10_000)}
    seen = store.ledger.see(feed_id, entries, now)
    ids = {entry.key: entry.id for entry in store.ledger.of_feed(feed_id, limit=10_000) if entry.id not in before}
    assert seen.new == len(ids)
    return tuple(ids[entry.key] for entry in entries if entry.key in ids)
