"""Whom a text has met so far, and who of them "he", "the ministry", "the Russian president" or "its spokesman" is."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aggregator.model import Source, Speaker
from aggregator.sources import lexicon as lexicons
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.naming import ARTICLE, DEFINITE, INDEFINITE, PERSON, gender, subjects
from aggregator.sources.registry import Registry, fold, words_of

HEAD_ENDS = re.compile(r"[,(]| (?:of|for|at|in|from|with|who|that|near|fighting|serving|reached|on) ")
POSSESSIVE = re.compile(r"(?:its|their|his|her)\s+", re.IGNORECASE)
PERSONAL = frozenset({"official", "soldier", "civilian", "medical", "expert"})
STRICT = frozenset({"ministry", "military", "security", "police", "government"})  # of which a country has several
GENERIC = frozenset({"official", "leader", fold("посадовець"), fold("чиновник")})  # nouns that take up anybody in office
WEIGHTLESS = frozenset({"based", "own", "same", "latter"})
RELATIVES = re.compile(r"\b(?:who|whose|which)\b[^;]*")  # "whose son is a prisoner" tells nothing of herself
LOOK_BACK = 500  # characters in which the subject of a sentence without speech is taken up by a pronoun
MAX_COUNTRY_WORDS = 4
WITHOUT_ARTICLES = ("uk", "ru")


@dataclass(slots=True)
class Met:
    """The speakers of one document in order of their last attribution, and what else it names."""

    registry: Registry
    lexicon: Lexicon
    masked: str  # the body with its quotations hidden
    speakers: list[Speaker] = field(default_factory=list)
    surnames: dict[str, str] = field(default_factory=dict)  # surname -> full name, of the whole body

    def note(self, speaker: Speaker) -> None:
        """Remember a speaker as the last."""
        self.speakers = [other for other in self.speakers if key_of(other) != key_of(speaker)] + [speaker]

    def pronoun(self, core: str, at: int) -> Speaker | None:
        """Whom a pronoun at an offset of the body stands for; None if it is no pronoun, or nobody fits."""
        value = self.lexicon.pronouns.get(core.lower())
        if value is None:
            return None
        if value in ("p", "r", "x"):
            return self.speakers[-1] if self.speakers else None
        persons = value != "n"
        for speaker in (*self._subjects_before(at), *reversed(self.speakers)):
            if _is_person(speaker) == persons and (not persons or value not in ("m", "f") or _gender(speaker) in (None, value)):
                return speaker
        return None

    def _subjects_before(self, at: int) -> Iterator[Speaker]:
        """Those with whom the sentences since the last mention of a speaker begin, the last first."""
        since = max((s.end for s in self.speakers if s.end is not None and s.end <= at), default=0)
        since = max(since, at - LOOK_BACK)
        for _, name in reversed(list(subjects(self.masked[since:at]))):
            source = self.registry.find(name)
            full = self.surnames.get(name, name)
            if source is not None:
                yield speaker_of(source)
            elif PERSON.fullmatch(full):
                yield Speaker(None, None, "", full)

    def of_theirs(self, core: str, kind: str | None) -> Speaker | None:
        """ "its spokesman": one who speaks for the body met last."""
        match = POSSESSIVE.match(core)
        if match is None or kind != "official" or len(core.split()) > 4:
            return None
        bodies = [s for s in reversed(self.speakers) if s.source_id and s.kind not in PERSONAL]
        return replace(bodies[0], role=core[match.end() :], anonymity="role") if bodies else None

    def spokesman_of(self, core: str, at: int) -> Speaker | None:
        """ "a spokesman for the army": he speaks for the army that is met, or that of the country."""
        spokes = self.lexicon.data.get("spokes")
        match = _spokes_pattern(tuple(spokes)).fullmatch(ARTICLE.sub("", core)) if spokes else None
        if match is None or any(word[:1].isupper() for word in match["body"].split()):
            return None
        body = self.taken_up(match["body"]) or self.of_country(match["body"], at)
        return replace(body, role=core, anonymity="role") if body and body.kind not in PERSONAL else None

    def chief_of(self, core: str) -> Speaker | None:
        """ "the head of Wagner": the one person who is met, or registered, with that body."""
        chiefs = self.lexicon.data.get("chiefs")
        if not chiefs or INDEFINITE.match(core):
            return None
        bare = ARTICLE.sub("", core)
        for pattern in _chief_patterns(tuple(chiefs), self.lexicon.language):
            match = pattern.fullmatch(bare)
            found = self.registry.search(match["body"]) if match else None
            if found is None or found.source.kind == "official":
                continue
            for speaker in reversed(self.speakers):
                if speaker.kind == "official" and speaker.organisation == found.source.name:
                    return speaker
            persons = [s for s in self.registry.sources if s.organisation == found.source.id and s.kind == "official"]
            if len(persons) == 1:
                return speaker_of(persons[0], organisation=found.source.name)
        return None

    def taken_up(self, core: str) -> Speaker | None:
        """ "the ministry", "the think tank", "the Ukrainian leader", "the woman": someone met before, by kind or by words of the name."""
        language = self.lexicon.language
        ordered = [word for _, _, word in words_of(core)]
        if INDEFINITE.match(core) or not ordered:
            return None
        noun = _english_noun(core, self.lexicon) if language == "en" else ordered[0]
        kinds = _kinds(language).get(noun, frozenset())
        if not kinds and not DEFINITE.match(core):
            return None
        head = ordered[-1] if language == "en" else ordered[0]
        countries = {country for word in ordered if (country := self.registry.nations.get(word))}
        words = {word for word in ordered if word not in self.registry.nations}
        rest = words - {word for _, _, word in words_of(noun)} - WEIGHTLESS
        fitting = [s for s in reversed(self.speakers) if not countries or self._country(s) in (*countries, None)]
        bare = language in WITHOUT_ARTICLES
        for speaker in fitting:
            if head in self._heads(speaker) and (words <= self._known(speaker) or bare) and speaker.kind != "government":
                return speaker
        if PERSON.fullmatch(core):
            return None
        for speaker in fitting:
            if speaker.kind in kinds and rest <= self._known(speaker) and not self._is_other(speaker, noun, language):
                return speaker
        lower = all(word[:1].islower() for word in ARTICLE.sub("", core).split())
        for speaker in fitting if lower else ():
            described = speaker.kind in kinds and (speaker.kind != "official" or bare)  # "the extremist group"
            if speaker.kind not in STRICT and (described or head in self._heads(speaker)):
                return speaker
        return self._anybody(core)

    def _is_other(self, speaker: Speaker, noun: str, language: str) -> bool:
        """Whether a speaker has a role of his own that is not the noun's: after "the mayor", "the governor" is somebody else."""
        if speaker.kind != "official" or noun in GENERIC:
            return False
        role = speaker.role or (speaker.name if speaker.anonymity == "role" else "")
        roles = {word for _, _, word in words_of(role)} & _kinds(language).keys()
        return bool(roles) and noun not in roles

    def _anybody(self, core: str) -> Speaker | None:
        """ "the woman": the last person whose gender is not another's."""
        wanted = self.lexicon.data.get("anybody", {}).get(ARTICLE.sub("", core).lower())
        if wanted is None:
            return None
        return next((s for s in reversed(self.speakers) if _is_person(s) and _gender(s) in (None, wanted)), None)

    def of_country(self, core: str, at: int) -> Speaker | None:
        """ "the army" where no army has been met: that of a country met before, else of one that the text names before."""
        words = {word for _, _, word in words_of(core)}
        plain = all(word[:1].islower() for word in ARTICLE.sub("", core).split())
        if not DEFINITE.match(core) or not plain or not 0 < len(words) <= MAX_COUNTRY_WORDS:
            return None
        for country in self._countries(at):
            fitting = self.registry.bodies.get(country, {}).get(frozenset(words), ())
            if len(fitting) == 1:
                return speaker_of(fitting[0])
            if fitting:
                return None
        return None

    def _countries(self, at: int) -> Iterator[str]:
        """Countries of those met, the last first, then those that the text names before an offset."""
        yield from dict.fromkeys(country for s in reversed(self.speakers) if (country := self._country(s)))
        words = words_of(self.masked[max(0, at - LOOK_BACK) : at])
        yield from dict.fromkeys(country for _, _, word in reversed(words) if (country := self.registry.nations.get(word)))

    def _country(self, speaker: Speaker) -> str | None:
        return self.registry.get(speaker.source_id).country if speaker.source_id else None

    def _known(self, speaker: Speaker) -> set[str]:
        """The words by which a speaker is known; of somebody registered, those of the entry too."""
        text = f"{speaker.name} {speaker.role or ''} {speaker.text} {speaker.organisation or ''}"
        if speaker.source_id and speaker.kind == "official":
            text += f" {speaker.source_id.replace('-', ' ')} {self.registry.get(speaker.source_id).basis}"
        return {word for _, _, word in words_of(text)}

    def _heads(self, speaker: Speaker) -> set[str]:
        names = [speaker.name, speaker.role or "", speaker.text]
        if speaker.source_id and speaker.kind == "official":
            names += [speaker.source_id.replace("-", " "), self.registry.get(speaker.source_id).basis]
        return {word for name in names for _, _, word in words_of(HEAD_ENDS.split(name)[0])}


