"""Clause rules for English: from a sentence to who is marked as saying what. No parser: cues, commas and quotation marks."""

import re

from aggregator.sources.finding import Finding
from aggregator.sources.lexicon import CueWord, Lexicon
from aggregator.sources.marks import Mark, Marks
from aggregator.sources.phrases import FINITE, PREPOSITION, WHEN, Bounds, first_phrase, np_after, subject_before, trim
from aggregator.sources.quotes import CLOSES, INSIDE, OPENS
from aggregator.sources.relayed import according, left_content, relayed

WHERE = (
    r"(?:(?:in|on|via|during|at|through|from|by|after|of) (?:(?:an?|the|its|his|her|their|our|my|another|one"
    r"|state|social|national|local|Russian|Ukrainian|Israeli|Iranian) )?"
    r"(?:[\w’'.-]+ ){0,5}?(?:statement|interview|conference|briefing|speech|address|post|posts|tweet|tweets"
    r"|update|assessment|bulletin|report|review|study|letter|email|e-mail"
    r"|Telegram(?: messaging app| channel| post)?|Twitter|Facebook|X|media|television|TV|radio|channel|video"
    r"|message|rally|event|meeting|release|call|phone|campaign|show|telethon|podcast|app|account)"
    r"(?: on (?:X|Telegram|Facebook|Twitter|Truth Social|Instagram|WhatsApp))?"
    r"(?:,? (?:released|published|posted|issued|broadcast|aired|carried|seen)(?: (?:by|in) (?:the )?[A-Z]\w+(?: [A-Z]\w+)*)?)?)"
)
TO_WHOM = r"(?:to|with) (?:(?:the|a|an|his|her|their|its) )?(?:[\w’'.-]+ ?){1,4}?(?=,| that\b| on\b| in\b| last\b|:|\.|$)"
ADJUNCT = rf"(?:[ ,]*(?:\b{WHEN}\b|\b{WHERE}\b))"
ADJUNCTS = re.compile(rf"{ADJUNCT}+(?=\W|$)")
TRAILING_ADJUNCTS = re.compile(rf"{ADJUNCT}+$")
CHANNEL_INSIDE = re.compile(rf"\b{WHERE}\b")  # "warned residents in a post on X to leave"
THAT = re.compile(r"[ ,]*\bthat\b[ ,]*")
TELLER = re.compile(r"(?:the |an? )?(?:[a-z]+ ){0,2}(?:[A-Z][\w.’'-]+|sources|officials|residents|witnesses|spokes\w+)(?=[\s,.]|$)")
RELATIVE = re.compile(r"[\s,](?P<who>who|which)(?: (?:also|has|have|had|once|later|recently|repeatedly|previously|now|often|\w+ly))* $")
BEFORE_THAT = re.compile(rf"(?P<adjunct>[^.;:{OPENS}]{{0,110}}?)\bthat\b ")
BESIDE = re.compile(  # what may stand between "said" and "that"
    r"(?:(?:released|published|issued|posted|carried|made|in|on|at|during|after|before|through|via|under|late|early|as|again|by)\b"
    r"|(?:to|with|from|for) (?:(?:the|a|an|his|her|its|their) )?"
    r"(?:reporters|journalists|media|press|lawmakers|parliament|supporters|[A-Z]))"
)
BE = re.compile(r"\b(?:is|are|was|were|be|been|being|get|got|’s|'s)(?: \w+ly| widely| often| now| not)? ?$")
NEXT_CLAUSE = re.compile(r"(?:[,;]?\s+(?:and|but|while|as|though|although|yet)|,\s+where|;|,)\s*$")
OBJECT = re.compile(
    r" (?:(?:me|us|him|her|them|you|it|reporters|journalists|lawmakers|supporters|voters|officials|residents"
    r"|investigators|police)\b|(?:the|a|an|his|her|their|its|our) (?:[\w’'.-]+ ?){1,4}?(?=,| that| on| in| last"
    r"|:|\.| he| she| they| it| the|$)"
    r"|(?:the )?(?:public|local|national|state|regional) (?:radio|television|TV|media)"
    r"|(?:The )?(?:[A-Z][\w’'.&-]*)(?: (?:of |the |and )?[A-Z][\w’'.&-]*)*"
    r"(?: (?:(?:state|public|national|news) )?(?:television|TV|radio|media|news|newspaper|agency|broadcaster|channel|website|magazine"
    r"|reporters|journalists|lawmakers|officials))?)"
)
GOES_ON = re.compile(r", (?:and|but) (?=(?:that |it |he |she |they |the |its |there )\b)")
TAIL_CHANNEL = re.compile(
    r",? (?:in (?:an?|its|his|her|their) (?:[\w-]+ ){0,2}(?:statement|post|tweet|interview|speech|message)(?: (?:on|to|with) [A-Z]\w+)?"
    r"|(?:on|via) (?:X|Telegram|Facebook|Twitter))$"
)
CUTS = (  # what ends what is said
    re.compile(r",? according to\b"),
    re.compile(r", (?:adding|noting|saying|calling|citing|arguing|warning|claiming|insisting|stressing|describing|accusing|suggesting)\b"),
)
RIGHT_QUOTE = re.compile(rf"[\s,.:]*({OPENS}[^{CLOSES}]*{CLOSES})")
ASIDE = re.compile(
    rf"[,.;]\s*(?:$|{OPENS}|(?:adding|noting|saying|citing|referring|according|as|who|which|in|on|at|after|while"
    rf"|and|but|when|with|of|where|speaking|calling|using)\b)|(?:of|about|after|as|when|while|in|on|at|to) (?!that)[^{OPENS}]*$"
)
NEGATED = re.compile(r"\b(?:not|never)(?: \w+ly| yet)? $|n't $")
DEPICTING = re.compile(r"\b(?:images?|pictures?|photographs?|photos?|footage|videos?|maps?|screens?|clips?|graphics?|charts?)\b[^,]*$")
NOT_SAID = (" about ", " for ")
BY_WHOM = re.compile(rf" by (?!{WHEN}\b)(?:the |an? |his |her |their |its |[A-Z])")
# "Her husband disagreed: "…"": a quotation behind a colon is said by whom the sentence begins with, whatever its verb
BEFORE_COLON = re.compile(
    r"(?P<who>(?:(?:The|A|An|His|Her|Their|Its|One|Another) (?:[\w’'.-]+ ){0,5}?[\w’'.-]+"
    r"|[A-Z][\w’'.-]+(?: [\w’'.-]+){0,5}?|He|She|They|It))"
    rf"(?:, [^,:]{{2,60}},)? (?P<cue>was|were|is|are|had|has|\w+ed|\w{{3,}}s)\b[^:{OPENS}{CLOSES}]{{0,80}}:\s*(?={OPENS})"
)
ANNOUNCED = 60  # characters between a cue and the colon at the end of a paragraph
COLON_WORD = CueWord(":", "neutral", "quote")
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*[A-Za-z]|[A-Za-z]")
TOKEN = re.compile(r"\w+")
TWO_WORDS = re.compile(r"\w+\W+\w")
ONE_QUOTED = re.compile(rf"{OPENS}[^{CLOSES}]*{CLOSES}")
THEN_QUOTED = re.compile(rf"[\s,:]*{OPENS}")
AND_OR_BUT = re.compile(r"\b(?:and|but)\b")
TOWARDS = re.compile(r" to (?:reporters|journalists|the media|(?:the )?(?:[A-Z][\w’'.-]*)(?: [A-Z][\w’'.-]*)*)(?= that|,| on| in|:)")
CLAUSE_BEGINS = re.compile(r" (?:the|a|an|his|her|its|their|it|he|she|they|[A-Z]|\d|no|how|why|there|what|for)\b")
GOING_ON = re.compile(r"(?:\band|\bbut|,)\s*(?:also |then |later |has |have )?$")
JOINED_WITH = re.compile(r"\b(?:and|but)\s*(?:also |then |later )?$")
JOINT_SINCE_COMMA = re.compile(r"(?:and|but)\b[^,]*$")
RECENT = 80  # characters before a cue in which auxiliaries and adverbs stand
JOINING = "’'-"  # between the parts of one word


