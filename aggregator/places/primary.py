"""Which places a text is mainly about."""

from collections import defaultdict
from collections.abc import Sequence

from aggregator.model import Mention
from aggregator.places.normalise import words_of

LEAD_BONUS, TITLE_BONUS = 2.2, 1.5  # the first event place of a text leads; each later one half as much
TITLE_STEM = 5  # letters by which a word of the title is the same name in another case
KIND_SHARE = {"country": 0.5, "region": 0.7, "area": 0.7, "water": 0.9}
MENTIONED = 0.15  # what one more mention of the place in passing adds
LEAST, NEXT_SHARE, MOST_PRIMARY = 0.3, 0.55, 3


def primary_places(mentions: Sequence[Mention], title: str, body: str) -> tuple[str, ...]:
    """Ids of the one to three places the text is mainly about, the first most; none where nothing happens anywhere.

    The likeliest event place leads; others follow only where they are told as nearly as often. A region or country that merely holds
    the leading place gives way to it.
    """
    if all(m.role != "event" for m in mentions):
        return ()
    weight: dict[str, float] = defaultdict(float)
    place = {m.place.id: m.place for m in mentions}
    title_stems = frozenset(w.key[:TITLE_STEM] for w in words_of(title))
    names = {m.text for m in mentions} if title_stems else ()
    titled = {name for name in names if any(w.key[:TITLE_STEM] in title_stems for w in words_of(name)[:1])}
    first: dict[str, int] = {}
    leads = LEAD_BONUS
    for m in mentions:
        first.setdefault(m.place.id, m.start)
        if m.role != "event":
            weight[m.place.id] += MENTIONED if m.role == "mention" else 0.0
            continue
        worth = 1.0 + leads + (TITLE_BONUS if m.text in titled else 0.0)
        leads *= 0.5
        weight[m.place.id] += worth * KIND_SHARE.get(m.place.kind, 1.0) * (0.5 + m.confidence / 2)
    holders = {above for ident, w in weight.items() for above in place[ident].path if w >= 0.5 * weight.get(above, 0.0)}
    ranked = sorted((i for i, w in weight.items() if w > LEAST and i not in holders), key=lambda i: (-weight[i], first[i]))
    return tuple(i for i in ranked if weight[i] >= NEXT_SHARE * weight[ranked[0]])[:MOST_PRIMARY]
