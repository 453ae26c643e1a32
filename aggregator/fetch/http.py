"""The only way to the network: HttpFetcher, which implements ports.Fetcher, ports.Poster and hub.Caller.

Every request passes, in this order: the URL's scheme, robots.txt (pages only), the host's turn, the address guard, the caps. Redirects
are followed by hand and pass all of them again. Cookies are neither kept nor sent.
"""

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import urlencode

import certifi
from ada_url import URL
from urllib3.util.request import ACCEPT_ENCODING

from aggregator.errors import HttpError, NetworkError, RefusedError
from aggregator.fetch.connection import Answer, Limits, exchange, parts_host
from aggregator.fetch.guard import AddressGuard
from aggregator.fetch.politeness import HostTurns
from aggregator.fetch.robots import Robots
from aggregator.model import Response
from aggregator.ports import Clock, FetchRequest, Lease
from aggregator.settings import Settings

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPS_METHOD = frozenset({307, 308})  # RFC 9110 section 15.4: the others turn a form into a question
ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}
MAX_URL = 4_096  # characters


@dataclass(slots=True)
class _Trip:
    """A request on its way: what it has spent, and where it has been."""

    request: FetchRequest
    limits: Limits
    form: bytes | None = None  # what is posted; None: nothing is
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/x-www-form-urlencoded"})  # with a form
    elapsed_s: float = 0.0
    redirects: list[tuple[int, str]] = field(default_factory=list)
    follow: bool = True

    @property
    def left_s(self) -> float:
        return self.limits.total_s - self.elapsed_s


