"""Taking an article down, on each database: what goes, what stays, and that every count is right afterwards."""

from dataclasses import replace

import pytest
from sqlalchemy import Text, cast, select

from aggregator.errors import NotFoundError, TakenDownError
from aggregator.identity.aliases import mask
from aggregator.model import Alias, Claim, Entry, EntryState, Speaker, Step, Tags
from aggregator.ports import FetchedPage, LedgerFilter, Visit
from aggregator.storage import readertables
from aggregator.storage.store import SqlStore
from aggregator.tombstones import TAKEN_DOWN
from tests.contract.builders import NOON, article, entered, feed, full_tags, later, link, seen, stored

WHY = "a court said so"
SECRET = "zanzibarite"  # a word that stands in the article's title and text alone
TEXT = f"Kyiv says {SECRET} was found in the harbour."
OF_ARTICLE = [table for table in readertables.whole.sorted_tables if "article_id" in table.c and not table.name.startswith("tombstone")]


def whole(store: SqlStore) -> int:
    """An article that has something in every table."""
    of = feed(store)
    (entry_id,) = entered(store, of.id, [seen("1", summary=TEXT, title=SECRET)], NOON)
    store.ledger.fetched(entry_id, FetchedPage(None, None, SECRET), NOON)
    new = article(1, title=f"Of {SECRET}", body=TEXT, feed_id=of.id)
    names = [link(1), Alias("guid", f"guid-{SECRET}", of.id), Alias("canonical", "harbour.example/found")]
    ident = store.articles.add(new, names, full_tags(), NOON, entry_id, Visit("https://harbour.example/news/1", later(hours=1)))
    assert ident is not None
    store.articles.revise(ident, replace(new, body=TEXT + " Twice."), names, full_tags(), later(minutes=9))
    return ident


def take_down(store: SqlStore, ident: int) -> tuple[int, ...]:
    title = store.articles.get(ident).title
    return store.tombstones.take_down(ident, mask(title), WHY, "oleh", later(hours=2))[1]


def test_nothing_of_the_text_is_left(store: SqlStore) -> None:
    ident = whole(store)
    assert take_down(store, ident) == ()
    with store.database.read() as connection:
        for table in OF_ARTICLE:
            if table.name not in ("changes", "entries"):
                assert connection.execute(select(table).where(table.c.article_id == ident)).all() == [], table.name
        for table in readertables.whole.sorted_tables:
            for column in table.c:
                found = connection.execute(select(column).where(cast(column, Text).like(f"%{SECRET}%"))).all()
                assert found == [], f"{table.name}.{column.name}"
    with pytest.raises(TakenDownError, match="taken down here on 4 March 2026"):
        store.articles.get(ident)
    assert store.articles.many([ident]) == ()


def test_what_stays_says_who_when_and_why(store: SqlStore) -> None:
    ident = whole(store)
    take_down(store, ident)
    second = stored(store, 2)
    take_down(store, second)
    newest, oldest = store.tombstones.all()
    assert (oldest.article_id, newest.article_id, store.tombstones.all(limit=1)) == (ident, second, (newest,))
    assert (oldest.url_key, oldest.reason, oldest.by, oldest.at) == ("harbour.example/news/1", WHY, "oleh", later(hours=2))
    assert oldest.holds and store.tombstones.get(ident) == oldest and store.tombstones.get(99) is None
    with pytest.raises(NotFoundError):
        store.tombstones.take_down(ident, "", WHY, "oleh", NOON)


def test_its_names_are_found_again(store: SqlStore) -> None:
    ident, of = whole(store), feed(store).id
    take_down(store, ident)
    wanted = [Alias("canonical", "harbour.example/news/1"), Alias("guid", f"guid-{SECRET}", of), Alias("guid", f"guid-{SECRET}", of + 1)]
    assert [hit.alias for hit in store.tombstones.find([*wanted, link(7)])] == wanted[:2]
    assert store.articles.find(wanted) == ()