def cues_in(masked: str, start: int, end: int, lexicon: Lexicon, marked: Marks) -> list[tuple[int, int, str, CueWord]]:
    """(start, end, form, word) of the cues of a sentence outside quotations, in order."""
    found: list[tuple[int, int, str, CueWord]] = []
    after = 0
    for at in marked.within(Mark.CUE, start, end):
        match = WORD.match(masked, at, end)
        if match is None or at < after or at > start and masked[at - 1] in JOINING:
            continue
        form = match.group().lower()
        stop = match.end()
        for several in lexicon.heads.get(form, ()):
            if masked[match.start() : match.start() + len(several)].lower() == several:
                form, stop = several, match.start() + len(several)
                break
        word = lexicon.cues.get(form)
        if word is not None:
            found.append((match.start(), stop, form, word))
            after = stop
    return found


def read(masked: str, start: int, end: int, lexicon: Lexicon, marked: Marks) -> list[Finding]:
    """The attributions of one sentence, in order of their cues."""
    findings = according(masked, start, end)
    limit = end
    lead = start
    for finding in findings:
        if finding.content and finding.content[0][0] > finding.cue[0]:
            lead = finding.content[0][0]
        elif finding.content:
            limit = finding.cue[0]
    beside, covered = relayed(masked, start, end)
    findings += beside
    covered += [f.cue for f in findings]
    cues = [c for c in cues_in(masked, start, end, lexicon, marked) if not any(a <= c[0] < b for a, b in covered)]
    previous: Finding | None = None
    for number, (cue_start, cue_end, form, word) in enumerate(cues):
        nearest = next((later[0] for later in cues[number + 1 :] if not later[3].strict), end)
        new = _finding(masked, start, lead, limit if cue_end < limit else end, (cue_start, cue_end, form, word), previous, nearest)
        if new is not None:
            findings.append(new)
            previous = new
    colon = ":" in masked[start:end]
    if not findings and colon and (said := BEFORE_COLON.match(masked, start, end)) and not PREPOSITION.match(said["who"]):
        findings.append(Finding(said.span("cue"), COLON_WORD, said.span("who"), [trim(masked, said.end(), end)], (start, end)))
    findings.sort(key=lambda f: f.cue)
    return findings