class HttpFetcher:
    """ports.Fetcher over HTTP/1.1. Safe for threads. ``tls`` replaces the usual trust in the public certificate authorities."""

    def __init__(
        self,
        settings: Settings,
        lease: Lease,
        clock: Clock,
        *,
        limits: Limits | None = None,
        patience_s: float = 20.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._user_agent = settings.user_agent
        self._clock = clock
        self.guard = AddressGuard(settings.fetch_allow, settings.fetch_only)
        # The lease outlives the longest exchange, so that two of them never overlap.
        self._turns = HostTurns(lease, clock, settings.host_gap_s, patience_s=patience_s, ttl_s=self.limits.total_s * 2)
        self._robots = Robots(self._robots_txt, clock)
        self._given_tls = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """The system's certificate authorities and those of certifi: slim images come without any."""
        if self._given_tls:
            return self._given_tls
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context

    def get(self, request: FetchRequest) -> Response:
        """Return the answer; see ports.Fetcher for the errors. ``elapsed_s`` leaves out the waiting for turns."""
        return self._travelled(_Trip(request, self.limits))

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> Response:
        """Post a form and return the answer, of which no more than ``Limits.robots`` is read; see ports.Poster for the errors."""
        return self._travelled(_Trip(FetchRequest(url, "form"), self.limits, urlencode(form).encode("ascii")))

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """As ``post``, with a body and headers of the caller's, its Content-Type among them."""
        return self._travelled(_Trip(FetchRequest(url, "form"), self.limits, body, headers))

    def call(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """One exchange with a callback, no redirect followed; see hub.Caller. No more than ``Limits.robots`` of the answer is read."""
        return self._travelled(_Trip(FetchRequest(url, "callback"), self.limits, body, headers or {}, follow=False))

    @contextmanager
    def page_turn(self, url: str) -> Iterator[None]:
        """Hold the host's turn for a page that is got by other means, if robots.txt allows it; see ports.Fetcher for the errors."""
        gap_s = self._robots.check(url)
        with self._turns.turn(parts_host(url), url, gap_s=gap_s):
            yield

    def _travelled(self, trip: _Trip) -> Response:
        request = trip.request
        url = canonical(request.url)
        seen = {url}
        followed: frozenset[int] = frozenset()
        if trip.follow:
            followed = REDIRECTS if trip.form is None else KEEPS_METHOD
        while True:
            answer = self._one(url, trip)
            if answer.status not in followed or "location" not in answer.headers:
                return self._finished(url, answer, trip)
            target = self._target(url, answer.headers["location"])
            trip.redirects.append((answer.status, target))
            if target in seen:
                raise NetworkError(f"{parts_host(url)} redirects in a circle.", url, status=answer.status)
            if len(trip.redirects) > self.limits.redirects:
                raise NetworkError(
                    f"{parts_host(request.url)} redirects more than {self.limits.redirects} times.", url, status=answer.status
                )
            seen.add(target)
            url = target

    def _one(self, url: str, trip: _Trip) -> Answer:
        """One exchange, in the host's turn."""
        request = trip.request
        gap_s = self._robots.check(url) if request.purpose == "page" else 0.0
        short = request.purpose in ("robots", "form", "callback")
        headers = {
            "User-Agent": self._user_agent,
            "Accept": ACCEPT.get(request.purpose, "*/*"),
            "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "close",
        }
        if trip.form is not None:
            headers |= trip.headers
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        if trip.left_s <= 0:
            raise NetworkError(f"{parts_host(url)} did not finish its answer within {self.limits.total_s:.3g} s.", url)
        with self._turns.turn(parts_host(url), url, gap_s=gap_s):
            started = time.monotonic()
            try:
                return exchange(
                    url,
                    headers,
                    guard=self.guard,
                    tls=self._tls if url.startswith("https:") else None,  # reading the authorities takes 50 ms
                    limits=self.limits,
                    total_s=trip.left_s,
                    cap=self.limits.robots if short else self.limits.body,
                    cut=short,
                    form=trip.form,
                )
            finally:
                trip.elapsed_s += time.monotonic() - started

    def _finished(self, url: str, answer: Answer, trip: _Trip) -> Response:
        conditional = bool(trip.request.etag or trip.request.last_modified)
        if not (200 <= answer.status < 300 or (answer.status == 304 and conditional)):
            raise HttpError(
                f"{parts_host(url)} answers with {_status(answer.status)}.",
                url,
                status=answer.status,
                retry_after_s=self._retry_after_s(answer.headers.get("retry-after")),
            )
        return Response(url, answer.status, answer.headers, answer.body, tuple(trip.redirects), trip.elapsed_s)

    @staticmethod
    def _target(url: str, location: str) -> str:
        """Where a redirect leads. Raises RefusedError for another scheme and for a step from https back to http."""
        target = canonical(location.strip(), base=url)
        if url.startswith("https:") and target.startswith("http:"):
            raise RefusedError(f"{parts_host(url)} redirects from https to unprotected http, which is not followed.", url)
        return target

    def _retry_after_s(self, text: str | None) -> float | None:
        """Seconds of a Retry-After header (RFC 9110 section 10.2.3): a number or a date; None for anything else."""
        if not text:
            return None
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            return float(text)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - self._clock.now()).total_seconds())

    def _robots_txt(self, url: str) -> bytes:
        return self.get(FetchRequest(url, purpose="robots")).body


def canonical(text: str, *, base: str | None = None) -> str:
    """The URL as it goes over the wire: host in ASCII (IDNA), path and query percent-encoded (WHATWG URL), without a fragment.

    Raises RefusedError where it is no http(s) URL, carries a user name, or is too long.
    """
    try:
        url = URL(text, base=base) if base else URL(text)
    except ValueError as error:
        raise RefusedError(f"{text[:200]!r} is not a web address.", text) from error
    if url.protocol not in ("http:", "https:") or not url.hostname:
        raise RefusedError(f"Only http and https addresses are fetched, not {url.protocol}//… ones.", text)
    if url.username or url.password:
        raise RefusedError("An address with a user name or password in it is not fetched.", text)
    url.hash = ""
    if len(url.href) > MAX_URL:
        raise RefusedError(f"An address of more than {MAX_URL} characters is not fetched.", text)
    return url.href


STATUS_SENTENCES = {
    304: "“not modified” although nothing was known of it (304)",
    401: "a request to log in (401)",
    403: "a refusal (403)",
    404: "“not found” (404)",
    410: "“gone for good” (410)",
    429: "“too many requests” (429)",
    451: "“unavailable for legal reasons” (451)",
    500: "an internal error (500)",
    502: "a bad gateway (502)",
    503: "“not available now” (503)",
    504: "a gateway time-out (504)",
}


def _status(status: int) -> str:
    return STATUS_SENTENCES.get(status, f"status {status}")
