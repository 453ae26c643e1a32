"""How many independent origins stand behind a claim.

A statement that a speaker made once is one origin, however many outlets carry it: nine copies of an agency's text and five outlets that
quote the same statement in texts of their own are fourteen outlets and one origin. Another origin is only

* an outlet that was told separately: the channel is ``interview``. All copies of that text count as that one;
* another chain: words that reached the text by way of somebody else ("ISW quoted Prigozhin") have the first intermediary as their
  origin, so that all texts that lean on the same intermediary are one. A chain counts beside the statement itself only if no text
  has the statement at first hand;
* a text whose speaker is not identified ("a resident"): nobody can tell two of them to be one person.

Copies of a text are one text, and a text is one origin at most, however often it repeats the claim and in whatever part of it its copies
name the channel.

So "9 outlets, 2 origins" reads: nine publishers carry it, and it was said on two occasions that do not depend on each other.
"""

from collections.abc import Iterable

from aggregator.claims.tokens import plain
from aggregator.model import Attribution, ClaimAttribution


def count_origins(rows: Iterable[ClaimAttribution]) -> int:
    """How many independent origins the attributions of one claim have; at least 1."""
    texts: dict[int, list[Attribution]] = {}
    for row in rows:
        texts.setdefault(text_of(row), []).append(row.attribution)
    told = unknown = 0
    stated = False
    chains: set[str] = set()
    for attributions in texts.values():
        first_hand = [attribution for attribution in attributions if not attribution.via]
        if not first_hand:
            first = attributions[0].via[0]
            chains.add(first.source_id or " ".join(plain(first.text).split()))
        elif not any(map(identified, first_hand)):
            unknown += 1
        elif any(attribution.channel == "interview" for attribution in first_hand):
            told += 1
        else:
            stated = True
    return (stated + told + unknown) or max(1, len(chains))


def identified(attribution: Attribution) -> bool:
    """Whether it can be told who speaks."""
    speaker = attribution.speaker
    return bool(speaker.source_id) or speaker.anonymity == "named" and bool(speaker.name)


def text_of(row: ClaimAttribution) -> int:
    """The text that an article carries: its copy group, or itself."""
    return row.copy_group if row.copy_group is not None else row.article_id
