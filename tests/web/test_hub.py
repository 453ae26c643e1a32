"""What the desk says of a feed's hub."""

from dataclasses import replace

from aggregator.model import SubscriptionState
from tests.web.browsing import Browsing
from tests.web.markup import faults


def test_a_feed_s_page_says_how_it_stands_with_its_hub(desk: Browsing) -> None:
    store, now = desk.app.store, desk.app.clock.now()
    page = desk.get("/operate/feed/1")
    assert page.find("//dt[.='Hub']") == []

    store.subscriptions.want(1, "https://hub.example/<b>", "https://harbour.example/1", now, token="t", secret="hush-hush")
    before = store.subscriptions.of_feed(1)
    assert before is not None
    assert "https://hub.example/<b>: pending; last delivery never" in desk.get("/operate/feed/1").text

    after = replace(
        before, state=SubscriptionState.VERIFIED, lease_until=now.replace(year=2031, month=3, day=4), reason="It answers with 503."
    )
    assert store.subscriptions.save(before, after)
    page = desk.get("/operate/feed/1")
    assert "verified until" in page.text and "2031" in page.text and "last delivery never. It answers with 503." in page.text
    assert "hush-hush" not in page.response.get_data(as_text=True)
    assert faults(page.response.get_data(as_text=True)) == []
