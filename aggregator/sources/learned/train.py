"""Learns to find attributions: ``python -m aggregator.sources.learned.train CORPUS --write MODEL``.

Each language of the corpus is learnt for itself, and first tried on articles that it was not learnt from: the articles are dealt into
folds, and each fold is tagged by what the others taught. The floor, the least probability of what is added, is the one that does best
there, or a lower one that is not a whole attribution worse: what is added is worth more in texts that the rules were not written on. A
language in which nothing does better than the rules alone is left out of the model. Nothing is drawn by lot: the same articles, lexicon
and rules give the same file.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from aggregator.errors import FrontwireError
from aggregator.sources import lexicon
from aggregator.sources.learned import corpus
from aggregator.sources.learned.corpus import Labelled
from aggregator.sources.learned.crf import library
from aggregator.sources.learned.examples import Read, cues_of, examples, read
from aggregator.sources.learned.model import Weights, added, dump
from aggregator.sources.learned.score import Score, score
from aggregator.sources.lexicon import Lexicon

FOLDS = 5
FEWEST = 2 * FOLDS  # articles of a language
FLOORS = (0.5, 0.6, 0.7, 0.8, 0.9)
PARAMS = {  # half or double of any changes no figure by half a hundredth
    "c1": 0.5,
    "c2": 0.05,
    "max_iterations": 100,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules alone came to on articles left out of the training, and what they came to with the model at its floor."""

    rules: Score
    learned: Score
    floor: float

    @property
    def wins(self) -> bool:
        return self.learned.f1 > self.rules.f1


def learn(texts: Sequence[Read], words: Lexicon, floor: float) -> Weights:
    """The weights that these articles teach."""
    cues = cues_of(texts, words)
    trainer = library().Trainer(algorithm="lbfgs", params=PARAMS, verbose=False)
    for text in texts:
        for example in examples(text, cues, words):
            trainer.append(example.features, example.labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"  # CRFsuite writes to files alone
        trainer.train(str(path))
        return Weights(cues, floor, path.read_bytes())


def trial(texts: Sequence[Read], words: Lexicon, folds: int = FOLDS) -> Trial:
    """How each article would be tagged by what the articles of the other folds teach."""
    rules = Score()
    learned = dict.fromkeys(FLOORS, Score())
    for fold in range(folds):
        weights = learn([text for n, text in enumerate(texts) if n % folds != fold], words, min(FLOORS))
        for text in texts[fold::folds]:
            body, labels = text.article.body, text.article.said
            rules += score(body, labels, text.reading.findings)
            guesses = weights.guesses(body, text.reading, words)
            for floor in FLOORS:
                completed = added(body, text.reading, (guess.finding for guess in guesses if guess.probability >= floor))
                learned[floor] += score(body, labels, completed.findings)
    enough = max(one.f1 for one in learned.values()) - 1 / max(1, rules.labelled)  # what one right attribution counts
    floor = min(floor for floor in FLOORS if learned[floor].f1 >= enough)
    return Trial(rules, learned[floor], floor)


def train(articles: Iterable[Labelled], say: Callable[[str], object], *, anyway: bool = False) -> dict[str, Weights]:
    """The weights of the languages in which the model wins on articles left out of the training, or ``anyway`` of all that can be."""
    languages: dict[str, list[Labelled]] = {}
    for article in articles:
        languages.setdefault(article.language, []).append(article)
    found = {}
    for language, some in sorted(languages.items()):
        words = lexicon.load(language)
        labels = sum(len(article.said) for article in some)
        head = f"{language}: {len(some)} articles, {labels} labels"
        if words is None:
            say(f"{head}: left out, since the rules do not know the language (they know {', '.join(lexicon.languages())}).")
            continue
        if len(some) < FEWEST or not labels:
            say(f"{head}: left out, since at least {FEWEST} articles and some labels are needed to learn and to try what was learnt.")
            continue
        texts = [read(article, words) for article in some]
        tried = trial(texts, words)
        say(f"{head}. On articles left out of the training:")
        say(f"    the rules alone: {tried.rules}")
        say(f"    with the model:  {tried.learned}, adding from a probability of {tried.floor} on")
        if tried.wins or anyway:
            found[language] = learn(texts, words, tried.floor)
        else:
            say("    left out, since the model does not do better than the rules alone (--anyway takes it all the same).")
    return found


@click.command()
@click.argument("path", metavar="CORPUS", type=click.Path(path_type=Path))
@click.option("--write", "target", metavar="MODEL", type=click.Path(path_type=Path), help="Write the model to this file; else only try it.")
@click.option("--anyway", is_flag=True, help="Take languages too in which the model does not do better than the rules alone.")
def main(path: Path, target: Path | None, anyway: bool) -> None:
    """Learn to find attributions from CORPUS, a file of labelled articles in YAML or a folder of such files (docs/attributions.md)."""
    try:
        library()
        languages = train(corpus.read(path), click.echo, anyway=anyway)
    except FrontwireError as error:
        raise click.ClickException(error.message) from error
    if not languages:
        raise click.ClickException("Nothing was written: there is no language in which the model does better than the rules alone.")
    if target is not None:
        data = dump(languages)
        try:
            target.write_bytes(data)
        except OSError as error:
            raise click.ClickException(f"{target} cannot be written: {error.strerror}.") from error
        click.echo(f"{target}: {', '.join(languages)}; {len(data) / 1000:.0f} kB. FRONTWIRE_ATTRIBUTION_MODEL={target} lets it tag.")


if __name__ == "__main__":
    main()
