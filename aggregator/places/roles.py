"""Says what part a place plays in a text, and which places the text is mainly about.

event: something reported happens there; mention: background, distance, plan; dateline: where the report was filed;
actor: the name stands for a government, an army or an institution; origin: an attack came or people fled from there.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from aggregator.model import Mention
from aggregator.places.events import tells_event
from aggregator.places.lexicon import Words
from aggregator.places.normalise import words_of
from aggregator.places.recognise import Text

DATELINE = re.compile(r"[^\n]{0,60}?(?:\([^)\n]{2,30}\)\s*)?(?: [-–—] | ?[—–] ?|: )")
LEAD_CHARS = 400
FROM = frozenset("from the з із зі с со из боку من".split())
ORIGIN_BEFORE = re.compile(
    r"(?:(?:launched|fired|fled|flee|fleeing|displaced|evacuated|came|coming|arrived|escaped|launch|flown|took off)\b[^.\n]{0,25}\bfrom(?: the)?|"
    r"запущен\w* (?:з|із|с|из)|(?:выпущен\w*|випущен\w*|прилетел\w*|прилетіл\w*|бежал\w*|втік\w*|втекл\w*) (?:з|із|зі|с|со|из)|(?:обстріл\w*|обстрел\w*) (?:з|із|с|из) боку|نزح\w* من|فر\w* من|أطلق\w* من)\s*$",
    re.IGNORECASE,
)
MENTION_BEFORE = re.compile(
    r"(?:\b\d+\s*(?:km|kilometers?|kilometres?|miles?|км|كيلومتر\w*|كم)\b[^.\n]{0,40}|\b(?:towards?|direction of|en route to|bound for|travel(?:led)? to|visit(?:ed)? to|arrived in|fled to|to reach|talks in|meeting in|negotiations in|summit in|"
    r"у бік|в бік|до столиці|в сторону|поехал\w* в|прибув до|переговорах у|переговоры в)(?: the)?)\s*$",
    re.IGNORECASE,
)
SPEAKING_CITY = 300_000  # people: "Moscow said" names a government, "Bakhmut said" nobody
POSSESSED = re.compile(
    r"^['’]s? (?:[A-Z]?[\w-]+ ){0,3}(?:army|military|forces?|troops|government|ministry|president|minister|parliament|navy|air force|defen[cs]e|foreign|intelligence|security|general staff|embassy|ambassador|prosecutor|"
    r"police|mayor|governor|leader|officials?)\b",
    re.IGNORECASE,
)
OFFICE_AFTER = re.compile(
    r"^ (?:governor|mayor|police|regional|military|government|officials?|authorities|administration|city council|prosecutors?|university|ministry|army|hospital authorities|health ministry)\b",
    re.IGNORECASE,
)


def roles(mentions: Sequence[Mention], text: Text, words: Words) -> list[str]:
    """The role of each mention, in order."""
    dateline = _dateline_end(mentions, text.body)
    return [_role(m, text, words, dateline) for m in mentions]


def primary_places(mentions: Sequence[Mention], title: str, body: str) -> tuple[str, ...]:
    """Ids of the one to three places the text is mainly about, the first most; none where nothing happens anywhere.

    The likeliest event place leads; others follow only where they are told as nearly as often. A region or country that merely holds
    the leading place gives way to it.
    """
    weight: dict[str, float] = defaultdict(float)
    place = {m.place.id: m.place for m in mentions}
    title_keys = {w.key for w in words_of(title)}
    first: dict[str, int] = {}
    for m in mentions:
        first.setdefault(m.place.id, m.start)
        if m.role != "event":
            weight[m.place.id] += 0.15 if m.role == "mention" else 0.0
            continue
        worth = 1.0 + (1.2 if m.start < LEAD_CHARS else 0.0)
        if any(w.key in title_keys for w in words_of(m.text)[:1]):
            worth += 1.5
        worth *= {"country": 0.35, "region": 0.6, "area": 0.6, "water": 0.8}.get(m.place.kind, 1.0)
        weight[m.place.id] += worth * (0.5 + m.confidence / 2)
    ranked = sorted((ident for ident, w in weight.items() if w > 0.3), key=lambda ident: (-weight[ident], first[ident]))
    chosen: list[str] = []
    for ident in ranked:
        if chosen and weight[ident] < 0.55 * weight[chosen[0]]:
            break
        if any(ident in place[other].path for other in chosen):
            continue
        chosen.append(ident)
        if len(chosen) == 3:
            break
    return tuple(chosen)


def _dateline_end(mentions: Sequence[Mention], body: str) -> int:
    """Where the dateline ends: "KYIV, June 13 (Reuters) - ", 0 where there is none."""
    if not mentions or mentions[0].start > 2:
        return 0
    match = DATELINE.match(body)
    if match is None or match.end() <= mentions[0].end:
        return 0
    head = body[: match.end()]
    plain = re.sub(r"\([^)]*\)|[^\w]", "", head[mentions[0].end - mentions[0].start :])
    shouted = mentions[0].text.isupper() and len(mentions[0].text) > 2
    return match.end() if shouted or "(" in head or (len(plain) <= 12 and not head.rstrip().endswith(":")) else 0


def _role(m: Mention, text: Text, words: Words, dateline: int) -> str:
    if m.end <= dateline:
        return "dateline"
    body = text.body
    after = text.words_in(m.end, m.end + 40)[:2]
    following = " ".join(w.key for w in after)
    if following and (m.place.kind == "country" or m.place.population > SPEAKING_CITY):
        if following in words.metonym_verbs or after[0].key in words.metonym_verbs:
            return "actor"
    tail = body[m.end : m.end + 70]
    if tail[:1] in "'’" and POSSESSED.match(tail):
        return "actor"
    if tail[:1] == " " and (OFFICE_AFTER.match(tail) or (after and after[0].key in words.organisations and tail[1:2].isupper())):
        return "actor"
    before = text.words_in(max(0, m.start - 30), m.start)[-2:]
    if before:
        head = body[max(0, m.start - 70) : m.start]
        if before[-1].key in FROM and ORIGIN_BEFORE.search(head):
            return "origin"
        if MENTION_BEFORE.search(head):
            return "mention"
    start, end = text.sentence_span(m.start)
    return "event" if any(tells_event(w.key) for w in text.words_in(start, end)) else "mention"
