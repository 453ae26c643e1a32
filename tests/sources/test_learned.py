"""The learned tagger: what it adds and what it leaves, its file, its training, and the product without its library."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SettingsError
from aggregator.model import Span
from aggregator.settings import Settings
from aggregator.sources import attribute, lexicon
from aggregator.sources.finding import Finding
from aggregator.sources.learned import corpus, examples, model, train
from aggregator.sources.learned.model import Model, dump, open_model
from aggregator.sources.learned.repair import is_asked, repaired
from aggregator.sources.learned.score import Score, score
from aggregator.sources.learned.sentences import cues_in
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.registry import load
from aggregator.sources.tag import SourceTagger
from aggregator.tagging import open_completion
from tests.sources.learned_texts import articles, write
from tests.test_imports import MODULES, imports

GOLD = Path(__file__).parents[1] / "gold" / "attributions"
UNKNOWN = "It was cold. Ihor Hrynko hinted on Tuesday that the road was cut. The army said that the town was quiet."


def english() -> Lexicon:
    found = lexicon.load("en")
    assert found is not None
    return found


def rows(body: str, findings: tuple[Finding, ...]) -> list[tuple[str | None, str, str]]:
    return [
        (body[slice(*f.speaker)] if f.speaker else None, body[slice(*f.cue)], " … ".join(body[a:b] for a, b in f.content)) for f in findings
    ]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Model:
    texts = corpus.read(write(tmp_path_factory.mktemp("corpus") / "a.yaml", articles()))
    return Model(train.train(texts, lambda line: None))


@pytest.fixture(scope="module")
def shipped() -> Model:
    return open_model(model.SHIPPED)


def test_it_adds_what_the_rules_missed_in_the_order_of_the_text(taught: Model) -> None:
    words = english()
    reading = attribute.read(UNKNOWN, words)
    known = rows(UNKNOWN, reading.findings)
    assert known == [("The army", "said", "the town was quiet")]
    completed = taught.complete(UNKNOWN, reading, words, ())
    assert rows(UNKNOWN, completed.findings) == [("Ihor Hrynko", "hinted", "the road was cut"), *known]


def test_the_tagger_resolves_what_was_added(taught: Model) -> None:
    body = "Ihor Hrynko hinted on Tuesday that the road was cut. He said that it was the fog."
    tagger = SourceTagger(load(), taught)
    tags = tagger.tag("", body, language="en", published=datetime(2024, 6, 12, tzinfo=UTC), outlet=None, byline=None)
    assert [(a.speaker.name, a.said_on) for a in tags.attributions] == [("Ihor Hrynko", "2024-06-11")] * 2
    assert tags.attributions[0].confidence < 0.75 <= tags.attributions[1].confidence


def test_nothing_is_added_within_what_is_skipped_or_in_another_language(taught: Model) -> None:
    words = english()
    skip = (Span(13, UNKNOWN.index("The army")),)
    reading = attribute.read(UNKNOWN, words, skip)
    assert taught.complete(UNKNOWN, reading, words, skip) == reading
    assert taught.complete(UNKNOWN, reading, replace(words, language="nl"), ()) == reading


def test_nothing_is_added_to_whom_the_outlet_asked(taught: Model) -> None:
    body = "The Harbour Post hinted on Monday that the bridge would open again and asked the ministry for comment."
    words = english()
    reading = attribute.read(body, words)
    assert reading.asked
    assert taught.complete(body, reading, words, ()) == reading


def test_a_guess_whose_words_the_rules_have_is_not_added() -> None:
    body = "The army said that the town was quiet and dry."
    words = english()
    reading = attribute.read(body, words)
    again = Finding((9, 13), CueWord("say", "neutral", "say"), (0, 8), [(19, 37)], (0, len(body)))
    assert model.added(body, reading, [again]) == reading


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The mayor hinted", True),
        ("The mayor is hinting", True),
        ("The mayor has not hinted", False),
        ("The mayor could have hinted", False),
        ("It was widely hinted", False),
        ("The mayor avoided the hall without hinting", False),
    ],
)
def test_what_is_denied_possible_or_passive_is_not_asked(text: str, asked: bool) -> None:
    assert is_asked(text, text.index("hint")) is asked


@pytest.mark.parametrize(
    ("sentence", "speaker", "cue", "content", "whole"),
    [
        ("But the mayor’s hint that it rains is old.", "But the mayor’s", "hint", ["it rains"], ("the mayor", ["it rains"])),
        ("Anna Holub, who is old, hints it rains.", "who", "hints", ["it rains"], ("Anna Holub, who is old", ["it rains"])),
        ("At the port, the mayor hints it rains.", "the mayor", "hints", ["At the port", "it rains"], ("the mayor", ["it rains"])),
        ("Nobody at the port hints it rains.", "Nobody at the port", "hints", ["it rains"], None),
        ("Is it that hints show it rains.", "Is it that", "hints", ["it rains"], None),
    ],
)
def test_the_rules_mend_speaker_and_content(
    sentence: str, speaker: str, cue: str, content: list[str], whole: tuple[str, list[str]] | None
) -> None:
    def span(words: str) -> tuple[int, int]:
        return sentence.index(words), sentence.index(words) + len(words)

    guess = Finding(span(cue), CueWord(cue, "neutral", "np"), span(speaker), [span(part) for part in content], (0, len(sentence)))
    found = repaired(sentence, guess, english())
    assert (found and found.speaker and (sentence[slice(*found.speaker)], [sentence[a:b] for a, b in found.content])) == whole


def test_cues_are_whole_words_outside_quotations() -> None:
    body = 'Hint: he hinted "they hinted", unhinted. HINTED İ hinted'
    masked = attribute.read(body, english()).masked
    assert cues_in(masked, frozenset({"hinted", "said"})) == [9, body.index("HINTED"), body.rindex("hinted")]


def test_the_same_articles_teach_the_same_model_and_its_file_gives_it_back(taught: Model, tmp_path: Path) -> None:
    texts = corpus.read(write(tmp_path / "a.yaml", articles()))
    assert dump(train.train(texts, lambda line: None)) == dump(taught.languages)
    path = tmp_path / "model.json"
    path.write_bytes(dump(taught.languages))
    assert open_model(path) == taught


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, r"cannot be read \(No such file or directory\)\. FRONTWIRE_ATTRIBUTION_MODEL names a file that"),
        (b"no json", "is no model of attributions .*writes one"),
        (b"{}", "is no model of attributions"),
        (b'{"format": "other"}', "its format is 'other', not 'frontwire-attributions-1'"),
        (
            json.dumps({"format": model.FORMAT, "languages": {"en": {"cues": ["said"], "floor": 0.5, "weights": "!"}}}).encode(),
            "is no model of attributions",
        ),
        (
            json.dumps({"format": model.FORMAT, "languages": {"en": {"cues": ["said"], "floor": 0.5, "weights": "AAAA"}}}).encode(),
            "weights of the model of attributions cannot be read .*train it anew",
        ),
    ],
)
def test_what_is_no_model_is_said(tmp_path: Path, data: bytes | None, says: str) -> None:
    path = tmp_path / "model.json"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SettingsError, match=says):
        open_model(path)


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(SettingsError, match=r"needs the package python-crfsuite, .*pip install 'frontwire\[learned\]'"):
        open_completion(Settings(attribution_model="shipped"))
    assert open_completion(Settings()) is None
    answer = CliRunner().invoke(train.main, [str(GOLD)])
    assert answer.exit_code == 1 and "needs the package python-crfsuite" in answer.output


def test_no_module_imports_the_library() -> None:
    """It is optional: its door looks for it when it is needed, and not before."""
    assert not [name for name in MODULES if "pycrfsuite" in imports(name)]


def test_the_command_tries_and_writes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", [*articles(), {"id": "nl", "language": "nl", "body": "x", "gold": []}, *_few("uk")])
    target = tmp_path / "model.json"
    answer = CliRunner().invoke(train.main, [str(path), "--write", str(target)])
    assert answer.exit_code == 0, answer.output
    assert "en: 20 articles, 40 labels. On articles left out of the training:" in answer.output
    assert "nl: 1 articles, 0 labels: left out, since the rules do not know the language" in answer.output
    assert "uk: 1 articles, 1 labels: left out, since at least 10 articles" in answer.output
    assert list(open_model(target).languages) == ["en"]


def _few(language: str) -> list[dict[str, object]]:
    return [{"id": language, "language": language, "body": "Мер сказав, що йде дощ.", "gold": [{"who": "Мер", "says": "йде дощ"}]}]


def test_where_the_model_does_not_win_nothing_is_written_but_anyway(tmp_path: Path) -> None:
    known = [
        {**article, "body": "The mayor said it rains.", "gold": [{"who": "The mayor", "says": "it rains"}]} for article in articles(10)
    ]
    path, target = write(tmp_path / "a.yaml", known), tmp_path / "model.json"
    answer = CliRunner().invoke(train.main, [str(path), "--write", str(target)])
    assert answer.exit_code == 1 and "does not do better than the rules alone (--anyway" in answer.output
    assert not target.exists()
    answer = CliRunner().invoke(train.main, [str(path), "--write", str(target), "--anyway"])
    assert answer.exit_code == 0 and target.exists()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", [{"id": "a", "body": "x", "gold": [{"who": "y", "says": "x"}]}])
    answer = CliRunner().invoke(train.main, [str(path)])
    assert answer.exit_code == 1 and "label 1, who: “y” does not stand in the body" in answer.output
    answer = CliRunner().invoke(train.main, [str(write(path, articles())), "--write", str(tmp_path / "no" / "model.json")])
    assert answer.exit_code == 1 and "cannot be written: No such file or directory" in answer.output


def test_a_score_asks_for_content_and_speaker() -> None:
    body = "The mayor said that it rains. He said it pours."
    labels = corpus.Said((0, 9), ((20, 28),)), corpus.Said((30, 32), ((38, 46),))
    word = CueWord("say", "neutral", "say")
    right = Finding((10, 14), word, (4, 9), [(15, 28)], (0, 29))
    wrong = Finding((33, 37), word, None, [(38, 46)], (30, 47))
    assert score(body, labels, [right, wrong]) == Score(labelled=2, given=2, right=1)
    assert (Score(4, 2, 1).precision, Score(4, 2, 1).recall, Score(4, 2, 1).f1, Score().f1) == (0.5, 0.25, 1 / 3, 1.0)


def test_on_gold_that_it_was_not_learnt_from_it_is_no_worse_than_the_rules_alone() -> None:
    words = english()
    texts = [examples.read(article, words) for article in corpus.read(GOLD) if article.language == "en"]
    tried = train.trial(texts, words, folds=3)
    assert tried.learned.recall > tried.rules.recall
    assert tried.learned.f1 > tried.rules.f1 - 1 / tried.rules.labelled, tried  # what one attribution counts


def test_the_shipped_model_adds_to_what_the_rules_find_in_english(shipped: Model) -> None:
    words = english()
    texts = [examples.read(article, words) for article in corpus.read(GOLD) if article.language == "en"]
    completed = [shipped.complete(text.article.body, text.reading, words, ()) for text in texts]
    more = sum(len(after.findings) - len(text.reading.findings) for after, text in zip(completed, texts, strict=True))
    assert list(shipped.languages) == ["en"] and more > 0


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('ab AB.,:“”"\n—İ') | st.characters(codec="utf-8"), max_size=120), st.data())
def test_whatever_the_text_the_rules_findings_stay_and_spans_are_right(shipped: Model, text: str, data: st.DataObject) -> None:
    pieces = data.draw(
        st.lists(st.sampled_from(("The mayor believes that it rains. ", "he told ", "“No,” said Anna Holub. ", text)), max_size=6)
    )
    body = "".join(pieces)
    words = english()
    reading = attribute.read(body, words)
    completed = shipped.complete(body, reading, words, ())
    kept = [finding for finding in completed.findings if finding in reading.findings]
    assert len(kept) == len(reading.findings)
    for finding in completed.findings:
        assert 0 <= finding.cue[0] < finding.cue[1] <= len(body)
        assert all(0 <= a <= b <= len(body) for a, b in finding.content)
