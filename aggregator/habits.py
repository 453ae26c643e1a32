"""Which countries a feed's articles usually speak of: a weak prior for names that several places have (places.resolve).

Counted from the tags of its newest articles, never from where its outlet is at home: what datelines and actors name does not count, nor
what the tagger is not sure of. As a place that was chosen for this prior is never sure, the habit cannot feed itself.

What holds of its effect on tags: the shares of a feed come from its own articles alone, are rounded to tenths, and stay as they are for
KEEP_S, or for as long as they are ``held``. A run over all articles holds them, so its result does not depend on the order in which
articles are tagged; run again, it changes only names of several places whose choice hangs on a share that went to another tenth meanwhile.
A new article is tagged by what its feed spoke of before it, an old one that is tagged anew by what its feed speaks of now.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from aggregator.ports import Clock, Store

NEWEST = 200  # articles of a feed: a month of a local paper, some days of a large one
LEAST_ARTICLES = 20  # that name a country: with fewer, a feed has no habits
SURE = 0.9  # confidence of the mentions that count
KEEP = timedelta(minutes=10)
NO_HABITS: Mapping[str, float] = MappingProxyType({})

Shares = Mapping[str, float]  # country (ISO alpha-2) -> share of the articles that name it, in tenths; at least 0.1


@dataclass(slots=True)
class Habits:
    """What feeds usually speak of, over the store; kept for some minutes, for it is asked of every article."""

    store: Store
    clock: Clock
    _kept: dict[int, tuple[datetime, Shares]] = field(default_factory=dict, repr=False)
    _held: bool = False

    def of(self, feed_id: int | None) -> Shares:
        """The shares of a feed's countries; none for an article without a feed, and for a feed with too few articles."""
        if feed_id is None:
            return NO_HABITS
        now, kept = self.clock.now(), self._kept.get(feed_id)
        if kept is None or (now >= kept[0] and not self._held):
            kept = self._kept[feed_id] = (now + KEEP, self._shares(feed_id))
        return kept[1]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Count each feed once, when it is first asked for, until the end."""
        self._kept.clear()
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._kept.clear()

    def _shares(self, feed_id: int) -> Shares:
        articles, naming = self.store.articles.countries_named(feed_id, NEWEST, SURE)
        if articles < LEAST_ARTICLES:
            return NO_HABITS
        shares = {country: round(times / articles, 1) for country, times in sorted(naming.items())}
        return MappingProxyType({country: share for country, share in shares.items() if share})