def announced(masked: str, start: int, end: int, lexicon: Lexicon, marked: Marks) -> list[Finding]:
    """ "The governor added:" at the end of a paragraph, whose quotation the next one is: a finding without content as yet."""
    cues = cues_in(masked, start, end, lexicon, marked)
    if not cues or end - cues[-1][1] > ANNOUNCED or cues[-1][3].frame == "that":
        return []
    cue_start, cue_end, _, word = cues[-1]
    subject, appositive = subject_before(masked, start, cue_start, inside=False)
    return [Finding((cue_start, cue_end), word, subject, [], (start, end), appositive=appositive)] if subject else []


def _finding(
    masked: str, start: int, lead: int, end: int, cue: tuple[int, int, str, CueWord], previous: Finding | None, nearest: int
) -> Finding | None:
    cue_start, cue_end, form, word = cue
    left = max(lead if lead <= cue_start else start, previous.cue[1] if previous else start)
    text = masked[left:cue_start]
    rest = masked[cue_end:end]
    gerund = form.split()[0].endswith("ing") or form in ("quoting", "citing")
    if gerund and not BE.search(text, max(0, len(text) - RECENT)):
        return _participle(masked, start, end, cue, previous)
    closed = text.rstrip(" ,").endswith(CLOSES)
    if closed and word.frame not in ("that", "tell") and not rest.startswith((" that", ",", ":")):
        inverted = _inverted(masked, start, left, end, cue)
        if inverted is not None:
            return inverted
    if word.frame in ("say", "np", "that", "quote") and BE.search(text, max(0, len(text) - RECENT)) and not gerund:
        return None  # passive: "is said to", "was called"
    if word.frame in ("say", "quote") and text.rstrip().endswith(",") and (inverted := _told_after(masked, left, end, cue)):
        return inverted
    relative = RELATIVE.search(text, max(0, len(text) - RECENT))
    if relative is not None and not gerund:
        return _relative(masked, start, left + relative.start("who"), end, cue, nearest)
    subject, appositive = subject_before(masked, left, cue_start, inside=previous is not None)
    if subject is None:
        if previous is not None and GOING_ON.search(text, max(0, len(text) - RECENT)) and JOINT_SINCE_COMMA.search(text):
            return _coordinated(masked, end, cue, previous, left + len(text.rstrip()) - len(text.rstrip().split()[-1]))
        if previous is None and JOINED_WITH.search(text, max(0, len(text) - RECENT)):
            return _joined(masked, start, end, cue)
        return None
    negator = bool(NEGATED.search(text, max(0, len(text) - RECENT)))
    if negator and word.strength != "deny":
        return None  # "has not claimed", "did not say": nothing is said
    # behind what is said: "…," X said
    given = OBJECT.match(masked, cue_end, end) if word.frame == "tell" else None
    said_to = given.end() if given else cue_end
    moved = ADJUNCTS.match(masked, said_to, end)
    behind = moved.end() if moved else said_to
    tail = masked[behind:end]
    before = trim(masked, start if previous is None or previous.cue[0] < start else left, subject[0])
    quoted = masked[before[0] : before[1]].endswith(CLOSES) and OPENS not in tail
    if (
        (quoted or _closes(tail) or tail.startswith(",") and _is_clause(masked[before[0] : before[1]]))
        and before[1] - before[0] > 3
        and masked[before[1] : subject[0]].strip(" ") in (",", "", ".", ",,")
        and word.frame != "that"
    ):
        content = left_content(masked, lead if lead <= before[0] else before[0], before[1])
        if content and (content[0][0] >= left or previous is None):
            content += _right_quotes(masked, behind, end)
            addressee = (given.start() + 1, given.end()) if given else None
            goes_on = GOES_ON.match(masked, behind, nearest)
            if goes_on and not quoted and nearest == end:
                content.append(trim(masked, goes_on.end(), end))
            sentence = (start, end)
            return Finding(
                (cue_start, cue_end), word, subject, content, sentence, addressee=addressee, appositive=appositive, negator=negator
            )
    found = right_content(masked, cue_end, end, word, form, nearest)
    if found is None or word.lemma == "show" and DEPICTING.search(masked[subject[0] : subject[1]].split(",")[0]):
        return None  # what a picture shows nobody says
    content, addressee = found
    if previous is not None and previous.content and previous.content[-1][1] > subject[0]:
        joint = masked[previous.cue[1] : subject[0]]
        cut = NEXT_CLAUSE.search(joint)
        if word.strict and cut is None:
            return None  # "said that its troops had found …": a part of what is said
        if cut:
            last = trim(masked, previous.content[-1][0], previous.cue[1] + cut.start())
            if last[1] > last[0]:
                previous.content[-1] = last
    return Finding((cue_start, cue_end), word, subject, content, (start, end), addressee=addressee, appositive=appositive, negator=negator)


