"""Noun phrases of English around a cue, found by commas, capitals and the words that begin or end a phrase."""

import re
from collections.abc import Iterator

from aggregator.sources.quotes import CLOSES, OPENS

Bounds = tuple[int, int]


def _listed(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Jan\\.?|Feb\\.?"
    "|Aug\\.?|Sept\\.?|Oct\\.?|Nov\\.?|Dec\\.?"
)
WHEN = (
    rf"(?:(?:late |early )?(?:on |last |this |next )?(?:{DAYS})(?: (?:morning|afternoon|evening|night))?"
    rf"|(?:on )?(?:{MONTHS}) \d{{1,2}}(?:, \d{{4}})?"
    rf"|(?:on )?\d{{1,2}} (?:{MONTHS})"
    r"|(?:in )?(?:last|this|that) (?:week|month|year|summer|spring|fall|autumn|winter)|in \d{4}|today|yesterday"
    rf"|earlier(?: this week)?|later|overnight|at the time|again|in (?:{MONTHS})(?: \d{{4}})?)"
)
FINITE = re.compile(
    r"\b(?:was|were|is|are|am|has|have|had|will|would|did|does|do|can|could|should|be|been|isn't|wasn't|weren't|didn't|won't)\b"
)
TRAILING = re.compile(
    r"(?:^|(?<=[\s,]))(?:(?:also|has|have|had|later|earlier|then|once|repeatedly|previously|would|will|might"
    r"|may|could|further|again|now|never|always|first|recently|instead"
    r"|already|since|further|still|not|did|does|both|all|often|sometimes|just|soon|even|in particular|\w{3,}ly|"
    rf"is|are|was|were|’s|{WHEN})[\s,]*)+$"
)
# Words behind which a verb has no subject of its own.
# How a text ends in which TRAILING finds something, spaces and commas apart.
TRAILING_ENDS = (
    *DAYS.split("|"),
    *MONTHS.replace("\\.?", "").split("|"),
    *_listed(
        "also has have had later earlier then once repeatedly previously would will might may could further again now never always first",
        "recently instead already since still not did does both all often sometimes just soon even particular ly is are was were ’s",
        "morning afternoon evening night week month year",
        "summer spring fall autumn winter today yesterday overnight time . 0 1 2 3 4 5 6 7 8 9",
    ),
)
# Words behind which a verb has no subject of its own.
NO_SUBJECT = frozenset(
    _listed(
        "to the a an his her its their our my your of for by in on at with from into be been being is are was were this these no any some",
        "such as than not more what how why where when if because about must should can cannot let or",
    )
)
JOINT = re.compile(r"\b(?:and|but|or)$")
CONJUNCTIONS = frozenset(
    _listed(
        "that because while when after before as if although though where but whereas since until so which whether what how whatever",
    )
)
BREAK_MARK = re.compile(rf"[{CLOSES};:—–(]|--")
BREAK = re.compile(
    rf"{CLOSES},?|[;:—–]|\((?![^)]*\))| -- |\b(?:{'|'.join(sorted(CONJUNCTIONS, key=len, reverse=True))})\s",
    re.IGNORECASE,
)
LEAD = re.compile(
    rf"\s*(?:(?:And|But|Yet|Still|So|Also|Then|Meanwhile|Later|Now|However|Earlier|Separately|Instead|Nevertheless"
    rf"|Afterwards?|Previously|Today|Yesterday|Likewise|Moreover|Indeed|Overall|Because|Even|Perhaps"
    rf"|(?:On |Last |This |Late |Early )?(?:{DAYS})|[Ii]n \d{{4}}|Last (?:week|month|year)|This (?:week|month"
    rf"|year)|and|but|or|yet|then)\b[\s,]*)+"
)
NP_START = re.compile(
    r"(?:[A-Z0-9]|[a-z]+ [A-Z]|the |a |an |his |her |its |their |our |my |he\b|she\b|they\b|it\b|we\b|I\b|one |two |three "
    r"|four |five |several |some |many |most |both |local |senior |another |other |officials|residents|witnesses"
    r"|analysts|experts|medics|authorities|activists|critics|police|sources|doctors|researchers|rescuers|(?:[a-z-]+ ){0,2}[a-z]+s\b)"
)
PREPOSITION = re.compile(
    r"(?:In|At|On|After|With|During|For|Under|From|By|Since|Before|Within|Among|Despite|Through|To|Of|Over|Amid"
    r"|As|If|When|While|Although|Though|Because|Following|About|Asked|Speaking|There)\b"
)
STATE = r"(?:(?:[RDI]-)?(?:[A-Z][a-z]{1,4}\.|[A-Z]\.[A-Z]\.)|[RDI]-[A-Z]\w+\.?)"  # "Ann Holt, R-Ky.", "of Flint, Mich."
APPOSITIVE = re.compile(
    rf"\s*(?:{STATE}\s*$"
    rf"|(?:[A-Z][\w.-]* ?)+['’]s?\s[a-z]|\d{{1,3}}$|aged \d+|an?\s|the\s|one\s|who\b|which\b|whose\b|whom\b|speaking\b|citing\b"
    r"|in an? |in its"
    r"|in his|in her|in their|on |at |also |himself|herself|[a-z]|[A-Z][\w’'.-]*(?: [\w’'.-]+){0,4}? (?:of|for"
    r"|at|to|in)\b"
    r"|[\w’'.-]+(?: [\w’'.-]+){0,5} ?(?:official|spokes\w+|minister|governor|mayor|commander|director|head|chief"
    r"|leader|analyst|professor|officer|soldier|president|senator|chairman|general|expert|researcher|secretary)s?\b)"
)
CLAUSE_LIKE = re.compile(
    r"\s*(?:who|which|whose|whom|speaking|citing|in|on|at|also|when|while|where|after|before|as|using|referring|\w+ing)\b"
)
TRAIL_NP = re.compile(
    r"(?:(?:[A-Z][\w.’'-]+(?: (?:of|the|for|and|al|de|van|von))?\s?){1,6}|\b(?:the|a|an|his|her|its|their|one"
    r"|two|another)\s(?:[\w’'-]+\s?){1,4}|\b(?:he|she|they|it|we|I))$"
)
STOP_NP = re.compile(
    rf"[,.;:?!)({OPENS}—–]| (?:who|which|that|in an?|in his|in her|in its|during|after|before|when|while|as|about"
    rf"|and (?:he|she|they|it|the)|adding|on (?:{DAYS}|his|her|its|Twitter|Telegram|Facebook|X\b|CNN|Fox|NBC"
    rf"|ABC|CBS|MSNBC)"
    rf"|at (?:a|an|the)|(?:last|this) (?:week|month|year)|(?:{DAYS})|has|have|is|was|were|are|had|via|via|to (?:reporters"
    rf"|journalists)|of (?:his|her|the|their))\b"
)
ROLES = (
    r"(?:official|spokes\w+|minister|governor|mayor|commander|director|head|chief|leader|analyst|professor|officer"
    r"|soldier|president|senator|chair\w*|general|expert"
    r"|researcher|secretary|group|agency|organi[sz]ation|monitor|charity|firm|lawyer|editor|founder|adviser"
    r"|advisor|author|fellow|manager|strategist|correspondent|reporter)s?\b"
)
LEADING_APPOSITIVE = re.compile(r"\s*(?:\d{1,3}$|(?:an?|the)\s|who\b|whose\b|one of)")
LATE_APPOSITIVE = re.compile(rf"\s*(?:\d{{1,3}}$|(?:an?|the|one|of|now an?)\s|who\b|whose\b|(?:[\w’'-]+ ){{0,5}}{ROLES})")
FIRST_PHRASE = re.compile(
    r"(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Ss]everal|[Ss]ome|[Mm]any|[Oo]ther) "
    r"(?:[\w’'-]+ ){0,5}?[\w’'-]+?(?=,| (?:has|have|had|was|were|is|are|does|do|\w+ed)\b)"
    r"|[A-Z][\w’'-]+ (?:(?!(?:on|in|at|to|has|had|is|was|will|hope|just|\w+ed|\w+ly)\b)[a-z]+ ){1,3}[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+)*"
    r"|[A-Z][\w’'-]*['’]s [a-z]+(?: [a-z]+)?(?=,| (?:has|have|had|was|were|is|are|does|do|\w+ed)\b)"
    r"|(?:[A-Z][\w.’'-]+)(?: (?:of |the |for |and )?[A-Z][\w.’'-]+)+|He\b|She\b|They\b|It\b|We\b|[A-Z][\w.’'-]+"
)
PARTICIPLE = re.compile(r"[A-Z]\w+(?:ed|ing)\b(?! [A-Z])")  # "Chastened by the losses, the general said": he is behind the comma


