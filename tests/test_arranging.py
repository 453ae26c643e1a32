"""Rulings over the pipeline: stories and copy groups change at once, survive rebuilds, edits and repairs, and go back when taken back."""

from collections.abc import Callable, Iterable, Sequence

import pytest

from aggregator.arranging import Arranging
from aggregator.corrections import COPY, STORY, Ruling
from aggregator.errors import NotFoundError, UsageError
from aggregator.model import Tags
from aggregator.pipeline import Pipeline
from aggregator.rebuild import Rebuild
from aggregator.storage.store import SqlStore
from aggregator.stories.rulings import said
from tests.arranged import SILO, SILO_TOO, STORIES, changes, desk, follow, groups, pipeline_over, put, stories
from tests.contract.builders import article, later, stored

GROUPS = [{1}, {2, 4}, {3}, {5}, {6}]
MARTA = "marta"


@pytest.fixture
def pipeline() -> Pipeline:
    return desk()


def story_of(pipeline: Pipeline, article_id: int) -> int:
    found = pipeline.store.articles.get(article_id).story_id
    assert found is not None
    return found


def merge(pipeline: Pipeline, one: int, other: int) -> Ruling:
    return pipeline.arranging.merge(story_of(pipeline, one), story_of(pipeline, other), MARTA)


