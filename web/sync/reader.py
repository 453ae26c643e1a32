"""One reader's lists: every saved search and every outlet with a feed, in folders; what of them is unread, and what is starred.

Articles that came more than WINDOW ago count as read, unless they are starred.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from flask import g

from aggregator.access import Scope, Token
from aggregator.app import App
from aggregator.feeds import catalogue
from aggregator.model import Article, Outlet
from aggregator.numbers import whole
from aggregator.ports import User
from aggregator.query import AllOf, AnyOf, Articles, Between, Everything, Facet, Node, Not, Plan
from aggregator.reading import WINDOW, Marks
from web.items import article_html
from web.product import names, outlets, product
from web.query import view

LARGEST = 10**15  # number that a program names; some read numbers as floating point
LATEST_S = 1 << 33  # the year 2242, in seconds since 1970
AT_ONCE = 1_000  # hits asked of the index at once
MOST = 100_000  # articles of a list that are told of, the newest
ELSEWHERE = "Other outlets"  # folder of outlets whose feeds belong to no theatre
SEARCHES = "Saved searches"  # folder of searches that have none


@dataclass(frozen=True, slots=True)
class ReaderList:
    """A list that a program subscribes to. ``number``: what the program knows it by; ``page``, ``feed``: its addresses."""

    number: int
    kind: str
    ident: str
    title: str
    folder: str
    match: Node
    page: str
    feed: str


class Reader:
    """A reader with their lists, for one request. ``full_text``: whether they may have whole texts."""

    def __init__(self, app: App, user: User, full_text: bool) -> None:
        self.app = app
        self.user = user
        self.full_text = full_text
        self.now = app.clock.now()

    @cached_property
    def lists(self) -> tuple[ReaderList, ...]:
        """Saved searches, then outlets by name."""
        store, base = self.app.store, self.app.settings.base
        searches, known = store.searches.all(), outlets()
        theatres = self._theatres(known)
        of_searches = store.numbers.of("search", [str(search.id) for search in searches])
        of_outlets = store.numbers.of("outlet", list(theatres))
        found = []
        for search in searches:
            ident, page = str(search.id), f"{base}/search/{search.id}"
            planned = view(search.query, {}, self.now, names()).plan
            match = AllOf((planned.match, Between(planned.since, planned.until)))
            folder = search.folder or SEARCHES
            found.append(ReaderList(of_searches[ident], "search", ident, search.name, folder, match, page, f"{page}.atom"))
        for ident, folder in theatres.items():
            page = f"{base}/outlet/{ident}"
            own = Facet("outlet", ident)
            found.append(ReaderList(of_outlets[ident], "outlet", ident, known[ident].name, folder, own, page, f"{page}.atom"))
        return tuple(found)

    def _theatres(self, known: Collection[str]) -> dict[str, str]:
        """The folder of each outlet that has a feed: the theatre of its first feed that has one."""
        titles = {theatre.id: theatre.name for theatre in catalogue.load().theatres}
        of_outlet: dict[str, str | None] = {}
        for feed in self.app.store.feeds.all():
            of_outlet[feed.outlet_id] = of_outlet.get(feed.outlet_id) or feed.theatre
        return {ident: titles.get(of_outlet[ident] or "", ELSEWHERE) for ident in known if ident in of_outlet}

    @cached_property
    def folders(self) -> dict[str, int]:
        """The folders with their numbers."""
        found = list(dict.fromkeys(each.folder for each in self.lists))
        return dict(self.app.store.numbers.of("folder", found))

    def by_number(self, number: int) -> ReaderList | None:
        """The list with this number."""
        return next((each for each in self.lists if each.number == number), None)

    def list_of(self, outlet_id: str) -> ReaderList | None:
        """The list of an outlet."""
        return next((each for each in self.lists if each.kind == "outlet" and each.ident == outlet_id), None)

    def within(self, folder: str) -> tuple[ReaderList, ...]:
        """The lists of a folder."""
        return tuple(each for each in self.lists if each.folder == folder)

    def plan(
        self,
        lists: Sequence[ReaderList] | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        unread: bool | None = None,
        starred: bool | None = None,
    ) -> Plan:
        """What finds the articles of these lists (None: of all) that came since and until then and bear these marks."""
        parts: list[Node] = [Everything() if lists is None else AnyOf(tuple(each.match for each in lists))]
        if unread is not None:
            new: Node = AllOf((Between(self.now - WINDOW), Not(Articles(self._read))))
            parts.append(new if unread else Not(new))
        if starred is not None:
            chosen: Node = Articles(frozenset(self.app.store.marks.starred(self.user.id)))
            parts.append(chosen if starred else Not(chosen))
        return Plan(AllOf(tuple(parts)), since, until)

    @cached_property
    def _read(self) -> frozenset[int]:
        return self.app.store.marks.read_since(self.user.id, self.now - 2 * WINDOW)

    def ids(self, plan: Plan, limit: int, *, oldest: bool = False, skip: int = 0) -> list[int]:
        """Ids of articles, newest first or oldest first, after the first ``skip``. Of oldest first the newest MOST are looked at."""
        wanted = MOST if oldest else min(skip + limit, MOST)
        found: list[int] = []
        for batch in self._pages(plan, wanted):
            found += batch
        return (found[::-1] if oldest else found)[skip : skip + limit]

    def _pages(self, plan: Plan, wanted: int) -> Iterator[tuple[int, ...]]:
        cursor, left = None, wanted
        while left > 0:
            hits = self.app.index.articles(plan, min(left, AT_ONCE), cursor)
            yield hits.article_ids
            left, cursor = left - len(hits.article_ids), hits.next_after
            if cursor is None:
                return

    def marks(self, articles: Sequence[Article]) -> Marks:
        """The marks on these articles; those that count as read without a mark are among the read."""
        found = self.app.store.marks.of(self.user.id, [article.id for article in articles])
        old = {article.id for article in articles if article.at < self.now - WINDOW}
        return Marks(found.read | old, found.starred)

    def mark(self, ids: Collection[int], *, read: bool | None = None, starred: bool | None = None) -> None:
        """Mark articles."""
        self.app.store.marks.set(self.user.id, ids, self.now, read=read, starred=starred)
        self.__dict__.pop("_read", None)

    def read_all(self, lists: Sequence[ReaderList] | None, until: datetime | None = None) -> int:
        """Mark everything in these lists that is unread, and came before ``until``, as read; return how much that was."""
        done: set[int] = set()
        while ids := set(self.ids(self.plan(lists, until=until, unread=True), MOST)) - done:  # the index may still name what was removed
            self.mark(ids, read=True)
            done |= ids
        return len(done)

    def unread(self) -> dict[int, tuple[int, datetime | None]]:
        """How much of each list is unread, by its number, and when the newest of that came."""
        found: dict[int, tuple[int, datetime | None]] = {}
        for each in self.lists:
            plan = self.plan([each], unread=True)
            count = self.app.index.count(plan)
            newest = self.app.store.articles.many(self.app.index.articles(plan, 1).article_ids) if count else ()
            found[each.number] = (count, newest[0].at if newest else None)
        return found

    def html(self, article: Article) -> str:
        """An article for a reader program: its beginning, or all of it, and the way to who says what in it."""
        return article_html(article, self.app.settings.base, whole=self.full_text)


def reader_of(token: Token | None) -> Reader | None:
    """The reader whose token this is; None for one that is revoked or may not sync."""
    if token is None or token.revoked or Scope.SYNC not in token.scopes:
        return None
    app = product()
    user = app.store.users.get(token.user_id)
    if user is None:
        return None
    allowed = app.settings.full_text
    g.reader = Reader(app, user, allowed == "open" or (allowed == "token" and Scope.FULL_TEXT in token.scopes))
    found: Reader = g.reader
    return found


def reader() -> Reader:
    """The reader of this request, whom the blueprint let in."""
    found: Reader = g.reader
    return found


def outlet_of(article: Article) -> Outlet:
    """Who publishes an article."""
    return outlets()[article.outlet_id]


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return int(at.timestamp() * 1_000_000)


def moment(text: str, per_second: int = 1) -> datetime | None:
    """The time of a Unix timestamp, at the latest 2242-03-16; None where it is no number."""
    number = whole(text)
    return None if number is None else datetime.fromtimestamp(min(number / per_second, LATEST_S), UTC)