def _is_clause(text: str) -> bool:
    """Whether a text can be all that is said: some words, and no "after the attack on the port"."""
    return len(text.split()) > 3 and not PREPOSITION.match(text)


def _closes(tail: str) -> bool:
    """Whether nothing that could be said stands behind the cue: end of the sentence, or only an aside."""
    tail = tail.strip()
    return not tail.strip(".!? ") or bool(ASIDE.match(tail))


def _right_quotes(masked: str, start: int, end: int) -> list[Bounds]:
    """Quotations that go on right behind "X said,"."""
    match = RIGHT_QUOTE.match(masked, start, end)
    return [match.span(1)] if match else []


def right_content(masked: str, start: int, end: int, word: CueWord, form: str, nearest: int) -> tuple[list[Bounds], Bounds | None] | None:
    """(content, addressee) of what follows a cue; None where nothing is said."""
    addressee = None
    at = start
    if word.frame == "tell":
        given = OBJECT.match(masked, at, end)
        if given is None:
            return None
        addressee = (given.start() + 1, given.end())
        at = given.end()
    else:
        towards = TOWARDS.match(masked, at, end)
        if towards:
            at = towards.end()
    moved = ADJUNCTS.match(masked, at, end)
    after = moved.end() if moved else at
    conjunction = BEFORE_THAT.match(masked, at, end)
    explicit = False
    if conjunction and conjunction.end() <= max(nearest, conjunction.start() + 1) and _is_adjunct(conjunction["adjunct"], moved, word):
        after, explicit = conjunction.end(), True
    between = masked[after : after + 3]
    quoted = THEN_QUOTED.match(masked, after, end)
    if not explicit:
        if word.frame == "that":
            return None
        if word.frame == "quote" and not quoted and not between.startswith(":"):
            return None
        if (
            word.strict
            and not quoted
            and not between.startswith((":", " the ", " a "))
            and not CLAUSE_BEGINS.match(masked, after, min(end, after + 8))
        ):
            return None
    stop = end
    for pattern in CUTS:
        cut = pattern.search(masked, after, stop)
        if cut and cut.start() > after + 8:
            stop = cut.start()
    if masked.startswith(NOT_SAID, after) or word.lemma != "say" and BY_WHOM.match(masked, after, end):
        return None  # "writes about security for the paper", "a flaw reported by the newspaper"
    first, last = trim(masked, after, stop)
    if word.frame == "np" and not explicit and (aside := TRAILING_ADJUNCTS.search(masked[first:last])) and aside.start() > 1:
        last = first + aside.start()
    behind = TAIL_CHANNEL.search(masked, first, last)
    if behind and behind.start() > first + 8:
        last = behind.start()
    if last - first < 2 or not any(c.isalnum() or c == INSIDE for c in masked[first:last]):
        return None
    short = masked[first].isdigit() or masked[first].isupper() or word.lemma == "put"
    if not short and INSIDE not in masked[first:last] and TWO_WORDS.search(masked, first, last) is None:
        return None
    text = masked[first:last]
    if text[0] == OPENS and CLOSES in text and word.frame in ("say", "quote", "tell") and not TOKEN.search(text, text.rindex(CLOSES)):
        return [(m.start() + first, m.end() + first) for m in ONE_QUOTED.finditer(text)], addressee
    return [(first, last)], addressee