CASES: dict[str, tuple[Callable[[Pipeline], Ruling], list[set[int]], list[set[int]]]] = {
    "merge": (lambda p: merge(p, 6, 1), [{1, 5, 6}, {2, 3, 4}], GROUPS),
    "split": (lambda p: p.arranging.split([3], MARTA), [{1, 5}, {2, 4}, {3}, {6}], GROUPS),
    "split a text with its copy": (lambda p: p.arranging.split([4], MARTA), [{1, 5}, {2, 4}, {3}, {6}], GROUPS),
    "split what came first": (lambda p: p.arranging.split([1], MARTA), [{1}, {2, 3, 4}, {5}, {6}], GROUPS),
    "pin": (lambda p: p.arranging.pin([3], MARTA), STORIES, GROUPS),
    "pin to another": (lambda p: p.arranging.pin([3], MARTA, to=story_of(p, 1)), [{1, 3, 5}, {2, 4}, {6}], GROUPS),
    "pin the only one": (lambda p: p.arranging.pin([6], MARTA, to=story_of(p, 2)), [{1, 5}, {2, 3, 4, 6}], GROUPS),
    "no copy": (lambda p: p.arranging.copies_apart([4], MARTA), STORIES, [{1}, {2}, {3}, {4}, {5}, {6}]),
    "the origin is no copy": (lambda p: p.arranging.copies_apart([2], MARTA), STORIES, [{1}, {2}, {3}, {4}, {5}, {6}]),
    "one text": (lambda p: p.arranging.copies_together([3, 4], MARTA), STORIES, [{1}, {2, 3, 4}, {5}, {6}]),
    "one text of two stories": (
        lambda p: p.arranging.copies_together([6, 2], MARTA),
        [{1, 5}, {2, 3, 4, 6}],
        [{1}, {2, 4, 6}, {3}, {5}],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_ruling_holds_at_once_and_for_good_and_is_taken_back(pipeline: Pipeline, case: str) -> None:
    say, after, texts = CASES[case]
    store = pipeline.store
    ids = {story_of(pipeline, number) for number in range(1, 7)}
    stood = [store.stories.get(ident) for ident in sorted(ids)]
    ruling = say(pipeline)
    assert not ruling.waits and (stories(store), groups(store)) == (after, texts), said(ruling)
    assert all(store.stories.get(ident).articles for ident in ids)  # no link dies
    for story in store.stories.many(sorted({story_of(pipeline, number) for number in range(1, 7)})):
        members = {member.id for member in store.stories.articles(story.id)}
        assert (story.articles, story.texts) == (len(members), len([text for text in texts if text & members]))

    follow(pipeline)
    pipeline.repair_stories()
    assert stories(store) == after
    for number in range(1, 7):  # edits, read by another process
        now = store.articles.get(number)
        edited = article(number, title=now.title, body=now.body + " Nobody was hurt.", published_at=now.published_at)
        store.articles.revise(number, edited, [], Tags(), later(minutes=30))
    other = pipeline_over(store)
    follow(other)
    assert (stories(store), groups(store)) == (after, texts)
    Rebuild(other).copies(iter_all)
    Rebuild(other).stories(iter_all)
    assert (stories(store), groups(store)) == (after, texts)
    Rebuild(other).stories(iter_all)
    other.repair_stories()
    follow(pipeline)  # whose book is of before
    assert (stories(store), groups(store)) == (after, texts)

    assert not pipeline.arranging.undo(ruling.id, "oleh", ruling.about).waits
    assert (stories(store), groups(store)) == (STORIES, GROUPS)
    assert [(s.articles, s.texts) for s in stood] == [
        (len(members), len([text for text in GROUPS if text & members])) for members in STORIES
    ]


def iter_all(ids: Sequence[int]) -> Iterable[int]:
    return ids


@pytest.mark.parametrize("case", CASES)
def test_taking_back_restores_the_very_stories(pipeline: Pipeline, case: str) -> None:
    store = pipeline.store
    stood = {number: story_of(pipeline, number) for number in range(1, 7)}
    before = store.stories.many(sorted(set(stood.values())))
    claims = store.stories.claims([story.id for story in before])
    ruling = CASES[case][0](pipeline)
    moved = {number for number in stood if story_of(pipeline, number) != stood[number]}
    links = {story_of(pipeline, number) for number in stood}
    pipeline.arranging.undo(ruling.id, MARTA, ruling.about)
    assert {number: story_of(pipeline, number) for number in stood} == stood
    assert store.stories.many(sorted(set(stood.values()))) == before
    assert store.stories.claims([story.id for story in before]) == claims
    assert all(store.stories.get(ident).articles for ident in links)  # those that the ruling had opened lead on
    assert moved <= {change.article_id for change in changes(store, 0) if change.kind == "moved"}
    follow(pipeline)
    assert stories(store) == STORIES


def test_a_title_stays_until_it_is_taken_back(pipeline: Pipeline) -> None:
    store, ident = pipeline.store, story_of(pipeline, 2)
    was = store.stories.get(ident).title
    ruling = pipeline.arranging.entitle(ident, "  Fire at   the silo ", MARTA, "the others shout")
    assert store.stories.get(ident).title == "Fire at the silo"
    put(store, SILO + " More.", first=7)  # type: ignore[arg-type]  # it is a SqlStore
    follow(pipeline)
    Rebuild(pipeline).stories(iter_all)
    assert store.stories.get(story_of(pipeline, 7)).title == "Fire at the silo"
    pipeline.arranging.undo(ruling.id, MARTA, STORY)
    assert store.stories.get(story_of(pipeline, 2)).title == was


def test_what_comes_later_obeys(pipeline: Pipeline) -> None:
    store = pipeline.store
    pipeline.arranging.split([3], MARTA)
    pipeline.arranging.copies_apart([4], MARTA)
    put(store, SILO, first=7)  # type: ignore[arg-type]  # it is a SqlStore
    follow(pipeline)
    (group,) = [found for found in groups(store) if 7 in found]
    assert len(group) == 2 and not {2, 4} <= group
    assert story_of(pipeline, 7) == story_of(pipeline, 2) != story_of(pipeline, 3)


def test_what_came_since_stays_with_those_that_it_came_to(pipeline: Pipeline) -> None:
    store = pipeline.store
    ruling = pipeline.arranging.split([3], MARTA)
    put(store, SILO, first=7)  # type: ignore[arg-type]  # it is a SqlStore
    follow(pipeline)
    store.stories.assign(7, story_of(pipeline, 3))
    link = story_of(pipeline, 3)
    pipeline.arranging.undo(ruling.id, MARTA, STORY)
    assert story_of(pipeline, 7) == story_of(pipeline, 3) == story_of(pipeline, 2) == store.stories.get(link).id


CONTRADICTIONS: dict[str, tuple[Callable[[Arranging], Ruling], Callable[[Pipeline], Ruling], str]] = {
    "split, then merge": (lambda a: a.split([3], MARTA, "another fire"), lambda p: merge(p, 3, 2), "3 is kept apart from articles 2 and 4"),
    "pin, then split": (lambda a: a.pin([3], MARTA), lambda p: p.arranging.split([3], MARTA), "article 3 is pinned to the story of"),
    "split, then pin": (
        lambda a: a.split([3], MARTA),
        lambda p: p.arranging.pin([3], MARTA, to=story_of(p, 2)),
        "frontwire story undo 1",
    ),
    "split, then one text": (
        lambda a: a.split([3], MARTA),
        lambda p: p.arranging.copies_together([3, 2], MARTA),
        "frontwire story undo 1",
    ),
    "no copy, then one text": (
        lambda a: a.copies_apart([4], MARTA),
        lambda p: p.arranging.copies_together([4, 2], MARTA),
        r"article 4 is no copy of article 2 \(marta",
    ),
    "one text, then no copy": (
        lambda a: a.copies_together([2, 3], MARTA),
        lambda p: p.arranging.copies_apart([3], MARTA),
        "frontwire copy undo 1",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_refused_and_names_the_earlier_ruling(pipeline: Pipeline, case: str) -> None:
    first, second, words = CONTRADICTIONS[case]
    ruling = first(pipeline.arranging)
    stood = stories(pipeline.store), groups(pipeline.store)
    with pytest.raises(UsageError, match=words) as refused:
        second(pipeline)
    assert f"Ruling {ruling.id} says otherwise" in refused.value.message
    assert len(pipeline.store.rulings.history()) == 1 and (stories(pipeline.store), groups(pipeline.store)) == stood
    pipeline.arranging.undo(ruling.id, MARTA, ruling.about)
    try:
        second(pipeline)
    except UsageError as other:  # they stand as it would have them by now
        assert "otherwise" not in other.message


@pytest.mark.parametrize(
    ("say", "message"),
    [
        (lambda p: merge(p, 1, 5), "one story already"),
        (lambda p: p.arranging.merge(story_of(p, 1), 99, MARTA), "no story 99"),
        (lambda p: p.arranging.split([2, 3], MARTA), "nothing would be left"),
        (lambda p: p.arranging.split([1, 2], MARTA), "several stories"),
        (lambda p: p.arranging.split([], MARTA), "at least one"),
        (lambda p: p.arranging.split([99], MARTA), "no article 99"),
        (lambda p: p.arranging.pin([6], MARTA), "no other text"),
        (lambda p: p.arranging.entitle(story_of(p, 1), " … ", MARTA), "has words"),
        (lambda p: p.arranging.copies_apart([6], MARTA), "No other article has the text of article 6"),
        (lambda p: p.arranging.copies_apart([1, 2], MARTA), "several copy groups"),
        (lambda p: p.arranging.copies_together([4, 4], MARTA), "two articles"),
        (lambda p: p.arranging.undo(7, MARTA, STORY), "no ruling 7"),
    ],
)
def test_what_cannot_be_is_refused(pipeline: Pipeline, say: Callable[[Pipeline], Ruling], message: str) -> None:
    with pytest.raises((UsageError, NotFoundError), match=message):
        say(pipeline)
    assert pipeline.store.rulings.history() == () and stories(pipeline.store) == STORIES


def test_a_ruling_is_taken_back_once_and_as_what_it_is(pipeline: Pipeline) -> None:
    ruling = pipeline.arranging.copies_apart([4], MARTA)
    with pytest.raises(UsageError, match="frontwire copy undo"):
        pipeline.arranging.undo(ruling.id, MARTA, STORY)
    pipeline.arranging.undo(ruling.id, MARTA, COPY)
    with pytest.raises(UsageError, match="already"):
        pipeline.arranging.undo(ruling.id, MARTA, COPY)


def test_while_somebody_has_the_turn_it_waits_for_the_follower(pipeline: Pipeline) -> None:
    store = pipeline.store
    turn = store.leases.acquire("follow", 3600)
    assert turn.token is not None
    ruling = pipeline.arranging.split([3], MARTA)
    assert ruling.waits and stories(store) == STORIES and pipeline.index_lag() == 1
    store.leases.release("follow", turn.token)
    assert pipeline.follow() == 2  # the ruling, and what it moved
    assert stories(store) == CASES["split"][1] and not store.rulings.get(ruling.id).waits
    follow(pipeline)


def test_two_rulings_and_one_of_them_taken_back(pipeline: Pipeline) -> None:
    first, second = merge(pipeline, 6, 1), merge(pipeline, 1, 2)
    assert stories(pipeline.store) == [{1, 2, 3, 4, 5, 6}]
    pipeline.arranging.undo(first.id, MARTA, STORY)  # the second holds them together still
    assert stories(pipeline.store) == [{1, 2, 3, 4, 5, 6}]
    pipeline.arranging.undo(second.id, MARTA, STORY)
    assert stories(pipeline.store) == [{1, 5, 6}, {2, 3, 4}]
    Rebuild(pipeline).stories(iter_all)
    assert stories(pipeline.store) == STORIES


def test_articles_that_are_gone_bind_nobody(pipeline: Pipeline) -> None:
    store = pipeline.store
    assert isinstance(store, SqlStore)
    assert stored(store, 7, Tags(), title="Silo", body=SILO_TOO, published_at=later(minutes=7), language=None, sample=True) == 7
    follow(pipeline)
    ruling = pipeline.arranging.split([7], MARTA)
    assert pipeline.arranging.about_story(story_of(pipeline, 7)) == pipeline.arranging.about_story(story_of(pipeline, 2)) == (ruling,)
    assert pipeline.arranging.about_copies([1]) == ()
    assert store.feeds.remove_sample() == 1
    follow(pipeline)
    Rebuild(pipeline).stories(iter_all)
    assert stories(store) == [{1, 5}, {2, 4}, {3}, {6}]  # 3 had its text
    pipeline.arranging.undo(ruling.id, MARTA, STORY)
    assert stories(store) == STORIES
