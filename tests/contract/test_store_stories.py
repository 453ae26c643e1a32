"""StoryStore: stories, their articles and claims."""

from dataclasses import replace
from typing import Any

import pytest

from aggregator.errors import NotFoundError
from aggregator.model import Attribution, Claim, Mention, Outlet, Place, Speaker, StoryDocument, Tags
from aggregator.storage.store import SqlStore
from tests.contract.builders import IZIUM, KYIV, NOON, OUTLET, article, attribution, feed, full_tags, later, link, stored


def _kinds(store: SqlStore, after: int) -> list[tuple[int, str]]:
    return [(change.article_id, change.kind) for change in store.changes.since(after, 99)]


def test_a_story_counts_copies_as_no_confirmation(store: SqlStore) -> None:
    feed(store, 2, outlet=Outlet("second", "Second"))
    story = store.stories.create("First", later(days=-9))
    rows: list[dict[str, Any]] = [
        {"outlet_id": OUTLET.id, "published_at": later(minutes=1), "language": "uk"},
        {"outlet_id": "second", "published_at": later(minutes=3), "language": "uk"},  # a reprint of the first
        {"outlet_id": OUTLET.id, "published_at": later(minutes=2), "language": "en", "wire": "agency-a"},
        {"outlet_id": "second", "published_at": later(minutes=4), "language": None, "wire": "agency-a"},  # another text of that agency
        {"outlet_id": "second", "published_at": later(minutes=4), "language": "ar", "wire": "agency-b"},
    ]
    ids = [stored(store, number, Tags(wire=row.pop("wire", None)), **row) for number, row in enumerate(rows)]
    store.copies.set_group(ids[:2], ids[0])
    store.articles.revise(ids[1], article(1, body="New"), [], Tags(language="uk"), NOON)
    for ident in ids:
        store.stories.assign(ident, story)
    got = store.stories.refresh(story, "Second")
    assert got == store.stories.get(story)
    assert (got.title, got.articles, got.outlets, got.texts, got.origins, got.edited) == ("Second", 5, 2, 4, 3, 1)
    assert (got.languages, got.sample) == (("uk", "ar", "en"), False)
    assert (got.first_seen_at, got.last_seen_at) == (later(minutes=1), later(minutes=4))


def test_an_empty_story_has_no_articles(store: SqlStore) -> None:
    story = store.stories.create("Title", NOON)
    got = store.stories.refresh(story, "Title")
    assert (got.articles, got.texts, got.origins, got.first_seen_at) == (0, 0, 0, NOON)
    assert store.stories.articles(story) == ()


def test_an_article_is_in_one_story(store: SqlStore) -> None:
    one, two = store.stories.create("One", NOON), store.stories.create("Two", NOON)
    ident = stored(store)
    before = store.changes.head()
    store.stories.assign(ident, one)
    assert _kinds(store, before) == []  # whoever assigns it first is just following the change log
    store.stories.assign(ident, two)
    store.stories.assign(ident, two)
    assert _kinds(store, before) == [(ident, "moved")]
    assert store.articles.get(ident).story_id == two
    assert store.stories.articles(one) == ()
    assert [a.id for a in store.stories.articles(two)] == [ident]


def test_articles_come_oldest_first(store: SqlStore) -> None:
    story, empty = store.stories.create("One", NOON), store.stories.create("Two", NOON)
    ids = [stored(store, number, published_at=later(minutes=-number)) for number in range(3)]
    for ident in ids:
        store.stories.assign(ident, story)
    assert [a.id for a in store.stories.articles(story)] == ids[::-1]
    assert store.stories.members([empty, story]) == {empty: (), story: store.stories.articles(story)}
    assert store.stories.members([]) == {}


