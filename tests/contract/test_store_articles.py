"""ArticleStore: articles with aliases, revisions and tags, and their change log."""

from dataclasses import replace

import pytest

from aggregator.errors import NotFoundError, StorageError
from aggregator.model import Alias, Article, BodyLink, EntryState, Mention, Outcome, PageFacts, Place, Removed, Tags
from aggregator.storage.store import SqlStore
from tests.contract.builders import IZIUM, KYIV, NOON, OUTLET, article, attribution, entered, feed, full_tags, later, link, seen, stored


def _changes(store: SqlStore) -> list[tuple[int, str]]:
    return [(change.article_id, change.kind) for change in store.changes.since(0, 99)]


LINKS = (BodyLink(0, 0, 4, "https://harbour.example/kyiv"), BodyLink(1, 0, 3, "http://harbour.example/2"))
FACTS = PageFacts("Війна", "Пором", "Meridian", False, ("uk", "ru"))


def test_an_article_comes_back_whole(store: SqlStore) -> None:
    of = feed(store)
    removed = (Removed("Read more", "tip"), Removed("© Harbour", "rights"), Removed("Read more", "tip"))
    new = article(
        body="Київ і Ізюм\nдва",
        kinds=("h", "p"),
        authors=("A. Клим", "B"),
        image="https://harbour.example/a.jpg",
        outcome=Outcome.PAYWALLED,
        text_from="feed",
        feed_id=of.id,
        sample=True,
        removed=removed,
        links=LINKS,
        facts=FACTS,
    )
    ident = store.articles.add(new, [link()], full_tags(), later(minutes=6))
    assert ident is not None
    assert store.articles.get(ident) == Article(
        id=ident,
        position=int(NOON.timestamp()) << 20 | ident,
        outlet_id=OUTLET.id,
        url=new.url,
        url_key=new.url_key,
        title=new.title,
        body=new.body,
        kinds=new.kinds,
        language="uk",
        published_at=NOON,
        first_seen_at=later(minutes=5),
        updated_at=later(minutes=6),
        authors=new.authors,
        image=new.image,
        outcome=Outcome.PAYWALLED,
        text_from="feed",
        wire="agency-a",
        feed_id=of.id,
        sample=True,
        links=LINKS,
        facts=FACTS,
    )
    assert store.articles.revisions(ident)[0].links == LINKS
    assert store.articles.removed(ident) == removed
    assert store.articles.body_hash(ident) == new.body_hash
    assert store.articles.tags([ident]) == {ident: full_tags()}
    assert store.articles.primary_places([ident, 999]) == {ident: (IZIUM, KYIV)}
    assert store.articles.places([KYIV.id, IZIUM.id, "gn1"]) == {KYIV.id: KYIV, IZIUM.id: IZIUM}
    assert store.articles.place(KYIV.id) == KYIV
    assert _changes(store) == [(ident, "stored")]


@pytest.mark.parametrize(
    ("published", "first_seen", "sorted_at"),
    [
        (NOON, later(hours=1), NOON),
        (None, later(hours=1), later(hours=1)),
        (later(days=400), later(hours=1), later(hours=1)),  # a publisher's clock must not put an article before all others
        (NOON.replace(year=1969), NOON, NOON.replace(year=1969)),
    ],
)
def test_position_is_the_order_in_time(store: SqlStore, published: object, first_seen: object, sorted_at: object) -> None:
    ident = stored(store, published_at=published, first_seen_at=first_seen)
    assert store.articles.get(ident).position >> 20 == int(sorted_at.timestamp())  # type: ignore[attr-defined]


def test_positions_are_unique(store: SqlStore) -> None:
    positions = [store.articles.get(stored(store, number)).position for number in range(4)]
    assert len(set(positions)) == 4


