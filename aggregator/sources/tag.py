"""The tagger: from a body to its attributions, those asked for comment, and the wire."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.model import Attribution, Cue, Mention, Quantity, SoughtComment, Span, Via
from aggregator.sources import attribute, channels, dates, english, lexicon, wire
from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.marks import Mark
from aggregator.sources.quotes import OPENS
from aggregator.sources.registry import Registry
from aggregator.sources.speakers import Resolver

SHARED_BY = re.compile(
    r"\b(?:shared|posted|published|released|translated|obtained|circulated|carried|aired|relayed|quoted|cited) by "
    r"(?P<who>[^;.,“\"]{2,60}(?:, who is with [A-Z]\w+)?)"
)
NUMBER_OR_WORD = re.compile(r"\d+(?:[.,\u00a0 ]\d{3})*(?![\d.])|[^\W\d_][\w’'-]*")
WHEN_SHARED = re.compile(r" (?:on \w+day|that|late|early|overnight|as saying|today|yesterday)\b")
BEHIND_NOUN = re.compile(r",| (?:of|from|by|on|in|released|read|published|issued|carried|for|to)\b")
EVENT_ROLES = ("event", "mention", "dateline")


@dataclass(frozen=True, slots=True)
class SourceTags:
    """What tagging found: attributions in text order, whom the outlet asked for comment, the agency's source id."""

    attributions: tuple[Attribution, ...] = ()
    sought_comment: tuple[SoughtComment, ...] = ()
    wire: str | None = None


@dataclass(frozen=True)
class SourceTagger:
    """Tags bodies with the sources of ``registry``; holds no state between two texts."""

    registry: Registry
    completion: attribute.Completion | None = None  # None: the rules alone

    def tag(
        self,
        title: str,
        body: str,
        *,
        language: str | None,
        published: datetime | None,
        outlet: str | None,
        byline: str | None,
        mentions: Sequence[Mention] = (),
        skip: Sequence[Span] = (),
        primary: Sequence[str] = (),
    ) -> SourceTags:
        """Everything that the rules find in ``body``; nothing within ``skip``. A language without a lexicon has its wire only.
        ``primary``: ids of the places that the text is about, the first of which is that of words that name none."""
        agency = wire.detect(body, byline, self.registry)
        words = lexicon.load(language)
        if words is None:
            return SourceTags(wire=agency)
        reading = attribute.read(body, words, skip)
        if self.completion is not None:
            reading = self.completion.complete(body, reading, words, skip)
        resolver = Resolver(self.registry, words, body, reading.masked)
        document = _Document(body, reading, resolver, words, published, outlet, mentions, primary, agency)
        attributions = []
        before: Finding | None = None
        for finding in reading.findings:
            if not finding.content or any(a < b for a, b in finding.content):  # else nothing is left of what was said
                attributions.append(self._attribution(document, finding, before))
                before = finding
        asked = []
        for start, end in reading.asked:
            who = resolver.resolve((start, end))
            asked.append(SoughtComment(start, end, body[start:end], who.source_id))
        return SourceTags(tuple(attributions), tuple(asked), agency)

    def _attribution(self, document: "_Document", finding: Finding, before: Finding | None) -> Attribution:
        """``before``: the finding before it in the text."""
        body, words, resolver = document.body, document.words, document.resolver
        via = [
            found for span in finding.via if (found := self._via(document, span)).source_id != document.agency or document.agency is None
        ]
        for passed_on in via:
            if passed_on.source_id:
                resolver.note(self.registry.get(passed_on.source_id))
        appositive = body[slice(*finding.appositive)] if finding.appositive else None
        speaker = resolver.resolve(finding.antecedent or finding.speaker, appositive)
        if finding.antecedent and finding.speaker:
            speaker = replace(speaker, start=finding.speaker[0], end=finding.speaker[1], text=body[slice(*finding.speaker)])
        content = " ".join(body[a:b] for a, b in finding.content)
        carried = self._carried(document, finding, before, speaker.source_id or speaker.name)
        about = dates.resolve(body, finding.content, document.reading.marks, document.published, words)
        return Attribution(
            speaker=speaker,
            cue=Cue(*finding.cue, body[slice(*finding.cue)], finding.word.lemma, finding.word.strength),
            content=tuple(Span(a, b) for a, b in finding.content if a < b),
            via=tuple(via + [self._via(document, span) for span in carried.via]),
            form=_form(document.reading.masked, finding.content),
            channel=carried.channel,
            said_on=carried.said_on,
            about_from=about.first if about else None,
            about_to=about.last if about else None,
            place_ids=_places(document.mentions, finding, document.primary),
            hedged=bool(words.hedges and document.has(Mark.HEDGE, finding.content) and words.hedges.search(content)),
            negated=finding.negator or finding.word.lemma in words.negations,
            numbers=_numbers(content, words) if document.has(Mark.UNIT, finding.content) else (),
            confidence=_confidence(finding, speaker.source_id, document.reading.masked),
        )

    def _carried(self, document: "_Document", finding: Finding, before: Finding | None, speaker: str) -> channels.Carried:
        """Channel, day of saying and chain that the words around the content name, with what the speaker carries on from before."""
        body, reading, words = document.body, document.reading, document.words
        start, end = finding.sentence
        shared = SHARED_BY.search(body, start, end) if " by " in body[start:end] else None
        spans = (_carrier(body, shared),) if shared and not any(a <= shared.start() < b for a, b in finding.content) else ()
        beside = _outside(start, end, [*finding.content, *_of_another(finding, before)])
        said = dates.resolve(body, beside, reading.marks, document.published, words)
        return document.memory.carry(
            speaker,
            channels.Carried(
                paragraph=max(0, bisect_right(reading.paragraphs, (start, len(body))) - 1),
                channel=self._channel(document, finding) or _document(body, finding.speaker, words),
                said_on=said.first if said and said.first == said.last else None,
                via=spans,
            ),
        )

    def _channel(self, document: "_Document", finding: Finding) -> str | None:
        """The channel that the words around the content name, or that stands within a request ("warned residents in a post on X to …")."""
        body, words = document.body, document.words
        beside = " ".join(body[a:b] for a, b in _outside(*finding.sentence, finding.content))
        named = document.has(Mark.CHANNEL, [finding.sentence, *finding.content])
        if named and words.language == "en" and finding.word.frame == "np":
            masked = document.reading.masked
            beside += " " + " ".join(m.group() for a, b in finding.content for m in english.CHANNEL_INSIDE.finditer(masked, a, b))
        addressee = body[slice(*finding.addressee)] if finding.addressee else None
        return channels.detect(beside, addressee, document.outlet, words, named=named)

    def _via(self, document: "_Document", span: tuple[int, int]) -> Via:
        text = document.body[slice(*span)]
        found = self.registry.search(text)
        meant = document.resolver.met.pronoun(text, span[0]) if found is None else None
        return Via(*span, text, found.source.id if found else meant.source_id if meant else None)


