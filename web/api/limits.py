"""How often programs may ask: so many requests a minute by address, more by token, counted in the broker for all web processes together.

Without a broker, or while it does not answer, each process counts for itself. Minutes are counted, those of the clock, because that is one
round trip; what comes through at the seam of two of them, twice the limit within moments, harms nobody here.
"""

import logging
import time
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from limits.errors import StorageError as CounterError
from limits.storage import MemoryStorage, Storage, storage_from_string

from aggregator.access import Token
from aggregator.broker import CONNECTION, broker_url
from aggregator.errors import BrokerError, TokenError, TooManyError
from aggregator.settings import Settings
from web.product import product
from web.tokens import request_token

BROKER_SCHEMES = ("redis", "rediss", "unix")
MINUTE_S = 60
RETRY_S = 30.0  # between two tries of a broker that did not answer
PATIENCE_S = 0.5  # a broker that is slower than this is not waited for
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a request was let through with: the limit, what is left of it, and in how many seconds it is whole again."""

    limit: int
    remaining: int
    reset_s: int


class Counter:
    """Requests by whoever makes them; one for each application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = MemoryStorage()
        self._own_until = 0.0

    @cached_property
    def _shared(self) -> Storage | None:
        """The counter in the broker; None where there is no broker that can count."""
        try:
            url = broker_url(self._settings)
        except BrokerError:
            return None
        if urlsplit(url).scheme not in BROKER_SCHEMES:
            return None
        patience = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
        storage = storage_from_string(url, wrap_exceptions=True, key_prefix="frontwire-limits", **{**CONNECTION, **patience})
        assert isinstance(storage, Storage)  # the other kind is for asyncio
        return storage

    def hit(self, now_s: float, limit: int, cost: int, kind: str, who: str) -> Allowance:
        """Count a request at this second since 1970. Raises TooManyError if it is one too many; that it was made counts nevertheless."""
        wait = max(1, ceil(MINUTE_S - now_s % MINUTE_S))
        made = self._made(f"{kind}/{who}/{int(now_s // MINUTE_S)}", cost)
        if made > limit:
            whose, more = ("with this token", ".") if kind == "token" else ("from your address", "; an access token is allowed more.")
            raise TooManyError(f"Too many requests: {limit} a minute are allowed {whose}. Ask again in {wait} seconds{more}", wait)
        return Allowance(limit, limit - made, wait)

    def _made(self, key: str, cost: int) -> int:
        """How many were made under this key, with this one."""
        if time.monotonic() >= self._own_until and self._shared is not None:
            try:
                return int(self._shared.incr(key, 2 * MINUTE_S, cost))
            except CounterError as error:
                log.warning("The broker does not count requests, each process does: %s", error)
                self._own_until = time.monotonic() + RETRY_S
        return self._own.incr(key, 2 * MINUTE_S, cost)


def register(flask: Flask, settings: Settings) -> None:
    """Give the application its counter."""
    flask.extensions["frontwire-limits"] = Counter(settings)


def count_request(cost: int = 1) -> None:
    """Count the request under way; requests of browsers that ask for leave (OPTIONS) cost nothing. Raises TooManyError.

    A token that does not hold counts for the address: whoever tries many is stopped by that."""
    if request.method == "OPTIONS":
        return
    settings = product().settings
    token = _token()
    limit = settings.api_limit if token is None else settings.api_limit_token
    if limit:
        counter = current_app.extensions["frontwire-limits"]
        assert isinstance(counter, Counter)
        who = ("address", request.remote_addr or "") if token is None else ("token", str(token.id))
        g.allowance = counter.hit(product().clock.now().timestamp(), limit, min(cost, limit), *who)


def add_headers(response: Response) -> Response:
    """Tell what is left (draft-ietf-httpapi-ratelimit-headers-06)."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Limit"] = str(allowance.limit)
        response.headers["RateLimit-Remaining"] = str(allowance.remaining)
        response.headers["RateLimit-Reset"] = str(allowance.reset_s)
        response.headers["RateLimit-Policy"] = f"{allowance.limit};w=60"
    return response


def _token() -> Token | None:
    try:
        return request_token()
    except TokenError:
        return None
