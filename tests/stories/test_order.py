"""A book says the same whatever way it came to hold what it holds, and what stories come out does not depend on the order of the stream."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import StoryDocument
from aggregator.stories.cluster import StoryBook
from aggregator.stories.features import features
from aggregator.stories.linkage import APART, own_words
from aggregator.stories.repair import _matrices, repair

DAY = datetime(2024, 5, 1, 8, tzinfo=UTC)
EVENTS = {  # two fires and two trials: each pair shares its kind's words
    "silo": "fire port crew silo Odesa barley conveyor watchman Lanova roof quay Tuesday dockers elevator pier barge harbour dust",
    "depot": "fire port crew depot Izmail diesel tank sentry Horbenko smoke pipeline Friday valve tanker kerosene pumps hose Danube",
    "mayor": "court trial judge mayor bribe Stavne contract envelope Kryvda tender asphalt council bridge invoice Sunday notary",
    "colonel": "court trial judge colonel desertion Zarichne regiment orders Mostova barracks trench platoon Monday rifle signal patrol",
}


def report(ident: int, event: str, seed: int, hours: float = 0.0, group: int | None = None) -> StoryDocument:
    """An invented report: most of its event's words, and a few of nobody else."""
    rng = random.Random(seed)
    words = rng.sample(EVENTS[event].split(), 12) + [
        f"{rng.choice('bdfgklmnprst')}{rng.choice('aeiou')}{rng.randrange(999)}x" for _ in range(4)
    ]
    rng.shuffle(words)
    return StoryDocument(ident, words[0], " ".join(words), None, DAY + timedelta(hours=hours), "o", group)


_STEP = st.tuples(st.integers(1, 12), st.sampled_from(sorted(EVENTS)), st.integers(0, 5), st.integers(1, 6), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(_STEP, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_a_book_read_anew_is_the_one_that_has_grown(steps: list[tuple[int, str, int, int, bool]], rng: random.Random) -> None:
    grown, held = StoryBook(), dict[int, tuple[StoryDocument, int]]()
    for ident, event, seed, story, gone in steps:
        document = report(ident, event, seed, hours=float(seed), group=ident if ident % 3 == 0 else ident - (ident - 1) % 3)
        grown.add(document, story)
        held[ident] = document, story
        if gone:
            grown.remove(ident)
            del held[ident]
    entries = [(document, grown.story_of(ident)) for ident, (document, _) in held.items()]
    rng.shuffle(entries)
    anew = StoryBook()
    for document, found in entries:
        assert found is not None
        anew.add(document, found)
    assert anew.sizes() == grown.sizes()
    assert {s: anew.groups_of(s) for s in anew.sizes()} == {s: grown.groups_of(s) for s in grown.sizes()}
    for event in EVENTS:
        vector = features(report(99, event, 7))
        assert anew.scores(vector, DAY) == grown.scores(vector, DAY)
    ids, other_ids = count(100), count(100)
    assert repair(anew, partial(_next, ids)) == repair(grown, partial(_next, other_ids))


def _next(ids: "count[int]", article_id: int) -> int:
    return next(ids)


def test_the_order_of_the_stream_does_not_matter_once_stories_are_repaired() -> None:
    reports = [(event, seed) for event in EVENTS for seed in range(6)]
    found = set()
    for order in range(4):
        stream = reports[:]
        random.Random(order).shuffle(stream)
        book, ids = StoryBook(), count(1)
        for ident, (event, seed) in enumerate(stream, 1):
            document = report(ident, event, seed)
            nearest = book.nearest(document)
            book.add(document, next(ids) if nearest is None else nearest)
            if ident == 12:
                repair(book, partial(_next, ids))
        repair(book, partial(_next, ids))
        by_story: dict[int | None, set[tuple[str, int]]] = {}
        for ident, each in enumerate(stream, 1):
            by_story.setdefault(book.story_of(ident), set()).add(each)
        found.add(frozenset(frozenset(members) for members in by_story.values()))
    (stories,) = found
    assert stories == {frozenset((event, seed) for seed in range(6)) for event in EVENTS}


def test_a_story_of_two_events_is_divided() -> None:
    book, ids = StoryBook(), count(50)
    for ident in range(1, 11):
        book.add(report(ident, "silo" if ident <= 5 else "depot", ident), 1)
    shifts = repair(book, partial(_next, ids))
    assert [(shift.source, shift.target, shift.articles, shift.whole) for shift in shifts] == [(1, 50, (6, 7, 8, 9, 10), False)]
    assert repair(book, partial(_next, ids)) == ()


def test_words_of_the_kind_count_for_nothing_among_themselves() -> None:
    book = StoryBook()
    for ident in range(1, 11):
        book.add(report(ident, "mayor" if ident <= 5 else "colonel", ident), 1)
    plain, _ = _matrices(book, list(range(1, 11)))
    assert own_words(plain, range(5), range(5, 10)) < APART < own_words(plain, range(0, 10, 2), range(1, 10, 2))


def test_what_is_old_stays_together() -> None:
    book, ids = StoryBook(), count(50)
    for ident in range(1, 11):
        book.add(report(ident, "silo" if ident <= 5 else "depot", ident), 1)
    book.add(report(11, "silo", 11, hours=72), 1)
    repair(book, partial(_next, ids))
    assert {book.story_of(ident) for ident in range(1, 11)} == {1}
