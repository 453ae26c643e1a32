"""Lines of hosts: what is learnt from articles, what operators say, how far that has come, and what pages answered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from aggregator.corrections import LINES, LineVerdict
from aggregator.model import Cause, EntryState, Removed, Revision, Tags
from aggregator.ports import OutcomeCount
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, article, feed, full_tags, later, seen, stored

HOST = "harbour.example"
FAR = (1 << 63) - 1


def overlap(one: frozenset[int], other: frozenset[int]) -> bool:
    """Two articles are one if they share two lines."""
    return len(one & other) >= 2


def verdict(line: str = "subscribe", said: str = "furniture", minutes: float = 0) -> LineVerdict:
    return LineVerdict(HOST, line, line.capitalize(), said, "marta", later(minutes=minutes))


def test_the_lines_of_a_hosts_newest_articles(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(6)]
    for number, ident in enumerate(ids[:5]):
        assert store.lines.learn(HOST, ident, [1, 100 + number, -FAR, -FAR][: 2 + 2 * (not number)], overlap, 3)
    assert store.lines.learn("other.example", ids[5], [FAR], overlap, 3)
    kept = store.lines.of_host(HOST)
    assert [(article.article_id, set(article.lines)) for article in kept] == [(ids[n], {1, 100 + n}) for n in (4, 3, 2)]
    assert [article.lines for article in store.lines.of_host("other.example")] == [{FAR}]
    store.lines.clear()
    assert store.lines.of_host(HOST) == store.lines.of_host("other.example") == ()


def test_an_article_counts_once_and_its_copies_do_not(store: SqlStore) -> None:
    one, copy, empty = (stored(store, number) for number in range(3))
    assert store.lines.learn(HOST, one, [1, 2, 3], overlap, 50)
    assert not store.lines.learn(HOST, one, [7, 8, 9], overlap, 50)  # a revision, or a doubled message
    assert not store.lines.learn(HOST, copy, [2, 3, 4], overlap, 50)
    assert not store.lines.learn(HOST, empty, [], overlap, 50)
    assert [article.article_id for article in store.lines.of_host(HOST)] == [one]


def test_of_copies_that_come_at_one_time_one_counts(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        learnt = list(pool.map(lambda ident: store.lines.learn(HOST, ident, [1, 2, 3], overlap, 50), ids))
    assert sum(learnt) == 1 and len(store.lines.of_host(HOST)) == 1


def test_verdicts_and_their_way_through_the_articles(store: SqlStore) -> None:
    for number in range(3):
        stored(store, number)
    store.verdicts.judge(verdict())
    store.verdicts.judge(verdict("read on", "text", 1))
    store.verdicts.judge(verdict(said="undone", minutes=2))
    assert [(found.line, found.verdict) for found in store.verdicts.of_host(HOST)] == [("subscribe", "undone"), ("read on", "text")]
    assert store.verdicts.of_host("other.example") == () and store.verdicts.hosts() == (HOST,)
    assert store.reruns.next(later(minutes=1)) is None and store.reruns.left(later(minutes=1)) == 0  # asked for since
    rerun = store.reruns.next(later(minutes=2))
    assert rerun is not None and (rerun.name, rerun.after, rerun.total, rerun.done) == (HOST, 0, 3, 0)
    assert store.reruns.left(later(minutes=2)) == 3
    ids = store.articles.of_host(HOST, limit=2)
    store.reruns.advance(replace(rerun, after=ids[-1], done=2, changed=1))
    store.reruns.advance(replace(rerun, after=ids[0], done=1))  # somebody slower
    further = store.reruns.next(NOON + timedelta(days=1))
    assert further is not None and (further.after, further.done, further.changed) == (ids[-1], 2, 1)
    assert store.reruns.left(later(minutes=2)) == 1
    store.verdicts.ask(HOST, later(minutes=9))
    store.reruns.advance(replace(further, done=3, finished_at=later(minutes=9)))  # of the old one: the new one begins at the first
    again = store.reruns.of(LINES, HOST)
    assert again is not None and (again.after, again.done, again.finished_at) == (0, 0, None)
    store.reruns.advance(replace(again, after=ids[-1] + 1, done=3, finished_at=later(minutes=10)))
    assert store.reruns.next(later(minutes=30)) is None and store.reruns.left(later(minutes=30)) == 0


def test_articles_of_a_host(store: SqlStore) -> None:
    ids = [stored(store, number) for number in range(3)]
    odd = stored(store, 7, url_key="entry:1:x")
    query = stored(store, 8, url_key="127.0.5.1:8000?id=4")
    assert store.articles.of_host(HOST) == tuple(ids)
    assert store.articles.of_host(HOST, ids[0], 1) == (ids[1],)
    assert store.articles.of_host("127.0.5.1:8000") == (query,) and odd not in store.articles.of_host("")


def test_a_correction_is_a_revision_that_nobody_is_told_of(store: SqlStore) -> None:
    ident = stored(store, 1, removed=(Removed("Read more", "read more", 1, "p"), Removed("Share", "share")))
    before = store.articles.get(ident)
    after = Revision(ident, 2, before.title, "Report 1.\nRead more", "hash", later(hours=1), ("p", "p"), Cause.VERDICTS)
    assert store.articles.correct(before, after, (Removed("Share", "share"),), full_tags(), later(hours=1))
    now = store.articles.get(ident)
    assert (now.revision, now.corrections, now.edits, now.body) == (2, 1, 0, after.body)
    assert now.updated_at == before.updated_at
    assert store.articles.revisions(ident)[1] == after
    assert store.articles.removed(ident) == (Removed("Share", "share"),)
    assert store.articles.removed(ident, 1)[0] == Removed("Read more", "read more", 1, "p")
    assert store.articles.tags([ident])[ident] == full_tags()
    assert [change.kind for change in store.changes.since(0, 9)] == ["stored", "corrected"]
    assert not store.articles.correct(before, after, (), full_tags(), later(hours=2))  # it has another newest revision by now
    story = store.stories.create("One", NOON)
    store.stories.assign(ident, story)
    assert store.stories.refresh(story, "One").edited == store.totals().edited == 0


def test_a_page_read_by_better_rules_is_no_edit_either(store: SqlStore) -> None:
    of = feed(store)
    ident = stored(store, 1)
    store.ledger.see(of.id, [seen("k")], NOON)
    (entry,) = store.ledger.of_feed(of.id)
    store.articles.revise(ident, article(1, body="x"), [], Tags(), later(hours=1), entry.id, cause=Cause.RULES)
    found = store.articles.get(ident)
    assert (found.revision, found.edits, found.updated_at) == (2, 0, later(minutes=6))
    assert store.ledger.get(entry.id).state is EntryState.KNOWN
    store.articles.revise(ident, article(1, body="y"), [], Tags(), later(hours=2))
    assert store.articles.get(ident).edits == 1
    assert [revision.cause for revision in store.articles.revisions(ident)] == [Cause.OUTLET, Cause.RULES, Cause.OUTLET]


def test_what_pages_answered_by_day(store: SqlStore) -> None:
    one, two = feed(store, 1), feed(store, 2)
    for outcome, of, at in (
        ("full", one, NOON - timedelta(days=93)),
        ("full", one, NOON - timedelta(days=8)),
        ("full", one, NOON),
        ("full", one, later(hours=1)),
        ("paywalled", one, NOON),
        ("full", two, NOON),
    ):
        store.outcomes.count(of.id, HOST, outcome, at)
    store.outcomes.count(99, HOST, "full", NOON)  # a feed that was removed
    today = NOON.date()
    mine = (OutcomeCount(one.id, HOST, "full", 2), OutcomeCount(one.id, HOST, "paywalled", 1))
    assert store.outcomes.counts(today, feed_id=one.id) == mine
    assert store.outcomes.counts(today - timedelta(days=8), feed_id=one.id)[0].pages == 3
    assert store.outcomes.counts(today - timedelta(days=200), feed_id=one.id)[0].pages == 3  # forgotten
    assert store.outcomes.counts(today, host=HOST) == (*mine, OutcomeCount(two.id, HOST, "full", 1))
    assert store.outcomes.counts(today, host="other.example") == ()
    store.feeds.remove(one.id)
    assert len(store.outcomes.counts(today)) == 1
