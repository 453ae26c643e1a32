"""What the tagger considered in a text, and why: for people who check a tag, or correct it with a rule (model.PlaceRules)."""

from dataclasses import dataclass

from aggregator.model import Place

Weighed = tuple[tuple[str, float], ...]  # names of reasons or parts, and what each adds to a score


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place that a name may mean: ``score`` is the sum of ``parts``; ``share`` of 0..1 is the softmax among those shown."""

    place: Place
    score: float
    parts: Weighed
    share: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A span that was looked at. It is ``taken`` as a place if ``score``, the sum of the ``reasons``, reaches ``threshold``.

    ``key`` is what a rule about the name is made of. ``candidates`` are ordered, the first wins. What is not taken has a confidence of 0
    and no role; ``role_because`` names the rule and the words that gave the role."""

    start: int
    end: int
    text: str
    key: str
    taken: bool
    score: float
    threshold: float
    reasons: Weighed
    candidates: tuple[Ranked, ...]
    confidence: float = 0.0
    role: str = ""
    role_because: str = ""
    relation: str = ""

    @property
    def winner(self) -> Place:
        """The likeliest place, which is the meaning where the span is taken."""
        return self.candidates[0].place