def test_a_taken_url_key_stores_nothing(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    ident = stored(store, 1)
    same = article(1, title="Other")
    assert store.articles.add(same, [Alias("canonical", "harbour.example/other")], full_tags(), NOON, entry) is None
    assert store.articles.ids() == (ident,)
    assert store.ledger.get(entry).state is EntryState.PENDING
    assert store.articles.places([KYIV.id]) == {}
    assert _changes(store) == [(ident, "stored")]
    assert [hit.article_id for hit in store.articles.find([Alias("canonical", "harbour.example/other")])] == []


def test_a_taken_url_stores_nothing(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("k")], NOON)
    ident = stored(store, 1)
    other = article(2)
    assert store.articles.add(other, [link(2), Alias("canonical", link(1).key)], full_tags(), NOON, entry) is None
    assert store.articles.ids() == (ident,)
    assert store.articles.find([link(2)]) == ()
    assert store.ledger.get(entry).state is EntryState.PENDING
    assert _changes(store) == [(ident, "stored")]


def test_a_shared_guid_does_not_swallow_an_article(store: SqlStore) -> None:
    of = feed(store)
    guid = Alias("guid", "1", of.id)
    first = store.articles.add(article(1), [guid, link(1)], Tags(), NOON)
    second = store.articles.add(article(2), [guid, link(2)], Tags(), NOON)
    assert first is not None
    assert second is not None
    assert [hit.article_id for hit in store.articles.find([guid])] == [first]


def test_find_answers_in_the_order_of_the_question(store: SqlStore) -> None:
    of, other = feed(store, 1), feed(store, 2)
    one = store.articles.add(article(1, title="One"), [Alias("guid", "g", of.id), link(1)], Tags(), NOON)
    two = store.articles.add(article(2), [Alias("guid", "g", other.id), Alias("amp", "amp.example/2")], Tags(), NOON)
    asked = [Alias("link", "amp.example/2"), Alias("guid", "none", of.id), Alias("guid", "g", of.id), Alias("canonical", link(2).key)]
    hits = store.articles.find(asked)
    assert [(hit.alias, hit.article_id) for hit in hits] == [(asked[0], two), (asked[2], one), (asked[3], two)]
    assert (hits[1].url_key, hits[1].title) == (link(1).key, "One")
    assert store.articles.find([]) == ()
    assert len(store.articles.find([link(1)] * 1200)) == 1200


def test_aliases_are_kept_with_their_kind(store: SqlStore) -> None:
    of = feed(store)
    aliases = [Alias("guid", "g", of.id), Alias("canonical", link(1).key), Alias("redirect", "harbour.example/r")]
    ident = store.articles.add(article(1), aliases, Tags(), NOON)
    assert ident is not None
    assert set(store.articles.aliases(ident)) == set(aliases)
    assert store.articles.aliases(99) == ()


@pytest.mark.parametrize("alias", [Alias("guid", "g"), Alias("link", "harbour.example/x", 3)])
def test_only_guids_have_a_scope(store: SqlStore, alias: Alias) -> None:
    feed(store)
    with pytest.raises(ValueError, match="scope"):
        store.articles.add(article(), [alias], Tags(), NOON)
    assert store.articles.ids() == ()


def test_adding_finishes_the_entry(store: SqlStore) -> None:
    of = feed(store)
    first, second = entered(store, of.id, [seen("a"), seen("b")], NOON)
    ident = store.articles.add(article(1), [], Tags(), later(minutes=1), first)
    got = store.ledger.get(first)
    assert (got.state, got.article_id, got.state_at, got.step) == (EntryState.STORED, ident, later(minutes=1), None)
    store.ledger.finish(second, EntryState.FILTERED, "sport", NOON)
    store.articles.add(article(2), [], Tags(), later(minutes=1), second)
    assert store.ledger.get(second).state is EntryState.FILTERED


