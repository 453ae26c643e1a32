"""Says what part a place plays in a text, and which places the text is mainly about.

event: something reported happens there; mention: background, distance, plan; dateline: where the report was filed;
actor: the name stands for a government, an army or an institution; origin: an attack came or people fled from there.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aggregator.model import Mention
from aggregator.places.events import tells_event
from aggregator.places.lexicon import Words
from aggregator.places.normalise import word_set, words_of
from aggregator.places.text import Text

DATELINE = re.compile(r"[^\n]{0,60}?(?:\([^)\n]{2,30}\)\s*)?(?: [-–—] | ?[—–] ?|: )")
LEAD_BONUS, TITLE_BONUS = 1.6, 1.5  # the first event place of a text leads; each later one half as much
TITLE_STEM = 5  # letters by which a word of the title is the same name in another case
TELLING = ("mention", "dateline")  # roles in which a place of the headline may be where it happened
KIND_SHARE = {"country": 0.35, "region": 0.6, "area": 0.6, "water": 0.8}
LEAST, NEXT_SHARE, MOST_PRIMARY = 0.3, 0.55, 3
FROM = word_set("from the з із зі с со из боку من")
SPEAKING_CITY = 300_000  # people: "Moscow said" names a government, "Bakhmut said" nobody


@dataclass(frozen=True, slots=True)
class Patterns:
    """``data/roles.json``, compiled."""

    origin_before: re.Pattern[str]
    mention_before: re.Pattern[str]
    body_after: re.Pattern[str]  # behind a possessive: "Russia's defence ministry"
    office_after: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """Load the phrases; a second call returns the same."""
    lists = json.loads((files("aggregator.places") / "data" / "roles.json").read_text(encoding="utf-8"))
    joined = {name: "|".join(parts) for name, parts in lists.items() if name != "about"}
    return Patterns(
        re.compile(rf"(?:{joined['origin_before']})\s*$", re.IGNORECASE),
        re.compile(rf"(?:{joined['mention_before']})\s*$", re.IGNORECASE),
        re.compile(rf"^['’]s? (?:[\w-]+ ){{0,3}}(?:{joined['body_after']})\b", re.IGNORECASE),
        re.compile(rf"^ (?:{joined['office_after']})\b", re.IGNORECASE),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The role of a mention and the words that gave it, after the name of the rule: ``origin: fled from``."""

    role: str
    because: str


def roles(mentions: Sequence[Mention], text: Text, words: Words) -> list[Part]:
    """The part that each mention plays, in order."""
    dateline = _dateline_end(mentions, text.body)
    return [_role(m, text, words, dateline) for m in mentions]


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


def _role(m: Mention, text: Text, words: Words, dateline: int) -> Part:
    if m.end <= dateline:
        return Part("dateline", f"dateline: {text.body[:dateline].strip()}")
    body, said = text.body, patterns()
    after = text.words_in(m.end, m.end + 40)[:2]
    speaks = m.place.kind == "country" or m.place.population > SPEAKING_CITY
    if speaks and after and words.speaks(after[0].key, after[1].key if len(after) > 1 else ""):
        return Part("actor", f"speaks: {after[0].key}")
    tail = body[m.end : m.end + 70]
    if tail[:1] in "'’" and (match := said.body_after.match(tail)):
        return Part("actor", f"body: {match.group()}")
    if tail[:1] == " " and (match := said.office_after.match(tail)):
        return Part("actor", f"office: {match.group().strip()}")
    if tail[:1] == " " and after and after[0].key in words.organisations and tail[1:2].isupper():
        return Part("actor", f"organisation: {after[0].key}")
    before = text.words_in(max(0, m.start - 30), m.start)[-2:]
    if before:
        head = body[max(0, m.start - 70) : m.start]
        if before[-1].key in FROM and (match := said.origin_before.search(head)):
            return Part("origin", f"origin: {match.group().strip()}")
        if match := said.mention_before.search(head):
            return Part("mention", f"aside: {match.group().strip()}")
    start, end = text.sentence_span(m.start)
    told = next((w for w in text.words_in(start, end) if tells_event(w.key)), None)
    return Part("mention", "no event in the sentence") if told is None else Part("event", f"event: {body[told.start : told.end]}")
