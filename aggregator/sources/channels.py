"""Through which channel words came: named beside the cue, or carried on by the same speaker."""

import re
from dataclasses import dataclass, field

from aggregator.sources.lexicon import Lexicon

REACH = 2  # paragraphs over which a speaker's channel, via and date of saying carry on
US = re.compile(r"\b(?:us|me|our (?:reporter|correspondent))\b", re.IGNORECASE)


def detect(outside: str, addressee: str | None, outlet: str | None, lexicon: Lexicon) -> str | None:
    """The channel that the words around the content name; ``addressee`` is who was told, where the text says so."""
    for channel, pattern in lexicon.channels if lexicon.channel and lexicon.channel.search(outside) else ():
        if pattern.search(outside):
            return channel
    if addressee and (US.search(addressee) or addressee[:1].isupper() or outlet and outlet.casefold() in addressee.casefold()):
        return "interview"
    return None


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
        if old is not None and new.paragraph - old.paragraph <= REACH and (new.channel is None or new.channel == old.channel):
            new = Carried(new.paragraph, new.channel or old.channel, new.said_on or old.said_on, new.via or old.via)
        self.speakers[speaker] = new
        return new
