"""Which places a text is mainly about."""

from collections import defaultdict
from collections.abc import Sequence

from aggregator.model import Mention
from aggregator.places.normalise import words_of

LEAD_BONUS, TITLE_BONUS = 1.6, 1.5  # the first event place of a text leads; each later one half as much
TITLE_STEM = 5  # letters by which a word of the title is the same name in another case
TELLING = ("mention", "dateline")  # roles in which a place of the headline may be where it happened
KIND_SHARE = {"country": 0.35, "region": 0.6, "area": 0.6, "water": 0.8}
LEAST, NEXT_SHARE, MOST_PRIMARY = 0.3, 0.55, 3


def primary_places(mentions: Sequence[Mention], title: str, body: str) -> tuple[str, ...]:
    """Ids of the one to three places the text is mainly about, the first most; none where nothing happens anywhere.

    The likeliest event place leads; others follow only where they are told as nearly as often. Where the body tells of no event in words
    that are known, a place that the headline names too is taken: "Slow return to a damaged Khartoum". A region or country that merely holds
    the leading place gives way to it.
    """
    weight: dict[str, float] = defaultdict(float)
    place = {m.place.id: m.place for m in mentions}
    title_words = [w.key[:TITLE_STEM] for w in words_of(title)]
    first: dict[str, int] = {}
    leads = LEAD_BONUS
    named: set[str] = set()
    nothing_happens = all(m.role != "event" for m in mentions)
    for m in mentions:
        first.setdefault(m.place.id, m.start)
        in_title = any(w.key[:TITLE_STEM] in title_words for w in words_of(m.text)[:1])
        if m.role != "event":
            weight[m.place.id] += 0.15 if m.role == "mention" else 0.0
            if in_title and nothing_happens and m.role in TELLING and m.place.id not in named:  # once: a headline names its place once
                named.add(m.place.id)
                weight[m.place.id] += TITLE_BONUS * KIND_SHARE.get(m.place.kind, 1.0) * (0.5 + m.confidence / 2)
            continue
        worth = 1.0 + leads
        leads *= 0.5
        if in_title:
            worth += TITLE_BONUS
        worth *= KIND_SHARE.get(m.place.kind, 1.0)
        weight[m.place.id] += worth * (0.5 + m.confidence / 2)
    holders = {above for ident, w in weight.items() for above in place[ident].path if w >= 0.5 * weight.get(above, 0.0)}
    ranked = sorted((i for i, w in weight.items() if w > LEAST and i not in holders), key=lambda i: (-weight[i], first[i]))
    return tuple(i for i in ranked if weight[i] >= NEXT_SHARE * weight[ranked[0]])[:MOST_PRIMARY]
