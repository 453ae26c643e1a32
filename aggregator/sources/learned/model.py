"""A trained model: its file, and what it adds to a reading.

A file is JSON: its format, and for each language the words that may be cues, the floor, and the weights as CRFsuite writes them, in base64.
"""

import base64
import binascii
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from aggregator.errors import SettingsError
from aggregator.model import Span
from aggregator.sources.attribute import Reading
from aggregator.sources.finding import Finding
from aggregator.sources.learned.crf import library
from aggregator.sources.learned.repair import is_asked, repaired
from aggregator.sources.learned.sentences import CONTENT, SPEAKER, Sentence, cues_in, features, plain, ruled, sentences
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.phrases import Bounds, trim

FORMAT = "frontwire-attributions-1"
ABOUT = "Written by `python -m aggregator.sources.learned.train`. Do not edit: train again."
SHIPPED = Path(__file__).parent / "data" / "attributions.json"
SAME = 0.5  # share of the words of two contents (Jaccard) from which on they are one
FEWEST = 2  # words that can be all that is said
WORD = re.compile(r"\w+")
FRAME = "np"  # of a learned cue: a channel may be named within what is said, and it is surer than nothing


@dataclass(frozen=True, slots=True)
class Guess:
    """A finding with the probability that something is said by its cue at all, 0..1."""

    finding: Finding
    probability: float


@dataclass(frozen=True)
class Weights:
    """What was learnt of one language: words that may be cues, the probability from which a guess is added, CRFsuite's bytes."""

    cues: frozenset[str]
    floor: float
    crf: bytes = field(repr=False)
    _turn: Lock = field(default_factory=Lock, repr=False, compare=False)  # the library's tagger keeps the sentence that it was given

    def open(self) -> None:
        """Make the tagger now, so that what is wrong with it is said at the start."""
        _ = self.tagger

    @cached_property
    def tagger(self) -> Any:
        """CRFsuite's tagger; raises SettingsError where the library is missing or the bytes are none of its model."""
        tagger = library().Tagger()
        try:
            tagger.open_inmemory(self.crf)
        except ValueError as error:
            raise SettingsError(f"The weights of the model of attributions cannot be read ({error}); train it anew.") from error
        return tagger

    def guesses(self, body: str, reading: Reading, lexicon: Lexicon, skip: Sequence[Span] = ()) -> list[Guess]:
        """What may be said by cues that the rules made nothing of, in the order of the text."""
        found = []
        for sentence in sentences(body, reading, unruled(reading, self.cues, lexicon), skip):
            base, of = plain(body, reading.masked, sentence), ruled(sentence, reading.findings)
            for at in sentence.cues:
                guess = self._guess(body, reading.masked, sentence, features(sentence, base, at, of, lexicon), at, lexicon)
                if guess is not None:
                    found.append(guess)
        return found

    def _guess(self, body: str, masked: str, sentence: Sentence, rows: list[list[str]], at: int, lexicon: Lexicon) -> Guess | None:
        with self._turn:
            self.tagger.set(rows)
            labels = self.tagger.tag()
            if CONTENT not in labels:
                return None
            sure = min(self._mean(labels, SPEAKER), self._mean(labels, CONTENT))
        speaker, content = _nearest(_runs(labels, SPEAKER, sentence, body), sentence.spans[at]), _runs(labels, CONTENT, sentence, body)
        if sum(len(body[a:b].split()) for a, b in content) < FEWEST:
            return None
        cue = sentence.words[at]
        known = lexicon.cues.get(cue)
        word = replace(known, frame=FRAME) if known else CueWord(cue, "neutral", FRAME)
        finding = Finding(sentence.spans[at], word, speaker, content, (sentence.start, sentence.end))
        whole = repaired(masked, finding, lexicon) if lexicon.language == "en" else finding if speaker else None
        return Guess(whole, sure) if whole else None

    def _mean(self, labels: Sequence[str], label: str) -> float:
        places = [n for n, given in enumerate(labels) if given == label]
        return float(sum(self.tagger.marginal(label, n) for n in places) / len(places)) if places else 1.0


