"""What operators correct, and its stores: verdicts on lines, rules on names and on the places of an article, rulings on stories and copies,
and how far each has come.

The stores are ports like those of ``ports``; their contract suites are tests/contract/test_store_lines.py, test_store_name_rules.py,
test_store_part_rules.py, test_store_rulings.py and test_store_reruns.py. The rules themselves are constraints on all tagging to come,
the rulings on all grouping.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What an operator says that a line of a host is. ``line``: its key; ``verdict``: text, furniture, or undone: the rules decide
    again, and articles that the earlier verdict changed are set right."""

    host: str
    line: str
    text: str
    verdict: str
    by: str
    at: datetime


class VerdictStore(Protocol):
    """Operators' verdicts on lines."""

    def judge(self, verdict: LineVerdict) -> None:
        """Keep the verdict in the place of an earlier one on that line, and ask for a rerun of the host."""

    def of_host(self, host: str) -> tuple[LineVerdict, ...]:
        """Newest first, undone ones too."""

    def hosts(self) -> tuple[str, ...]:
        """Hosts that have verdicts."""

    def ask(self, host: str, now: datetime) -> None:
        """Have all stored articles of the host looked at, from the first."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """What an operator says that a name means: the place ``place_id``, or no place (None). ``scope``: ``all`` articles, those of the
    ``feed`` or the one ``article`` of the id ``scope_id`` (0 for all); the narrower one wins. ``key``: the name as names are compared."""

    id: int
    scope: str
    scope_id: int
    key: str
    text: str
    place_id: str | None
    by: str
    at: datetime
    undone: bool = False


class NameRuleStore(Protocol):
    """Operators' rules on names of places: constraints on all tagging to come."""

    def say(self, rule: NameRule) -> NameRule:
        """Keep the rule in the place of an earlier one on that name in that scope, and ask for a rerun of the articles in its scope.
        Its id is given by the store."""

    def get(self, rule_id: int) -> NameRule:
        """Raises NotFoundError."""

    def all(self) -> tuple[NameRule, ...]:
        """Newest first, undone ones too."""

    def holding(self, feed_id: int | None, article_id: int | None = None) -> tuple[NameRule, ...]:
        """The rules that hold for an article, the widest first; no undone ones."""


@dataclass(frozen=True, slots=True)
class PartRule:
    """What an operator says of the places of one article.

    With a ``key``, that of the name ``text``: it plays the part ``part`` (a role of model.Mention) there, only within the words ``near``
    where there are some. With the key "": ``part`` is the id of the place where it happened above all, ``text`` its name, or ``part`` is
    NOWHERE. A ``part`` of None takes back what was said of the same before."""

    id: int
    article_id: int
    key: str
    near: str
    text: str
    part: str | None
    reason: str
    by: str
    at: datetime

    @property
    def about(self) -> tuple[int, str, str]:
        """What it speaks of: of two rules about the same the later holds."""
        return self.article_id, self.key, self.near


NOWHERE = "nowhere"  # the part of an article in which nothing happens anywhere


class PartRuleStore(Protocol):
    """Operators' rules on the places of single articles: constraints on all tagging to come. Nothing that was said is forgotten as long as
    the article is there."""

    def say(self, rule: PartRule) -> PartRule:
        """Keep the rule, and ask for a rerun of the article. Its id is given by the store. Raises NotFoundError without the article."""

    def get(self, rule_id: int) -> PartRule:
        """Raises NotFoundError."""

    def holding(self, article_id: int) -> tuple[PartRule, ...]:
        """The rules that hold for the article, in the order in which they were said."""

    def history(self, article_id: int | None = None, limit: int = 200) -> tuple[PartRule, ...]:
        """All that was said of the article, or of any (None), newest first, what was taken back and what it was taken back with too."""


STORY, COPY = "story", "copy"  # what a ruling is about
TOGETHER, APART, PINNED, TITLED = "together", "apart", "pinned", "titled"  # kinds of rulings

Stood = tuple[tuple[int, tuple[int, ...]], ...]  # ids of stories, each with the articles that were in it


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an operator decided on stories, or on which texts are copies, told by articles: ids of stories change with a rebuild.

    TOGETHER: ``articles`` and ``others`` are one story, or one text. APART: the ``articles`` are one, and none of the ``others`` is with
    them. PINNED: the ``articles`` are in the story that has the ``others``. TITLED: the story that has the ``articles`` is called ``text``.
    ``before``: the stories that it changed as they stood, for whoever takes it back. ``waits``: that it was said, or
    taken back, is not carried out yet."""

    id: int
    about: str
    kind: str
    articles: tuple[int, ...]
    others: tuple[int, ...]
    before: Stood
    text: str
    reason: str
    by: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None
    waits: bool = True

    @property
    def undone(self) -> bool:
        return self.undone_at is not None


class RulingStore(Protocol):
    """Operators' rulings: constraints on all grouping to come. None is ever forgotten."""

    def alone(self) -> AbstractContextManager[None]:
        """A transaction that waits for others of its kind: what is looked up and said in it, nobody else contradicts meanwhile."""

    def say(self, ruling: Ruling) -> Ruling:
        """Keep the ruling, to be carried out. Its id is given by the store."""

    def undo(self, ruling_id: int, by: str, at: datetime) -> Ruling:
        """It holds no more, which is to be carried out too. Raises NotFoundError, UsageError if it was taken back already."""

    def done(self, ruling: Ruling) -> None:
        """The ruling was carried out as it is here; nothing if it was taken back meanwhile."""

    def get(self, ruling_id: int) -> Ruling:
        """Raises NotFoundError."""

    def holding(self, about: str) -> tuple[Ruling, ...]:
        """Those that were not taken back, in the order in which they were said."""

    def waiting(self) -> tuple[Ruling, ...]:
        """Those that are to be carried out, in the order in which they were said."""

    def history(self, about: str | None = None, limit: int = 200) -> tuple[Ruling, ...]:
        """All that was ever said, newest first."""


LINES, NAMES, PARTS, SOURCES = "lines", "names", "parts", "sources"  # kinds of reruns


@dataclass(frozen=True, slots=True)
class Rerun:
    """A correction on its way through the stored articles that it may concern: how many of ``total`` are ``done``, and how many of these
    changed. ``kind`` and ``name``: LINES and a host, NAMES and the id of a rule, PARTS and the id of an article, or SOURCES and the id of a
    cited source. ``after``: the last id that is done; ``finished_at``: None as long as some are left."""

    kind: str
    name: str
    asked_at: datetime
    after: int
    total: int
    done: int = 0
    changed: int = 0
    finished_at: datetime | None = None


class RerunStore(Protocol):
    """How far corrections have come through the stored articles."""

    def ask(self, kind: str, name: str, now: datetime) -> Rerun:
        """Have a correction that is kept elsewhere go through all articles, from the first."""

    def of(self, kind: str, name: str) -> Rerun | None:
        """The newest rerun for a correction."""

    def next(self, before: datetime) -> Rerun | None:
        """An unfinished rerun that was asked for at this hour or earlier, the oldest first."""

    def left(self, before: datetime) -> int:
        """Articles left to unfinished reruns that were asked for at this hour or earlier; at least one for each."""

    def advance(self, rerun: Rerun) -> None:
        """Store how far a rerun has come; nothing if it was asked for anew meanwhile."""
