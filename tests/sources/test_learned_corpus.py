"""Reading a corpus: where labels stand in the body, and what is said of mistakes."""

from pathlib import Path

import pytest

from aggregator.errors import UsageError
from aggregator.sources.learned import corpus
from tests.sources.learned_texts import articles, write

GOLD = Path(__file__).parents[1] / "gold" / "attributions"
BODY = 'He came. The mayor left. "It is over," he said. "It is over," the mayor wrote. He stays.'


def one(label: object, body: str = BODY) -> list[object]:
    return [{"id": "a", "body": body, "gold": [label]}]


@pytest.mark.parametrize(
    ("label", "spans"),
    [
        ({"who": "the mayor", "says": '"It is over,"'}, [(62, 71), (48, 61), None]),  # the nearer of the two
        ({"who": "he", "says": '"It is over,"', "cue": "said"}, [(39, 41), (25, 38), (42, 46)]),
        ({"who": None, "says": "He stays"}, [None, (79, 87), None]),
        ({"who": "He", "says": ["The mayor left", "He stays"]}, [(0, 2), (9, 23), None]),  # and the parts in their order
    ],
)
def test_words_are_found_where_speaker_and_speech_are_nearest(tmp_path: Path, label: object, spans: list[object]) -> None:
    said = corpus.read(write(tmp_path / "a.yaml", one(label)))[0].said[0]
    assert [said.speaker, said.content[0], said.cue] == spans
    assert list(said.content) == sorted(said.content)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"id": "a"}, r"a\.yaml: a list of articles belongs here"),
        (["text"], r"article 1: an article with id, body and gold belongs here, not “text”"),
        ([{"body": "x"}], r"article 1: it has no id; give it one such as"),
        ([{"id": "a", "gold": []}], r"article 1 \(a\): it has no body; the text belongs under 'body: \|'"),
        ([{"id": "a", "body": "x"}], r"article 1 \(a\): it has no list of labels; 'gold: \[\]'"),
        ([{"id": "a", "body": "x", "language": False, "gold": []}], r"the language False is none; .* \(no must be quoted\)"),
        ([{"id": "a", "body": "x", "gold": []}] * 2, r"article 2: the id a is taken"),
        (one({"whom": "He", "says": "He stays"}), r"article 1 \(a\), label 1: a label reads"),
        (one({"who": "She", "says": "He stays"}), r"label 1, who: “She” does not stand in the body; copy it from there"),
        (one({"who": "e", "says": "He stays"}), r"label 1, who: “e” does not stand"),  # part of a word
        (one({"who": "He", "says": []}), r"label 1: 'says' is empty"),
        (one({"who": "He", "says": ["He stays", 7]}), r"label 1, says: words of the body belong here, not 7; quote what YAML reads"),
        (one({"who": "He", "says": "He stays", "cue": "sang"}), r"label 1, cue: “sang” does not stand in the body"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_would_be_right(tmp_path: Path, rows: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        corpus.read(write(tmp_path / "a.yaml", rows))


def test_what_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- id: a\n  body: one: two\n")
    with pytest.raises(UsageError, match=r"a\.yaml, line 2: this is no YAML"):
        corpus.read(path)
    path.write_bytes(b"- id: \xff")
    with pytest.raises(UsageError, match=r"a\.yaml.*: this is no YAML"):
        corpus.read(path)


def test_a_corpus_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no corpus"):
        corpus.read(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match=r"has no file \*\.yaml"):
        corpus.read(tmp_path)


def test_a_folder_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    rows = articles(4)
    write(tmp_path / "b.yaml", rows[:2])
    write(tmp_path / "a.yaml", rows[2:])
    assert [article.id for article in corpus.read(tmp_path)] == ["t-2", "t-3", "t-0", "t-1"]


def test_the_gold_is_a_corpus() -> None:
    """Its labels stand beside their speakers: in the same paragraph but for a few."""
    read = corpus.read(GOLD)
    apart = [
        article.id
        for article in read
        for said in article.said
        if said.speaker and "\n" in article.body[min(said.speaker[1], said.content[0][1]) : max(said.speaker[0], said.content[0][0])]
    ]
    assert sum(len(article.said) for article in read) > 1_200
    assert len(apart) < 5, apart