def test_its_entries_are_filtered_and_the_sums_agree(store: SqlStore) -> None:
    ident, of = whole(store), feed(store).id
    entered(store, of, [seen("2")], later(minutes=1))
    take_down(store, ident)
    (entry,) = store.ledger.find(LedgerFilter(state=EntryState.FILTERED))
    assert (entry.reason, entry.step, entry.article_id) == (TAKEN_DOWN, None, None)
    assert entry.entry == Entry(guid="1", link="https://harbour.example/1")
    assert {state: n for state, n in store.ledger.counts(of).items() if n} == {EntryState.FILTERED: 1, EntryState.PENDING: 1}
    assert [day.missing for day in store.ledger.days(of, NOON)] == [0]
    assert store.ledger.fetched_page(entry.id) is None


def test_an_entry_that_leads_there_later_is_barred(store: SqlStore) -> None:
    ident, of = whole(store), feed(store).id
    take_down(store, ident)
    (entry_id,) = entered(store, of, [seen("again", title=SECRET, summary=TEXT)], later(hours=3))
    name = Alias("link", "harbour.example/other")
    store.tombstones.bar(ident, entry_id, [name, link(1)], later(hours=3))
    entry = store.ledger.get(entry_id)
    assert (entry.state, entry.reason, entry.entry.title) == (EntryState.FILTERED, TAKEN_DOWN, None)
    assert [hit.tombstone.article_id for hit in store.tombstones.find([name])] == [ident]
    done = stored(store, 5)
    (closed,) = entered(store, of, [seen("closed")], later(hours=3))
    store.ledger.finish(closed, EntryState.STORED, "", later(hours=3), done)
    store.tombstones.bar(ident, closed, [], later(hours=4))
    assert store.ledger.get(closed).state is EntryState.STORED, "what is final stays"


def test_it_cannot_be_stored_again_until_it_is_readmitted(store: SqlStore) -> None:
    ident = whole(store)
    take_down(store, ident)
    assert store.articles.add(article(1), [link(1)], Tags(), later(hours=3)) is None
    assert store.articles.add(article(8), [Alias("canonical", "harbour.example/found")], Tags(), later(hours=3)) is None
    lifted = store.tombstones.readmit(ident, "ines", later(hours=4))
    assert (lifted.holds, lifted.readmitted_at, lifted.readmitted_by) == (False, later(hours=4), "ines")
    (entry,) = store.ledger.find(LedgerFilter())
    assert (entry.state, entry.step, entry.reason) == (EntryState.PENDING, Step.FETCH, "")
    assert [found.id for found in store.ledger.claim(Step.FETCH, later(hours=4), 60, 5)] == [entry.id]
    assert store.ledger.see(entry.feed_id, [seen("1")], later(hours=5)).changed == 1, "its feed gives it its text back"
    assert store.articles.add(article(1), [link(1)], Tags(), later(hours=5)) not in (None, ident)
    with pytest.raises(NotFoundError):
        store.tombstones.readmit(ident, "ines", later(hours=6))
    store.tombstones.bar(ident, entry.id, [], later(hours=6))
    assert store.ledger.get(entry.id).state is EntryState.PENDING, "let in again meanwhile"
    with pytest.raises(NotFoundError) as unknown:
        store.articles.get(ident)
    assert not isinstance(unknown.value, TakenDownError)


def test_a_story_keeps_what_is_left_and_its_counts_are_right(store: SqlStore) -> None:
    first, second, third = (stored(store, n, body=f"Text {n}", title=f"Title {n}") for n in (1, 2, 3))
    story = store.stories.create("Title 1", NOON)
    for ident in (first, second, third):
        store.stories.assign(ident, story)
    store.copies.set_group([first, second], first)
    store.stories.refresh(story, "Title 1")
    claim = Claim(story, Speaker(None, None, "", "somebody"), "words", "claim", None, (), None, (), (first,), 1, 1, NOON)
    store.stories.set_claims(story, [claim])
    head = store.changes.head()
    assert take_down(store, first) == (story,)
    left = store.stories.get(story)
    assert (left.articles, left.outlets, left.texts, left.origins, left.title) == (2, 1, 2, 2, "Title 2")
    assert store.stories.claims([story])[story] == ()
    assert store.copies.groups([second, third]) == {second: second}
    changes = [(change.article_id, change.kind) for change in store.changes.since(head, 10)]
    assert changes == [(first, "removed"), (second, "regrouped")]
    assert take_down(store, second) == (story,) and take_down(store, third) == ()
    with pytest.raises(NotFoundError):
        store.stories.get(story)
    assert store.totals().articles == store.totals().stories == 0
