"""The product on loopback, under the address that it says it has, for programs that other people wrote."""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from aggregator.access import Scope, digest, fever_digest
from aggregator.app import App
from aggregator.model import Tags
from tests.web import newsroom
from web.documents import LOOK_S
from web.factory import create_app

SECRET = "fw_for-a-phone"
COURIER_FEED = "/outlet/tidewater-courier.{}?items=articles"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and what it was answered with."""

    method: str
    path: str
    status: int
    conditional: bool


@dataclass(slots=True)
class Service:
    """The running product: ``base`` is its address, ``asked`` what it was asked so far."""

    app: App
    base: str
    asked: list[Asked] = field(default_factory=list)

    def publish(self, name: str, title: str, body: str) -> int:
        """The Courier publishes an article now; return its id."""
        found = newsroom.put(self.app, newsroom.COURIER, name, title, body, "en", newsroom.NOW, Tags(language="en"))
        self.settle()
        return found

    def revise(self, article_id: int, title: str, body: str) -> None:
        """The article's outlet changes it."""
        newsroom.revise(self.app, article_id, title, body)
        self.settle()

    def settle(self) -> None:
        """Let everything follow, and the next request see it."""
        while self.app.pipeline.follow():
            pass
        time.sleep(LOOK_S)

    def answers(self) -> list[int]:
        """The statuses of what was asked since this was called last."""
        found = [each.status for each in self.asked]
        self.asked.clear()
        return found


class _Recorder:
    """WSGI around the product that writes down what was asked."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], asked: list[Asked]) -> None:
        self.inner = inner
        self.asked = asked

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], info: Any = None) -> Any:
            conditional = bool({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"} & set(environ))
            self.asked.append(Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], int(status[:3]), conditional))
            return start_response(status, headers, info)

        return self.inner(environ, start)


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """A server whose product knows its own address, which there is only when it listens."""
    asked: list[Asked] = []
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    app = newsroom.open_app(folder, base)
    server.app = _Recorder(create_app(app).wsgi_app, asked)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Service(app, base, asked)
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsroom's data folder, to be copied."""
    path = tmp_path_factory.mktemp("newsroom")
    newsroom.fill(path)
    return path


@pytest.fixture
def service(filled: Path, tmp_path: Path) -> Iterator[Service]:
    """The newsroom with a saved search in a folder, and a token of ``marta`` that may sync."""
    with serving(shutil.copytree(filled, tmp_path / "newsroom")) as running:
        users, tokens = running.app.store.users, running.app.store.tokens
        user = users.by_name(newsroom.NAME)
        assert user is not None
        held = frozenset({Scope.READ, Scope.SYNC})
        tokens.add(user.id, "phone", held, digest(SECRET), newsroom.NOW, fever_digest(user.name, SECRET, held))
        running.app.store.searches.save("Heating", "heating OR warm", "Зима & тепло", user.name, newsroom.NOW)
        yield running
