"""A product with saved searches and a token that may sync, served on loopback: reader programs ask over HTTP."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from aggregator.access import Scope, digest, fever_digest
from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing


@dataclass(frozen=True, slots=True)
class Served:
    """Where the product is served, and what a reader program of ``marta`` shows."""

    app: App
    base: str
    secret: str
    limited: str  # a token that may not sync


@pytest.fixture
def served(desk: Browsing) -> Iterator[Served]:
    """The newsroom with two saved searches."""
    app = desk.app
    user = app.store.users.by_name(newsroom.NAME)
    assert user is not None
    held = frozenset({Scope.READ, Scope.SYNC})
    secret, limited = "fw_for-a-phone", "fw_reads-only"
    app.store.tokens.add(user.id, "phone", held, digest(secret), newsroom.NOW, fever_digest(user.name, secret, held))
    app.store.tokens.add(user.id, "laptop", {Scope.READ}, digest(limited), newsroom.NOW)
    app.store.searches.save("Heating", "heating OR warm", "Winter", user.name, newsroom.NOW)
    app.store.searches.save("Ministry", "by:uk-mod", "", user.name, newsroom.NOW)
    server = make_server("127.0.0.1", 0, desk.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(app, f"http://127.0.0.1:{server.server_port}", secret, limited)
    server.shutdown()
    thread.join()
    server.server_close()
