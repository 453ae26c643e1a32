"""What operators' rulings mean for stories: where a bound article belongs, where it may not be, which ruling another contradicts, and
where articles go back to when one is taken back; and how one is told. All of it is told by articles; a text and its copies count as one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.bonds import Bonds, bind
from aggregator.corrections import APART, COPY, PINNED, TITLED, TOGETHER, Ruling

StoryOf = Callable[[int], int | None]  # of an article


def bonds_of(rulings: Iterable[Ruling], texts: Iterable[Collection[int]] = ()) -> Bonds:
    """The bonds of rulings that hold. ``texts``: articles that carry the same text, and so are one."""
    together: list[Collection[int]] = list(texts)
    apart: list[tuple[Collection[int], Collection[int]]] = []
    for ruling in rulings:
        if ruling.kind in (TOGETHER, PINNED):
            together.append((*ruling.articles, *ruling.others))
        elif ruling.kind == APART:
            together.append(ruling.articles)
            apart.append((ruling.articles, ruling.others))
    return bind(together, apart)


def home(bonds: Bonds, articles: Collection[int], story_of: StoryOf) -> int | None:
    """The story that a text of these articles must be in: that of most of its mates, of equal ones the oldest. None: nobody said."""
    mates = bonds.mates(articles) - set(articles)
    if not mates:
        return None
    closed = barred(bonds, articles, story_of)
    stories = Counter(story for mate in mates if (story := story_of(mate)) is not None and story not in closed)
    return min(stories, key=lambda story: (-stories[story], story)) if stories else None


def barred(bonds: Bonds, articles: Iterable[int], story_of: StoryOf) -> frozenset[int]:
    """The stories that a text of these articles may not be in, since one that it is kept apart from is there."""
    return frozenset(story for article in bonds.strangers(articles) if (story := story_of(article)) is not None)


def contradicted(new: Ruling, holding: Sequence[Ruling], texts: Sequence[Collection[int]] = ()) -> Ruling | None:
    """The ruling with which the new one cannot hold, given those before it; None where all of them can."""
    if _consistent([*holding, new], texts):
        return None
    for number, earlier in enumerate(holding, 1):
        if not _consistent([*holding[:number], new], texts):
            return earlier
    raise AssertionError("all of them together contradict each other")


def _consistent(rulings: Sequence[Ruling], texts: Sequence[Collection[int]]) -> bool:
    """Whether none that are kept apart must be together."""
    bonds = bonds_of(rulings, texts)
    sides = ((ruling.articles, ruling.others) for ruling in rulings if ruling.kind == APART)
    return all(bonds.mates(articles).isdisjoint(others) for articles, others in sides)


def title(rulings: Iterable[Ruling], articles: Collection[int]) -> str | None:
    """What operators call the story that has these articles: the last word on any of them."""
    titles = [ruling.text for ruling in rulings if ruling.kind == TITLED and not set(ruling.articles).isdisjoint(articles)]
    return titles[-1] if titles else None


@dataclass(frozen=True, slots=True)
class Return:
    """Articles that go back to where they stood. ``former``: the story that they were in; ``stood``: all that tell which that is now."""

    former: int
    articles: tuple[int, ...]
    stood: tuple[int, ...]


def returns(undone: Ruling, bonds: Bonds) -> Iterator[Return]:
    """How all stood before a ruling that is taken back, less the articles whom what still holds binds to others than they stood with."""
    for former, articles in undone.before:
        free = [article for article in articles if bonds.mates([article]) <= set(articles)]
        kept = [article for article in free if bonds.strangers([article]).isdisjoint(articles)]
        moves = undone.articles if undone.kind == PINNED or undone.about == COPY else articles
        yield Return(former, tuple(article for article in kept if article in moves), articles)


def places_for(back: Sequence[Return], story_of: StoryOf, live: Collection[int]) -> Mapping[int, int | None]:
    """The story for each former one: itself where it is ``live``; else the one where most of its articles are, unless a larger of the
    former ones has that; None: it is to be opened again."""
    found: dict[int, int | None] = {each.former: each.former for each in back if each.former in live}
    for each in sorted(back, key=lambda one: -len(one.stood)):
        if each.former in found:
            continue
        now = Counter(story for article in each.stood if (story := story_of(article)) is not None and story not in found.values())
        found[each.former] = min(now, key=lambda story: (-now[story], story)) if now else None
    return found


def said(ruling: Ruling) -> str:
    """A ruling as a sentence without its full stop."""
    ours, others = articles_told(ruling.articles), articles_told(ruling.others)
    verb = "is" if len(ruling.articles) == 1 else "are"
    if ruling.kind == TITLED:
        return f"the story of {ours} is called “{ruling.text}”"
    if ruling.kind == PINNED:
        return f"{ours} {verb} pinned to the story of {others}"
    if ruling.about == COPY:
        return f"{ours} carry the same text" if ruling.kind == TOGETHER else f"{ours} {verb} no copy of {others}"
    return f"{ours} and {others} are one story" if ruling.kind == TOGETHER else f"{ours} {verb} kept apart from {others}"


def because(ruling: Ruling) -> str:
    """Who decided it, when and why."""
    return f"{ruling.by}, {ruling.at:%d %b %Y %H:%M}" + (f": {ruling.reason}" if ruling.reason else "")


def articles_told(ids: Sequence[int]) -> str:
    """Articles as a sentence has them."""
    return f"article {ids[0]}" if len(ids) == 1 else f"articles {numbers_told(ids)}"


def numbers_told(ids: Iterable[int], most: int = 6) -> str:
    """Numbers as a sentence has them; of many the first few."""
    numbers = [str(number) for number in sorted(ids)]
    if len(numbers) > most:
        return f"{', '.join(numbers[:most])} and {len(numbers) - most} more"
    return " and ".join(filter(None, (", ".join(numbers[:-1]), *numbers[-1:])))