def unruled(reading: Reading, cues: frozenset[str], lexicon: Lexicon) -> list[int]:
    """Where words stand that may be cues of what the rules missed, in order."""
    taken = sorted(finding.cue for finding in reading.findings)
    found = []
    for at in cues_in(reading.masked, cues):
        before = bisect_right(taken, (at, len(reading.masked))) - 1
        if (before < 0 or taken[before][1] <= at) and (lexicon.language != "en" or is_asked(reading.masked, at)):
            found.append(at)
    return found


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt, by language. It adds to the rules' findings in a language that it knows, and leaves others as they are."""

    languages: Mapping[str, Weights]

    def complete(self, body: str, reading: Reading, lexicon: Lexicon, skip: Sequence[Span] = ()) -> Reading:
        """The reading with the guesses whose probability is enough and whose content no finding of the rules has."""
        weights = self.languages.get(lexicon.language)
        if weights is None:
            return reading
        return added(body, reading, (g.finding for g in weights.guesses(body, reading, lexicon, skip) if g.probability >= weights.floor))


def added(body: str, reading: Reading, findings: Iterable[Finding]) -> Reading:
    """The reading with those findings whose content is none of its own, in the order of their cues."""
    all_of_them = list(reading.findings)
    known = [words_of(body, finding.content) for finding in all_of_them]
    for finding in findings:
        words = words_of(body, finding.content)
        if not any(overlap(words, other) >= SAME for other in known):
            all_of_them.append(finding)
            known.append(words)
    all_of_them.sort(key=lambda finding: (finding.sentence[0], finding.cue))
    return replace(reading, findings=tuple(all_of_them))


def overlap(one: frozenset[Bounds], other: frozenset[Bounds]) -> float:
    """The Jaccard share of two sets."""
    return len(one & other) / len(one | other) if one and other else 0.0


def words_of(body: str, spans: Iterable[Bounds]) -> frozenset[Bounds]:
    """The words of spans, each as its own span."""
    return frozenset(match.span() for start, end in spans for match in WORD.finditer(body, start, end))


def _runs(labels: Sequence[str], label: str, sentence: Sentence, body: str) -> list[Bounds]:
    """The spans of the tokens with a label, without marks at their ends; those with nothing but marks between are one."""
    runs: list[tuple[int, int]] = []
    for n, given in enumerate(labels):
        if given == label:
            joined = runs and not any(body[sentence.spans[k][0]].isalnum() for k in range(runs[-1][1] + 1, n))
            runs = [*runs[:-1], (runs[-1][0], n)] if joined else [*runs, (n, n)]
    spans = (trim(body, sentence.spans[a][0], sentence.spans[b][1]) for a, b in runs)
    return [(start, end) for start, end in spans if any(c.isalnum() for c in body[start:end])]


def _nearest(spans: Sequence[Bounds], cue: Bounds) -> Bounds | None:
    return min(spans, key=lambda span: max(cue[0] - span[1], span[0] - cue[1]), default=None)


def dump(languages: Mapping[str, Weights]) -> bytes:
    """The bytes of a model's file; the same for the same weights."""
    rows = {
        language: {"cues": sorted(weights.cues), "floor": weights.floor, "weights": base64.b64encode(weights.crf).decode()}
        for language, weights in sorted(languages.items())
    }
    return (json.dumps({"about": ABOUT, "format": FORMAT, "languages": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def open_model(path: Path) -> Model:
    """The model of a file, ready to tag. Raises SettingsError where it cannot be read, is none, or the library is missing."""
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r}, not {FORMAT!r}")
        languages = {
            language: Weights(frozenset(row["cues"]), float(row["floor"]), base64.b64decode(row["weights"], validate=True))
            for language, row in data["languages"].items()
        }
    except OSError as error:
        raise SettingsError(
            f"The model of attributions {path} cannot be read ({error.strerror}). FRONTWIRE_ATTRIBUTION_MODEL names a file that "
            f"`python -m aggregator.sources.learned.train` wrote, or is 'shipped', or is empty: then the rules tag alone."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise SettingsError(
            f"{path} is no model of attributions ({type(error).__name__}: {error}); "
            f"`python -m aggregator.sources.learned.train CORPUS --write {path}` writes one."
        ) from error
    for weights in languages.values():
        weights.open()
    return Model(languages)
