"""The hub's store: what is asked waits for the callback's word, what is new waits for each subscriber, and nothing is missed between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.errors import NotFoundError, TooManyError
from aggregator.hub import MOST_UNVERIFIED_OF_HOST, HubCounts, HubDocument, HubRequest, HubSubscription, Mode
from aggregator.readers import SavedSearch
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later

TOPIC = "https://news.example/stream.rss?q=зерно"
CALLBACK = "https://reader.example/push/1"
ASKED = HubRequest(Mode.SUBSCRIBE, TOPIC, CALLBACK, "hush", timedelta(days=2))
GAP = timedelta(seconds=5)


def document(*digests: str) -> HubDocument:
    return HubDocument('"e"', "application/rss+xml; charset=utf-8", "<rss>Зерно</rss>".encode(), digests)


def only(store: SqlStore) -> HubSubscription:
    (found,) = store.hub.all()
    return found


def subscribed(store: SqlStore, callback: str = CALLBACK) -> HubSubscription:
    store.hub.ask(replace(ASKED, callback=callback), NOON)
    (due,) = store.hub.claim(NOON, 60.0, 9)
    store.hub.verified(due, NOON)
    found = store.hub.get(due.id)
    assert found is not None
    return found


def news(store: SqlStore, found: HubSubscription, seq: int) -> None:
    store.hub.keep(found.topic_id, seq, document(str(seq)), news=True, now=NOON)


def test_a_request_waits_for_the_callback_s_word(store: SqlStore) -> None:
    store.hub.ask(ASKED, NOON)
    found = only(store)
    assert (found.topic, found.callback, found.asked, found.asked_secret, found.secret) == (TOPIC, CALLBACK, Mode.SUBSCRIBE, "hush", "")
    assert (found.asked_lease, found.lease_until, found.live(NOON)) == (timedelta(days=2), None, False)
    assert [due.id for due in store.hub.claim(NOON, 60.0, 9)] == [found.id] and store.hub.claim(NOON, 60.0, 9) == ()
    store.hub.ask_again(found, later(minutes=1))
    (again,) = store.hub.claim(later(minutes=1), 60.0, 9)
    assert again.asks == 1
    store.hub.verified(again, NOON)
    after = only(store)
    assert (after.secret, after.asked, after.asked_secret, after.lease_until) == ("hush", None, "", NOON + timedelta(days=2))
    assert after.live(NOON) and not after.live(later(days=2)) and store.hub.claim(later(days=1), 60.0, 9) == ()


def test_who_declines_stays_as_it_was(store: SqlStore) -> None:
    store.hub.ask(ASKED, NOON)
    store.hub.declined(only(store), NOON)
    assert store.hub.all() == () and store.hub.topic(1) is None
    before = subscribed(store)
    for mode in Mode.SUBSCRIBE, Mode.UNSUBSCRIBE:
        store.hub.ask(replace(ASKED, mode=mode, secret="of somebody else"), later(minutes=1))
        store.hub.declined(only(store), NOON)
        assert only(store) == replace(before, asked_lease=only(store).asked_lease)


def test_what_was_asked_later_is_what_counts(store: SqlStore) -> None:
    before = subscribed(store)
    store.hub.ask(replace(ASKED, secret="new"), later(minutes=1))
    older = only(store)
    store.hub.ask(replace(ASKED, mode=Mode.UNSUBSCRIBE), later(minutes=2))
    store.hub.verified(older, NOON)
    assert only(store).secret == before.secret and only(store).asked is Mode.UNSUBSCRIBE
    store.hub.verified(only(store), NOON)
    assert store.hub.all() == () and store.hub.topic(before.topic_id) is None


def test_to_unsubscribe_what_is_not_there_is_nothing(store: SqlStore) -> None:
    store.hub.ask(replace(ASKED, mode=Mode.UNSUBSCRIBE), NOON)
    assert store.hub.all() == ()


def test_news_is_due_for_all_and_the_newest_is_enough(store: SqlStore) -> None:
    found, other = subscribed(store), subscribed(store, "https://reader.example/push/2")
    store.hub.keep(found.topic_id, 3, document("a"), news=False, now=NOON)  # what they could read before they came
    assert store.hub.claim(NOON, 60.0, 9) == ()
    news(store, found, 4)
    assert {due.id for due in store.hub.claim(NOON, 60.0, 9)} == {found.id, other.id}
    topic = store.hub.topic(found.topic_id)
    assert topic is not None and (topic.version, topic.seq, topic.document) == (1, 4, document("4"))
    news(store, found, 5)  # while the first is on its way
    assert store.hub.counts(NOON) == HubCounts(topics=1, subscriptions=2, verified=2, waiting=2)
    store.hub.delivered(found.id, 1, NOON)
    store.hub.delivered(other.id, 2, NOON)
    assert store.hub.counts(NOON).waiting == 1 and store.hub.counts(later(days=2)).waiting == 0, "only who is still subscribed waits"
    assert [due.id for due in store.hub.claim(NOON, 60.0, 9)] == [found.id]
    store.hub.delivered(found.id, 2, NOON)
    store.hub.delivered(found.id, 1, later(minutes=1))  # a doubled message that comes late
    assert only_of(store, found).delivered == 2 and only_of(store, found).last_delivered_at == NOON
    assert store.hub.claim(later(hours=1), 60.0, 9) == ()


def only_of(store: SqlStore, which: HubSubscription) -> HubSubscription:
    found = store.hub.get(which.id)
    assert found is not None
    return found


def test_who_comes_back_after_its_lease_begins_anew_and_who_renews_misses_nothing(store: SqlStore) -> None:
    found = subscribed(store)
    news(store, found, 4)
    store.hub.ask(ASKED, later(minutes=1))
    news(store, found, 5)
    store.hub.verified(only(store), later(minutes=1))
    assert only(store).delivered == 0 and [due.id for due in store.hub.claim(later(minutes=1), 60.0, 9)] == [found.id]
    store.hub.ask(ASKED, later(days=3))
    store.hub.verified(only(store), later(days=3))
    assert only(store).delivered == 2 and store.hub.claim(later(days=4), 60.0, 9) == ()


def test_failures_are_counted_and_stop_in_the_open(store: SqlStore) -> None:
    found = subscribed(store)
    news(store, found, 4)
    store.hub.failed(found.id, "it answers with 500", later(minutes=1), NOON)
    after = store.hub.failed(found.id, "it answers with 503", later(minutes=3), later(minutes=1))
    assert after is not None and (after.failures, after.failing_since, after.reason) == (2, NOON, "it answers with 503")
    news(store, found, 5)
    assert store.hub.claim(later(minutes=2), 60.0, 9) == (), "news does not hurry it"
    assert store.hub.counts(NOON) == HubCounts(topics=1, subscriptions=1, verified=1, waiting=1, failing=1)
    store.hub.stop(found.id, "for days")
    assert store.hub.claim(later(hours=1), 60.0, 9) == () and not only(store).live(NOON)
    assert store.hub.counts(NOON) == HubCounts(topics=1, subscriptions=1, verified=1, stopped=1)
    store.hub.ask(ASKED, later(hours=1))
    store.hub.verified(only(store), later(hours=1))
    assert only(store).stopped == "" and len(store.hub.claim(later(hours=1), 60.0, 9)) == 1, "it gets what it missed"


def test_a_request_goes_before_failures(store: SqlStore) -> None:
    found = subscribed(store)
    news(store, found, 4)
    store.hub.ask(replace(ASKED, mode=Mode.UNSUBSCRIBE), NOON)
    store.hub.failed(found.id, "gone", later(hours=6), NOON)
    assert [due.asked for due in store.hub.claim(NOON, 60.0, 9)] == [Mode.UNSUBSCRIBE]


def test_topics_are_looked_at_when_the_index_moved(store: SqlStore) -> None:
    store.hub.ask(ASKED, NOON)
    assert store.hub.claim_topics(7, NOON, 60.0, GAP, 9) == (), "nobody wants it yet"
    store.hub.verified(only(store), NOON)
    topic_id = only(store).topic_id
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: store.hub.claim_topics(7, NOON, 60.0, GAP, 9), range(4))) == [(), (), (), (topic_id,)]
    store.hub.looked(topic_id, 7, NOON)
    assert store.hub.claim_topics(7, later(hours=1), 60.0, GAP, 9) == (), "the index stands still"
    assert store.hub.claim_topics(8, NOON, 60.0, GAP, 9) == (), "a moment ago"
    assert store.hub.claim_topics(8, later(minutes=1), 60.0, GAP, 9) == (topic_id,)
    store.hub.looked(topic_id, 8, later(minutes=1), "the web server does not answer")
    topic = store.hub.topic(topic_id)
    assert topic is not None and (topic.seq, topic.trouble) == (-1, "the web server does not answer")
    assert store.hub.claim_topics(8, later(minutes=2), 60.0, GAP, 9) == (topic_id,), "it is read again"


def test_topics_of_saved_searches_are_looked_at_when_one_was_changed(store: SqlStore) -> None:
    search = store.searches.save("Grain", "grain", "", "mira", NOON)
    topics = [f"https://news.example/{path}" for path in (f"search/{search.id}.rss", "stream.rss?q=-search%3Agrain", "stream.rss?q=grain")]
    for number, topic in enumerate(topics):
        store.hub.ask(replace(ASKED, topic=topic, callback=f"{CALLBACK}{number}", lease=timedelta(days=20)), NOON)
    for asked in store.hub.all():
        store.hub.verified(asked, NOON)
        store.hub.looked(asked.topic_id, 7, later(minutes=1))
    ids = {one.topic: one.topic_id for one in store.hub.all()}
    theirs = tuple(sorted((ids[topics[0]], ids[topics[1]])))
    assert store.hub.claim_topics(7, later(hours=1), 60.0, GAP, 9) == (), "no search was changed since"
    steps: tuple[Callable[[datetime], SavedSearch], ...] = (
        lambda at: store.searches.change(search.id, "Grain", "grain OR wheat", "", "mira", at),
        lambda at: store.searches.remove(search.id, "mira", at),
        lambda at: store.searches.restore(search.id, "mira", at),
        lambda at: store.searches.save("Wheat", "wheat", "", "mira", at),
    )
    for day, step in enumerate(steps, 1):
        step(later(days=day))
        assert store.searches.changed_at() == later(days=day)
        assert store.hub.claim_topics(7, later(days=day, seconds=9), 60.0, GAP, 9) == theirs, "the index stands still"
        for ident in theirs:
            store.hub.looked(ident, 7, later(days=day, seconds=9))
        assert store.hub.claim_topics(7, later(days=day, hours=1), 60.0, GAP, 9) == ()


def test_a_feed_that_is_gone_is_denied_to_all(store: SqlStore) -> None:
    found = subscribed(store)
    store.hub.deny(found.topic_id, "moved", NOON)
    (due,) = store.hub.claim(NOON, 60.0, 9)
    assert (due.asked, due.reason, due.live(NOON)) == (Mode.DENIED, "moved", False)
    store.hub.remove(due.id)
    assert store.hub.all() == () and store.hub.topic(found.topic_id) is None
    with pytest.raises(NotFoundError):
        store.hub.remove(due.id)


def test_leases_end(store: SqlStore) -> None:
    subscribed(store)
    assert store.hub.expire(later(days=1)) == 0
    assert store.hub.expire(later(days=2)) == 1 and store.hub.all() == () and store.hub.counts(NOON) == HubCounts()


def test_nobody_has_us_knock_at_a_stranger_s_door_for_ever(store: SqlStore) -> None:
    for number in range(MOST_UNVERIFIED_OF_HOST):
        store.hub.ask(replace(ASKED, callback=f"https://victim.example/{number}"), NOON)
    store.hub.ask(replace(ASKED, callback="https://victim.example/0"), NOON)  # the same once more is no more
    with pytest.raises(TooManyError, match="victim.example"):
        store.hub.ask(replace(ASKED, callback="https://victim.example/more"), NOON)
    store.hub.ask(ASKED, NOON)