def test_a_revision_keeps_what_was_and_shows_what_is(store: SqlStore) -> None:
    of = feed(store)
    (entry,) = entered(store, of.id, [seen("a")], NOON)
    ident = stored(store, 1, full_tags(), body="Київ і Ізюм", published_at=None)
    before = store.articles.get(ident)
    new = article(
        1, title="New title", body="New body", kinds=("q",), body_hash="b2", published_at=later(hours=-2), language="en",
        removed=(Removed("x", "y"),), authors=("New",), url="https://harbour.example/elsewhere", outcome=Outcome.PARTIAL,
    )  # fmt: skip
    tags = Tags(language="en", attributions=(attribution(),), wire=None)
    store.articles.revise(ident, new, [Alias("amp", "amp.example/1")], tags, later(hours=2), entry)
    got = store.articles.get(ident)
    assert got == replace(
        before,
        revision=2,
        title="New title",
        body="New body",
        kinds=("q",),
        language="en",
        published_at=later(hours=-2),
        updated_at=later(hours=2),
        authors=("New",),
        outcome=Outcome.PARTIAL,
        wire=None,
    )
    assert store.articles.tags([ident]) == {ident: tags}
    assert store.articles.body_hash(ident) == "b2"
    assert store.articles.removed(ident) == (Removed("x", "y"),)
    assert [(r.number, r.title, r.body, r.fetched_at, r.kinds) for r in store.articles.revisions(ident)] == [
        (1, "Report 1", "Київ і Ізюм", later(minutes=6), ("p",)),
        (2, "New title", "New body", later(hours=2), ("q",)),
    ]
    assert store.ledger.get(entry).state is EntryState.REVISED
    assert store.ledger.get(entry).article_id == ident
    assert [hit.title for hit in store.articles.find([Alias("amp", "amp.example/1")])] == ["New title"]
    assert _changes(store) == [(ident, "stored"), (ident, "revised")]


def test_a_known_publication_time_stays(store: SqlStore) -> None:
    ident = stored(store, 1)
    store.articles.revise(ident, article(1, published_at=later(hours=5)), [], Tags(), NOON)
    assert store.articles.get(ident).published_at == NOON


def test_the_same_article_again(store: SqlStore) -> None:
    of = feed(store)
    (entry,) = entered(store, of.id, [seen("a")], NOON)
    one, two = stored(store, 1), stored(store, 2)
    store.articles.again(one, [Alias("guid", "g", of.id), link(2), Alias("redirect", "r.example")], NOON, entry, "the text is unchanged")
    got = store.ledger.get(entry)
    assert (got.state, got.article_id, got.reason) == (EntryState.KNOWN, one, "the text is unchanged")
    assert [hit.article_id for hit in store.articles.find([Alias("guid", "g", of.id), link(2), link(1)])] == [one, two, one]
    assert _changes(store) == [(one, "stored"), (two, "stored")]


def test_retagging_replaces_the_tags_of_the_newest_revision(store: SqlStore) -> None:
    ident = stored(store, 1, full_tags())
    moved = replace(KYIV, name="Kyiv!", population=3_000_000)
    tags = Tags(mentions=(replace(full_tags().mentions[0], place=moved),), wire="agency-b")
    for _ in range(2):
        store.articles.retag(ident, tags, NOON)
    assert store.articles.tags([ident]) == {ident: tags}
    assert store.articles.primary_places([ident]) == {}
    assert store.articles.place(KYIV.id) == moved
    assert (store.articles.get(ident).wire, store.articles.get(ident).language) == ("agency-b", "uk")
    assert _changes(store) == [(ident, "stored"), (ident, "retagged"), (ident, "retagged")]


def test_many_articles(store: SqlStore) -> None:
    ids = [stored(store, number, full_tags() if number % 2 else None) for number in range(5)]
    assert [a.id for a in store.articles.many([ids[3], 99, ids[0], ids[3]])] == [ids[3], ids[0], ids[3]]
    tags = store.articles.tags([*ids, 99])
    assert {ident: bool(tags[ident].mentions) for ident in tags} == {ident: n % 2 == 1 for n, ident in enumerate(ids)}
    assert store.articles.ids(limit=3) == tuple(ids[:3])
    assert store.articles.ids(after=ids[2]) == tuple(ids[3:])
    assert store.articles.many([]) == ()
    assert store.articles.tags([]) == {}
    assert store.articles.primary_places([*ids, 99]) == dict.fromkeys(ids[1::2], (IZIUM, KYIV))
    assert store.articles.primary_places([]) == {}


