"""An attribution in the making: what clause rules find before anybody asks who the speaker is."""

from dataclasses import dataclass, field

from aggregator.sources.lexicon import CueWord
from aggregator.sources.phrases import Bounds


@dataclass(slots=True)
class Finding:
    """An attribution in the making: spans in the body. ``speaker`` None: the speaker of the finding before (``inherits``) or nobody."""

    cue: Bounds
    word: CueWord
    speaker: Bounds | None
    content: list[Bounds]
    sentence: Bounds
    via: list[Bounds] = field(default_factory=list)
    addressee: Bounds | None = None
    appositive: Bounds | None = None
    negator: bool = False
    antecedent: Bounds | None = None  # whom the speaker "who" stands for
