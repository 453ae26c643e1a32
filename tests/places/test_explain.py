"""What the tagger says of its own decisions: the same as it does, with sums that come out."""

import pytest

from aggregator.model import PlaceRules
from aggregator.places.explain import Explained
from aggregator.places.tag import PlaceTagger

TEXT = """KYIV (Wire) - Shells hit Bakhmut and Andriivka on Monday. Moscow said it was not to blame.
Jordan Reed was born in Paris, Texas. Families fled from Rafah."""


def explained(tagger: PlaceTagger, text: str, rules: PlaceRules | None = None) -> dict[str, Explained]:
    return {e.text: e for e in tagger.explain("", text, language="en", rules=rules or PlaceRules())}


@pytest.mark.parametrize("language", ["en", "uk", None])
def test_it_says_what_is_tagged(tagger: PlaceTagger, language: str | None) -> None:
    tags = tagger.tag("Bakhmut", TEXT, language=language)
    said = [e for e in tagger.explain("Bakhmut", TEXT, language=language) if e.taken]
    assert [(m.start, m.end, m.text, m.place, m.confidence, m.role, m.relation) for m in tags.mentions] == [
        (e.start, e.end, e.text, e.winner, e.confidence, e.role, e.relation) for e in said
    ]


def test_scores_are_sums_of_what_is_told(tagger: PlaceTagger) -> None:
    for e in explained(tagger, TEXT).values():
        assert sum(weight for _, weight in e.reasons) == pytest.approx(e.score, abs=0.01)
        assert e.taken is (e.score >= e.threshold)
        assert [c.score for c in e.candidates] == sorted((c.score for c in e.candidates), reverse=True)
        for candidate in e.candidates:
            assert sum(worth for _, worth in candidate.parts) == pytest.approx(candidate.score, abs=0.01)
        assert sum(c.share for c in e.candidates) == pytest.approx(1, abs=0.01)


def test_what_is_left_is_told_too(tagger: PlaceTagger) -> None:
    jordan = explained(tagger, TEXT)["Jordan"]
    assert not jordan.taken
    assert "person_after" in dict(jordan.reasons)
    assert jordan.candidates[0].place.id == "gn248816"
    assert (jordan.confidence, jordan.role) == (0.0, "")


def test_parts_and_roles_have_their_grounds(tagger: PlaceTagger) -> None:
    said = explained(tagger, TEXT)
    assert "container" in dict(said["Paris"].candidates[0].parts)
    assert "near" in dict(said["Andriivka"].candidates[0].parts)
    assert said["KYIV"].role_because.startswith("dateline")
    assert said["Moscow"].role_because.endswith("speaks: said")
    assert "fled" in said["Rafah"].role_because


def test_rules_are_told(tagger: PlaceTagger) -> None:
    said = explained(tagger, TEXT, PlaceRules(frozenset(("bakhmut",)), {"andriivka": "fw-andriivka-kharkiv"}))
    assert not said["Bakhmut"].taken
    assert "forbidden" in dict(said["Bakhmut"].reasons)
    assert "taught" in dict(said["Andriivka"].reasons)
    assert dict(said["Andriivka"].candidates[0].parts)["chosen"] > 0


def test_candidates_are_as_many_as_asked_for(tagger: PlaceTagger) -> None:
    assert max(len(e.candidates) for e in tagger.explain("", TEXT, language="en", most=1)) == 1
