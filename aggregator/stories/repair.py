"""Repair of stories: what a single pass over the stream got wrong because it could not know what would come.

Early articles of an event open stories of their own while nothing is known yet about which words are rare. ``repair`` looks at the
small stories again once there is more to go by. Merges leave redirects in the store, so links never die.
"""

from dataclasses import dataclass

from aggregator.stories.cluster import StoryBook

SMALL = 3  # texts, up to which a story is looked at again
LIKE = 0.3  # cosine from which it is part of another; below, two events of one country join (docs/decisions/0005)


@dataclass(frozen=True, slots=True)
class Merge:
    """All articles of ``source`` belong to ``target``."""

    source: int
    target: int
    likeness: float


def repair(book: StoryBook, *, small: int = SMALL, like: float = LIKE) -> tuple[Merge, ...]:
    """Merge small stories into what they are most like, smallest first, in the book; return the merges, to be done in the store in
    this order. Done twice in a row, the second time finds nothing unless a merge made two stories alike."""
    merges: list[Merge] = []
    for story_id, size in sorted(book.sizes().items(), key=lambda pair: (pair[1], pair[0])):
        if size > small:
            break
        sizes = book.sizes()
        if story_id not in sizes:  # merged meanwhile
            continue
        likeness, other = next(iter(book.like(story_id)), (0.0, story_id))
        if likeness < like:
            continue
        source, target = sorted((story_id, other), key=lambda each: (sizes[each], -each))
        book.merge(source, target)
        merges.append(Merge(source, target, round(likeness, 3)))
    return tuple(merges)
