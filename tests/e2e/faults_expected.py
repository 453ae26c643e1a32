"""What the product makes of each fault of the press: the press's own catalogue says the most of it, and this table the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aggregator.model import FeedState, Outcome

HEALTH = {"ok": FeedState.OK, "moved": FeedState.OK, "failing": FeedState.FAILING, "gone": FeedState.GONE}
FROM_PAGE = frozenset({Outcome.FULL, Outcome.PAYWALLED})


@dataclass(frozen=True, slots=True)
class Expected:
    """None: opinions differ, and nothing but the invariants is asked for."""

    articles: int | None = None  # after two polls of a feed that has four items, unless the fault is their number
    state: FeedState | None = None  # of a feed that had the fault from the first
    since: FeedState | None = None  # of one that worked before
    says: str = ""  # pattern in the sentence of that state
    warns: str = ""  # pattern in the warnings of a poll
    pages: frozenset[tuple[Outcome, str]] | None = None  # outcome of the articles, and where their text is from
    hangs: str = ""  # feed or page: what never ends, so that it is not waited for long


def outcomes(*names: Outcome) -> frozenset[tuple[Outcome, str]]:
    """These outcomes with where the text is from in each case."""
    return frozenset((name, "page" if name in FROM_PAGE else "feed") for name in names)


FULL = outcomes(Outcome.FULL)
FAILING = {"articles": 0, "state": FeedState.FAILING, "since": FeedState.FAILING}
OK = {"articles": 4, "state": FeedState.OK, "since": FeedState.OK}

BEYOND_THE_CATALOGUE: Mapping[str, Mapping[str, Any]] = {
    "not_found": {"says": r"“not found” \(404\)\. That is 2 failures in a row"},
    "gone": {"says": r"gone for good \(410\); it is no longer polled"},
    "server_error": {"says": r"an internal error \(500\)"},
    "server_error_once": {"says": "A new entry about every hour"},
    "rate_limited": {**FAILING, "says": r"“too many requests” \(429\)"},
    "moved_permanently": {"says": r"redirects to http://[^ ]+/moved/feed\.xml for good"},
    "redirect_loop": {"says": "redirects more than 5 times"},
    "redirect_decimal": {"says": r"127\.0\.2\.1 is not an address on the public internet"},
    "redirect_canary": {"says": r"127\.0\.2\.1 is not an address on the public internet"},
    "redirect_file": {"says": "Only http and https addresses are fetched, not file://"},
    "cookie_redirect": {**FAILING, "says": "redirects in a circle"},
    "html_instead": {"says": "a web page titled “Domain for sale”"},
    "discoverable": {**FAILING, "says": "answers with a web page"},
    "empty_200": {"says": "an empty document"},
    # To a feed that worked, an eternal 304 is no different from having nothing new; the weekly look without conditions finds it out.
    "eternal_304": {"says": "“not modified” although nothing was known of it", "since": FeedState.OK},
    "timeout": {"says": "did not finish its answer within", "hangs": "feed"},
    "slow_drip": {"says": "did not finish its answer within", "hangs": "feed"},
    "connection_reset": {"says": "broke off in the middle of its answer"},
    "short_body": {**FAILING, "says": "its answer was cut short"},
    "bad_chunks": {"says": "its answer was cut short"},
    "truncated_gzip": {"state": FeedState.OK, "since": FeedState.OK, "warns": "not well-formed"},
    "gzip_bomb": {"says": "sends more than 10 MiB"},
    "huge_body": {"says": "sends more than 10 MiB"},
    "wrong_charset": {"warns": "not UTF-8"},
    "leading_junk": {"warns": "text before the document was skipped"},
    "control_characters": {"warns": "control characters were removed"},
    "malformed_xml": {"warns": "not well-formed"},
    "truncated_xml": {"articles": 4, "warns": "not well-formed"},
    "entity_bomb": {**OK, "warns": "entities expand to too much text", "pages": FULL},
    "external_entity": {**OK, "pages": FULL},
    "no_guid_no_link": {"pages": outcomes(Outcome.EMPTY)},
    "link_shared": {"pages": outcomes(Outcome.NOT_ARTICLE)},
    "equal_dates": {"state": FeedState.STALE, "says": "the newest is of 01 January 2026"},
    "future_dates": {"says": "All its entries came at one time so far", "warns": "in the future"},
    "no_dates": {"says": "All its entries came at one time so far"},
    "javascript_link": {"pages": outcomes(Outcome.EMPTY, Outcome.FULL), "warns": "no http address was dropped"},
    "page_403": {"pages": outcomes(Outcome.BLOCKED)},
    "page_500": {"pages": outcomes(Outcome.EMPTY)},
    "page_timeout": {"pages": outcomes(Outcome.EMPTY), "hangs": "page"},
    "page_endless": {"pages": outcomes(Outcome.EMPTY)},
}


def expected(row: Mapping[str, Any]) -> Expected:
    """What to expect of a fault: ``row`` is that of the press's catalogue, which this table completes and, where it says so, overrules."""
    state = HEALTH.get(row["health"])
    pages = outcomes(Outcome(row["page"])) if row["page"] else None
    return replace(Expected(row["entries"], state, state, pages=pages), **BEYOND_THE_CATALOGUE.get(row["fault"], {}))
