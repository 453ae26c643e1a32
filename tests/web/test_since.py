"""What the pages say of things that went wrong since: a feed's alarms, an article whose page is gone."""

from dataclasses import replace
from datetime import timedelta

from aggregator.model import Alarm, AlarmKind, Poll, PollOutcome
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults


def test_a_feed_with_an_alarm_comes_first_and_says_why(desk: Browsing) -> None:
    store = desk.app.store
    last = store.feeds.get(
        int((desk.get("/operate").find("//td/a[contains(@href, '/operate/feed/')]")[-1].get("href") or "").split("/")[-1])
    )
    alarm = Alarm(AlarmKind.SILENT_ZERO, newsroom.NOW - timedelta(days=2), "It answers <b>well</b>, but without a single entry.")
    store.feeds.record_polls([(Poll(last.id, newsroom.NOW, PollOutcome.NOTHING_NEW, 200), replace(last, alarms=(alarm,)))])
    page = desk.get("/operate")
    first = page.find("//td/a[contains(@href, '/operate/feed/')]")[0]
    assert first.get("href") == f"/operate/feed/{last.id}"
    assert "1 alarm" in page.find("//h1")[0].text_content()
    for path in ("/operate", f"/operate/feed/{last.id}"):
        page = desk.get(path)
        assert "silent zero" in page.text and "It answers <b>well</b>, but without a single entry." in page.text
        assert faults(page.response.get_data(as_text=True)) == []


def test_an_article_says_since_when_its_page_is_gone(desk: Browsing) -> None:
    path, store = f"/article/{newsroom.article_of(desk.app, 'teplo')}", desk.app.store
    assert "gone since" not in desk.get(path).text
    store.revisits.gone(newsroom.article_of(desk.app, "teplo"), newsroom.NOW, None)
    page = desk.get(path)
    assert f"gone since {newsroom.NOW.day} " in page.text and "Харкові" in page.text
    assert faults(page.response.get_data(as_text=True)) == []
