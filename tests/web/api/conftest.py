"""The API over a real socket, for the client."""

import logging
from collections.abc import Iterator
from threading import Thread

import pytest
from werkzeug.serving import make_server

from aggregator.access import Scope, digest, new_secret
from tests.web import newsroom
from tests.web.browsing import Browsing


@pytest.fixture
def secret(desk: Browsing) -> str:
    """A token of the operator's, with every scope."""
    made = new_secret()
    user = desk.app.store.users.by_name(newsroom.NAME)
    assert user is not None
    desk.app.store.tokens.add(user.id, "script", set(Scope), digest(made), newsroom.NOW)
    return made


@pytest.fixture
def served(desk: Browsing) -> Iterator[str]:
    """Root of a server over the operator's own product."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, desk.client.application, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
