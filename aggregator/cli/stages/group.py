"""`frontwire try group`: a stream of articles, which of them are the same, which carry the same text, which tell of the same event.

The store is SQLite in memory; identity, copies and stories are decided by the functions that the workers call, in their order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import FrontwireError, UsageError
from aggregator.identity.aliases import address_of, aliases_of, decide, unclaimed
from aggregator.identity.copies import fingerprint, join
from aggregator.identity.revisions import body_hash
from aggregator.model import Alias, Entry, FeedDraft, NewArticle, Outlet, StoryDocument, Tags
from aggregator.ports import Store
from aggregator.storage.engine import open_store
from aggregator.stories.cluster import StoryBook
from aggregator.stories.repair import repair

Line = dict[str, Any]
DAWN = datetime(2000, 1, 1, tzinfo=UTC)  # the hour of what bears none, so that a stream without hours is all of one day


@dataclass(frozen=True, slots=True)
class _Row:
    """An input line and the article that it turned out to be, or the error that it ended in."""

    ident: Any
    article_id: int | None
    error: Line | None = None


def open_stage() -> Callable[[Iterable[Line]], Iterator[Line]]:
    """Open a store in memory and return the stage, which takes all lines before it answers the first."""
    store = open_store("sqlite://")

    def run(lines: Iterable[Line]) -> Iterator[Line]:
        return _Stream(store).run(lines)

    return run


class _Stream:
    """One stream of articles through identity, copies and stories."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.book = StoryBook()
        self.feeds: dict[str, int] = {}
        self.stories = 0
        self.origins: dict[int, int] = {}  # copy group -> article

    def run(self, lines: Iterable[Line]) -> Iterator[Line]:
        rows = [self._row(line) for line in lines]
        repair(self.book, self._open)
        groups = self.store.copies.groups([row.article_id for row in rows if row.article_id is not None])
        for row in rows:
            yield row.error if row.error is not None else self._answer(row, groups)

    def _row(self, line: Line) -> _Row:
        ident = line["id"]
        try:
            return _Row(ident, self._take(line))
        except FrontwireError as error:
            return _Row(ident, None, {"id": ident, "error": {"kind": error.kind, "message": error.message}})
        except (KeyError, TypeError, ValueError) as error:  # a field is missing or of another type
            return _Row(ident, None, {"id": ident, "error": {"kind": "input", "message": f"{type(error).__name__}: {error}"}})

    def _take(self, line: Line) -> int:
        at = _time(line.get("published"))
        title, body, outlet = line["title"], line["body"], line["outlet"]
        if not (isinstance(title, str) and isinstance(body, str) and isinstance(outlet, str)):
            raise UsageError("An article needs its title, body and outlet as text.")
        feed_id = self._feed(line.get("feed") or f"https://{outlet.casefold().encode().hex()}.invalid/", outlet)
        entry = Entry(guid=line.get("guid"), link=line["url"], title=title, published=at)
        shown, url_key = address_of(entry)
        names = aliases_of(entry, feed_id)
        new = NewArticle(
            outlet_id=self._outlet(outlet),
            url=shown,
            url_key=url_key,
            title=title,
            body=body,
            kinds=(),
            language=None,
            published_at=at,
            first_seen_at=at or DAWN,
            body_hash=body_hash(title, body),
            feed_id=feed_id,
        )
        with self.store.together():
            article_id, changed = self._identify(new, names)
            if changed:
                self._follow(article_id, new)
        return article_id

    def _identify(self, new: NewArticle, names: tuple[Alias, ...]) -> tuple[int, bool]:
        """The article's id, and whether its text is new or changed."""
        articles, now = self.store.articles, new.first_seen_at
        hits = articles.find(names)
        free = unclaimed(names, hits)
        known = decide(hits, url_key=new.url_key, title=new.title)
        if known is None:
            added = articles.add(new, free, Tags(), now)
            if added is None:
                raise UsageError("This article was stored by somebody else at the same time.")
            return added, True
        if articles.body_hash(known) == new.body_hash:
            articles.again(known, free, now)
            return known, False
        articles.revise(known, new, free, Tags(), now)
        return known, True

    def _follow(self, article_id: int, new: NewArticle) -> None:
        """Copies, then the story."""
        at = new.published_at or new.first_seen_at
        decision = join(fingerprint(article_id, new.body, at, outlet_id=new.outlet_id), self.store.copies)
        self.origins[decision.group] = decision.origin
        document = StoryDocument(article_id, new.title, new.body, None, at, new.outlet_id, decision.group)
        story_id = self.book.story_of(article_id)
        if story_id is None:
            story_id = self.book.nearest(document)
        if story_id is None:
            story_id = self._open(article_id)
        self.book.add(document, story_id)

    def _open(self, article_id: int) -> int:
        """The next story."""
        self.stories += 1
        return self.stories

    def _answer(self, row: _Row, groups: Mapping[int, int]) -> Line:
        article_id = row.article_id
        assert article_id is not None
        group = groups.get(article_id, article_id)
        return {
            "id": row.ident,
            "article": article_id,
            "copy_group": group,
            "story": self.book.story_of(article_id),
            "independent": self.origins.get(group, article_id) == article_id,
        }

    def _outlet(self, name: str) -> str:
        return f"outlet-{name.casefold().encode().hex()[:80]}"

    def _feed(self, url: str, outlet: str) -> int:
        found = self.feeds.get(url)
        if found is None:
            feed, _ = self.store.feeds.add(FeedDraft(url, outlet, Outlet(self._outlet(outlet), outlet)), DAWN)
            found = self.feeds[url] = feed.id
        return found


def _time(text: Any) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