def test_merged_stories_lead_on(store: SqlStore) -> None:
    first, second, third, other = (store.stories.create(name, NOON) for name in ("First", "Second", "Third", "Other"))
    ids = [stored(store, number) for number in range(3)]
    for ident, story in zip(ids, (first, second, third), strict=True):
        store.stories.assign(ident, story)
    store.stories.set_claims(first, [_claim(first)])
    before = store.changes.head()
    store.stories.merge(first, second)
    store.stories.merge(second, third)
    assert {store.stories.get(story).id for story in (first, second, third)} == {third}
    assert store.stories.get(first).articles == 3
    assert [story.id for story in store.stories.many([other, first, 99, third])] == [other, third]
    assert [a.id for a in store.stories.articles(first)] == ids
    assert store.stories.claims([first, third]) == {first: (), third: ()}
    assert sorted(set(_kinds(store, before))) == [(ids[0], "moved"), (ids[1], "moved")]
    store.stories.merge(third, first)  # both are the same by now
    store.stories.assign(stored(store, 9), second)
    assert store.stories.refresh(first, "All").articles == 4
    assert store.totals().stories == 1


@pytest.mark.parametrize("ask", ["get", "articles", "attributions", "document", "refresh", "assign", "merge", "set_claims", "article"])
def test_there_is_no_such_story(store: SqlStore, ask: str) -> None:
    ident = stored(store)
    story = store.stories.create("One", NOON)
    arguments: dict[str, tuple[object, ...]] = {
        "refresh": (77, "x"),
        "assign": (ident, 77),
        "merge": (story, 77),
        "set_claims": (77, []),
        "article": (77, story),
    }
    method = getattr(store.stories, "assign" if ask == "article" else ask)
    with pytest.raises(NotFoundError, match="There is no (story|article) 77"):
        method(*arguments.get(ask, (77,)))
    assert store.articles.get(ident).story_id is None


def test_documents_for_clustering(store: SqlStore) -> None:
    tags = replace(full_tags(), mentions=(*full_tags().mentions, Mention(0, 1, "x", replace(KYIV, id="gn1"), "actor"),
                                          Mention(0, 1, "x", replace(KYIV, id="gn2"), "mention")))  # fmt: skip
    one = stored(store, 1, tags, body="Київ і Ізюм", published_at=None)
    two = stored(store, 2, published_at=later(days=50))  # a date in the future is not believed
    stored(store, 3, published_at=later(hours=-2))
    store.copies.set_group([one], one)
    story = store.stories.create("One", NOON)
    store.stories.assign(two, story)
    first = StoryDocument(one, "Report 1", "Київ і Ізюм", "uk", later(minutes=5), OUTLET.id, one, (IZIUM.id, KYIV.id, "gn2"),
                          ("sea-ministry",), (IZIUM.id,))  # fmt: skip
    second = StoryDocument(two, "Report 2", "Report 2 from the harbour.", "en", later(minutes=5), OUTLET.id)
    assert store.stories.documents(later(minutes=5)) == ((first, None), (second, story))
    assert len(store.stories.documents(later(hours=-2))) == 3
    assert store.stories.documents(later(minutes=6)) == ()
    assert store.stories.document(one) == first


def test_documents_know_the_newest_tags_only(store: SqlStore) -> None:
    one = stored(store, 1, full_tags())
    store.articles.revise(one, article(1, body="x"), [], Tags(language="uk"), NOON)
    assert store.stories.document(one).place_ids == ()
    assert store.stories.document(one).source_ids == ()


def test_attributions_of_a_story(store: SqlStore) -> None:
    story = store.stories.create("One", NOON)
    split = full_tags().attributions[1]
    two = stored(store, 2, Tags(language="en", attributions=(attribution(source_id="a"), split)), body="0123456789")
    one = stored(store, 1, Tags(attributions=(attribution("Old"),)), published_at=later(hours=-1))
    store.articles.revise(one, article(1, body="Edited text"), [], Tags(language="uk", attributions=(attribution("New"),)), NOON)
    for ident in (one, two):
        store.stories.assign(ident, story)
    store.copies.set_group([two], two)
    got = store.stories.attributions(story)
    assert [(a.article_id, a.attribution.speaker.name, a.words) for a in got] == [
        (one, "New", "Edited"),
        (two, "Oksana Lyman", "012345"),
        (two, "somebody", "12 … 5678"),
    ]
    assert [(a.outlet_id, a.copy_group, a.at, a.language) for a in got[:2]] == [
        (OUTLET.id, None, later(hours=-1), "uk"),
        (OUTLET.id, two, NOON, "en"),
    ]
    assert got[2].attribution == split
    assert len({a.attribution_id for a in got}) == 3