@dataclass(frozen=True, slots=True)
class _Document:
    """What is known of a text while its findings become attributions."""

    body: str
    reading: attribute.Reading
    resolver: Resolver
    words: Lexicon
    published: datetime | None
    outlet: str | None
    mentions: Sequence[Mention]
    primary: Sequence[str]
    agency: str | None
    memory: channels.Memory = field(default_factory=channels.Memory)

    def has(self, mark: Mark, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether a word with this mark stands in one of the spans."""
        return any(self.reading.marks.has(mark, start, end) for start, end in spans)


def _carrier(body: str, shared: re.Match[str]) -> tuple[int, int]:
    """Who shared the words, without when: "released by HUR on Wednesday"."""
    start, end = shared.span("who")
    when = WHEN_SHARED.search(body, start, end)
    return start, when.start() if when else end


def _of_another(finding: Finding, before: Finding | None) -> list[tuple[int, int]]:
    """The clause of another speaker in the same sentence, whose "on Tuesday" is not this one's."""
    if before is None or before.sentence != finding.sentence or finding.speaker is None or before.speaker == finding.speaker:
        return []
    return [(before.cue[0], finding.speaker[0])] if before.cue[0] < finding.speaker[0] < finding.cue[0] else []


def _document(body: str, speaker: tuple[int, int] | None, words: Lexicon) -> str | None:
    """The channel that a speaker is: "a U.N. report from 2022 said"."""
    documents = words.data.get("documents")
    if not documents or speaker is None:
        return None
    text = body[slice(*speaker)].lower()
    if documents.keys().isdisjoint(text.split()):
        return None
    noun = BEHIND_NOUN.split(text)[0].split()[-1:]
    channel: str | None = documents.get(noun[0]) if noun else None
    return channel


def _outside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentence without what is said in it."""
    parts = []
    for a, b in sorted(spans):
        if start <= a < end:
            parts.append((start, a))
            start = max(start, b)
    return [*parts, (start, end)]


def _form(masked: str, content: Sequence[tuple[int, int]]) -> str:
    quoted = [OPENS in masked[a:b] for a, b in content]
    if not any(quoted):
        return "indirect"
    return "direct" if all(masked[a] == OPENS and masked.find("\ue002", a, b) == b - 1 for a, b in content) else "mixed"


def _places(mentions: Sequence[Mention], finding: Finding, primary: Sequence[str]) -> tuple[str, ...]:
    """Places named in the content, else in the sentence, else the first that the text is about; who speaks is no place."""
    spans = finding.content
    inside = [m for m in mentions if m.role in EVENT_ROLES and any(a <= m.start < b for a, b in spans)]
    if not inside:
        start, end = finding.sentence
        inside = [m for m in mentions if m.role in ("event", "mention") and start <= m.start < end]
    return tuple(dict.fromkeys(m.place.id for m in inside)) or tuple(primary[:1])


def _numbers(content: str, words: Lexicon) -> tuple[Quantity, ...]:
    """Numbers with a unit that is counted in war: "at least 14 people … killed"."""
    found = []
    tokens = [(m.start(), m.end(), m.group().lower()) for m in NUMBER_OR_WORD.finditer(content)]
    for index, (start, end, token) in enumerate(tokens):
        value = float(re.sub(r"\D", "", token)) if token[0].isdigit() else words.number_words.get(token)
        if value is None or value == 1 and not token[0].isdigit():
            continue
        near = [words.units[t] for _, _, t in tokens[index + 1 : index + 7] if t in words.units]
        near += [words.units[t] for _, _, t in reversed(tokens[max(0, index - 3) : index]) if t in words.units]
        if near:
            found.append(Quantity(float(value), near[0], content[start:end]))
    return tuple(found)


def _confidence(finding: Finding, source_id: str | None, masked: str) -> float:
    """A rough order, 0..1: quotations with a cue are surest, bare clauses of a verb that takes objects least so."""
    quoted = any(masked[a] == OPENS for a, _ in finding.content)
    base = 0.9 if quoted else 0.75 if finding.word.frame in ("say", "tell") else 0.6
    return round(min(1.0, base + (0.05 if source_id else 0.0)), 2)