@pytest.mark.parametrize("ask", ["get", "body_hash", "revisions", "revise", "again", "retag", "place"])
def test_there_is_no_such_thing(store: SqlStore, ask: str) -> None:
    (entry,) = entered(store, feed(store).id, [seen("a")], NOON)
    arguments: dict[str, tuple[object, ...]] = {
        "revise": (7, article(), [link()], full_tags(), NOON, entry),
        "again": (7, [link()], NOON, entry),
        "retag": (7, full_tags(), NOON),
        "place": ("gn7",),
    }
    with pytest.raises(NotFoundError, match="There is no (article 7|place 'gn7')"):
        getattr(store.articles, ask)(*arguments.get(ask, (7,)))
    assert store.ledger.get(entry).state is EntryState.PENDING
    assert store.articles.find([link()]) == ()


def test_an_unknown_outlet_stores_nothing(store: SqlStore) -> None:
    (entry,) = entered(store, feed(store).id, [seen("a")], NOON)
    with pytest.raises(StorageError, match="(?i)foreign key"):
        store.articles.add(article(outlet_id="nobody"), [link()], full_tags(), NOON, entry)
    assert store.articles.ids() == ()
    assert store.ledger.get(entry).state is EntryState.PENDING


def test_what_a_database_refuses_keeps_its_length(store: SqlStore) -> None:
    body = "a\x00b\ud83dc🚀"
    ident = stored(store, 1, body=body, body_hash="x", title="t\x00")
    got = store.articles.get(ident)
    assert (got.body, got.title) == ("a\ufffdb\ufffdc🚀", "t\ufffd")


def test_tags_of_a_text_that_is_not_the_newest_are_refused(store: SqlStore) -> None:
    ident = stored(store)
    store.articles.revise(ident, article(1, body="Another text."), [], Tags(language="en"), later(hours=1))
    assert not store.articles.retag(ident, full_tags(), NOON, revision=1)
    assert store.articles.tags([ident])[ident] == Tags(language="en") and _changes(store)[-1] == (ident, "revised")
    assert store.articles.retag(ident, full_tags(), NOON, revision=2)
    assert store.articles.tags([ident])[ident] == full_tags()


def test_which_countries_the_articles_of_a_feed_name(store: SqlStore) -> None:
    of, other = feed(store, 1), feed(store, 2)
    sea = Place("fw-sea", "Sea", "water", 43.0, 34.0, None)
    rome = Place("gn3169070", "Rome", "settlement", 41.9, 12.5, "IT")

    def named(*mentions: tuple[Place, str, float]) -> Tags:
        return Tags("en", tuple(Mention(n, n + 1, "x", place, role, sure) for n, (place, role, sure) in enumerate(mentions)))

    first = stored(store, 1, named((rome, "event", 0.99)), feed_id=of.id)
    stored(store, 2, named((KYIV, "event", 0.9), (IZIUM, "mention", 0.95), (rome, "dateline", 1.0)), feed_id=of.id)
    stored(store, 3, named((IZIUM, "origin", 0.95), (rome, "mention", 0.89), (sea, "event", 1.0)), feed_id=of.id)
    stored(store, 4, named((rome, "actor", 1.0), (sea, "event", 1.0)), feed_id=of.id)
    stored(store, 5, named((rome, "event", 1.0)), feed_id=other.id)
    assert store.articles.countries_named(of.id, 10, 0.9) == (3, {"IT": 1, "UA": 2})
    assert store.articles.countries_named(of.id, 3, 0.9) == (2, {"UA": 2})  # the newest of them
    store.articles.retag(first, named((KYIV, "event", 0.99)), NOON)
    assert store.articles.countries_named(of.id, 10, 0.9) == (3, {"UA": 3})
    assert store.articles.countries_named(99, 10, 0.9) == (0, {})