def _claim(story: int, **fields: Any) -> Claim:
    values: dict[str, Any] = {
        "story_id": story,
        "speaker": Speaker(None, None, "", "Sea Ministry", "sea-ministry", "ministry", "north", None, None, "role"),
        "words": "three drones",
        "strength": "claim",
        "channel": None,
        "via": (),
        "said_on": None,
        "attribution_ids": (),
        "article_ids": (),
        "outlets": 1,
        "origins": 1,
        "first_at": NOON,
    }
    return Claim(**values | fields)


def test_claims_come_by_weight(store: SqlStore) -> None:
    story, empty = store.stories.create("One", NOON), store.stories.create("Two", NOON)
    one = stored(store, 1, Tags(attributions=(attribution(), attribution("Other"))))
    store.stories.assign(one, story)
    first, second = (a.attribution_id for a in store.stories.attributions(story))
    whole = _claim(
        story,
        channel="telegram",
        via=("Morya", "ISW"),
        said_on="2026-03-04",
        attribution_ids=(second, first),
        article_ids=(one,),
        hedged=True,
        negated=True,
        origins=3,
    )
    ordered = [
        whole,
        _claim(story, words="two origins, many outlets", origins=2, outlets=9),
        _claim(story, words="two origins, early", origins=2, outlets=5),
        _claim(story, words="two origins, late", origins=2, outlets=5, first_at=later(hours=1)),
        _claim(story, words="one origin"),
    ]
    store.stories.set_claims(story, ordered[::-1])
    assert store.stories.claims([story, empty]) == {story: tuple(ordered), empty: ()}
    store.stories.set_claims(story, ordered[:1])
    assert store.stories.claims([story])[story] == (whole,)
    store.articles.retag(one, Tags(attributions=(attribution(),)), NOON)  # the follower will make the claims anew
    assert store.stories.claims([story])[story] == (replace(whole, attribution_ids=()),)


def test_an_attribution_without_a_cue(store: SqlStore) -> None:
    bare = Attribution(Speaker(None, None, "", "x"), None, ())
    ident = stored(store, 1, Tags(attributions=(bare,)))
    assert store.articles.tags([ident])[ident].attributions == (bare,)
    assert store.articles.find([link()])[0].article_id == ident


def test_claims_are_filed_by_place_and_day(store: SqlStore) -> None:
    story = store.stories.create("One", NOON)
    tags = replace(full_tags(), attributions=(attribution(place_ids=(IZIUM.id,)), attribution("Other"), attribution("Third")))
    ident = stored(store, 1, tags, body="0123456789")
    store.stories.assign(ident, story)
    first, second, third = store.stories.attributions(story)
    assert (first.place_ids, second.place_ids, first.story_id) == ((IZIUM.id,), (IZIUM.id, KYIV.id), story)  # else where it happened
    days = ("2026-03-03", "2026-03-04")
    made = [
        _claim(story, attribution_ids=(first.attribution_id,), place_ids=(IZIUM.id, "gn404"), days=days, origins=2),
        _claim(story, attribution_ids=(second.attribution_id,), place_ids=(KYIV.id,), days=days[1:]),
        _claim(story, attribution_ids=(third.attribution_id,), days=days),  # about no place
    ]
    store.stories.set_claims(story, made)
    assert set(store.stories.claims([story])[story]) == set(made)
    ukraine = "gn690791"
    assert store.stories.about(ukraine, days[1], 9) == (first, second)
    assert store.stories.about(ukraine, days[1], 1) == (first,)
    assert store.stories.about("gn706482", days[1], 9) == store.stories.about("gn404", days[0], 9) == (first,)
    assert store.stories.about(KYIV.id, days[0], 9) == ()
    assert store.stories.days(ukraine, 9) == ((days[1], 2), (days[0], 1))
    assert store.stories.days(ukraine, 1) == ((days[1], 2),)
    assert store.stories.days(ukraine, 9, last=days[0]) == ((days[0], 1),)
    assert store.stories.days(ukraine, 9, first="2026-03-05") == ()
    assert store.stories.days_beside(ukraine, days[1]) == (days[0], None)
    assert store.stories.days_beside(ukraine, "2026-03-02") == (None, days[0])
    store.stories.set_claims(story, made[1:])
    assert store.stories.about(IZIUM.id, days[1], 9) == ()
    store.stories.set_claims(story, [])
    assert store.stories.days(ukraine, 9) == ()


