"""Through which channel words came: named beside the cue, or carried on by the same speaker."""

import re
from dataclasses import dataclass, field

from aggregator.sources.lexicon import Lexicon
from aggregator.sources.registry import words_of

REACH = 2  # paragraphs over which a speaker's channel, via and date of saying carry on
ENDING = 2  # letters in which the stems of two cases of a word may differ
US = re.compile(r"\b(?:us|me|our (?:reporter|correspondent))\b", re.IGNORECASE)
WRITTEN = re.compile(r"\b(?:letter|e-?mail(?:ed)?|statement|text message)\b", re.IGNORECASE)
MEDIUM = re.compile(r"\b(?:newspaper|daily|weekly|magazine|publication|broadcaster|channel|radio|podcast|agency|outlet|website|paper)\b")
QUOTED_NAME = re.compile(r"[«„“\"]([^«»„“”\"]{2,40})[»“”\"]")


def detect(outside: str, addressee: str | None, outlet: str | None, lexicon: Lexicon, *, named: bool = True) -> str | None:
    """The channel that the words around the content name; ``addressee`` is who was told, where the text says so. ``named``: whether
    a word stands there without which no channel is named.

    What the outlet itself was told is an interview, whatever it came by, unless it was written."""
    told = is_outlet(addressee, outlet) if addressee else lexicon.language != "en" and _names_outlet(outside, outlet)
    if told and not WRITTEN.search(outside):
        return "interview"
    for channel, pattern in lexicon.channels if named and lexicon.channel and lexicon.channel.search(outside) else ():
        if pattern.search(outside):
            return channel
    return "interview" if addressee and (addressee[:1].isupper() or MEDIUM.search(addressee)) else None


def is_outlet(addressee: str, outlet: str | None) -> bool:
    """Whether those who were told are the outlet: "us", "our reporter", or its name."""
    return bool(US.search(addressee)) or outlet is not None and outlet.casefold() in addressee.casefold()


def _names_outlet(outside: str, outlet: str | None) -> bool:
    """Whether the words name the outlet, in any case of its name."""
    wanted = [word for _, _, word in words_of(outlet or "")]
    if not wanted or not QUOTED_NAME.search(outside):
        return False
    return any(_same_words(wanted, [word for _, _, word in words_of(name)]) for name in QUOTED_NAME.findall(outside))


def _same_words(one: list[str], other: list[str]) -> bool:
    return len(one) == len(other) and all(
        a[: max(3, len(a) - ENDING)] == b[: max(3, len(a) - ENDING)] for a, b in zip(one, other, strict=True)
    )


@dataclass(slots=True)
class Carried:
    """What one speaker's latest attribution leaves for the next."""

    paragraph: int
    channel: str | None = None
    said_on: str | None = None
    via: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Memory:
    """What each speaker of a document carries on, by source id or name."""

    speakers: dict[str, Carried] = field(default_factory=dict)

    def carry(self, speaker: str, new: Carried) -> Carried:
        """``new`` with what it lacks from the speaker's last attribution, if that was near; it becomes the last."""
        old = self.speakers.get(speaker)
        if old is not None and new.paragraph - old.paragraph <= REACH and (new.channel is None or old.channel in (None, new.channel)):
            new = Carried(new.paragraph, new.channel or old.channel, new.said_on or old.said_on, new.via or old.via)
        self.speakers[speaker] = new
        return new