def _is_adjunct(text: str, moved: re.Match[str] | None, word: CueWord) -> bool:
    """Whether the words between a cue and "that" say when, where or to whom, and are no part of what is said."""
    left = text[moved.end() - moved.start() :] if moved else text
    left = left.strip(" ,")
    if not left:
        return True
    if FINITE.search(left) or AND_OR_BUT.search(left) or len(left.split()) > 9:
        return False
    return word.frame in ("say", "tell") and bool(BESIDE.match(left))


def _told_after(masked: str, left: int, end: int, cue: tuple[int, int, str, CueWord]) -> Finding | None:
    """ "The bridge would be shut for a month, said Captain Roe, the harbour master.": without quotation marks, to the sentence's end."""
    found = np_after(masked, cue[1], end)
    if found is None or not masked[cue[1] : cue[1] + 2].startswith(" ") or masked[found[2] : end].strip(" .!?"):
        return None
    content = left_content(masked, left, cue[0])
    text = masked[content[0][0] : content[-1][1]] if content else ""
    if not _is_clause(text) or not FINITE.search(text) or not TELLER.match(masked, *found[0]):
        return None
    return Finding(cue[:2], cue[3], found[0], content, (left, end), appositive=found[1])


def _relative(masked: str, start: int, who: int, end: int, cue: tuple[int, int, str, CueWord], nearest: int) -> Finding | None:
    """ "Kotenko, who says the town is lost, …": what the person before "who" says, up to the comma that closes the clause."""
    antecedent, _ = subject_before(masked, start, who, inside=False)
    close = masked.find(",", cue[1] + 1, end) if masked[:who].rstrip().endswith(",") else -1
    reach = close if close > 0 and OPENS not in masked[cue[1] : close] else end
    found = right_content(masked, cue[1], reach, cue[3], cue[2], min(nearest, reach))
    if antecedent is None or found is None:
        return None
    return Finding(cue[:2], cue[3], (who, masked.index(" ", who)), found[0], (start, end), addressee=found[1], antecedent=antecedent)


