"""Who is meant by the words next to a cue: by name, by kind ("the ministry"), by surname, by pronoun, or by role alone."""

import re
from dataclasses import dataclass, field, replace

from aggregator.model import Source, Speaker
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.registry import Registry, words_of

ARTICLE = re.compile(
    r"(?:the|a|an|this|that|its|his|her|their|le|la|les|un|une|der|die|das|ein|eine|el|los|las|una)\s+|l['’]", re.IGNORECASE
)
DEFINITE = re.compile(r"(?:the|this|that|le|la|l['’]|les|der|die|das|el|los)\b|ال", re.IGNORECASE)
CAPITAL = r"[^\W\d_a-zа-яёіїєґßà-ÿ_][\w’'.-]*"
PERSON = re.compile(rf"{CAPITAL}(?: (?:(?:al|el|de|van|von|bin|ibn|abu|ben|da|du|der|den|of)[ -])?{CAPITAL}){{1,3}}")
TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Adm|Sen|Rep|Gov|Rev)\.?\s|(?:President|Prime Minister"
    r"|Minister|General|Colonel|Major|Captain|Lieutenant|Governor|Senator|Secretary|Sheikh|Ayatollah"
    r"|Brigadier|Admiral|Professor|Foreign|Defen[cs]e|State|Ambassador|King|Pope|Chancellor|Sergeant)\b\s?"
)
PERSON_WORD = re.compile(CAPITAL)
OF = re.compile(r"\b(?:of|for|from|with|at|in|to|by)\b|['’]s?$")
AGAINST = re.compile(r"\b(?:of|against|about|by|with|from|between|near|outside)\s+(?:the\s+)?$")
HEAD_ENDS = re.compile(r"[,(]| (?:of|for|at|in|from|with|who|that|near|fighting|serving|reached|on) ")
AGE = re.compile(r"^(?:aged )?\d{1,3}(?:,\s*|$)")
NO_ROLE = re.compile(r"(?:who|whose|which|whom|in|on|at|speaking|citing|reached)\b")
POSSESSIVE = re.compile(r"(?:its|their|his|her)\s+", re.IGNORECASE)
BEHIND = re.compile(r"^(?:['’]s)?[\s()«»\"]*")
EXPERT_BODIES = frozenset({"think_tank", "ngo", "osint", "international", "maritime"})
PERSONAL = frozenset({"official", "soldier", "civilian", "medical", "expert"})
LOWER_NAME_LANGUAGES = ("ar", "he", "fa")


