"""What belongs to a host's pages and to none of its articles: learnt from the articles that come, and corrected by operators.

::

    known(host)     the lines that repeat on the host, and the verdicts on its lines, for whoever reads a page
    learn(article)  an article's lines are counted, once, when its page's text is first stored
    judge(...)      an operator says what a line is: from now on, and, in the background, in all articles of the host
    corrected(...)  a stored text, with all lines put back or taken out as the verdicts are now

What is stored of an article is its text and the lines that were taken out of it, with their places; the page is not kept. A verdict is
therefore applied to the newest revision that came of a page, and never to the result of another verdict: to do it twice changes nothing,
and a verdict that is undone leaves nothing behind. A line that was taken out before places were kept stays out until its page is read
again; so does one that stood in a box beside the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from aggregator.corrections import LineVerdict
from aggregator.errors import UsageError
from aggregator.extract import repeats
from aggregator.extract.furniture import BY_HOST, BY_OPERATOR, END_LINES, FURNITURE, TEXT_LINE, VERDICTS, cue
from aggregator.extract.keys import line_key
from aggregator.extract.repeats import HostLines, Repeated
from aggregator.model import BodyLink, Removed
from aggregator.ports import Clock, Store

WINDOW = 50  # articles of a host that are learnt from: its newest
CACHE = timedelta(seconds=60)  # how long a process goes by what it has read of a host's lines
FEW = 10  # articles of a host up to which each is heeded at once: the first say most
HOSTS = 500  # of which a process keeps them
SETTLE = timedelta(seconds=5)  # between a verdict and its way through the articles: those being read now are stored by then
UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class LearntLine:
    """A line that further articles of the host lose: how many of those learnt from have it, and the newest of these."""

    number: int
    articles: int
    article_id: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in lines, their kinds, what was left out of it, and its links."""

    body: str
    kinds: tuple[str, ...]
    removed: tuple[Removed, ...]
    links: tuple[BodyLink, ...] = ()


