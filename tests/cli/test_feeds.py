"""`frontwire feed add`, `find` and `test` as an operator runs them, on a site that a loopback server plays."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from aggregator.cli import frontwire
from aggregator.errors import UsageError
from tests.fetch.loopback import Loopback
from tests.newsworld import page
from tests.playing import alternate, front, playing, reports, rss
from tests.test_subscribe import CHANNEL, TEXT


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRONTWIRE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FRONTWIRE_FETCH_ALLOW", "127.0.0.1")
    monkeypatch.setenv("FRONTWIRE_FETCH_ONLY", "127.0.0.1")
    monkeypatch.setenv("FRONTWIRE_HOST_GAP_S", "0")


@pytest.fixture
def site() -> Iterator[Loopback]:
    pages = {f"/report-{n}.html": page(f"Missile strikes depot {n} in Kharkiv", TEXT) for n in range(3)}
    feeds = {"/world.xml": rss(*reports(3), title="World"), "/sport.xml": rss(*reports(1), title="Sport")}
    with playing({"/": front(alternate("/world.xml"), alternate("/sport.xml")), "/s/LymanWatch": CHANNEL, **feeds, **pages}) as server:
        yield server


def run(*args: str) -> Result:
    return CliRunner().invoke(frontwire, ["feed", *args])


def test_a_page_with_several_feeds_is_answered_with_its_choices(site: Loopback) -> None:
    refused = run("add", site.url("/"))
    assert refused.exit_code == 1
    said = refused.output if not isinstance(refused.exception, UsageError) else refused.exception.message
    assert f"1. {site.url('/world.xml')} (World, 3 entries); 2. {site.url('/sport.xml')} (Sport, 1 entries)" in said
    assert f"Sport <{site.url('/sport.xml')}>" in run("add", site.url("/"), "--pick", "2").output
    assert run("add", site.url("/"), "--pick", "3").exit_code == 1
    assert run("add", site.url("/sport.xml")).output.startswith("is there already")


def test_channels_are_added_like_feeds(site: Loopback) -> None:
    assert "Lyman Watch" in run("add", site.url("/s/LymanWatch")).output
    assert "<https://t.me/s/lymanwatch>" in run("add", "@LymanWatch", "--untested").output


def test_finding_lists_the_choices(site: Loopback, tmp_path: Path) -> None:
    found = run("find", site.url("/"))
    assert found.exit_code == 0 and "World" in found.output and "the page names it" in found.output
    saved = tmp_path / "page.html"
    saved.write_bytes(front(alternate("/sport.xml")))
    pasted = orjson.loads(run("find", site.url("/walled"), "--html", str(saved), "--json").output)
    assert [choice["title"] for choice in pasted["choices"]] == ["Sport"]


def test_testing_a_feed_prints_a_report_and_stores_nothing(site: Loopback) -> None:
    report = run("test", site.url("/world.xml"), "--seconds", "60").output
    assert "World (rss20, en)" in report and "3 entries" in report
    assert "Missile strikes depot 2 in Kharkiv" in report and "full; " in report and "Kharkiv (UA)" in report
    assert "warning: The feed carries no text" in report
    seen = orjson.loads(run("test", site.url("/world.xml"), "--seconds", "0", "--json").output)
    assert (seen["url"], len(seen["parsed"]["entries"]), seen["known"]) == (site.url("/world.xml"), 3, None)
    assert seen["left_out"] == ["3 of 3 pages were not looked at: the time was up."]
    assert "tries them" in run("test", site.url("/")).output
    assert "No feed yet" in run("list").output