@dataclass(slots=True)
class Resolver:
    """Resolves the speakers of one document in reading order; remembers whom it has met."""

    registry: Registry
    lexicon: Lexicon
    body: str
    met: list[Speaker] = field(default_factory=list)  # in order of their last attribution
    people: dict[str, str] = field(default_factory=dict)  # surname -> full name, of the whole body

    def __post_init__(self) -> None:
        for match in PERSON.finditer(self.body):
            name = TITLE.sub("", match.group())
            if " " in name:
                self.people.setdefault(name.split()[-1].removesuffix("'s").removesuffix("’s"), name)

    def resolve(self, span: tuple[int, int] | None, appositive: str | None = None) -> Speaker:
        """The speaker whom ``span`` of the body names next; without a span, the speaker met last."""
        if span is None:
            last = self.met[-1] if self.met else Speaker(None, None, "", "", anonymity="anonymous")
            return replace(last, start=None, end=None, text="")
        start, end = span
        text = self.body[start:end]
        speaker = self._who(text, appositive)
        speaker = replace(speaker, start=start, end=end, text=text)
        self.met = [other for other in self.met if _key(other) != _key(speaker)] + [speaker]
        return speaker

    def _who(self, text: str, appositive: str | None) -> Speaker:
        core = text.split(",")[0].split("،")[0].strip(' “”"«»')
        role = AGE.sub("", appositive.strip(" ,")) if appositive else None
        if role is not None and (not role or NO_ROLE.match(role)):
            role = None
        return (
            self._pronoun(core)
            or self._of_theirs(core)
            or self._surname(core)
            or self._registered(core, role)
            or self._taken_up(core)
            or self._person(core, role)
            or self._of_country(core)
            or self._role_only(core)
            or _plain(core, role)
        )

    def note(self, source: Source) -> None:
        """Remember a source that the text names without giving it the floor, as one through whom words came."""
        speaker = _of(source)
        self.met = [other for other in self.met if _key(other) != _key(speaker)] + [speaker]

    def _of_theirs(self, core: str) -> Speaker | None:
        """ "its spokesman": one who speaks for the body met last."""
        match = POSSESSIVE.match(core)
        if match is None or self._people_kind(core) != "official" or len(core.split()) > 4:
            return None
        bodies = [s for s in reversed(self.met) if s.source_id and s.kind not in PERSONAL]
        return replace(bodies[0], role=core[match.end() :], anonymity="role") if bodies else None

    def _of_country(self, core: str) -> Speaker | None:
        """ "the army" where no army has been met: the only one of the country of those met last."""
        match = self.lexicon.noun.search(core.lower()) if self.lexicon.noun else None
        words = {word for _, _, word in words_of(core)}
        if match is None or not DEFINITE.match(core) or len(words) != 1:
            return None
        kinds = set(self.lexicon.nouns[match.group(1)]) & {"military", "ministry"}
        for speaker in reversed(self.met):
            country = self.registry.get(speaker.source_id).country if speaker.source_id else None
            if country is None:
                continue
            fitting = [
                s
                for s in self.registry.sources
                if s.country == country and s.kind in kinds and any(words <= set(_tokens(a)) for a in _names(s))
            ]
            return _of(fitting[0]) if len(fitting) == 1 else None
        return None

    def _pronoun(self, core: str) -> Speaker | None:
        gender = self.lexicon.pronouns.get(core.lower())
        if gender is None:
            return None
        persons = gender in ("m", "f", "i")
        for speaker in reversed(self.met):
            is_person = speaker.kind in PERSONAL or speaker.kind == "unknown" and speaker.anonymity == "named" and " " in speaker.name
            if gender in ("p", "r") or is_person == persons:
                return speaker
        return self.met[-1] if self.met else None

    def _surname(self, core: str) -> Speaker | None:
        """A surname alone: somebody met before in this text comes before the registry."""
        name = TITLE.sub("", core).strip()
        if " " in name or name[:1].islower():
            return None
        for speaker in reversed(self.met):
            if " " in speaker.name and speaker.name.split()[-1] == name and speaker.kind in PERSONAL | {"unknown"}:
                return speaker
        return None

    def _registered(self, core: str, role: str | None) -> Speaker | None:
        found = self.registry.search(core)
        if found is None:
            return self._place_of_role(core)
        source = found.source
        before, after = core[: found.start], core[found.end :]
        if source.kind != "official":
            person = PERSON.search(after)
            if person:
                between = BEHIND.sub("", after[: person.start()]).strip()
                if self._people_kind(f"{before} {between} {person.group().split()[0]}") is not None:
                    words = f"{core[: found.end] if before else ''} {between}".strip()
                    return Speaker(None, None, "", person.group(), kind="official", side=source.side, role=words, organisation=source.name)
            kind = self._people_kind(before)
            if kind is not None and (self.lexicon.language != "en" or OF.search(before)):
                if kind == "expert" and source.kind in EXPERT_BODIES:
                    return _of(source, role=core, anonymity="role")
                if kind != "official":
                    return None
                unit = len(before.split()) > (2 if self.lexicon.language == "en" else 1) and PERSON_WORD.search(before.split(" ", 1)[-1])
                speaker = _of(source, role=core, anonymity="role")
                return replace(speaker, name=core, source_id=None, organisation=source.name) if unit else speaker
            if AGAINST.search(before):
                return None
            if self._people_kind(after) is not None:
                return _of(source, role=core, anonymity="role")
            if before.strip() and PERSON.search(before) and len(before.split()) > 3:
                return None
        return _of(
            source, role=role or (before.strip(" ,") if self._people_kind(before) else None), organisation=self._name(source.organisation)
        )

    def _place_of_role(self, core: str) -> Speaker | None:
        """ "Officials in the United Arab Emirates": an office of a government named by its country."""
        match = re.fullmatch(r"(?P<who>.{3,60}?) (?:in|of|from) (?P<where>.{3,40})", core)
        if (
            match
            and self._people_kind(match["who"]) == "official"
            and re.search(r"\b(?:officials?|authorities|government|diplomats?)\b", match["who"].lower())
        ):
            source = self.registry.find(match["where"])
            if source is not None and source.kind == "government":
                return _of(source, role=core, anonymity="role")
        return None

    def _taken_up(self, core: str) -> Speaker | None:
        """ "the ministry", "the think tank", "the network", "the soldier": someone met before, by kind or by the words of the name."""
        lowered = core.lower()
        match = self.lexicon.noun.search(lowered) if self.lexicon.noun else None
        noun = match.group(1) if match else None
        ordered = _tokens(core)
        words = set(ordered)
        if noun is None and not DEFINITE.match(core):
            return None
        kinds = self.lexicon.nouns.get(noun or "", ())
        rest = words - {word for _, _, word in words_of(noun or "")} - _nations()
        rest = {word for word in rest if word not in ("based", "own", "same", "latter")}
        for speaker in reversed(self.met):
            known = {word for _, _, word in words_of(f"{speaker.name} {speaker.role or ''} {speaker.text} {speaker.organisation or ''}")}
            heads = {word for name in (speaker.name, speaker.role or "") for word in _tokens(HEAD_ENDS.split(name)[0])}
            if ordered and ordered[-1] in heads and words - _nations() <= known and speaker.kind != "government":
                return speaker
            if kinds and speaker.kind in kinds and (rest <= known or not rest) and not PERSON.fullmatch(core):
                return speaker
        return None

    def _person(self, core: str, role: str | None) -> Speaker | None:
        name = TITLE.sub("", core).strip()
        matches = list(PERSON.finditer(name))
        if not matches:
            bare = re.fullmatch(CAPITAL, name)
            full = self.people.get(name) if bare else None
            if full is None:
                return None
            found = self.registry.search(full)
            return _of(found.source, role=role) if found else Speaker(None, None, "", full, kind="unknown", role=role)
        match = matches[-1]
        before = name[: match.start()].strip(" ,'’s")
        label = role or (before if before and before.lower() not in ("the", "a") else None)
        if match.group().startswith("The ") or core.startswith("The "):
            return None
        kind = self._people_kind(label or "") or "unknown"
        found = self.registry.search(label) if label else None
        org = found.source if found and found.source.kind != "official" else None
        return Speaker(
            None,
            None,
            "",
            match.group(),
            kind=kind,
            side=org.side if org else "unknown",
            role=label,
            organisation=org.name if org else None,
        )

    def _role_only(self, core: str) -> Speaker | None:
        kind = self._people_kind(core)
        if kind is None:
            return None
        name = ARTICLE.sub("", core, count=1)
        anonymity = "role" if kind in ("official", "soldier", "police", "emergency", "medical") else "anonymous"
        return Speaker(None, None, "", name, kind=kind, role=name, anonymity=anonymity)

    def _people_kind(self, text: str) -> str | None:
        for word in reversed(re.findall(r"[\w’'-]+", text.lower())):
            kind = self.lexicon.people.get(word) or self.lexicon.people.get(word.removesuffix("'s").removesuffix("’s"))
            if kind is not None:
                return kind
        return None

    def _name(self, ident: str | None) -> str | None:
        return self.registry.get(ident).name if ident else None


def _of(source: Source, *, role: str | None = None, organisation: str | None = None, anonymity: str = "named") -> Speaker:
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


def _names(source: Source) -> tuple[str, ...]:
    return (source.name, *(alias for group in source.aliases.values() for alias in group))


def _tokens(text: str) -> list[str]:
    return [word for _, _, word in words_of(text)]


def _plain(core: str, role: str | None) -> Speaker:
    name = ARTICLE.sub("", core, count=1) if core[:1].islower() else core
    return Speaker(None, None, "", name, role=role, anonymity="named" if any(c.isupper() for c in name) else "anonymous")


def _key(speaker: Speaker) -> str:
    return speaker.source_id or speaker.name.casefold()


NATIONS = "uk us russia ukraine israel iran syria lebanon palestine turkey sudan congo yemen china"


def _nations() -> set[str]:
    return set(NATIONS.split())
