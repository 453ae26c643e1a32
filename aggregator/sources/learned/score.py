"""How well attributions fit labels: the same content and the same speaker, counted one to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aggregator.sources.finding import Finding
from aggregator.sources.learned.corpus import Said
from aggregator.sources.learned.model import SAME, overlap, words_of


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of labels, of attributions given, and of those that are right. The shares are 0..1, and 1 where nothing was asked."""

    labelled: int = 0
    given: int = 0
    right: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.labelled + other.labelled, self.given + other.given, self.right + other.right)

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.labelled + self.given) if self.labelled + self.given else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.4f}"


def score(body: str, labels: Sequence[Said], findings: Iterable[Finding]) -> Score:
    """The score of one article. An attribution fits a label if their contents share half of their words (Jaccard), best first and one to
    one; it is right if the speakers share a word too, or neither has one."""
    given = [finding for finding in findings if finding.content]
    wanted = [words_of(body, label.content) for label in labels]
    said = [words_of(body, finding.content) for finding in given]
    ranked = sorted((-share, n, k) for n, want in enumerate(wanted) for k, has in enumerate(said) if (share := overlap(want, has)) >= SAME)
    fits: dict[int, int] = {}
    for _, n, k in ranked:
        if n not in fits and k not in fits.values():
            fits[n] = k
    return Score(len(labels), len(given), sum(_same_speaker(body, labels[n], given[k]) for n, k in fits.items()))


def _same_speaker(body: str, label: Said, finding: Finding) -> bool:
    if label.speaker is None or finding.speaker is None:
        return label.speaker is finding.speaker
    return bool(words_of(body, [label.speaker]) & words_of(body, [finding.speaker]))
