"""robots.txt: whether a host wants its article pages fetched, asked once a day.

Follows RFC 9309: a status of 400-499 means that there are no rules (section 2.3.1.3); a server error or no answer means that
nothing may be fetched for now (section 2.3.1.4), which is asked again after an hour and counts as temporary; at least the
first 500 kB are read (section 2.5). Feeds are made to be fetched and are not asked about.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from aggregator.errors import DisallowedError, HttpError, NetworkError, TooLargeError
from aggregator.ports import Clock

PRODUCT = "Frontwire"  # the token that a robots.txt addresses us by
KEPT = timedelta(days=1)
KEPT_UNREACHABLE = timedelta(hours=1)
MAX_ORIGINS = 2_000  # rules held in memory; the least recently used go first
MAX_DELAY_S = 30.0  # a longer Crawl-delay would starve a news host; the feed's own interval is longer anyway

GetText = Callable[[str], bytes]  # fetches a robots.txt; raises the errors of Fetcher.get


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says to us. ``parsed`` None: no rules. ``unreachable``: why there is no answer."""

    until: datetime
    parsed: Protego | None = None
    unreachable: str = ""


class Robots:
    """The rules of every origin, fetched when first needed. Safe for threads; two of them may fetch the same file at worst."""

    def __init__(self, get_text: GetText, clock: Clock) -> None:
        self._get_text, self._clock = get_text, clock
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, url: str) -> float:
        """Return the seconds that the host wants between two requests (0: it does not say).

        Raises DisallowedError if the rules forbid the page, NetworkError if there is no telling now; RefusedError and BusyError
        of the fetch pass through.
        """
        rules = self._of(_origin(url), url)
        if rules.unreachable:
            raise NetworkError(
                f"The robots.txt of the host cannot be read ({rules.unreachable}), so its pages are left alone for now.", url
            )
        if rules.parsed is None:
            return 0.0
        if not rules.parsed.can_fetch(url, PRODUCT):
            raise DisallowedError("The host's robots.txt asks not to fetch this page.", url)
        return min(float(rules.parsed.crawl_delay(PRODUCT) or 0.0), MAX_DELAY_S)

    def _of(self, origin: str, url: str) -> Rules:
        now = self._clock.now()
        with self._lock:
            known = self._rules.get(origin)
            if known and known.until > now:
                self._rules.move_to_end(origin)
                return known
        rules = self._ask(origin, now)
        with self._lock:
            self._rules[origin] = rules
            self._rules.move_to_end(origin)
            while len(self._rules) > MAX_ORIGINS:
                self._rules.popitem(last=False)
        return rules

    def _ask(self, origin: str, now: datetime) -> Rules:
        try:
            body = self._get_text(f"{origin}/robots.txt")
        except HttpError as error:
            if error.status is not None and error.status < 500 and error.status != 429:
                return Rules(now + KEPT)
            return Rules(now + KEPT_UNREACHABLE, unreachable=f"status {error.status}")
        except TooLargeError:  # only headers or a bomb end here: a long file is cut, not refused
            return Rules(now + KEPT)
        except NetworkError as error:
            return Rules(now + KEPT_UNREACHABLE, unreachable=error.message.rstrip("."))
        return Rules(now + KEPT, Protego.parse(body.decode("utf-8", "replace").removeprefix("\ufeff")))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
