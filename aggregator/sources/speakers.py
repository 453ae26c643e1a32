"""Who is meant by the words next to a cue: by name, by kind ("the ministry"), by surname, by pronoun, or by role alone."""

import functools
import re
from dataclasses import dataclass, field, replace

from aggregator.model import Source, Speaker
from aggregator.sources import lexicon as lexicons
from aggregator.sources.anaphora import Met, speaker_of
from aggregator.sources.lexicon import Lexicon
from aggregator.sources.naming import ARTICLE, FROM_PLACE, INDEFINITE, PERSON, SINGLE, TRAILING, introduced, untitled
from aggregator.sources.registry import Registry

OF = re.compile(r"\b(?:of|for|from|with|at|in|to|by)\b|['’]s?$")
AGAINST = re.compile(r"\b(?:of|against|about|by|with|from|between|near|outside)\s+(?:the\s+)?$")
AGE = re.compile(r"^(?:aged )?\d{1,3}(?:,\s*|$)")
NO_ROLE = re.compile(r"(?:who|whose|which|whom|in|on|at|speaking|citing|reached)\b")
BEHIND = re.compile(r"^(?:['’]s)?[\s()«»\"]*")
CLAUSE = re.compile(r"\s+(?:who|which|that|qui|que|quien|который|которая|які?й?|яка|der|die)\b.*", re.DOTALL)
PLACED = re.compile(r"^[ВвУу]о?\s+(?=[^\W\d_])")  # "В Пекине призвали": the place speaks
SPOKESPERSONS = ("spoke", "press", "речни", "пресс", "представит", "porte", "portavoz", "sprecher", "متحدث", "דובר")
EXPERT_BODIES = frozenset({"think_tank", "ngo", "osint", "international", "maritime"})
COMMA = re.compile(r",\s")
FULL_STOP = re.compile(r"\w{4,}\.")  # two sentences rather than a name
LINKED = re.compile(r"-(?:linked|backed|affiliated|aligned|controlled|installed|owned|led|based|born|appointed|friendly)\b")
LEADS_TO_PLACE = re.compile(r"(?:^|\s)(?:из|с|в|во|на|у|з|із|зі|de|du|à|aus|von|in|en)$", re.IGNORECASE)
CASELESS = ("ar", "he")
ROLE_WORD = re.compile(r"[\w’'-]+")
PARTS = re.compile("[,،]")
ROLE_KINDS = ("official", "soldier", "police", "emergency", "medical")


