"""SubscriptionStore: subscriptions at the hubs of feeds, and what the hubs delivered."""

from dataclasses import replace

from aggregator.model import Poll, PollOutcome, Subscription, SubscriptionState
from aggregator.storage.store import SqlStore
from aggregator.storage.subscriptions import WAITING
from tests.contract.builders import NOON, feed, later

HUB, TOPIC = "https://hub.example/", "https://harbour.example/1.xml"


def wanted(store: SqlStore, feed_id: int, hub: str = HUB, topic: str = TOPIC, token: str = "t1") -> Subscription:
    store.subscriptions.want(feed_id, hub, topic, NOON, token=token, secret=f"secret of {token}")
    found = store.subscriptions.of_feed(feed_id)
    assert found is not None
    return found


def test_a_subscription_that_is_wanted_is_due_at_once(store: SqlStore) -> None:
    of = feed(store)
    assert store.subscriptions.of_feed(of.id) is None
    made = wanted(store, of.id)
    assert (made.feed_id, made.hub, made.topic, made.token, made.secret) == (of.id, HUB, TOPIC, "t1", "secret of t1")
    assert (made.state, made.next_try_at, made.failures, made.version) == (SubscriptionState.PENDING, NOON, 0, 0)
    assert store.subscriptions.get(made.id) == store.subscriptions.by_token("t1") == made
    assert store.subscriptions.by_token("t2") is None and store.subscriptions.get(made.id + 1) is None
    assert "secret of" not in repr(made)


def test_to_want_it_again_changes_nothing(store: SqlStore) -> None:
    of = feed(store)
    made = wanted(store, of.id)
    assert wanted(store, of.id, token="t2") == made


def test_it_is_claimed_once_until_its_lease_lapses(store: SqlStore) -> None:
    made = wanted(store, feed(store).id)
    (claimed,) = store.subscriptions.claim_due(NOON, 60, 10)
    assert claimed == replace(made, next_try_at=later(seconds=60))
    assert store.subscriptions.claim_due(later(seconds=59), 60, 10) == ()
    assert [one.id for one in store.subscriptions.claim_due(later(seconds=60), 60, 10)] == [made.id]


def test_a_state_is_saved_whole_unless_somebody_was_quicker(store: SqlStore) -> None:
    made = wanted(store, feed(store).id)
    after = replace(
        made,
        state=SubscriptionState.VERIFIED,
        lease_until=later(days=10),
        asked_at=later(minutes=1),
        verified_at=later(minutes=2),
        failures=3,
        next_try_at=later(days=6),
        reason="Busy.",
        version=1,
    )
    assert store.subscriptions.save(made, after)
    assert store.subscriptions.get(made.id) == after
    assert not store.subscriptions.save(made, replace(made, state=SubscriptionState.DENIED))
    assert not store.subscriptions.save(made, None)
    assert store.subscriptions.get(made.id) == after
    assert store.subscriptions.save(after, None)
    assert store.subscriptions.get(made.id) is None


def test_another_hub_parts_the_old_subscription_from_the_feed(store: SqlStore) -> None:
    of = feed(store)
    old = wanted(store, of.id)
    store.subscriptions.save(old, replace(old, state=SubscriptionState.VERIFIED, next_try_at=later(days=6)))
    new = wanted(store, of.id, hub="https://other.example/", token="t2")
    assert (new.hub, new.token, new.state) == ("https://other.example/", "t2", SubscriptionState.PENDING)
    parted = store.subscriptions.get(old.id)
    assert parted is not None and parted.feed_id is None
    assert [one.id for one in store.subscriptions.claim_due(NOON, 60, 10)] == [old.id, new.id]


