"""A WebSub hub and a publisher on loopback, small and obliging; a test makes it deny, die, or sign wrongly."""

import hmac
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from tests.fetch.loopback import Exchange, Loopback, serving


@dataclass
class Request:
    """What a subscriber asked: mode, topic, callback, lease, secret."""

    form: dict[str, str]

    def __getattr__(self, name: str) -> str:
        return self.form[f"hub.{name}"]


@dataclass
class Hub:
    """The hub at /hub beside the publisher's /feed.xml, or with a name of their own where a server has several. ``requests``: what
    subscribers asked and nobody verified yet."""

    server: Loopback
    name: str = ""
    requests: list[Request] = field(default_factory=list)
    subscribers: dict[str, Request] = field(default_factory=dict)  # by callback
    status: int = 202
    at_once: bool = False  # verify before answering the request
    lease_s: int = 864_000
    polls: int = 0
    document: bytes = b""

    def __post_init__(self) -> None:
        self.server.routes[f"/hub{self.name}"] = self._asked
        self.server.routes[f"/feed{self.name}.xml"] = self._read

    @property
    def url(self) -> str:
        return self.server.url(f"/hub{self.name}")

    @property
    def topic(self) -> str:
        return self.server.url(f"/feed{self.name}.xml")

    def publish(self, *titles: str, hub: str | None = None) -> None:
        """The feed shows these items from now on, and names this hub (or another, or "" for none)."""
        named = self.url if hub is None else hub
        links = f'<atom:link rel="hub" href="{named}"/><atom:link rel="self" href="{self.topic}"/>' if named else ""
        items = "".join(
            f"<item><title>{title}</title><guid>{quote(title)}</guid><description>{title}.</description></item>" for title in titles
        )
        text = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Courier</title>{links}{items}</channel></rss>'
        self.document = text.encode()

    def verify(self, challenge: str = "c-4711") -> list[int]:
        """Ask every subscriber that is waiting whether it asked; return the answers' statuses."""
        waiting, self.requests = self.requests, []
        return [self._verify(request, challenge) for request in waiting]

    def deny(self, callback: str, reason: str = "not for you") -> int:
        """Tell a subscriber no."""
        question = {"hub.mode": "denied", "hub.topic": self.topic, "hub.reason": reason}
        return call("GET", f"{callback}?{urlencode(question)}")[0]

    def distribute(self, body: bytes | None = None, *, method: str = "sha256", signature: str | None = None) -> list[int]:
        """Deliver the document (or this body) to every subscriber; return the answers' statuses."""
        content = self.document if body is None else body
        statuses = []
        for callback, request in self.subscribers.items():
            right = f"{method}={hmac.new(request.secret.encode(), content, method).hexdigest()}"
            headers = {
                "Content-Type": "application/rss+xml",
                "Link": f'<{self.url}>; rel="hub", <{self.topic}>; rel="self"',
                "X-Hub-Signature": right if signature is None else signature,
            }
            statuses.append(call("POST", callback, content, headers)[0])
        return statuses

    def _verify(self, request: Request, challenge: str) -> int:
        question = {"hub.mode": request.mode, "hub.topic": request.topic, "hub.challenge": challenge}
        if request.mode == "subscribe":
            question["hub.lease_seconds"] = str(self.lease_s)
        status, body = call("GET", f"{request.callback}?{urlencode(question)}")
        if 200 <= status < 300 and body == challenge.encode():
            if request.mode == "subscribe":
                self.subscribers[request.callback] = request
            else:
                self.subscribers.pop(request.callback, None)
        return status

    def _asked(self, exchange: Exchange) -> None:
        if self.status == 202:
            request = Request({name: values[0] for name, values in parse_qs(exchange.body.decode()).items()})
            if self.at_once:
                self._verify(request, "c-1")
            else:
                self.requests.append(request)
        exchange.answer(self.status)

    def _read(self, exchange: Exchange) -> None:
        self.polls += 1
        exchange.answer(200, self.document, Content_Type="application/rss+xml")


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """One request, as a hub makes it: status and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub with its publisher until the end of the block."""
    with serving({}) as server:
        made = Hub(server)
        made.publish("First")
        yield made
