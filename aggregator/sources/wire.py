"""The agency a text was taken from: datelines, credit lines, bylines."""

import re
from collections.abc import Iterator, Sequence

from aggregator.model import Span
from aggregator.sources.registry import Registry

HEAD = 400  # characters of the body in which a dateline stands
TAIL = 700
NAME = r"[^\W\d_][\w.&’' -]{1,40}"
# "KYIV, June 13 (Reuters) -", "LONDON (AP) —", "МОСКВА, 12 апреля. /ТАСС/.", "غزة (رويترز) -"
DATELINE = re.compile(
    r"\s*(?:[^\W\d_a-zа-яіїєґ][\w.’' /-]{1,40}(?:, [\w.’' -]{2,30}){0,3}?,?[ .]*)"
    rf"(?:\((?P<round>{NAME})\)|/(?P<slash>{NAME})/)\s*[.:]?\s*(?:[-–—]+\s*)?"
)
PLAIN_DATELINE = re.compile(
    r"\s*(?:[A-ZÀ-ÞА-ЯІЇЄҐ][A-ZÀ-ÞА-ЯІЇЄҐ.’' -]{2,30}(?:, [\w. -]{2,20}){0,2}"
    r"|[\u0600-\u06ff]{2,15}(?: [\u0600-\u06ff]{2,15})?) (?:[-–—]+) "
)
DASHES = ("-", "–", "—")
REPORTING = re.compile(r"\(?(?:Reporting|Additional reporting|Writing|Editing) by [^\n]{3,200}(?:[Ee]diting|[Ww]riting|[Rr]eporting) by ")
# "МОСКВА, 3 мая — РИА Новости. Ведомство…", "(Bloomberg) -- Wheat…": what stands there counts only if it is an agency's name
BEHIND_DASH = re.compile(rf"\s*[A-ZÀ-ÞА-ЯІЇЄҐ][A-ZÀ-ÞА-ЯІЇЄҐ.’' -]{{2,30}}(?:, [\w. ]{{2,20}})?\s[—–-]+\s(?P<dash>{NAME}?)\.\s")
ALONE = re.compile(rf"\s*\((?P<alone>{NAME})\)\s*[-–—]+\s")
CREDIT = re.compile(
    rf"(?:©|\(c\)|Copyright(?: ©)?) ?(?:\d{{4}} )?(?:The )?(?P<copy>{NAME})|(?:The )?(?P<writer>Associated Press"
    rf"|AP|Reuters|AFP) (?:writer|journalist|reporter)s? [^\n]{{3,150}}contributed"
    rf"|^(?:Source|Джерело|Источник|Quelle|Fuente|المصدر) ?: (?P<source>{NAME})$|^(?:[-–—] )?\(?(?P<alone>AFP|AP"
    rf"|Reuters|dpa|EFE|ANSA|UPI|Xinhua)\)?\.?$"
    r"|(?:,|\n|\. )\s*(?:передає|повідомляє|передаёт|передает|сообщает) (?P<passes>[\w«» -]{2,30})[.\n]",
    re.MULTILINE,
)

# Pieces without one of which CREDIT matches nothing.
CREDIT_HINTS = (
    *(
        "©",
        "(c)",
        "Copyright",
        "contributed",
        "Source",
        "Джерело",
        "Источник",
        "Quelle",
        "Fuente",
        "المصدر",
        "переда",
        "повідомл",
        "сообща",
    ),
    *("AFP", "AP", "Reuters", "dpa", "EFE", "ANSA", "UPI", "Xinhua"),
)


def dateline_end(body: str) -> int:
    """Where the text behind its dateline begins; 0 without one."""
    match = DATELINE.match(body[:HEAD]) or PLAIN_DATELINE.match(body[:HEAD])
    return match.end() if match else 0


def detect(body: str, byline: str | None, registry: Registry) -> str | None:
    """Source id of the agency a text was taken from; None for a text of the outlet's own, as far as the text tells."""
    for start in _heads(body):
        match = DATELINE.match(body, start, start + HEAD)
        if match and (agency := _agency(match["round"] or match["slash"], registry)):
            return agency
        for pattern, group in ((BEHIND_DASH, "dash"), (ALONE, "alone")):
            match = pattern.match(body, start, start + HEAD)
            if match and (agency := _agency(match[group], registry)):
                return agency
    if byline:
        for part in re.split(r"[,;/|]| and | (?:with|avec|mit|con) |\bby\b", byline):
            if agency := _agency(part, registry):
                return agency
    tail = body[-TAIL:]
    for match in _credits(tail):
        if agency := _agency(next(name for name in match.groups() if name), registry):
            return agency
    for match in _credits(body[:HEAD]):
        if match["passes"] and (agency := _agency(match["passes"], registry)):
            return agency
    if "ing by " in tail and REPORTING.search(tail):
        return "reuters"
    return None


def agency_spans(body: str) -> tuple[Span, ...]:
    """Where the agency named in the dateline is named, there and anywhere: "KYIV (Meridian) - …" is no news from a town of that name,
    whether or not the registry knows the agency."""
    for start in _heads(body):
        match = DATELINE.match(body, start, start + HEAD)
        name = (match["round"] or match["slash"]).strip() if match else ""
        if match and name and (match["slash"] or match[0].rstrip().endswith(DASHES)):  # brackets alone may hold anything
            return tuple(Span(*found.span()) for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", body))
    return ()


def _credits(text: str) -> Iterator[re.Match[str]]:
    return CREDIT.finditer(text) if any(hint in text for hint in CREDIT_HINTS) else iter(())


def _heads(body: str) -> Sequence[int]:
    starts = [0]
    for _ in range(2):
        line = body.find("\n", starts[-1])
        if line < 0 or line > HEAD:
            break
        starts.append(line + 1)
    return starts


def _agency(name: str | None, registry: Registry) -> str | None:
    for part in (name, name.split(". ")[0]) if name else ():
        source = registry.find(part.strip(" «»\"'."))
        if source is not None and source.kind == "agency":
            return source.id
    return None
