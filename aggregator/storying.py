"""Stories over the store: articles are put into the stories that the book names, stories are brought up to date, and repaired.

What the book holds follows from the store and the clock alone: one that is read anew, after a restart or since operators arranged
something, says the same as the one that has grown.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.arranging import STORIES_EDITION
from aggregator.bonds import Bonds
from aggregator.claims.group import group as group_claims
from aggregator.errors import NotFoundError
from aggregator.forming import Forming, carry_out
from aggregator.model import Story
from aggregator.ports import Clock, Store
from aggregator.stories.cluster import StoryBook
from aggregator.stories.follows import Told, followed, likely, told
from aggregator.stories.repair import Shift, repair
from aggregator.stories.title import choose

STORY_WINDOW = timedelta(days=14)  # how long after its last article a story can take in further ones
REPAIRED = "repair"  # the cursor of the changes whose stories were looked at again
REPAIR_BATCH = 2000  # changes that one repair takes
LARGE = 60  # articles of a story whose title and claims are made anew not with each article, but with each repair
TITLED = 200  # newest articles from which a story's title is chosen
YOUNG = timedelta(days=2)  # after its first article, how long a story that follows none is looked at again when more come
SILENCE = timedelta(days=2)  # before a story's first article, how long one that it follows has said nothing, at least
MEMORY = timedelta(days=120)  # and at most
BEFORE = 1000  # earlier stories of its places whose titles are looked at
READ = 6  # of these, how many are read
HEARD = 8  # newest texts of a story that are read then
TOLD = ("stored", "revised", "corrected", "retagged", "regrouped")  # changes after which a story is looked at again


def quiet_since(story: Story, now: datetime) -> datetime | None:
    """When a story that has ended, as it takes in no further articles, had its last one; None for one that is live."""
    return story.last_seen_at if story.last_seen_at < now - STORY_WINDOW else None


@dataclass(slots=True)
class Storying:
    """The step from articles to stories, of whoever has the follower's turn. ``bonds`` and ``title``: what operators decided, on all
    stories and on one by its articles."""

    store: Store
    clock: Clock
    bonds: Callable[[], Bonds]
    title: Callable[[Collection[int]], str | None]
    _book: StoryBook | None = field(default=None, repr=False)
    _seq: int = -1
    _edition: int = -1

    def book(self, seq: int) -> StoryBook:
        """The book of the stories that are live now: kept between turns, read anew from the store when somebody else moved the cursor, or
        formed all stories anew or arranged some."""
        edition, since = self.store.changes.cursor(STORIES_EDITION), self.oldest()
        if self._book is None or (self._seq, self._edition) != (seq, edition):
            self._book, self._edition = StoryBook(bonds=self.bonds()), edition
            for document, story_id in self.store.stories.documents(since):
                if story_id is not None:
                    self._book.add(document, story_id)
        self._book.forget(since)
        self._seq = -1  # until ``taken``: a turn that breaks off leaves a book that is not to be trusted
        return self._book

    def taken(self, seq: int) -> None:
        """The turn is done, and the book is what the store will be when its cursor is at ``seq``."""
        self._seq = seq

    def drop(self) -> None:
        """Forget the book: it may name stories that went with their articles."""
        self._book = None

    @property
    def is_open(self) -> bool:
        return self._book is not None

    def oldest(self) -> datetime:
        """The hour of an article from which its story is live, to the second, as the store compares it."""
        return (self.clock.now() - STORY_WINDOW).replace(microsecond=0)

    def assign(self, article_id: int, book: StoryBook) -> int | None:
        """Put an article into the story it belongs to, or opens; return the story. None for an article that is gone."""
        try:
            document = self.store.stories.document(article_id)
            article = self.store.articles.get(article_id)
        except NotFoundError:
            return None
        known = book.story_of_text(document)
        story_id = article.story_id if known is None else known
        if story_id is None:
            story_id = book.nearest(document)
        if story_id is None:
            story_id = self.open_story(article_id)
        if story_id != article.story_id:
            self.store.stories.assign(article_id, story_id)
            if article.story_id is not None and not self.store.stories.article_ids(article.story_id):
                self.store.stories.merge(article.story_id, story_id)
        elif not book.groups_of(story_id):
            if document.at < self.oldest():
                return story_id  # an old story's article was changed; it takes in no others
            for other in self.store.stories.documents_of(story_id):
                book.add(other, story_id)
        book.add(document, story_id)
        return story_id

    def open_story(self, article_id: int) -> int:
        """A story of its own for an article, which is not put into it yet."""
        article = self.store.articles.get(article_id)
        return self.store.stories.create(article.title, article.at)

    def refresh(self, story_id: int) -> None:
        """Bring a story's title, counts and claims up to date with its articles."""
        ids = self.store.stories.article_ids(story_id)
        if not ids:
            return
        title = self.title(ids) or choose(self.store.stories.documents_of(story_id, TITLED))
        self.store.stories.refresh(story_id, title)
        self.store.stories.set_claims(story_id, group_claims(story_id, self.store.stories.attributions(story_id)))

    def refresh_now(self, story_ids: Iterable[int]) -> None:
        """Bring stories up to date with articles that have just come: large ones but for title and claims, which the next repair makes."""
        for story_id in story_ids:
            story = self.store.stories.get(story_id)
            if story.articles < LARGE:
                self.refresh(story_id)
            else:
                self.store.stories.refresh(story_id, story.title)

    def repair(self) -> int:
        """Look again at the stories of the articles that came or changed since the last time; return how many shifts there were."""
        done, followed = self.store.changes.cursor(REPAIRED), self.store.changes.cursor("index")
        changes = [change for change in self.store.changes.since(done, REPAIR_BATCH) if change.seq <= followed]
        if not changes:
            return 0
        book = self.book(followed)
        touched = {change.article_id for change in changes if change.kind in TOLD}
        shifts = repair(book, self.open_story, touched)
        stories = {story_id for article in touched if (story_id := book.story_of(article)) is not None}
        large = {story.id for story in self.store.stories.many(sorted(stories)) if story.articles >= LARGE}
        for story_id in sorted(self.carry_out(shifts) | large):
            self.refresh(story_id)
        self.lead_back(stories)
        self.store.changes.advance(REPAIRED, changes[-1].seq)
        self.taken(followed)
        return len(shifts)

    def form(self, article_ids: Iterable[int]) -> None:
        """Form all stories anew from the articles in the order in which they came, as the service would have then."""
        forming = Forming(self.store, StoryBook(bonds=self.bonds()), STORY_WINDOW)
        forming.take(article_ids)
        formed = carry_out(self.store, forming.stories, self.open_story)
        self.drop()
        self.store.changes.advance(REPAIRED, self.store.changes.cursor("index"))
        for story_id in formed:
            self.refresh(story_id)
        self.lead_back(formed)

    def lead_back(self, story_ids: Iterable[int]) -> None:
        """Note for those of the stories that are young and follow none which earlier one they surely take up. A story takes one query for
        the earlier ones of its places, and reads HEARD texts of READ of them at most."""
        for story in self.store.stories.many(sorted(story_ids)):
            if story.follows is not None or not story.articles or story.last_seen_at - story.first_seen_at > YOUNG:
                continue
            first, last = story.first_seen_at - MEMORY, story.first_seen_at - SILENCE
            earlier = {one.id: one for one in self.store.stories.before(story.id, first, last, BEFORE)}
            if not earlier:
                continue
            titles = {ident: one.title for ident, one in earlier.items()}
            new = self._told(story)
            chosen = set(likely(new, titles, READ))
            found = followed(new, [self._told(one) for ident, one in earlier.items() if ident in chosen], list(titles.values()))
            if found is not None:
                self.store.stories.follow(story.id, found)

    def _told(self, story: Story) -> Told:
        documents = self.store.stories.documents_of(story.id, HEARD)
        places: set[str] = set()
        for tags in self.store.articles.tags([document.article_id for document in documents]).values():
            here = {ident for one in tags.mentions if one.place.id in tags.primary_places for ident in (one.place.id, *one.place.path)}
            places |= {mention.text for mention in tags.mentions if mention.place.id in here}
        return told(story.id, story.title, documents, places)

    def carry_out(self, shifts: Iterable[Shift]) -> set[int]:
        """Do in the store what the repair did in the book; return the stories that are others now."""
        changed: set[int] = set()
        for shift in shifts:
            if shift.whole:
                self.store.stories.merge(shift.source, shift.target)
            else:
                for article_id in shift.articles:
                    self.store.stories.assign(article_id, shift.target)
            changed |= {shift.source, shift.target} if not shift.whole else {shift.target}
        return changed - {shift.source for shift in shifts if shift.whole}
