"""The way to this service's own web server: what everybody gets there, without a token.

The address comes from the settings and not from strangers, so the address guard has nothing to say here; redirects are not followed.
"""

import ssl
from functools import cached_property
from ipaddress import ip_network

import certifi

from aggregator.errors import HttpError
from aggregator.fetch.connection import Limits, exchange, parts_host
from aggregator.fetch.guard import AddressGuard
from aggregator.model import Response
from aggregator.settings import Settings

EVERYWHERE = tuple(map(ip_network, ("0.0.0.0/0", "::/0")))


class OwnWeb:
    """hub.OwnPages over HTTP/1.1. Safe for threads."""

    def __init__(self, settings: Settings, limits: Limits | None = None) -> None:
        self._root = settings.own_web
        self._agent = settings.user_agent
        self._limits = limits or Limits()
        self._guard = AddressGuard(allow=EVERYWHERE)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context

    def get(self, path: str, etag: str | None = None) -> Response:
        """The document at this path; see hub.OwnPages. What the server keeps is looked at anew (``no-cache``): it may be half a second
        behind the index, which would be a news missed."""
        url = self._root + path
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Cache-Control": "no-cache", "Connection": "close"}
        if etag:
            headers["If-None-Match"] = etag
        limits, tls = self._limits, self._tls if url.startswith("https:") else None
        answer = exchange(url, headers, guard=self._guard, tls=tls, limits=limits, total_s=limits.total_s, cap=limits.body)
        if not (200 <= answer.status < 300 or (answer.status == 304 and etag)):
            raise HttpError(f"{parts_host(url)} answers with status {answer.status}.", url, status=answer.status)
        return Response(url, answer.status, answer.headers, answer.body)