WORD = re.compile(r"\w+")
PUBLISHED = re.compile(r"\b(?:released|published|issued|conducted|posted|taken|dated) $")
PUBLISHED_ON = re.compile(rf" {WHEN}\b")
CONTRACTED = re.compile(r"(?<=\w)['’](?:ve|d|ll|re|m)$|(?<=\b[Hh]e|\b[Ii]t)['’]s$|(?<=\b[Ss]he)['’]s$")
CIRCUMSTANCE = re.compile(
    r"(?!including\b)(?:\w+ing|quoted|cited|in|on|at|during|after|before|when|while|as)\b"
)  # where and how somebody said it
GENERATION = re.compile(r"\s*(?:[A-Z][\w.’'-]+ ?){0,3}(?:Jr|Sr|III|II)\b")
JOINED = re.compile(r"\b(?:and|but)\s(?=[A-Z]|the |a |an |its |his |her |their |that |he |she |they |it )")
WHO_CLAUSE = re.compile(r"\b(?:who|which|that)\b.*")
TIED = re.compile(r"\b(?:of|to|by|for|with|from|in|at|on|against|about|the|a|an|his|her|its|their)\s*$")
SAYS = re.compile(r"\b(?:said|says)\b")
SPACE = " ,\t\u00a0\u2009\u202f"
ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Sen|Rep|Gov|Rev|Prof|Capt|Sgt|Adm|Brig|Del|St|[A-Z])$")
PARTY = re.compile(r" ?\([A-Z][\w., -]{0,24}\)")  # "Rep. Ann Holt (D-Ohio)"
LAST = 120  # characters before a cue in which adverbs and dates may trail a noun phrase
RELATIVE = re.compile(r"\b(?:who|whose|which|that)\b")
CLOSER = re.compile(rf"[,.;{OPENS}]")
PARTY_END = re.compile(rf"{PARTY.pattern}$")
COMMA = re.compile(r",(?!\d{3}(?!\d))")  # parts phrases, not thousands