def speaker_of(source: Source, *, role: str | None = None, organisation: str | None = None, anonymity: str = "named") -> Speaker:
    """A source as a speaker, not yet named by any span."""
    return Speaker(
        None,
        None,
        "",
        source.name,
        source_id=source.id,
        kind=source.kind,
        side=source.side,
        role=role,
        organisation=organisation,
        anonymity=anonymity,
    )


def key_of(speaker: Speaker) -> str:
    return speaker.source_id or speaker.name.casefold()


def _is_person(speaker: Speaker) -> bool:
    return speaker.kind in PERSONAL or speaker.kind == "unknown" and speaker.source_id is None and speaker.name[:1].isupper()


def _gender(speaker: Speaker) -> str | None:
    described = RELATIVES.sub("", f"{speaker.text} ; {speaker.role or ''}")
    return gender(speaker.name, described, official=speaker.source_id is not None)


def _english_noun(core: str, lexicon: Lexicon) -> str:
    match = lexicon.noun.search(core.lower()) if lexicon.noun else None
    return match.group(1) if match else core.lower().split()[-1]


@functools.cache
def _kinds(language: str) -> Mapping[str, frozenset[str]]:
    """Noun, or its stem in languages whose nouns come first, -> kinds of those whom it may take up."""
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    people = ((noun, (kind,)) for noun, kind in lexicon.people.items() if kind not in ("unknown", "document"))
    found: dict[str, frozenset[str]] = {}
    for noun, kinds in (*lexicon.nouns.items(), *people):
        key = noun if language == "en" else fold(noun.split()[0])
        found[key] = found.get(key, frozenset()) | frozenset(kinds)
    return found


@functools.cache
def _spokes_pattern(spokes: tuple[str, ...]) -> re.Pattern[str]:
    inner = "|".join(map(re.escape, spokes))
    return re.compile(rf"(?:[a-z]+ )?(?:{inner})\w{{0,3}}(?: (?:for|of|de|du|der|des))? (?P<body>.+)", re.IGNORECASE)


@functools.cache
def _chief_patterns(chiefs: tuple[str, ...], language: str) -> tuple[re.Pattern[str], ...]:
    inner = "|".join(map(re.escape, chiefs))
    if language == "en":
        return (
            re.compile(rf"(?:{inner}) of (?:the )?(?P<body>.+)", re.IGNORECASE),
            re.compile(rf"(?P<body>.+?)(?:['’]s?)? (?:{inner})", re.IGNORECASE),
        )
    return (re.compile(rf"(?:{inner})\w{{0,3}} (?P<body>.+)", re.IGNORECASE),)
