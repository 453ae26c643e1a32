"""Values to what a page shows: hours, counts in words, and a text with its tags marked where they stand."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from urllib.parse import quote, urlencode, urlsplit

from markupsafe import Markup, escape

from aggregator.claims.figures import Figure
from aggregator.claims.relations import Kind
from aggregator.model import CELLS, Article, Attribution, BodyLink, Mention, Speaker, Tags
from aggregator.search.facets import LANGUAGES

RTL = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "yi"})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # strftime's depend on the machine
ACRONYMS = frozenset({"sdf", "stc", "uae", "saf", "rsf", "drc", "m23", "fla", "jnim", "tplf", "pkk", "krg", "ttp", "bla"})  # of sides
STRENGTHS = {  # the past: it fits one speaker and many
    "neutral": "said",
    "claim": "claimed",
    "assess": "assessed",
    "confirm": "confirmed",
    "deny": "denied",
    "warn": "warned",
}
RELATIONS = {Kind.ALSO: "Also said by", Kind.DENIED: "Denied by", Kind.DIFFERS: "Differs in number from"}
BOUNDS = {"exact": "", "least": "at least ", "most": "up to ", "about": "about "}
COUNTED = {  # outcomes as they stand after their number
    "casualties": "victims",
    "losses": "lost",
    "captured_people": "captured",
    "without_power": "without power",
}
OUTCOMES = {
    "partial": "only part of the text could be read",
    "paywalled": "behind a paywall",
    "consent": "the page shows a consent wall; this is the feed's text",
    "needs_script": "the page needs scripts; this is the feed's text",
    "not_article": "the page is no article; this is the feed's text",
    "empty": "the page gave no text; this is the feed's text",
    "blocked": "the page refused us; this is the feed's text",
    "disallowed": "robots.txt forbids the page; this is the feed's text",
    "gone": "the page is gone; this is the feed's text",
}


def hour(at: datetime, now: datetime | None = None) -> str:
    """The hour if it is today, else the day and the hour; UTC."""
    now = now or datetime.now(UTC)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    date = f"{at.day} {MONTHS[at.month - 1]}"
    return f"{date} {at:%H:%M}" if at.year == now.year else f"{date} {at.year}"


def full_hour(at: datetime) -> str:
    """Day, hour and zone."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def day(text: str | None) -> str:
    """An ISO date as people write it; empty for none."""
    return "" if not text else f"{(at := datetime.fromisoformat(text)).day} {MONTHS[at.month - 1]} {at.year}"


def count(number: int, one: str, many: str | None = None) -> str:
    """``3 outlets``."""
    return f"{figure(number)} {one if number == 1 else many or one + 's'}"


def figure(number: int) -> str:
    """A number with its thousands set apart (ISO 31-0)."""
    return f"{number:,}".replace(",", "\u202f")


def direction(language: str | None) -> str:
    return "rtl" if language in RTL else "ltr"


def language_name(code: str | None) -> str:
    return LANGUAGES.get(code or "", code or "unknown language")


def words(value: str | None) -> str:
    """A label such as ``think_tank`` as words."""
    return (value or "").replace("_", " ")


def said_by(name: str) -> str:
    """A speaker's name as it begins a line: "spokesman for the hospital" gets a capital."""
    return name[:1].upper() + name[1:]


def about_speaker(speaker: Speaker) -> str:
    """Role and organisation of a speaker, else their kind; nothing that their name says already."""
    said = speaker.name.casefold()
    parts = [part for part in (speaker.role, speaker.organisation) if part and part.casefold() not in said]
    if not parts and speaker.kind != "unknown":
        parts = [words(speaker.kind)]
    if speaker.anonymity == "anonymous":
        parts.append("not named")
    return ", ".join(dict.fromkeys(parts))


def side(value: str) -> str:
    """A side as a label."""
    if value == "third-party":  # no name of anybody
        return "third party"
    return value.upper() if value in ACRONYMS else " ".join(word[:1].upper() + word[1:] for word in value.split("-"))


def strength(value: str, negated: bool = False) -> str:
    """The verb for the strength of a claim."""
    return "denied" if negated else STRENGTHS.get(value, value)


def counted(figure: Figure) -> str:
    """A figure as people say it: ``at least 14 killed``, ``41 drones shot down``."""
    number = figure_text(figure.value)
    of = f" {words(figure.of)}" if figure.of else ""
    return f"{BOUNDS[figure.bound]}{number}{of} {COUNTED.get(figure.what, words(figure.what))}"


def figure_text(value: float) -> str:
    """A number, whole where it is."""
    return figure(int(value)) if value == int(value) else f"{value:g}"


def query_url(path: str, **parameters: str | None) -> str:
    """An address with the parameters that are set."""
    found = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(found, quote_via=quote, safe=':,-')}" if found else path


FILTERS = {
    "hour": hour,
    "full_hour": full_hour,
    "iso": iso,
    "day": day,
    "count": count,
    "figure": figure,
    "counted": counted,
    "said_by": said_by,
    "about_speaker": about_speaker,
    "side": side,
    "dir": direction,
    "language_name": language_name,
    "words": words,
    "strength": strength,
    "outcome_text": lambda outcome: OUTCOMES.get(str(outcome), ""),
}


# --- the text of an article, marked -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body as HTML, and its kind (``model.KINDS``); of a table's row its cells."""

    kind: str
    html: Markup
    cells: tuple[Markup, ...] = ()


