"""The training texts: what stands in brackets has to exist, and nothing of the gold may be learnt from.

The gazetteer they are written for is the built one. How they are marked: tests/gold/places/README.md.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from aggregator.errors import GazetteerError, NotFoundError
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.marked import MarkedText, read

ROOT = Path(__file__).parents[2]
ROLES = frozenset(("event", "mention", "dateline", "actor", "origin"))
LEAST_TEXTS = {"en": 365, "uk": 114, "ru": 106, "ar": 68}
LEAST_OF_OTHERS = 86
RUN = 8  # words that a gold text and a training text may not share in a row
WORD = re.compile(r"\w+")


@cache
def training() -> tuple[MarkedText, ...]:
    return tuple(read(ROOT / "aggregator" / "places" / "training"))


def runs(body: str) -> set[tuple[str, ...]]:
    """Every run of RUN words of a body, in lower case."""
    words = [match.group().lower() for match in WORD.finditer(body)]
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_there_are_enough_texts() -> None:
    counts = Counter(text.language for text in training())
    assert {language: counts[language] >= least for language, least in LEAST_TEXTS.items()} == dict.fromkeys(LEAST_TEXTS, True)
    assert sum(times for language, times in counts.items() if language not in LEAST_TEXTS) >= LEAST_OF_OTHERS
    assert len({text.id for text in training()}) == len(training())


def test_brackets_name_places_and_roles() -> None:
    try:
        gazetteer = Gazetteer.open(ROOT / "build" / "gazetteer")
    except GazetteerError as error:
        pytest.fail(f"This test needs the built gazetteer (`make setup`): {error}")
    bad = []
    for text in training():
        if "[" in text.body or "]" in text.body:
            bad.append(f"{text.id}: a bracket is not closed")
        bad += [f"{text.id}: no role {label.role}" for label in text.labels if label.role not in ROLES]
        for ident in [ident for label in text.labels for ident in label.place_ids]:
            try:
                gazetteer.get(ident)
            except NotFoundError:
                bad.append(f"{text.id}: no place {ident}")
    assert bad == []


def test_no_gold_text_shares_a_run_of_words_with_a_training_text() -> None:
    learnt = {run: text.id for text in training() for run in runs(text.body)}
    gold = read(ROOT / "tests" / "gold" / "places")
    assert [(text.id, learnt[run]) for text in gold for run in runs(text.body) if run in learnt] == []


def test_a_run_is_found_whatever_stands_between_its_words() -> None:
    assert ("fell", "on", "sudzha", "and", "on", "the", "mill", "by") in runs("Shells fell on Sudzha, and on 'the mill' by the river.")