@dataclass(slots=True)
class Furnishing:
    """Lines of hosts, over the store. Each process keeps for a minute what it has read of a host's articles; verdicts are always read."""

    store: Store
    clock: Clock
    _kept: dict[str, tuple[datetime, int, Repeated]] = field(default_factory=dict, repr=False)  # with the number of articles

    def known(self, host: str) -> HostLines:
        """What is known of the lines of the host; nothing where there is none."""
        return HostLines(self.repeated(host), self.verdicts(host)) if host else HostLines()

    def repeated(self, host: str) -> Repeated:
        """The lines that further articles of the host lose, but for verdicts."""
        now = self.clock.now()
        kept = self._kept.get(host)
        if kept is not None and now - kept[0] <= CACHE:
            return kept[2]
        articles = [article.lines for article in self.store.lines.of_host(host)]
        found = repeats.repeated(articles)
        if len(self._kept) >= HOSTS:
            self._kept.clear()
        self._kept[host] = now, len(articles), found
        return found

    def verdicts(self, host: str) -> Mapping[str, str]:
        """The verdicts on lines of the host, by the lines' keys; undone ones too."""
        return {verdict.line: verdict.verdict for verdict in self.store.verdicts.of_host(host)}

    def learn(self, host: str, article_id: int, body: str, removed: Sequence[Removed]) -> bool:
        """Count the lines of an article's page; False where it is the same as another of the host's, or says nothing."""
        numbers = repeats.numbers(repeats.lines_of(body, removed))
        learnt = self.store.lines.learn(host, article_id, numbers, repeats.same, WINDOW)
        if learnt and host in self._kept and self._kept[host][1] < FEW:
            del self._kept[host]
        return learnt

    def learnt(self, host: str) -> tuple[LearntLine, ...]:
        """The lines that further articles of the host lose, most frequent first."""
        articles = self.store.lines.of_host(host)
        found, counts = repeats.repeated([article.lines for article in articles]), repeats.counts(article.lines for article in articles)
        newest = {line: article.article_id for article in reversed(articles) for line in article.lines}
        return tuple(LearntLine(line, n, newest[line]) for line, n in counts.most_common() if line in found.numbers)

    def wording(self, lines: Sequence[LearntLine]) -> Mapping[int, str]:
        """Lines as they stand in the newest article that has them, by number; those of articles that say otherwise by now are missing."""
        found: dict[int, str] = {}
        for article in self.store.articles.many(sorted({line.article_id for line in lines})):
            removed = self.store.articles.removed(article.id)
            texts = {repeats.number(line_key(text)): text for text in repeats.lines_of(article.body, removed)}
            found |= {line.number: texts[line.number] for line in lines if line.article_id == article.id and line.number in texts}
        return found

    def judge(self, host: str, text: str, verdict: str, by: str) -> LineVerdict:
        """An operator says that a line of the host is text or furniture, or takes back what was said. Raises UsageError for a line
        without words, and for what is no verdict."""
        line = line_key(text)
        if not line:
            raise UsageError("A line without words cannot be told from others: copy the whole line.")
        if verdict not in (*VERDICTS, UNDONE):
            raise UsageError(f"A line is {TEXT_LINE} or {FURNITURE}, not {verdict!r}.")
        said = LineVerdict(host, line, " ".join(text.split()), verdict, by, self.clock.now())
        self.store.verdicts.judge(said)
        return said


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a text, or one that was taken out of it and why. The links of a line that is out are not kept."""

    kind: str
    text: str
    reason: str | None = None
    links: tuple[BodyLink, ...] = ()


def corrected(known: Text, verdicts: Mapping[str, str], repeated: Repeated) -> Text:
    """A text as it is by these verdicts on lines (by key). A text that would lose its last line is left as it is.

    ``repeated`` decides, with the cue phrases, where a verdict was undone that the text was made under."""
    lines, elsewhere = _in_order(known)
    judged = []
    for number, line in enumerate(lines):
        name = line_key(line.text)
        verdict = verdicts.get(name)
        if verdict == TEXT_LINE:
            line = replace(line, reason=None)
        elif verdict == FURNITURE:
            line = replace(line, reason=BY_OPERATOR)
        elif line.reason == BY_OPERATOR or (verdict == UNDONE and line.reason is None):
            at_end = len(lines) > 2 and number >= len(lines) - END_LINES
            line = replace(line, reason=BY_HOST if name in repeated else cue(line.text, at_end=at_end))
        judged.append(line)
    result = _parted(judged)
    return Text(result.body, result.kinds, (*result.removed, *elsewhere), result.links) if result.body else known


def _in_order(known: Text) -> tuple[list[_Line], list[Removed]]:
    """The lines of the page as they stood, and those removed ones whose place is not known."""
    body = known.body.split("\n")
    kinds = (*known.kinds, *("p",) * (len(body) - len(known.kinds)))
    before: dict[int, list[_Line]] = {}
    elsewhere = []
    for line in known.removed:
        if line.at is None:
            elsewhere.append(line)
        else:
            before.setdefault(min(line.at, len(body)), []).append(_Line(line.kind or "p", line.text, line.reason))
    links = {number: tuple(group) for number, group in groupby(known.links, key=attrgetter("line"))}
    lines: list[_Line] = []
    for number, (kind, text) in enumerate(zip(kinds, body, strict=False)):
        lines += [*before.get(number, ()), _Line(kind, text, links=links.get(number, ()))]
    return [*lines, *before.get(len(body), ())], elsewhere


def _parted(lines: Sequence[_Line]) -> Text:
    kept: list[_Line] = []
    removed: list[Removed] = []
    for line in lines:
        if line.reason is None:
            kept.append(line)
        else:
            removed.append(Removed(line.text, line.reason, len(kept), line.kind))
    links = tuple(replace(link, line=number) for number, line in enumerate(kept) for link in line.links)
    return Text("\n".join(line.text for line in kept), tuple(line.kind for line in kept), tuple(removed), links)
