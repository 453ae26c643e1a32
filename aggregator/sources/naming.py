"""Names of persons in a phrase: titles before them, roles beside them, words that introduce them, and what a name tells of gender."""

import re
from collections.abc import Iterator, Sequence

from aggregator.sources.phrases import LEAD, PREPOSITION

ARTICLE = re.compile(
    r"^(?:(?:the|a|an|this|that|its|his|her|their|le|la|les|un|une|der|die|das|dem|den|des|ein|eine|einer|einem|el|los|las|una)\s+|l['’])",
    re.IGNORECASE,
)
DEFINITE = re.compile(r"(?:the|this|that|le|la|l['’]|les|der|die|das|dem|den|el|los)\b|ال", re.IGNORECASE)
INDEFINITE = re.compile(
    r"(?:an?|one|two|three|four|five|six|several|some|many|other|another|senior|unnamed|un|une|des|plusieurs|una|unos|varios|ein|eine|mehrere)\s",
    re.IGNORECASE,
)
CAPITAL = r"[^\W\d_a-zа-яёіїєґßà-ÿ_][\w’'.-]*"
PARTICLE = r"(?:al|el|de|van|von|bin|ibn|abu|ben|da|du|der|den|of|аль|аш|абу|бин)"
PERSON = re.compile(rf"{CAPITAL}(?: (?:{PARTICLE}[ -])?{CAPITAL}){{1,3}}")
SINGLE = re.compile(CAPITAL)
TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Adm|Rear|Sen|Rep|Gov|Rev)\.?\s|(?:President|Prime Minister"
    r"|Minister|General|Colonel|Major|Captain|Lieutenant|Governor|Senator|Secretary|Sheikh|Ayatollah"
    r"|Brigadier|Admiral|Professor|Foreign|Defen[cs]e|State|Ambassador|King|Pope|Chancellor|Sergeant)\b\s?"
)
TITLE_WORDS = frozenset(word for word in re.split(r"\W+", TITLE.pattern) if word[:1].isupper())
LINKS = "de|du|des|del|della|la|le|les|los|las|el|au|aux|en|of|the|for|für|der|die|das|dem|den|von|vom|zum|zur|para|per|do|dos"
# A name at the end of a phrase behind a role in lower case; a place may follow it: "пенсионер Николай из Балаклеи". What an article or "of"
# ties to the role is of the role: "ministre de la Défense" names nobody.
TRAILING = re.compile(
    rf"(?P<role>(?:.*?(?<!\w))??(?!(?:{LINKS})\b)\w*?[^\W\dA-ZА-ЯІЇЄҐ_]\w*[»\"]?) (?P<name>{CAPITAL}(?: (?:{PARTICLE}[ -])?{CAPITAL})*)"
    rf"(?: (?:из|с|із|з|зі|в|у|de|aus|from) {CAPITAL})?$"
)
FROM_PLACE = re.compile(rf"(?P<name>{CAPITAL}(?: {CAPITAL})?) (?:из|із|з) {CAPITAL}$")
FEMALE_WORDS = re.compile(
    r"\b(?:she|her|woman|mother|wife|daughter|sister|widow|girl|grandmother|aunt|spokeswoman|policewoman|actress|nun)\b", re.IGNORECASE
)
MALE_WORDS = re.compile(
    r"\b(?:he|his|man|father|husband|son|brother|widower|boy|grandson|grandfather|uncle|spokesman|policeman|monk)\b", re.IGNORECASE
)
MALE_IN_A = frozenset(
    word
    for line in (
        "mykola nikola nikita ilya illia danila danylo kuzma luka foma sasha joshua mustafa moussa musa issa isa abu andrea borja aga agha",
        "микола никола нікіта никита ілля илья данила кузьма лука фома саша муса абу",
    )
    for word in line.split()
)


SUBJECT = re.compile(rf"(?:^|[.!?…”\"»]\s+|\n\s*)(?:The )?(?P<name>{CAPITAL}(?: {CAPITAL}){{0,3}})(?=[\s,])")


def gender(name: str, words: str, *, official: bool) -> str | None:
    """m, f or None where nothing tells: by the words beside a name, else by the ending of its first part. ``official``: somebody of
    the registry, most of whom are men."""
    female, male = FEMALE_WORDS.search(words), MALE_WORDS.search(words)
    if bool(female) != bool(male):
        return "f" if female else "m"
    if not name[:1].isupper():
        return None
    first = name.split()[0].lower()
    if first.endswith(("a", "а", "я")):
        return "m" if first in MALE_IN_A else "f"
    return "m" if official else None


def untitled(name: str) -> str:
    """The name without the titles in it."""
    if TITLE_WORDS.isdisjoint(name.replace(".", "").split()):
        return name
    return TITLE.sub("", name)


def introduced(text: str, words: Sequence[str]) -> str | None:
    """The name that one of ``words`` introduces: "a medic who uses the call sign Myshka"."""
    if not words:
        return None
    inner = "|".join(map(re.escape, words))
    match = re.search(rf"(?<!\w)(?i:{inner})\b,? [“\"«]?(?P<name>{CAPITAL}(?: {CAPITAL})?)", text)
    return match["name"].strip(".,'’") if match else None


def subjects(text: str) -> Iterator[tuple[int, str]]:
    """(offset, name) of the capitalised words that sentences of a text begin with."""
    for match in SUBJECT.finditer(text):
        if not PREPOSITION.match(match["name"]) and not LEAD.match(match["name"] + " "):
            yield match.start("name"), match["name"]
