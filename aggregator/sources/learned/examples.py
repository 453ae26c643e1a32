"""From labelled articles to what the tagger learns from: which words are cues, and what each token is to each of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aggregator.sources import attribute
from aggregator.sources.attribute import Reading
from aggregator.sources.learned.corpus import Labelled, Said
from aggregator.sources.learned.model import SAME, overlap, words_of
from aggregator.sources.learned.repair import is_asked
from aggregator.sources.learned.sentences import (
    CONTENT,
    NEITHER,
    SPEAKER,
    TOKEN,
    Features,
    Sentence,
    cues_in,
    features,
    plain,
    ruled,
    sentences,
)
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.phrases import FINITE, Bounds
from aggregator.sources.quotes import INSIDE

SELDOM = 0.1  # of its occurrences outside quotations; a word that is less often a cue is not asked
CUE_REACH = 200  # characters from a speaker within which an unlabelled cue is looked for


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled article as the rules read it, with the cue of each label where it has one."""

    article: Labelled
    reading: Reading
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its answer: features and label of each token."""

    features: Features
    labels: list[str]


def read(article: Labelled, lexicon: Lexicon) -> Read:
    """The article with what the rules find in it; a cue without a label is that of the same words in the rules, else the nearest."""
    reading = attribute.read(article.body, lexicon)
    return Read(article, reading, tuple(_with_cue(said, article.body, reading, lexicon) for said in article.said))


def _with_cue(said: Said, body: str, reading: Reading, lexicon: Lexicon) -> Said:
    if said.cue is not None:
        return said
    words = words_of(body, said.content)
    best = max(reading.findings, key=lambda f: overlap(words, words_of(body, f.content)), default=None)
    if best is not None and overlap(words, words_of(body, best.content)) >= SAME:
        return Said(said.speaker, said.content, best.cue)
    near = said.speaker or said.content[0]
    others = [*said.content, near]
    cues = (
        match.span()
        for match in TOKEN.finditer(body, max(0, near[0] - CUE_REACH), near[1] + CUE_REACH)
        if match.group().lower() in lexicon.starts and not any(a < match.end() and match.start() < b for a, b in others)
    )
    return Said(said.speaker, said.content, min(cues, key=lambda cue: max(near[0] - cue[1], cue[0] - near[1]), default=None))


def cues_of(texts: Iterable[Read], lexicon: Lexicon) -> frozenset[str]:
    """The words that are asked: those of the lexicon, and those that mark often enough in these articles what is said."""
    heads: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for text in texts:
        masked = text.reading.masked
        seen.update(match.group().lower() for match in TOKEN.finditer(text.article.body) if masked[match.start()] != INSIDE)
        heads.update(body_word for said in text.said if said.cue and (body_word := _head(text.article.body, said.cue, lexicon)))
    learnt = frozenset(word for word, times in heads.items() if seen[word] and times / seen[word] >= SELDOM)
    return learnt | frozenset(form for form in lexicon.cues if " " not in form)


def _head(body: str, cue: Bounds, lexicon: Lexicon) -> str | None:
    """The word of a cue that is asked: "said" of "has said that"."""
    words = [match.group().lower() for match in TOKEN.finditer(body, *cue)]
    known = next((word for word in words if word in lexicon.starts), None)
    return known or max((word for word in words if not FINITE.fullmatch(word)), key=len, default=None)


def examples(text: Read, forms: frozenset[str], lexicon: Lexicon) -> Iterator[Example]:
    """A question for each word of an article that may be a cue."""
    body, reading = text.article.body, text.reading
    starts = [at for at in cues_in(reading.masked, forms) if lexicon.language != "en" or is_asked(reading.masked, at)]
    for sentence in sentences(body, reading, starts):
        base = plain(body, reading.masked, sentence)
        for at in sentence.cues:
            start, end = sentence.spans[at]
            said = next((one for one in text.said if one.cue and one.cue[0] < end and start < one.cue[1]), None)
            if said is not None and said.cue and sentence.words[at] != _head(body, said.cue, lexicon):
                continue
            labels = [NEITHER] * len(sentence.spans) if said is None else _labels(sentence, said, at)
            own = next((f for f in reading.findings if f.cue[0] < end and start < f.cue[1]), None)
            yield Example(features(sentence, base, at, ruled(sentence, reading.findings, own), lexicon), labels)


def _labels(sentence: Sentence, said: Said, at: int) -> list[str]:
    speakers: Sequence[Bounds] = [said.speaker] if said.speaker else []
    labels = []
    for n, (start, end) in enumerate(sentence.spans):
        within = [label for label, spans in ((SPEAKER, speakers), (CONTENT, said.content)) if any(a < end and start < b for a, b in spans)]
        labels.append(within[0] if within and n != at else NEITHER)
    return labels