def trim(masked: str, start: int, end: int) -> Bounds:
    """The span without the space, commas and closing marks around it; a quotation keeps its marks."""
    while start < end and (masked[start].isspace() or masked[start] in ",;:—–-)"):
        start += 1
    while start < end and (masked[end - 1].isspace() or masked[end - 1] in ",;:.—–-("):
        end -= 1
    return start, end


def _breaks(text: str) -> Iterator[re.Match[str]]:
    """What may part a subject from the clause before it, from the last quotation on."""
    start = max(0, text.rfind(CLOSES, 0, len(text) - 2))
    if BREAK_MARK.search(text, start) is None and CONJUNCTIONS.isdisjoint(WORD.findall(text.lower(), start)):
        return iter(())
    return BREAK.finditer(text, start)


def subject_before(masked: str, left: int, cue: int, *, inside: bool) -> tuple[Bounds | None, Bounds | None]:
    """(speaker, appositive) of the noun phrase that ends at the cue, or (None, None)."""
    text = masked[left:cue]
    trailing = TRAILING.search(text, max(0, len(text) - LAST)) if text.rstrip(SPACE).endswith(TRAILING_ENDS) else None
    if trailing and PUBLISHED.search(text, max(0, trailing.start() - 12), trailing.start()):
        trailing = None  # "a poll released last week"
    within = False
    if trailing:
        within = "," in trailing.group() and not text[: trailing.start()].rstrip().endswith(",")  # "who met her on Tuesday, said"
        text = text[: trailing.start()]
    closed = within or text.rstrip().endswith(",")
    text = text.rstrip(" ,")
    contracted = CONTRACTED.search(text, max(0, len(text) - 6))
    text = text[: contracted.start()] if contracted else text
    party = PARTY_END.search(text)
    text = text[: party.start()] if party else text
    if not text or text[-12:].split()[-1].lower() in NO_SUBJECT or JOINT.search(text, max(0, len(text) - 4)):
        return None, None
    offset = 0
    for found in _breaks(text):
        if found.end() < len(text) and not (
            found.group().strip().lower() in ("as", "that", "after", "before", "since", "what", "which")
            and closed
            and text.count(",", found.end()) == 0
            and found.start() > 0
            and text.rfind(",", 0, found.start()) > 0
        ):
            offset = found.end()
    pieces = []
    at = offset
    for piece in COMMA.split(text[offset:]):
        pieces.append((at, at + len(piece)))
        at += len(piece) + 1
    number = len(pieces) - 1
    appositive = None
    if closed:
        while number > 0 and APPOSITIVE.match(text[slice(*pieces[number])]):
            number -= 1
    elif number > 0 and GENERATION.match(text[slice(*pieces[number])]):
        number -= 1
    begin, finish = pieces[number]
    if number < len(pieces) - 1:
        extra = text[pieces[number + 1][0] : pieces[-1][1]]
        appositive = (left + pieces[number + 1][0] + len(extra) - len(extra.lstrip()), left + pieces[-1][1])
    head = text[begin:finish]
    if inside or FINITE.search(head):
        joined = None
        for found in JOINED.finditer(head):
            if FINITE.search(head[: found.start()]) or inside and len(head[: found.start()].split()) > 3:
                joined = found
        if joined:
            begin += joined.end()
            head = text[begin:finish]
    lead = LEAD.match(head)
    if lead and lead.end() < len(head):
        begin += lead.end()
        head = text[begin:finish]
    begin += len(head) - len(head.lstrip())
    head = text[begin:finish]
    core = head.split(",")[0]
    plain = WHO_CLAUSE.sub("", core)
    if (
        FINITE.search(plain)
        or len(core.split()) > 12
        or PREPOSITION.match(core)
        and not core.startswith("There")
        or not NP_START.match(core)
    ):
        last = TRAIL_NP.search(text)
        if last is None or last.group().strip() in ("There", "This", "That"):
            return None, None
        begin, finish, appositive = last.start(), last.end(), None
        if TIED.search(text, max(0, begin - 12), begin):
            return None, None
    start, end = trim(masked, left + begin, left + finish)
    if party and end == left + party.start():
        end = left + party.end()
    if appositive and appositive[0] > end and not CIRCUMSTANCE.match(masked, appositive[0]):  # who somebody is goes with the name
        end = trim(masked, start, cue)[1] if within else appositive[1]
    if end <= start or masked[start:end].lower() in ("there", "this", "that", "what", "which", "it all", "all"):
        return None, None
    return (start, end), appositive


