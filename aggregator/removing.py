"""Taking articles down, and keeping them out: an entry that leads to one is filtered before its page is fetched, or when it was read.

The text goes at once and for good. What stays lets the article in again when somebody says so: then it is fetched anew, and is a new one.
"""

from collections.abc import Sequence
from datetime import datetime

from aggregator.errors import NotFoundError, UsageError
from aggregator.identity import urls
from aggregator.identity.aliases import address_of, aliases_of, decide, mask, names_in_feed, unclaimed
from aggregator.model import Alias, Article, LedgerEntry
from aggregator.numbers import whole
from aggregator.ports import AliasHit, Store


def wanted_article(store: Store, text: str) -> Article:
    """The article of this id, or with this address. Raises NotFoundError, UsageError where it is neither."""
    if (ident := whole(text)) is not None:
        return store.articles.get(ident)
    if text.isdecimal():
        raise NotFoundError("article", text[:50])
    hits = store.articles.find([Alias("link", urls.key(text))])
    if not hits:
        raise NotFoundError("article with the address", text)
    return store.articles.get(hits[0].article_id)


def bars_entry(store: Store, entry: LedgerEntry, now: datetime) -> bool:
    """Whether an entry leads, by what its feed says of it, to an article that was taken down; then it is finished."""
    told = entry.entry
    try:
        url_key, aliases = address_of(told)[1], aliases_of(told, entry.feed_id)
    except UsageError:  # no address at all: the entry itself is the article's name
        url_key = f"entry:{entry.feed_id}:{entry.key}"
        aliases = (Alias("link", url_key), *names_in_feed(told, entry.feed_id))
    return bars(store, entry.id, aliases, url_key, told.title or "", now)


def bars(store: Store, entry_id: int, aliases: Sequence[Alias], url_key: str, title: str, now: datetime) -> bool:
    """Whether what an entry led to is an article that was taken down; then the entry is finished, and the names are learnt that no other
    article has. Identity is decided as it is for articles that are there."""
    hits = [
        AliasHit(hit.alias, hit.tombstone.article_id, hit.tombstone.url_key, hit.tombstone.title_mask)
        for hit in store.tombstones.find(aliases)
    ]
    article_id = decide(hits, url_key=url_key, title=mask(title)) if hits else None
    if article_id is None:
        return False
    store.tombstones.bar(article_id, entry_id, unclaimed(aliases, store.articles.find(aliases)), now)
    return True