def test_what_is_no_longer_wanted_is_handed_out_to_be_ended(store: SqlStore) -> None:
    feeds = [feed(store, number) for number in range(4)]
    made = [wanted(store, of.id, token=f"t{of.id}") for of in feeds]
    for one in made:
        store.subscriptions.save(one, replace(one, state=SubscriptionState.VERIFIED, next_try_at=later(days=6)))
    assert store.subscriptions.claim_due(NOON, 60, 10) == ()
    store.feeds.remove(feeds[0].id)
    store.feeds.pause(feeds[1].id, True, NOON)
    store.subscriptions.part(feeds[2].id)
    due = store.subscriptions.claim_due(NOON, 60, 10)
    assert [one.id for one in due] == [one.id for one in made[:3]]
    assert [one.feed_id for one in due] == [None, feeds[1].id, None]
    for one in due:
        assert store.subscriptions.save(one, replace(one, state=SubscriptionState.LEAVING, next_try_at=later(minutes=5)))
    assert store.subscriptions.claim_due(later(minutes=4), 60, 10) == ()
    assert len(store.subscriptions.claim_due(later(minutes=5), 60, 10)) == 3


def test_what_was_to_be_ended_can_be_wanted_again(store: SqlStore) -> None:
    of = feed(store)
    made = wanted(store, of.id)
    store.subscriptions.save(made, replace(made, state=SubscriptionState.LEAVING, next_try_at=None, failures=2))
    again = wanted(store, of.id)
    assert (again.id, again.token, again.state) == (made.id, made.token, SubscriptionState.PENDING)
    assert (again.failures, again.next_try_at) == (0, NOON)


def test_nobody_subscribes_for_a_feed_that_was_removed(store: SqlStore) -> None:
    of = feed(store)
    store.feeds.remove(of.id)
    store.subscriptions.want(of.id, HUB, TOPIC, NOON, token="t1", secret="s")
    assert store.subscriptions.by_token("t1") is None


def test_a_push_is_kept_until_it_was_taken_in(store: SqlStore) -> None:
    of = feed(store)
    made = wanted(store, of.id)
    body = "<rss>Київ</rss>".encode() * 100
    assert store.subscriptions.keep_push(made, "application/rss+xml", body, later(minutes=1))
    assert store.subscriptions.keep_push(made, None, b"\x00\xff", later(minutes=2))
    noted = store.subscriptions.get(made.id)
    assert noted == replace(made, last_push_at=later(minutes=2))
    first, second = store.subscriptions.claim_pushes(later(minutes=3), 60, 10)
    assert store.subscriptions.claim_pushes(later(minutes=3), 60, 10) == ()
    push = store.subscriptions.push(first)
    assert push is not None
    assert (push.feed_id, push.hub, push.at, push.content_type, push.body, push.attempts) == (
        *(of.id, HUB, later(minutes=1), "application/rss+xml", body, 1),
    )
    store.subscriptions.push_later(second, later(minutes=3, seconds=2))
    assert store.subscriptions.claim_pushes(later(minutes=3, seconds=2), 60, 10) == (second,)
    store.subscriptions.drop_pushes([second])
    assert store.subscriptions.push(second) is None
    assert store.subscriptions.claim_pushes(later(minutes=4), 60, 10) == (first,)
    again = store.subscriptions.push(first)
    assert again is not None and again.attempts == 2


def test_a_hub_cannot_fill_the_database(store: SqlStore) -> None:
    made = wanted(store, feed(store).id)
    kept = [store.subscriptions.keep_push(made, None, b"x", NOON) for _ in range(WAITING + 1)]
    assert kept == [True] * WAITING + [False]


def test_pushes_go_with_their_feed_and_a_poll_leaves_the_subscription(store: SqlStore) -> None:
    of = feed(store)
    made = wanted(store, of.id)
    store.subscriptions.keep_push(made, None, b"x", NOON)
    store.feeds.record_polls([(Poll(of.id, NOON, PollOutcome.NOTHING_NEW), of)])
    assert store.subscriptions.of_feed(of.id) is not None
    store.feeds.remove(of.id)
    assert store.subscriptions.claim_pushes(NOON, 60, 10) == ()