def np_after(masked: str, start: int, end: int, *, leads: bool = False) -> tuple[Bounds, Bounds | None, int] | None:
    """(noun phrase, appositive, where it all ends) behind a position, or None."""
    while start < end and masked[start] == " ":
        start += 1
    stop = STOP_NP.search(masked, start + 1, end)
    if stop and (dated := PUBLISHED_ON.match(masked, stop.start(), end)) and PUBLISHED.search(masked[start : stop.start()] + " "):
        stop = STOP_NP.search(masked, dated.end(), end)  # "a poll released last week"
    finish = stop.start() if stop else end
    while stop and masked[finish] == "." and ABBREVIATED.search(masked[start:finish]):
        stop = STOP_NP.search(masked, finish + 1, end)
        finish = stop.start() if stop else end
    if finish - start < 2 or not NP_START.match(masked, start, end) or len(masked[start:finish].split()) > 14:
        return None
    party = PARTY.match(masked, finish, end)
    finish = party.end() if party else finish
    reach = finish
    appositive = None
    while masked.startswith(",", reach):
        close = CLOSER.search(masked, reach + 1, end)
        while close and close.group() == "." and close.end() < end and ABBREVIATED.search(masked[reach : close.start()]):
            close = CLOSER.search(masked, close.end(), end)
        until = close.start() if close else end
        piece = masked[reach + 1 : until]
        if not (LEADING_APPOSITIVE if leads else LATE_APPOSITIVE).match(piece) or SAYS.search(piece):
            break
        if leads and (until == end or len(piece.split()) > 12):
            break
        verb = FINITE.search(piece)
        if verb and not RELATIVE.search(piece, 0, verb.start()):
            break
        appositive = (appositive[0] if appositive else reach + 2, until)
        finish = reach = until
    return trim(masked, start, finish), appositive, reach


def first_phrase(masked: str, start: int, end: int) -> Bounds | None:
    opening = LEAD.match(masked, start, end)
    if PARTICIPLE.match(masked, start, end) or PREPOSITION.match(masked, opening.end() if opening else start, end):
        comma = masked.find(", ", start, end)
        if comma < 0:
            return None
        start = comma + 2
    lead = LEAD.match(masked, start, end)
    match = FIRST_PHRASE.match(masked, lead.end() if lead else start, end)
    if match is None or PREPOSITION.match(match.group()) and " " not in match.group():
        return None
    return match.span()
