"""Why texts are in a story: what is told agrees with what the stories are formed by."""

from aggregator.stories.cluster import LIKE, StoryBook
from aggregator.stories.explain import explain
from aggregator.stories.features import features
from tests.stories.test_cluster import BRIDGE, SCHOOL, SILO, SILO_AGAIN, doc

DOCUMENTS = [
    (doc(1, SILO, places=("gn1",)), 10),
    (doc(2, BRIDGE), 20),
    (doc(3, SILO, group=1, hours=1), 10),
    (doc(4, SILO_AGAIN, hours=2, places=("gn1",)), 10),
    (doc(5, SCHOOL), None),
]


def test_each_text_is_told_once_with_its_copies_and_its_likeness_to_the_others() -> None:
    first, second = explain(10, DOCUMENTS)
    assert (first.articles, second.articles) == ((1, 3), (4,))
    book = StoryBook()
    for document, story in DOCUMENTS[:3]:
        assert story is not None
        book.add(document, story)
    last = DOCUMENTS[3][0]
    ((likeness, story),) = [pair for pair in book.scores(features(last), last.at) if pair[1] == 10]
    assert (second.likeness, second.least, story) == (round(likeness, 3), LIKE, 10)


def test_shared_terms_are_of_a_kind_and_their_shares_fall() -> None:
    (_, text) = explain(10, DOCUMENTS)
    assert {"word", "place"} <= {term.kind for term in text.shared}
    assert any((term.kind, term.term) == ("place", "gn1") for term in text.shared)
    shares = [term.share for term in text.shared]
    assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1.01


def test_the_only_text_is_like_nothing_and_a_story_without_any_has_none() -> None:
    (text,) = explain(20, DOCUMENTS)
    assert (text.articles, text.likeness, text.shared) == ((2,), None, ())
    assert explain(99, DOCUMENTS) == ()


def test_the_next_story_is_the_nearest_other() -> None:
    (text,) = explain(30, [*DOCUMENTS, (doc(6, SILO_AGAIN, hours=3), 30)])
    assert text.next_story == 10 and text.next_likeness > 0


def test_a_text_is_told_by_all_its_copies_whichever_came_first() -> None:
    cut = SILO.split(". ")[0] + ". Subscribe to the morning letter of this house."
    told = set()
    for first, second in ((SILO, cut), (cut, SILO)):
        (text, _) = explain(10, [(doc(1, first, group=1), 10), (doc(2, second, group=1), 10), (doc(3, SILO_AGAIN, hours=1), 10)])
        assert text.articles == (1, 2)
        told.add((text.likeness, text.shared))
    (alone, _) = explain(10, [(doc(1, cut), 10), (doc(3, SILO_AGAIN, hours=1), 10)])
    assert len(told) == 1
    ((likeness, _),) = told
    assert likeness is not None and alone.likeness is not None and likeness > alone.likeness
