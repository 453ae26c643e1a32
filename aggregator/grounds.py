"""The grounds on which articles are in a story, and texts are copies of each other, as they stand in the store now."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from aggregator.corrections import COPY, Ruling
from aggregator.identity.copies import BOILERPLATE, WINDOW, boilerplate_in
from aggregator.identity.explain import Compared, compare, passages, why_origin
from aggregator.model import StoryDocument
from aggregator.ports import Store
from aggregator.stories.explain import ExplainedText, explain

AROUND = timedelta(days=3)  # before and after a story, from which it is told apart
NEIGHBOURS = 5  # texts that are no copies, of which it is said why


@dataclass(frozen=True, slots=True)
class StoryGrounds:
    """Why each text is in a story, by comparison with ``compared`` articles of the days around it."""

    story_id: int
    texts: tuple[ExplainedText, ...]
    compared: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another article: how its text compares, whether it is in the same copy group, and the passages that both have."""

    compared: Compared
    copy: bool
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyGrounds:
    """The copy group of an article. ``origin``: of its ``members``, and ``because`` why; ``neighbours``: the other members first, then
    those that come nearest without being copies; ``rulings``: what operators decided on any of them, newest first."""

    article_id: int
    group: int
    members: tuple[int, ...]
    origin: int
    because: str
    neighbours: tuple[Neighbour, ...]
    rulings: tuple[Ruling, ...]


def of_story(store: Store, story_id: int, most: int | None = None) -> StoryGrounds:
    """Why each text is in the story. ``most``: compare with no more articles than these, the nearest in time, besides its own. Raises
    NotFoundError."""
    story = store.stories.get(story_id)
    last = story.last_seen_at + AROUND
    around = [(document, where) for document, where in store.stories.documents(story.first_seen_at - AROUND) if document.at <= last]
    own = [pair for pair in around if pair[1] == story.id]
    others = [pair for pair in around if pair[1] != story.id]
    if most is not None and len(others) > most:
        middle = story.first_seen_at + (story.last_seen_at - story.first_seen_at) / 2
        others = sorted(others, key=lambda pair: abs(pair[0].at - middle))[:most]
    known: list[tuple[StoryDocument, int | None]] = sorted([*own, *others], key=lambda pair: (pair[0].at, pair[0].article_id))
    return StoryGrounds(story.id, explain(story.id, known), len(known))


def of_copy(store: Store, article_id: int) -> CopyGrounds | None:
    """Why an article is a copy, or whose origin it is; None as long as its text was not looked at. Raises NotFoundError."""
    article = store.articles.get(article_id)
    ours = store.copies.fingerprints([article_id]).get(article_id)
    if ours is None:
        return None
    group = article.copy_group if article.copy_group is not None else article_id
    members = store.copies.members(group) or (article_id,)
    sharing = store.copies.sharing(ours.shingles, ours.at - WINDOW, BOILERPLATE)
    boilerplate = boilerplate_in(sharing)
    counts = Counter(other for shingle, articles in sharing.items() if shingle not in boilerplate for other in articles)
    near = [other for other, _ in counts.most_common() if other not in members][:NEIGHBOURS]
    known = store.copies.fingerprints([*members, *near])
    bodies = {other.id: other.body for other in store.articles.many([*members, *near])}
    origin, because = why_origin([known[member] for member in members if member in known])
    neighbours = tuple(
        Neighbour(compare(ours, known[other], boilerplate), other in members, passages(article.body, bodies.get(other, "")))
        for other in [*(member for member in members if member != article_id), *near]
        if other in known
    )
    named = {*members, *near}
    rulings = tuple(r for r in store.rulings.history(COPY, 10_000) if not named.isdisjoint((*r.articles, *r.others)))
    return CopyGrounds(article_id, group, members, origin, because, neighbours, rulings)
