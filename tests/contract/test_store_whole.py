"""The store as a whole: change log, users, beats, totals."""

import pytest

from aggregator.errors import UsageError
from aggregator.model import FeedState, Tags
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, article, attribution, feed, later, stored


def test_an_empty_store(store: SqlStore) -> None:
    store.check()
    totals = store.totals()
    assert (totals.feeds, totals.articles, totals.revisions, totals.stories, totals.sources) == (0, 0, 0, 0, 0)
    assert totals.feed_states == dict.fromkeys(FeedState, 0)
    assert (store.changes.head(), store.changes.since(0, 9), store.beats(), store.users.count()) == (0, (), {}, 0)


def test_the_store_in_figures(store: SqlStore) -> None:
    store.feeds.pause(feed(store, 2).id, True, NOON)
    one = stored(store, 1, Tags(language="uk", attributions=(attribution(source_id="gone"),)))
    stored(store, 2, Tags(language="en", attributions=(attribution(source_id="a"), attribution(source_id="b"))), sample=True)
    store.articles.revise(one, article(1, body="x"), [], Tags(language="uk", attributions=(attribution(source_id="a"),)), NOON)
    story, _empty = store.stories.create("One", NOON), store.stories.create("Two", NOON)
    store.stories.assign(one, story)
    store.stories.refresh(story, "One")
    totals = store.totals()
    assert (totals.feeds, totals.articles, totals.revisions, totals.stories) == (2, 2, 3, 1)
    assert (totals.outlets, totals.languages, totals.sources, totals.sample_articles) == (1, 2, 2, 1)
    assert totals.feed_states == dict.fromkeys(FeedState, 0) | {FeedState.NEW: 1, FeedState.PAUSED: 1}


def test_changes_are_read_from_where_one_stopped(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(3)]
    all_of_them = store.changes.since(0, 9)
    assert [change.article_id for change in all_of_them] == ids
    assert {(change.kind, change.at) for change in all_of_them} == {("stored", later(minutes=6))}
    assert store.changes.head() == all_of_them[-1].seq
    assert store.changes.since(all_of_them[0].seq, 1) == all_of_them[1:2]
    assert store.changes.since(store.changes.head(), 9) == ()


def test_cursors_never_go_back(store: SqlStore) -> None:
    assert store.changes.cursor("index") == 0
    store.changes.advance("index", 7)
    store.changes.advance("index", 5)
    store.changes.advance("stories", 3)
    assert (store.changes.cursor("index"), store.changes.cursor("stories")) == (7, 3)


def test_users(store: SqlStore) -> None:
    added = store.users.add("Оксана", "$argon2id$…", "operator", NOON)
    assert (added.name, added.role, added.password_hash) == ("Оксана", "operator", "$argon2id$…")
    assert store.users.get(added.id) == store.users.by_name("Оксана") == added
    assert store.users.get(added.id + 1) is None
    assert store.users.by_name("оксана") is None
    with pytest.raises(UsageError, match="'Оксана' already"):
        store.users.add("Оксана", "x", "operator", NOON)
    assert store.users.count() == 1


def test_beats(store: SqlStore) -> None:
    store.beat("fetch", NOON)
    store.beat("process", later(minutes=1))
    store.beat("fetch", later(minutes=2))
    assert store.beats() == {"fetch": later(minutes=2), "process": later(minutes=1)}


def test_times_must_have_a_zone(store: SqlStore) -> None:
    with pytest.raises(Exception, match="no time zone"):
        store.beat("fetch", NOON.replace(tzinfo=None))
    assert store.beats() == {}


def test_what_changed_since_a_time(store: SqlStore) -> None:
    first = stored(store, 1)
    for number in (2, 3):
        store.articles.add(article(number), [], Tags(language="en"), later(hours=number))
    ids = store.articles.ids()
    assert store.changes.changed(NOON, 9) == frozenset(ids)
    assert store.changes.changed(later(hours=3), 9) == frozenset({ids[2]})
    assert store.changes.changed(later(hours=4), 9) == frozenset()
    assert store.changes.changed(NOON, 2) is None
    store.articles.retag(first, Tags(language="uk"), later(hours=5), 1)
    assert store.changes.changed(later(hours=3), 2) == frozenset({first, ids[2]})
