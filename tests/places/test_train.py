"""Learning the weights: the same texts give the same weights, traps are learned from, and what is shipped is what the command gives."""

from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.errors import GazetteerError
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.lexicon import lexicon
from aggregator.places.marked import MarkedText, read, unmarked
from aggregator.places.roles import ROLES, role_weights
from aggregator.places.scene import WORD
from aggregator.places.tag import PlaceTagger
from aggregator.places.train import (
    FIXED,
    PRIORS,
    TEXTS,
    TRUST,
    WEIGHTS,
    Example,
    examples,
    fit,
    right,
    train,
    weights_of,
)
from aggregator.places.train_roles import RoleExample, fit_roles, look, right_roles, role_examples

BUILT = Path(__file__).parents[2] / "build" / "gazetteer"
SMALL = """
- id: one
  title: Shells
  body: |-
    Shells hit [Bakhmut|gn713174|event] and [Kharkiv|gn706483|event]. The Moscow Gazette wrote of it.
- id: two
  body: |-
    The London Gazette was read in [Rafah|gn281102|mention]. Paris Gazette readers were not. [KYIV|gn703448|dateline] Gazette staff left.
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[MarkedText]:
    folder = tmp_path_factory.mktemp("training")
    (folder / "en_small.yaml").write_text(SMALL, encoding="utf-8")
    return list(read(folder))


def test_marks_become_spans(texts: list[MarkedText]) -> None:
    assert [text.language for text in texts] == ["en", "en"]
    assert [texts[0].body[x.start : x.end] for x in texts[0].labels] == ["Bakhmut", "Kharkiv"]
    assert "[" not in texts[1].body
    assert unmarked("[a b|gn1,gn2|event] c")[1][0].place_ids == ("gn1", "gn2")


def test_the_same_texts_give_the_same_weights(texts: list[MarkedText], gazetteer: Gazetteer) -> None:
    priors = weights_of(PRIORS)
    first = train(texts, gazetteer, priors)
    assert first == train(texts, gazetteer, priors)
    assert set(first) == set(priors)
    assert {name: first[name] for name in FIXED} == {name: priors[name] for name in FIXED}


def test_traps_are_learned_from(texts: list[MarkedText], gazetteer: Gazetteer) -> None:
    priors = weights_of(PRIORS)
    learned = train(texts, gazetteer, priors)
    assert learned["bearer_after"] < priors["bearer_after"]
    seen = examples(look(texts, PlaceTagger(gazetteer, replace(lexicon(), weights=learned))))
    assert right(seen, learned) >= right(seen, priors)


def test_without_texts_the_priors_stay() -> None:
    priors = weights_of(PRIORS)
    assert fit([], priors) == priors


def test_however_sure_a_wrong_prior_is_learning_ends() -> None:
    priors = weights_of(PRIORS)
    learned = fit([Example({"bias": 1.0, "country": 1.0, "cue": 30.0}, False)] * 50, priors)
    assert priors["cue"] - 20 * TRUST < learned["cue"] < priors["cue"]


def test_the_shipped_weights_are_what_the_texts_give() -> None:
    try:
        built = Gazetteer.open(BUILT)
    except GazetteerError as error:
        pytest.fail(f"This test needs the built gazetteer (`make setup`): {error}")
    shipped = weights_of(WEIGHTS)
    texts = list(read(TEXTS))
    looked = look(texts, PlaceTagger(built))
    # The command ends where another round changes nothing: one round must come back to what is shipped.
    # The tolerance is for a gazetteer built of other versions of its packages.
    assert fit(examples(looked), weights_of(PRIORS)) == pytest.approx(shipped, abs=0.05)
    learned = fit_roles(role_examples(looked) + role_examples(looked, told=False))
    assert set(learned) == set(role_weights())
    far = [name for name, worth in role_weights().items() if learned[name] != pytest.approx(worth, abs=0.5)]
    assert not far, f"{far}: run `python -m aggregator.places.train --write`"


def test_roles_are_learned_from_what_holds_for_them() -> None:
    some = [RoleExample(frozenset(("bias", "far")), "mention"), RoleExample(frozenset(("bias", "hit")), "event")] * 9
    weights = fit_roles(some)
    assert right_roles(some, weights) == 1.0
    event = ROLES.index("event")
    assert weights["hit"][event] > 0 > weights["far"][event]
    assert weights == fit_roles(some)


def test_single_words_are_held_closer_to_nought_and_left_out_where_rare() -> None:
    some = [RoleExample(frozenset(("bias", "hit", f"{WORD}before: hit")), "event"), RoleExample(frozenset(("bias",)), "mention")] * 9
    rare = RoleExample(frozenset(("bias", f"{WORD}before: once")), "event")
    weights = fit_roles([*some, rare])
    event = ROLES.index("event")
    assert 0 < weights[f"{WORD}before: hit"][event] < weights["hit"][event]
    assert f"{WORD}before: once" not in weights