@dataclass(slots=True)
class Resolver:
    """Resolves the speakers of one document in reading order; remembers whom it has met."""

    registry: Registry
    lexicon: Lexicon
    body: str
    masked: str = ""  # the body with its quotations hidden
    met: Met = field(init=False)

    def __post_init__(self) -> None:
        surnames: dict[str, str] = {}
        for match in PERSON.finditer(self.body):
            name = untitled(match.group())
            if " " in name and not ("." in name and FULL_STOP.search(name)):
                surnames.setdefault(name.split()[-1].removesuffix("'s").removesuffix("’s"), name)
        self.met = Met(self.registry, self.lexicon, self.masked or self.body, surnames=surnames)

    def resolve(self, span: tuple[int, int] | None, appositive: str | None = None) -> Speaker:
        """The speaker whom ``span`` of the body names next; without a span, the speaker met last."""
        if span is None:
            last = self.met.speakers[-1] if self.met.speakers else Speaker(None, None, "", "", anonymity="anonymous")
            return replace(last, start=None, end=None, text="")
        start, end = span
        text = self.body[start:end]
        speaker = replace(self._who(text, appositive, start), start=start, end=end, text=text)
        self.met.note(speaker)
        return speaker

    def note(self, source: Source) -> None:
        """Remember a source that the text names without giving it the floor, as one through whom words came."""
        self.met.note(speaker_of(source))

    def _who(self, text: str, appositive: str | None, at: int) -> Speaker:
        pieces = [piece.strip(' “”"«»') for piece in PARTS.split(text)]
        core, role = PLACED.sub("", pieces[0]), AGE.sub("", appositive.strip(" ,")) if appositive else None
        role = COMMA.split(role)[0] if role else role
        if role is not None and (not role or NO_ROLE.match(role)):
            role = None
        if role is None and len(pieces) > 1 and self._people_kind(pieces[1]) and not NO_ROLE.match(pieces[1]):
            role = pieces[1]
        behind = self._behind_comma(core, pieces[1:])
        if behind is not None:
            core, role = behind, core
        return (
            self.met.pronoun(core, at)
            or self.met.of_theirs(core, self._people_kind(core))
            or self._introduced(core, text, appositive)
            or self._surname(core)
            or self.met.chief_of(core)
            or self.met.spokesman_of(core, at)
            or self._registered(core, role)
            or self.met.taken_up(core)
            or self._trailing(core)
            or self._person(core, role)
            or self.met.of_country(core, at)
            or self._role_only(core)
            or _plain(core, role)
        )

    def _behind_comma(self, core: str, others: list[str]) -> str | None:
        """The name in "the mayor, Ihor Terekhov": a person's behind somebody's role."""
        if not others or self._people_kind(core) is None:
            return None
        for piece in others:
            found = self.registry.find(piece)
            if found is not None and found.kind == "official" or PERSON.fullmatch(untitled(piece).strip()):
                return piece
        return None

    def _introduced(self, core: str, text: str, appositive: str | None) -> Speaker | None:
        """ "a medic who uses the call sign Myshka", "a student named Denys"."""
        kind = self._people_kind(core)
        name = introduced(f"{text} {appositive or ''}", self.lexicon.data.get("named", ())) if kind else None
        return Speaker(None, None, "", name, kind=kind or "unknown", role=CLAUSE.sub("", core)) if name else None

    def _surname(self, core: str) -> Speaker | None:
        """A surname alone: somebody met before in this text comes before the registry."""
        name = untitled(core).strip()
        if " " in name or name[:1].islower():
            return None
        for speaker in reversed(self.met.speakers):
            if " " in speaker.name and speaker.name.split()[-1] == name and speaker.kind in ("official", "unknown", *ROLE_KINDS, "expert"):
                return speaker
        return None

    def _registered(self, core: str, role: str | None) -> Speaker | None:
        if self.lexicon.language != "en":
            core = ARTICLE.sub("", core)
        core = CLAUSE.sub("", core)
        found = self.registry.search(core)
        if found is None or LINKED.match(core, found.end):
            return self._place_of_role(core)
        source = found.source
        before, after = core[: found.start], core[found.end :]
        if source.kind != "official":
            late = self.registry.search(after) if after.strip() else None
            if late is not None and late.source.kind == "official":
                return speaker_of(
                    late.source, role=core[: found.end + late.start].strip(), organisation=self._name(late.source.organisation)
                )
            person = PERSON.search(after)
            if person:
                between = BEHIND.sub("", after[: person.start()]).strip()
                if self._people_kind(f"{before} {between} {person.group().split()[0]}") is not None:
                    words = f"{core[: found.end] if before else ''} {between}".strip()
                    return Speaker(None, None, "", person.group(), kind="official", side=source.side, role=words, organisation=source.name)
            if self._is_nobody(core, source):
                return self._role_of(core, source)
            kind = self._people_kind(before)
            if kind is not None and (self.lexicon.language != "en" or OF.search(before)):
                if kind == "expert" and source.kind in EXPERT_BODIES:
                    return speaker_of(source, role=core, anonymity="role")
                if kind != "official":
                    return None
                unit = len(before.split()) > (2 if self.lexicon.language == "en" else 1) and SINGLE.search(before.split(" ", 1)[-1])
                speaker = speaker_of(source, role=core, anonymity="role")
                return replace(speaker, name=core, source_id=None, organisation=source.name) if unit else speaker
            if AGAINST.search(before):
                return None
            if self._people_kind(after) is not None:
                return speaker_of(source, role=core, anonymity="role")
            if before.strip() and PERSON.search(before) and len(before.split()) > 3:
                return None
        return speaker_of(
            source, role=role or (before.strip(" ,") if self._people_kind(before) else None), organisation=self._name(source.organisation)
        )

    def _is_nobody(self, core: str, source: Source) -> bool:
        """Whether "a U.S. official" or "two Israeli diplomats" say it: nobody whom a government has asked to speak."""
        if source.kind != "government" or not INDEFINITE.match(core) or self._people_kind(core) != "official":
            return False
        return not any(word.lower().startswith(SPOKESPERSONS) for word in re.findall(r"[\w-]+", core))

    def _role_of(self, core: str, source: Source) -> Speaker:
        name = ARTICLE.sub("", CLAUSE.sub("", core), count=1)
        return Speaker(None, None, "", name, kind="official", side=source.side, role=name, organisation=source.name, anonymity="role")

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
                return self._role_of(core, source) if self._is_nobody(core, source) else speaker_of(source, role=core, anonymity="role")
        return None

    def _trailing(self, core: str) -> Speaker | None:
        """A name at the end of a role, in languages that put no comma between them: "речник штабу Петро Яценко"."""
        if self.lexicon.language in ("en", *CASELESS):
            return None
        if core.split(" ")[0].lower() in self.lexicon.people:
            core = core[:1].lower() + core[1:]
        alone = FROM_PLACE.fullmatch(core)
        match = None if alone else TRAILING.fullmatch(ARTICLE.sub("", core))
        if alone is None and match is None:
            return None
        name = alone["name"] if alone else match["name"] if match else ""
        role = match["role"] if match else None
        first = (role or "").split(" ")[0].lower()
        dwells = " " not in f"{role}{name}" and first.startswith(tuple(self.lexicon.data.get("dwellers", ())))  # then the name is a place's
        if match and (dwells or self._people_kind(role or "") is None or LEADS_TO_PLACE.search(role or "")):
            return None
        found = self.registry.search(name)
        if found is not None and found.source.kind == "official":
            return speaker_of(found.source, role=role)
        return Speaker(None, None, "", name, kind=self._people_kind(role or "") or "unknown", role=role)

    def _person(self, core: str, role: str | None) -> Speaker | None:
        name = untitled(ARTICLE.sub("", core)).strip()
        matches = list(PERSON.finditer(name))
        if not matches:
            bare = SINGLE.fullmatch(name)
            full = self.met.surnames.get(name) if bare else None
            if full is None:
                return None
            found = self.registry.search(full)
            return speaker_of(found.source, role=role) if found else Speaker(None, None, "", full, kind="unknown", role=role)
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
        name = ARTICLE.sub("", CLAUSE.sub("", core), count=1)
        return Speaker(None, None, "", name, kind=kind, role=name, anonymity="role" if kind in ROLE_KINDS else "anonymous")

    def _people_kind(self, text: str) -> str | None:
        return _kind_of_people(text, self.lexicon.language)

    def _name(self, ident: str | None) -> str | None:
        return self.registry.get(ident).name if ident else None


@functools.lru_cache(maxsize=5_000)
def _kind_of_people(text: str, language: str) -> str | None:
    """Kind of the last noun for people in a phrase; cached, since a speaker is looked at from many sides."""
    lexicon = lexicons.load(language)
    assert lexicon is not None, language
    for word in reversed(ROLE_WORD.findall(text.lower())):
        kind = lexicon.people.get(word) or lexicon.people.get(word.removesuffix("'s").removesuffix("’s"))
        if kind is not None:
            return kind
    return None


def _plain(core: str, role: str | None) -> Speaker:
    name = ARTICLE.sub("", core, count=1) if core[:1].islower() else core
    return Speaker(None, None, "", name, role=role, anonymity="named" if any(c.isupper() for c in name) else "anonymous")