@dataclass(slots=True)
class _Mark:
    start: int
    end: int
    opening: str
    closing: str
    rank: int  # the outer of two equal spans comes first


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A link of the outlet: its words, address and host."""

    text: str
    url: str
    host: str


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A body with places and attributions marked where they stand; each attribution's element bears the id ``aN``."""

    lines: tuple[Line, ...] = field(default_factory=tuple)


def marked(article: Article, tags: Tags, known: Container[str]) -> MarkedText:
    """Mark the newest revision's body; speakers in ``known`` (ids of sources) are linked.

    Marks that would cross another are cut at its edge, so that the HTML nests."""
    texts = article.body.split("\n")
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    marks = [*_attribution_marks(tags.attributions, known), *_place_marks(tags.mentions)]
    marks += _link_marks(article.links, starts, [mark for mark in marks if mark.closing == "</a>"])
    lines = []
    for number, (text, start) in enumerate(zip(texts, starts, strict=False)):
        kind = article.kinds[number] if number < len(article.kinds) else "p"
        cells = tuple(_piece(text[at:end], start + at, marks) for at, end in _cells(text)) if kind in ("row", "th") else ()
        lines.append(Line(kind, _piece(text, start, marks), cells))
    return MarkedText(tuple(lines))


def _cells(row: str) -> Iterable[tuple[int, int]]:
    """Where the cells of a row begin and end."""
    at = 0
    for cell in row.split(CELLS):
        yield at, at + len(cell)
        at += len(cell) + len(CELLS)


def _piece(text: str, start: int, marks: Sequence[_Mark]) -> Markup:
    """A piece of the body with the marks that reach into it."""
    end = start + len(text)
    return _nested(text, start, [_cut(mark, start, end) for mark in marks if mark.start < end and mark.end > start])


def _link_marks(links: Sequence[BodyLink], starts: Sequence[int], taken: Sequence[_Mark]) -> Iterable[_Mark]:
    """The outlet's own links, but for what leads to a place or a source of ours already."""
    for link in links:
        start, end = starts[link.line] + link.start, starts[link.line] + link.end
        opening = f'<a class="out" href="{escape(link.url)}" rel="noopener noreferrer external">'
        yield from (_Mark(at, to, opening, "</a>", 3) for at, to in _free(start, end, taken))


def _free(start: int, end: int, taken: Sequence[_Mark]) -> Iterable[tuple[int, int]]:
    """The pieces of a span that no mark covers."""
    at = start
    for mark in sorted((mark for mark in taken if mark.start < end and mark.end > start), key=lambda mark: mark.start):
        if mark.start > at:
            yield at, mark.start
        at = max(at, mark.end)
    if at < end:
        yield at, end


def links_of(article: Article) -> list[LinkOut]:
    """The outlet's links in the text, each address once."""
    texts = article.body.split("\n")
    found: dict[str, LinkOut] = {}
    for link in article.links:
        found.setdefault(link.url, LinkOut(texts[link.line][link.start : link.end], link.url, urlsplit(link.url).hostname or ""))
    return list(found.values())


def _attribution_marks(attributions: Sequence[Attribution], known: Container[str]) -> Iterable[_Mark]:
    for number, attribution in enumerate(attributions, 1):
        speaker = attribution.speaker
        label = escape(f"{speaker.name}: {strength(attribution.cue.strength if attribution.cue else 'neutral', attribution.negated)}")
        for part, span in enumerate(attribution.content):
            ident = f' id="a{number}"' if part == 0 else ""
            yield _Mark(span.start, span.end, f'<mark class="said"{ident} title="{label}">', "</mark>", 0)
        if speaker.start is not None and speaker.end is not None:
            if speaker.source_id and speaker.source_id in known:
                opening = f'<a class="speaker" href="/source/{escape(speaker.source_id)}" title="{escape(speaker.name)}">'
                yield _Mark(speaker.start, speaker.end, opening, "</a>", 1)
            else:
                yield _Mark(speaker.start, speaker.end, f'<span class="speaker" title="{escape(speaker.name)}">', "</span>", 1)


def _place_marks(mentions: Sequence[Mention]) -> Iterable[_Mark]:
    for mention in mentions:
        where = ", ".join((f"{mention.relation} {mention.place.name}".strip(), *mention.place.path_names))
        opening = f'<a class="at {escape(mention.role)}" href="/place/{escape(mention.place.id)}" title="{escape(where)} · {mention.role}">'
        yield _Mark(mention.start, mention.end, opening, "</a>", 2)


def _cut(mark: _Mark, start: int, end: int) -> _Mark:
    return _Mark(max(mark.start, start), min(mark.end, end), mark.opening, mark.closing, mark.rank)


def _nested(text: str, offset: int, marks: Sequence[_Mark]) -> Markup:
    """The text as HTML with the marks nested: an inner one that reaches beyond its outer one is cut there; links do not nest."""
    out: list[str] = []
    stack: list[_Mark] = []
    at = offset

    def advance(to: int) -> None:
        nonlocal at
        out.append(str(escape(text[at - offset : to - offset])))
        at = to

    def close_until(position: int) -> None:
        while stack and stack[-1].end <= position:
            advance(stack[-1].end)
            out.append(stack.pop().closing)

    for mark in sorted(marks, key=lambda m: (m.start, -m.end, m.rank)):
        close_until(mark.start)
        if stack and mark.end > stack[-1].end:
            mark = _Mark(mark.start, stack[-1].end, mark.opening, mark.closing, mark.rank)
        if mark.start < at or (mark.closing == "</a>" and any(outer.closing == "</a>" for outer in stack)):
            continue
        advance(mark.start)
        out.append(mark.opening)
        stack.append(mark)
    close_until(offset + len(text))
    advance(offset + len(text))
    return Markup("".join(out))