def _placed(store: SqlStore, number: int, title: str, days: int, *places: Place) -> int:
    """A story of one article that happened at places so many days after noon."""
    story = store.stories.create(title, later(days=days))
    tags = Tags(mentions=tuple(Mention(0, 1, "x", place) for place in places), primary_places=tuple(place.id for place in places))
    store.stories.assign(stored(store, number, tags, published_at=later(days=days)), story)
    store.stories.refresh(story, title)
    return story


def test_stories_before_one_at_its_places(store: SqlStore) -> None:
    country = replace(KYIV, id="gn1", kind="country")
    old, older = _placed(store, 1, "Old", -20, IZIUM), _placed(store, 2, "Older", -30, KYIV, IZIUM, country)
    _placed(store, 3, "Of the country alone", -20, country)
    _placed(store, 4, "Elsewhere", -20, KYIV)
    late = _placed(store, 5, "Late", -1, IZIUM)
    new = _placed(store, 6, "New", 0, IZIUM, country)

    def before(first: int, last: int, most: int = 9) -> list[int]:
        return [story.id for story in store.stories.before(new, later(days=first), later(days=last), most)]

    assert before(-120, -2) == [old, older]
    assert before(-120, -2, 1) == [old]
    assert before(-25, 1) == [late, old]
    store.stories.merge(older, old)
    assert before(-120, -2) == [old]
    nowhere = store.stories.create("Nowhere", NOON)
    assert store.stories.before(nowhere, later(days=-120), NOON, 9) == ()
    with pytest.raises(NotFoundError):
        store.stories.before(99, NOON, NOON, 9)


def test_a_story_follows_an_earlier_one(store: SqlStore) -> None:
    one, two, three, other = (store.stories.create(name, later(days=n)) for n, name in enumerate(("One", "Two", "Three", "Other")))
    assert store.stories.get(two).follows is None and store.stories.followers(one) == ()
    store.stories.follow(three, one)
    store.stories.follow(two, one)
    assert store.stories.get(two).follows == one
    assert [story.id for story in store.stories.followers(one)] == [two, three]
    store.stories.follow(three, None)
    assert [story.id for story in store.stories.followers(one)] == [two]
    with pytest.raises(ValueError, match="cannot follow itself"):
        store.stories.follow(one, one)
    for pair in ((one, 99), (99, one)):
        with pytest.raises(NotFoundError):
            store.stories.follow(*pair)
    store.stories.merge(one, other)  # what followed it follows what it became
    assert store.stories.get(two).follows == other
    store.stories.follow(three, one)
    assert [story.id for story in store.stories.followers(one)] == [two, three]
    store.stories.merge(two, other)  # a story does not follow itself
    assert store.stories.get(other).follows is None
    assert [story.id for story in store.stories.followers(other)] == [three]
    store.stories.merge(other, three)
    assert store.stories.get(three).follows is None and store.stories.followers(three) == ()


def test_a_redirect_becomes_a_story_again(store: SqlStore) -> None:
    one, two = store.stories.create("One", NOON), store.stories.create("Two", NOON)
    ident = stored(store)
    store.stories.assign(ident, one)
    assert not store.stories.revive(one) and not store.stories.revive(99)
    store.stories.merge(one, two)
    assert store.stories.get(one).id == two
    assert store.stories.revive(one)
    assert store.stories.get(one).id == one and store.stories.articles(one) == () and store.articles.get(ident).story_id == two
    store.stories.assign(ident, one)
    assert [member.id for member in store.stories.articles(one)] == [ident]
