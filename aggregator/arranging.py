"""What operators decide on stories and copy groups: which articles are one story and which are not, which text is nobody's copy.

A ruling is checked, kept, and carried out at once by whoever has the follower's turn: this process, if it gets it within two seconds, else
the follower itself before anything else. It is told by articles, so it goes on through rebuilds, edits and repairs as a bond. No link to a
story dies: what is merged or left empty leads on, and what is taken back is opened again under the number that it had.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from aggregator.bonds import Bonds
from aggregator.corrections import APART, COPY, PINNED, STORY, TITLED, TOGETHER, Ruling, Stood
from aggregator.errors import NotFoundError, UsageError
from aggregator.identity.copies import join
from aggregator.model import Article
from aggregator.ports import Clock, Store
from aggregator.stories import rulings

STORIES_EDITION = "stories-edition"  # a cursor that counts how often stories were formed or arranged behind the follower's back
PATIENCE = 20  # tries to get the follower's turn
TRY_S = 0.1
LONGEST_TITLE = 300  # characters
Asked = ParamSpec("Asked")


Decision = Callable[Concatenate["Arranging", Asked], Ruling]


def _decision(decide: Decision[Asked]) -> Decision[Asked]:
    """What is decided is looked up, checked and kept while nobody else decides anything; then it is carried out."""

    @wraps(decide)
    def decided(self: "Arranging", /, *args: Asked.args, **kwargs: Asked.kwargs) -> Ruling:
        with self.store.rulings.alone():
            ruling = decide(self, *args, **kwargs)
        return self._at_once(ruling.id)

    return decided


@dataclass(frozen=True, slots=True)
class Arranging:
    """Rulings over the store. ``refresh`` brings a story's title, counts and claims up to date with its articles."""

    store: Store
    clock: Clock
    refresh: Callable[[int], None]
    lease_s: float = 120.0

    # --- what holds ---------------------------------------------------------------------------------------------------

    def story_bonds(self) -> Bonds:
        """Which articles must be in one story and which may not; copies of a text are bound as it is."""
        holding = self.store.rulings.holding(STORY)
        return rulings.bonds_of(holding, self._texts({article for ruling in holding for article in (*ruling.articles, *ruling.others)}))

    def copy_bonds(self) -> Bonds:
        """Which articles are one text and which are not."""
        return rulings.bonds_of(self.store.rulings.holding(COPY))

    def title(self, articles: Collection[int]) -> str | None:
        """What operators call the story of these articles."""
        return rulings.title(self.store.rulings.holding(STORY), articles)

    def about_story(self, story_id: int) -> tuple[Ruling, ...]:
        """All that was ever decided on a story, told by its articles, newest first."""
        ids = {article.id for article in self.store.stories.articles(story_id)}
        return self._naming(STORY, ids)

    def about_copies(self, articles: Collection[int]) -> tuple[Ruling, ...]:
        """All that was ever decided on the texts of these articles, newest first."""
        return self._naming(COPY, set(articles))

    def _naming(self, about: str, ids: set[int]) -> tuple[Ruling, ...]:
        return tuple(r for r in self.store.rulings.history(about, 10_000) if not ids.isdisjoint((*r.articles, *r.others)))

    # --- stories ------------------------------------------------------------------------------------------------------

    @_decision
    def merge(self, source: int, target: int, by: str, reason: str = "") -> Ruling:
        """Both are one story from now on, under the number of ``target``. Raises NotFoundError, UsageError if they are one already or an
        earlier ruling keeps some of their articles apart."""
        one, other = self.store.stories.get(source), self.store.stories.get(target)
        if one.id == other.id:
            inside = [article.id for article in self.store.stories.articles(one.id)]
            raise self._refused(f"{source} and {target} are one story already: {one.id}, “{one.title}”.", inside)
        ours, theirs = (tuple(article.id for article in self.store.stories.articles(story.id)) for story in (one, other))
        if not ours or not theirs:
            empty = one if not ours else other
            raise UsageError(f"Story {empty.id} has no articles: there is nothing to merge.")
        return self._say(STORY, TOGETHER, ours, theirs, self._stood((one.id, other.id)), by, reason)

    @_decision
    def split(self, articles: Sequence[int], by: str, reason: str = "") -> Ruling:
        """These articles, with all copies of their texts, are a story of their own, and no other article of the story is with them.

        Raises NotFoundError, UsageError if they are of several stories, all of one, or bound to the others by an earlier ruling."""
        story_id = self._one_story(articles)
        inside = tuple(article.id for article in self.store.stories.articles(story_id))
        ours = tuple(article for article in inside if article in self._whole(articles))
        rest = tuple(article for article in inside if article not in ours)
        if not rest:
            raise self._refused(f"These are all the texts of story {story_id}: nothing would be left of it.", ours)
        return self._say(STORY, APART, ours, rest, self._stood([story_id]), by, reason)

    @_decision
    def pin(self, articles: Sequence[int], by: str, reason: str = "", to: int | None = None) -> Ruling:
        """These articles stay in their story, or in story ``to``, whatever their texts come to say. The story is told by its first other
        text. Raises NotFoundError, UsageError for a story without another text, or if an earlier ruling forbids it."""
        story_id = self._one_story(articles) if to is None else self.store.stories.get(to).id
        self._found(articles)
        ours = tuple(sorted(self._whole(articles)))
        anchor = next((article.id for article in self.store.stories.articles(story_id) if article.id not in ours), None)
        if anchor is None:
            told = rulings.articles_told(articles)
            raise self._refused(f"Story {story_id} has no other text to which {told} could be pinned.", ours)
        return self._say(STORY, PINNED, ours, (anchor,), self._stood({story_id, *self._stories(ours).values()}), by, reason)

    @_decision
    def entitle(self, story_id: int, title: str, by: str, reason: str = "") -> Ruling:
        """The story is called so. Raises NotFoundError, UsageError for a title without words or of more than LONGEST_TITLE characters."""
        story, title = self.store.stories.get(story_id), " ".join(title.split())
        if not any(letter.isalnum() for letter in title) or len(title) > LONGEST_TITLE:
            raise UsageError(f"A title has words, and at most {LONGEST_TITLE} characters.")
        articles = tuple(article.id for article in self.store.stories.articles(story.id))
        return self._say(STORY, TITLED, articles, (), (), by, reason, title)

    # --- copies -------------------------------------------------------------------------------------------------------

    @_decision
    def copies_apart(self, articles: Sequence[int], by: str, reason: str = "") -> Ruling:
        """These articles are no copies of those in whose copy group they are; among each other they are one text.

        Raises NotFoundError, UsageError if they are of several groups or of none, or an earlier ruling binds them to the others."""
        groups = {self._group(article) for article in self._found(articles)}
        if len(groups) > 1:
            raise UsageError(f"{rulings.articles_told(articles).capitalize()} are of several copy groups: say it of one group at a time.")
        ours = tuple(sorted(set(articles)))
        rest = tuple(article for group in groups for article in self.store.copies.members(group) if article not in ours)
        if not rest:
            raise self._refused(f"No other article has the text of {rulings.articles_told(articles)}.", ours)
        return self._say(COPY, APART, ours, rest, (), by, reason)

    @_decision
    def copies_together(self, articles: Sequence[int], by: str, reason: str = "") -> Ruling:
        """These articles, and all that are in a copy group with one of them, carry the same text, and so are in one story.

        Raises NotFoundError, UsageError for less than two, or if an earlier ruling keeps them apart."""
        if len(self._found(articles)) < 2:
            raise UsageError("It takes two articles to carry the same text.")
        ours = tuple(sorted(self._whole(articles)))
        stories = set(self._stories(ours).values())
        return self._say(COPY, TOGETHER, ours, (), self._stood(stories) if len(stories) > 1 else (), by, reason)

    # --- taking back --------------------------------------------------------------------------------------------------

    def undo(self, ruling_id: int, by: str, about: str) -> Ruling:
        """It holds no more, and its articles go back to where they stood, as far as no other ruling binds them. Raises NotFoundError,
        UsageError if it was taken back already or is about something else."""
        ruling = self.store.rulings.get(ruling_id)
        if ruling.about != about:
            raise UsageError(f"Ruling {ruling_id} is about a {ruling.about}: take it back with `frontwire {ruling.about} undo`.")
        self.store.rulings.undo(ruling_id, by, self.clock.now())
        return self._at_once(ruling_id)

    # --- carrying out -------------------------------------------------------------------------------------------------

    def _say(
        self,
        about: str,
        kind: str,
        articles: tuple[int, ...],
        others: tuple[int, ...],
        before: Stood,
        by: str,
        reason: str,
        text: str = "",
    ) -> Ruling:
        ruling = Ruling(0, about, kind, articles, others, before, text, reason.strip(), by, self.clock.now())
        self._refuse_contradiction(ruling)
        return self.store.rulings.say(ruling)

    def _refuse_contradiction(self, new: Ruling) -> None:
        """Raise UsageError where an earlier ruling says otherwise, naming it. One text is in one story, so those on copies count for both,
        whether they were carried out already or not."""
        store = self.store.rulings
        of_copies = [ruling for ruling in store.holding(COPY) if new.about == COPY or ruling.kind == TOGETHER]
        of_stories = store.holding(STORY) if new.about == STORY else ()
        texts = self._texts((*new.articles, *new.others)) if new.about == STORY else ()
        earlier = rulings.contradicted(new, sorted([*of_stories, *of_copies], key=lambda ruling: ruling.id), texts)
        if earlier is None and new.about == COPY and new.kind == TOGETHER:
            earlier = rulings.contradicted(new, store.holding(STORY))
        if earlier is not None:
            raise UsageError(
                f"Ruling {earlier.id} says otherwise: {rulings.said(earlier)} ({rulings.because(earlier)}). "
                f"Take it back first: frontwire {earlier.about} undo {earlier.id}."
            )

    def _refused(self, message: str, articles: Collection[int]) -> UsageError:
        """The error of what cannot be as the articles stand, with the last ruling on any of them: it may be why they do."""
        known = (ruling for about in (STORY, COPY) for ruling in self._naming(about, set(articles)))
        last = max((ruling for ruling in known if ruling.undone_at is None and ruling.kind != TITLED), key=lambda r: r.id, default=None)
        if last is not None:
            message += f" Ruling {last.id} was made before: {rulings.said(last)} ({rulings.because(last)})."
        return UsageError(message)

    def _at_once(self, ruling_id: int) -> Ruling:
        for _ in range(PATIENCE):
            turn = self.store.leases.acquire("follow", self.lease_s)
            if turn.token is not None:
                try:
                    self.carry_out()
                finally:
                    self.store.leases.release("follow", turn.token)
                break
            self.clock.sleep(TRY_S)
        return self.store.rulings.get(ruling_id)

    def carry_out(self) -> int:
        """Carry out all rulings that wait; return how many. The caller has the follower's turn. To do one again changes nothing."""
        waiting = self.store.rulings.waiting()
        for ruling in waiting:
            with self.store.copies.alone():  # one transaction, in which nobody else groups copies
                if ruling.about == COPY:
                    touched = self._rejoin(ruling) if ruling.undone else self._regroup(ruling)
                else:
                    touched = set() if ruling.undone else self._arrange(ruling)
                if ruling.undone:
                    touched |= self._return(ruling)
                self.store.changes.advance(STORIES_EDITION, self.store.changes.cursor(STORIES_EDITION) + 1)
                for story in self.store.stories.many(sorted(touched)):
                    self.refresh(story.id)
                self.store.rulings.done(ruling)
        return len(waiting)

    def _arrange(self, ruling: Ruling) -> set[int]:
        """Carry out a ruling on stories; return those that changed."""
        ours, others = self._stories(ruling.articles), self._stories(ruling.others)
        if ruling.kind == TITLED:
            return set(ours.values())
        if not ours or not others:  # one side is gone
            return set()
        if ruling.kind == APART:
            return self._part(ours, set(others.values()))
        target = _most(others.values())
        if ruling.kind == PINNED:
            return self._move(ours, target) | {target}
        for source in sorted(set(ours.values()) - {target}):
            self.store.stories.merge(source, target)
        return {target}

    def _part(self, ours: dict[int, int], closed: set[int]) -> set[int]:
        """Have articles out of the closed stories: to where the others of them are, or to a new one."""
        moving = {article: story for article, story in ours.items() if story in closed}
        if not moving:
            return set()
        outside = [story for story in ours.values() if story not in closed]
        target = _most(outside) if outside else self._open(min(moving))
        return self._move(moving, target) | {target}

    def _return(self, ruling: Ruling) -> set[int]:
        """Have articles back in the stories where they stood; return the stories that changed."""
        back = list(rulings.returns(ruling, rulings.bonds_of(self.store.rulings.holding(STORY))))
        touched = set(self._stories(ruling.articles).values())
        now = self._stories([article for _, articles in ruling.before for article in articles])
        live = {each.former for each in back if any(s.id == each.former for s in self.store.stories.many([each.former]))}
        places = rulings.places_for(back, now.get, live)
        left: Counter[tuple[int, int]] = Counter()  # (story, where articles went from it)
        for each in back:
            moving = {article: now[article] for article in each.articles if article in now}
            target = places[each.former]
            if target is None and moving:
                revived = self.store.stories.revive(each.former)
                target = each.former if revived else self._open(min(moving))
            if target is not None:
                left.update((story, target) for story in moving.values() if story != target)
                touched |= self._move(moving, target) | {target}
        standing = set(self._stories(now).values())
        for (story, target), _ in left.most_common():
            if story not in standing and self._allowed(story, target):
                self.store.stories.merge(story, target)  # what came to it since goes with those that it came for
                standing.add(story)
        return touched

    def _allowed(self, *story_ids: int) -> bool:
        """Whether the articles of these stories may be one."""
        return self.story_bonds().allow({article.id for story_id in story_ids for article in self.store.stories.articles(story_id)})

    def _regroup(self, ruling: Ruling) -> set[int]:
        """Carry out a ruling on copies; return the stories that changed."""
        found = self.store.articles.many(ruling.articles)
        if not found:
            return set()
        ours = {article.id for article in found}
        if ruling.kind == TOGETHER:
            return self._unite(found)
        for group in {self._group(article) for article in found}:
            members = set(self.store.copies.members(group))
            if rest := sorted(members - ours) if not members.isdisjoint(ruling.others) else ():
                self.store.copies.set_group(rest, rest[0])
                self.store.copies.set_group(sorted(members & ours), min(members & ours))
        return set(self._stories((*ruling.articles, *ruling.others)).values())

    def _unite(self, found: Iterable[Article]) -> set[int]:
        """Make one copy group, in one story, of the groups of these articles."""
        whole = sorted(self._whole([article.id for article in found]))
        self.store.copies.set_group(whole, whole[0])
        stories = self._stories(whole)
        if not stories:
            return set()
        sizes = {story.id: story.articles for story in self.store.stories.many(sorted(set(stories.values())))}
        closed = {story for story in sizes if not self.story_bonds().allow({*whole, *(a.id for a in self.store.stories.articles(story))})}
        target = min(sizes, key=lambda story: (story in closed, -sizes[story], story))
        return self._move(stories, target) | {target}

    def _rejoin(self, ruling: Ruling) -> set[int]:
        """Have the texts decide again who copied whom, as far as no other ruling does; return the stories that changed."""
        known = self.store.copies.fingerprints(sorted(self._whole((*ruling.articles, *ruling.others))))
        for article in sorted(known):
            self.store.copies.set_group([article], article)
        bonds = self.copy_bonds()
        for article in sorted(known):
            join(known[article], self.store.copies, bonds)
        return set(self._stories(known).values())

    # --- looking things up --------------------------------------------------------------------------------------------

    def _move(self, articles: dict[int, int], target: int) -> set[int]:
        """Put articles, with the copies of their texts, into a story; return those that they left, of which empty ones lead there."""
        left: set[int] = set()
        for article in sorted(self._whole(articles)):
            story = self._stories([article]).get(article)
            if story != target:
                self.store.stories.assign(article, target)
                left |= {story} if story is not None else set()
        for story in left:
            if not self.store.stories.articles(story):
                self.store.stories.merge(story, target)
        return left

    def _stood(self, stories: Iterable[int]) -> Stood:
        """The stories as they stand."""
        return tuple((story, tuple(article.id for article in self.store.stories.articles(story))) for story in sorted(stories))

    def _open(self, article_id: int) -> int:
        article = self.store.articles.get(article_id)
        return self.store.stories.create(article.title, article.at)

    def _found(self, ids: Sequence[int]) -> tuple[Article, ...]:
        """All these articles. Raises NotFoundError, UsageError for none."""
        found = self.store.articles.many(tuple(dict.fromkeys(ids)))
        missing = set(ids) - {article.id for article in found}
        if missing:
            raise NotFoundError("article", min(missing))
        if not found:
            raise UsageError("Choose at least one article.")
        return found

    def _one_story(self, ids: Sequence[int]) -> int:
        """The one story of these articles. Raises NotFoundError, UsageError where there is none, or several."""
        stories = {article.story_id for article in self._found(ids)}
        if None in stories:
            raise UsageError(f"Not every one of {rulings.articles_told(ids)} is in a story yet: try again in a moment.")
        if len(stories) > 1:
            told, which = rulings.articles_told(ids).capitalize(), rulings.numbers_told(story for story in stories if story)
            raise self._refused(f"{told} are of several stories ({which}): choose from one.", ids)
        return next(story for story in stories if story is not None)

    def _stories(self, ids: Iterable[int]) -> dict[int, int]:
        """Stories of the articles that are there and in one."""
        return {article.id: article.story_id for article in self.store.articles.many(tuple(ids)) if article.story_id is not None}

    def _whole(self, ids: Iterable[int]) -> set[int]:
        """The articles, with the copies of their texts."""
        return set(ids).union(*self._texts(ids))

    def _texts(self, ids: Iterable[int]) -> tuple[tuple[int, ...], ...]:
        """The copy groups of these articles that have several members."""
        groups = set(self.store.copies.groups(tuple(ids)).values())
        return tuple(members for group in sorted(groups) if len(members := self.store.copies.members(group)) > 1)

    def _group(self, article: Article) -> int:
        return article.copy_group if article.copy_group is not None else article.id


def _most(stories: Iterable[int]) -> int:
    """The story that is named most often, of equal ones the oldest."""
    counts = Counter(stories)
    return min(counts, key=lambda story: (-counts[story], story))
