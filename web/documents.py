"""Rendered documents: kept as long as the index has not moved on, with their tags and in every coding that was asked for.

A thousand readers of one feed cost one rendering and one compression; each further answer is a look into a table.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock

import brotli  # type: ignore[import-untyped]  # ships no types
from flask import Flask, Response, current_app, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from aggregator.app import App
from web.answers import MAX_AGE_S
from web.product import product

KEPT_BYTES = 32 << 20
LOOK_S = 0.5  # between two looks at how far the index has come
SHORTEST = 500  # bytes from which compressing is worth its head
CODINGS: dict[str, Callable[[bytes], bytes]] = {  # best first
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


@dataclass(slots=True)
class Document:
    """A body, the tag of its content, and the body in the codings that were asked for."""

    body: bytes
    tag: str
    coded: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, coding: str) -> bytes:
        """The body in this coding; "" is as it is."""
        if not coding:
            return self.body
        if coding not in self.coded:
            self.coded[coding] = CODINGS[coding](self.body)
        return self.coded[coding]


@dataclass(frozen=True, slots=True)
class State:
    """How far the index had come (``seq``), when its last change was made, and when a saved search was changed last."""

    seq: int
    at: datetime | None
    searches: datetime | None = None


Key = tuple[str, State, int]  # address, state, minute


class Documents:
    """Documents by address and state, the least recently asked for thrown away first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: OrderedDict[Key, Document] = OrderedDict()
        self._bytes = 0
        self._state = State(-1, None)
        self._looked_at = -LOOK_S

    def state(self, app: App, *, anew: bool = False) -> State:
        """The state of the index, at most LOOK_S old; ``anew``: as it is now."""
        now = time.monotonic()
        if anew or now - self._looked_at >= LOOK_S:
            seq = app.store.changes.cursor("index")
            at = self._state.at
            if seq != self._state.seq:
                change = app.store.changes.since(seq - 1, 1) if seq else ()
                at = change[0].at if change else None
            self._state = State(seq, at, app.store.searches.changed_at())
            self._looked_at = now
        return self._state

    def get(self, key: Key, make: Callable[[], bytes]) -> Document:
        """The document of this address at this state of what it is made of and this minute of the clock."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        body = make()
        made = Document(body, hashlib.sha256(body).hexdigest()[:32])
        with self._lock:
            if key not in self._found:
                self._found[key] = made
                self._bytes += len(body)
            while self._bytes > KEPT_BYTES and len(self._found) > 1:
                self._bytes -= len(self._found.popitem(last=False)[1].body)
        return made


def register(flask: Flask) -> None:
    """Give the application its documents."""
    flask.extensions["frontwire-documents"] = Documents()


def document(media_type: str, make: Callable[[], bytes], changed: datetime | None = None, *, whole: bool = False) -> Response:
    """What the address of this request stands for, made anew only when the index has moved on; 304 if the client has it. ``changed``: when
    what it stands for was changed last, where that does not come from the index (a saved search); ``whole``: it has the whole texts that
    not everybody may have, so that it is kept apart, and by no cache on the way where a token opened it."""
    app = product()
    documents = current_app.extensions["frontwire-documents"]
    assert isinstance(documents, Documents)
    state = documents.state(app, anew=bool(request.cache_control.no_cache))  # RFC 9111, section 5.2.1.4
    minute = int(app.clock.now().timestamp() // 60)  # last:24h means another day by then
    address = request.full_path + (f"#{changed.timestamp()}" if changed else "") + ("#whole" if whole else "")
    found = documents.get((address, state, minute), make)
    coding = coding_of(request.headers.get("Accept-Encoding", "")) if len(found.body) >= SHORTEST else ""
    tag = f"{found.tag}:{coding}" if coding else found.tag
    shared = "private" if whole and app.settings.full_text != "open" else "public"
    headers = {"Cache-Control": f"{shared}, max-age={MAX_AGE_S}"}
    if request.if_none_match.contains_weak(tag):  # most answers to readers: no more is made than it says (RFC 9110, 15.4.5)
        response = Response(status=304, headers=headers)
        del response.headers["Content-Type"]
        response.set_etag(tag)
        return response
    response = Response(found.encoded(coding), headers=headers, content_type=f"{media_type}; charset=utf-8")
    response.set_etag(tag)
    if coding:
        response.headers["Content-Encoding"] = coding
    searches = state.searches if "search" in address else None  # one that is meant in the query, or in that of such a one
    response.last_modified = max(filter(None, (state.at, changed, searches)), default=None)
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def coding_of(accepted: str) -> str:
    """The coding to answer in, by an Accept-Encoding header (RFC 9110, 12.5.3); "" for none."""
    wanted = parse_accept_header(accepted, Accept)
    best = max(CODINGS, key=lambda coding: wanted[coding])  # of equal ones the first
    return best if wanted[best] > 0 and wanted[best] >= wanted["identity"] else ""