def _inverted(masked: str, start: int, left: int, end: int, cue: tuple[int, int, str, CueWord]) -> Finding | None:
    found = np_after(masked, cue[1], end)
    if found is None or masked[cue[1] : cue[1] + 1] not in (" ",):
        return None
    speaker, appositive, reach = found
    content = left_content(masked, left if left > start else start, cue[0])
    if not content:
        return None
    moved = ADJUNCTS.match(masked, reach, end)
    content += _right_quotes(masked, moved.end() if moved else reach, end)
    return Finding(cue[:2], cue[3], speaker, content, (start, end), appositive=appositive)


def _participle(masked: str, start: int, end: int, cue: tuple[int, int, str, CueWord], previous: Finding | None) -> Finding | None:
    """ ", noting that …": the speaker of the finding before, else the noun phrase that the sentence begins with."""
    before = masked[start : cue[0]].rstrip()
    if not before.endswith((",", "by", "while", "and", "in", CLOSES, "—", "also", "after")) or before.endswith(("of", "for")):
        return None
    found = right_content(masked, cue[1], end, cue[3], cue[2], end)
    if found is None:
        return None
    content, addressee = found
    if previous is not None:
        speaker = previous.speaker
        if previous.content and previous.content[-1][1] > cue[0]:
            previous.content[-1] = trim(masked, previous.content[-1][0], cue[0])
    else:
        speaker = first_phrase(masked, start, cue[0])
        if speaker is None:
            return None
    return Finding(cue[:2], cue[3], speaker, content, (start, end), addressee=addressee)


def _coordinated(masked: str, end: int, cue: tuple[int, int, str, CueWord], previous: Finding, joint: int) -> Finding | None:
    """ "X denied … and accused …": the second cue has the subject of the first."""
    found = right_content(masked, cue[1], end, cue[3], cue[2], end)
    if found is None:
        return None
    if previous.content and previous.content[-1][0] < joint < previous.content[-1][1]:
        previous.content[-1] = trim(masked, previous.content[-1][0], joint)
    return Finding(cue[:2], cue[3], previous.speaker, found[0], previous.sentence, appositive=previous.appositive)


def _joined(masked: str, start: int, end: int, cue: tuple[int, int, str, CueWord]) -> Finding | None:
    """ "The ministry, which …, does not … but says …": the noun phrase that the sentence begins with."""
    found = right_content(masked, cue[1], end, cue[3], cue[2], end)
    speaker = first_phrase(masked, start, cue[0])
    return Finding(cue[:2], cue[3], speaker, found[0], (start, end), addressee=found[1]) if found and speaker else None
