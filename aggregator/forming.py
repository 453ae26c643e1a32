"""All stories formed anew from their articles, and which story that readers know each of them is.

Nothing is written while they are formed: readers see the stories as they were, and a process that ends on the way leaves them so. Then each
keeps the id of the story that it has most in common with, so that links and items of feeds stay what they are, and what is another now
leads to where most of its articles went.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.errors import NotFoundError
from aggregator.ports import Store
from aggregator.stories.cluster import StoryBook
from aggregator.stories.repair import Shift, repair

FORMED = 100  # articles after which young stories are looked at again: those of a busy minute


@dataclass(slots=True)
class Forming:
    """Stories that grow from articles in the order in which they came, as the service would have formed them then. ``window``: how long
    after its last article a story takes in further ones."""

    store: Store
    book: StoryBook
    window: timedelta
    stories: dict[int, list[int]] = field(default_factory=dict)  # by numbers of their own: the articles, as they came
    _story_of: dict[int, int] = field(default_factory=dict, repr=False)
    _opened: int = 0
    _touched: set[int] = field(default_factory=set, repr=False)
    _since: datetime | None = None

    def take(self, article_ids: Iterable[int]) -> None:
        """Put the articles into stories; those that are gone are left out."""
        for article_id in article_ids:
            try:
                document = self.store.stories.document(article_id)
                self._since = self.store.articles.get(article_id).first_seen_at - self.window
            except NotFoundError:
                continue
            story = self.book.story_of_text(document) or self.book.nearest(document) or self._open(article_id)
            self.book.add(document, story)
            self._put(article_id, story)
            self._touched.add(article_id)
            if len(self._touched) == FORMED:
                self._look_again()
        self._look_again()

    def _look_again(self) -> None:
        for shift in repair(self.book, self._open, self._touched):
            self._shift(shift)
        if self._since is not None:
            self.book.forget(self._since)
        self._touched = set()

    def _shift(self, shift: Shift) -> None:
        for article_id in list(self.stories[shift.source]) if shift.whole else shift.articles:
            self._put(article_id, shift.target)

    def _put(self, article_id: int, story: int) -> None:
        before = self._story_of.get(article_id)
        if before is not None:
            self.stories[before].remove(article_id)
            if not self.stories[before]:
                del self.stories[before]
        self.stories.setdefault(story, []).append(article_id)
        self._story_of[article_id] = story

    def _open(self, article_id: int) -> int:
        self._opened += 1
        return self._opened


@dataclass(frozen=True, slots=True)
class Succession:
    """``heirs``: which former story each formed one is; those that are none are new. ``leads``: where the others lead to, by the number of
    a formed one."""

    heirs: Mapping[int, int]
    leads: Mapping[int, int]


def succession(formed: Mapping[int, Sequence[int]], former: Callable[[int], int | None]) -> Succession:
    """Tell who takes after whom by the articles that they share: the pair with most first, of equal ones the oldest. ``former``: the story
    that an article was in."""
    shared: Counter[tuple[int, int]] = Counter()
    for number, article_ids in formed.items():
        shared.update((story, number) for article_id in article_ids if (story := former(article_id)) is not None)
    heirs: dict[int, int] = {}
    leads: dict[int, int] = {}
    taken: set[int] = set()
    for story, number in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if number not in heirs and story not in taken:
            heirs[number] = story
            taken.add(story)
        leads.setdefault(story, number)
    return Succession(heirs, {story: number for story, number in leads.items() if story not in taken})


def carry_out(store: Store, formed: Mapping[int, Sequence[int]], open_story: Callable[[int], int]) -> list[int]:
    """Make the stories of the store those that were formed; return their ids. Doing it again does what is left by a process that ended
    on the way. ``open_story``: opens a story for an article."""
    was = {article.id: article.story_id for ids in formed.values() for article in store.articles.many(ids)}
    found = succession(formed, was.get)
    now: dict[int, int] = {}
    for number, ids in formed.items():
        present = [article_id for article_id in ids if article_id in was]
        if not present:
            continue
        now[number] = story = found.heirs.get(number) or open_story(present[0])
        for article_id in present:
            if was[article_id] != story:
                store.stories.assign(article_id, story)
        store.stories.follow(story, None)  # said anew once all stand
    for story, number in found.leads.items():
        store.stories.merge(story, now[number])
    return sorted(now.values())
