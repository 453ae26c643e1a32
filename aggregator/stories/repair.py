"""Repair of stories: what a single pass over the stream got wrong because it could not know what would come.

Early articles of an event open stories of their own while nothing is known yet about which words are rare, and a story may take in
reports of an event like its own. ``repair`` looks at young stories again, all their texts at once and whatever the order in which they
came, and forms them anew: stories become one, are divided, or give a text to another. What is older than two days stays together, and
what operators put together is left alone.
Merges leave redirects in the store, so links never die.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from aggregator.stories.cluster import CORE, HALF_LIFE_DAYS, StoryBook, decay
from aggregator.stories.crosslanguage import contrary
from aggregator.stories.linkage import LIKE, Floats, cosines, link

FRESH = timedelta(hours=48)  # before a story's last text, how far back texts may move
LOOSE = 100  # newest texts of a story that may move
MOST = 400  # texts that are seen at once

Opener = Callable[[int], int]  # gives an article a story of its own; returns the story's id


@dataclass(frozen=True, slots=True)
class Shift:
    """Articles of ``source`` belong to ``target``. ``whole``: all of them, so that ``source`` leads there from now on."""

    source: int
    target: int
    articles: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Atom:
    """Texts that stay together, and the story that they are in."""

    story_id: int
    groups: tuple[int, ...]


def repair(book: StoryBook, opened: Opener, touched: Collection[int] | None = None) -> tuple[Shift, ...]:
    """Form the stories of the ``touched`` articles (None: all) anew, with the stories like them, in the book; return what changed, to be
    done in the store in this order. Done twice in a row, the second time hardly finds anything, as stories as they are now are compared.
    """
    shifts: list[Shift] = []
    for stories in _neighbourhoods(book, touched):
        atoms = [atom for story_id in stories for atom in _atoms(book, story_id)]
        if len(atoms) > 1:
            shifts += _settle(book, [[atoms[i] for i in part] for part in _parts(book, atoms)], opened)
    return tuple(shifts)


def _neighbourhoods(book: StoryBook, touched: Collection[int] | None) -> Iterator[list[int]]:
    """Stories that are to be seen together, by their ids: linked by two texts that are alike, the most alike first, at most MOST texts."""
    young = book.sizes() if touched is None else {s for article in touched if (s := book.story_of(article)) is not None}
    stories = sorted(story_id for story_id in young if not _held(book, story_id))
    fresh = None if touched is None else book.groups(touched)
    edges: dict[tuple[int, int], float] = {}
    for story_id in stories:
        for group in _loose(book, story_id):
            if fresh is not None and group not in fresh:
                continue  # it was compared when it came
            at = book.text(group).at
            for cosine, other in book.alike(group):
                text = book.text(other)
                likeness = cosine * decay((at - text.at).total_seconds())
                if likeness >= LIKE and text.story_id != story_id and not _held(book, text.story_id):
                    pair = min(story_id, text.story_id), max(story_id, text.story_id)
                    edges[pair] = max(likeness, edges.get(pair, 0.0))
            for other in book.abroad(group):
                pair = min(story_id, book.text(other).story_id), max(story_id, book.text(other).story_id)
                if pair[0] != pair[1] and not _held(book, book.text(other).story_id):
                    edges[pair] = 1.0
    sets = {story_id: [story_id] for story_id in {*stories, *(story_id for pair in edges for story_id in pair)}}
    texts = {story_id: min(len(book.groups_of(story_id)), LOOSE + CORE) for story_id in sets}  # of a set by its first story
    for one, other in sorted(edges, key=lambda pair: (-edges[pair], pair)):
        a, b = sets[one], sets[other]
        if a is not b and texts[a[0]] + texts[b[0]] <= MOST:
            texts[a[0]] += texts[b[0]]
            a += b
            for story_id in b:
                sets[story_id] = a
    seen: set[int] = set()
    for story_id in stories:
        if story_id not in seen:
            seen.update(sets[story_id])
            yield sorted(sets[story_id])


def _loose(book: StoryBook, story_id: int) -> tuple[int, ...]:
    """The texts of a story that may move."""
    groups = book.groups_of(story_id)
    if not groups:
        return ()
    since = book.text(groups[-1]).at - FRESH
    return tuple(group for group in groups[-LOOSE:] if book.text(group).at >= since)


def _atoms(book: StoryBook, story_id: int) -> list[_Atom]:
    """A story as what stays together: what is old is one, each fresh text another."""
    loose = _loose(book, story_id)
    old = book.groups_of(story_id)[: -len(loose)]
    return [_Atom(story_id, old)] * bool(old) + [_Atom(story_id, (group,)) for group in loose]


def _held(book: StoryBook, story_id: int) -> bool:
    """Whether operators put texts of a story together: words may then say nothing about which others belong to it."""
    if not book.bonds:
        return False
    texts = (book.text(group) for group in book.groups_of(story_id))
    return any(not book.groups(book.bonds.mates(text.articles)) <= {text.group} for text in texts)


def _parts(book: StoryBook, atoms: Sequence[_Atom]) -> list[list[int]]:
    """The atoms by the story that they should be in."""
    groups: list[int] = []
    rows: list[list[int]] = []
    for atom in atoms:
        core = atom.groups[-CORE:]
        rows.append(list(range(len(groups), len(groups) + len(core))))
        groups += core
    plain, rare = _matrices(book, groups)
    times = np.array([book.text(group).at.timestamp() for group in groups])
    likeness = cosines(rare) * decay_of(times)
    barred = list(_barred(book, atoms, groups, rows))
    said = [book.evidence([group]) for group in groups]

    def contradict(a: Sequence[int], b: Sequence[int]) -> bool:
        return contrary([each for row in a for each in said[row]], [each for row in b for each in said[row]])

    def joined(parts: list[list[int]]) -> list[list[int]]:
        """Parts of atoms, those as one that are one event in several languages."""
        part_of = {i: n for n, part in enumerate(parts) for i in part}
        found = [[each for i in part for row in rows[i] for each in said[row]] for part in parts]
        together = book.witnesses.join(found, [(part_of[i], part_of[j]) for i, j in barred])
        return [[i for n in members for i in parts[n]] for members in together]

    sure = joined([[i] for i in range(len(atoms))])  # before words: texts that are bound to others are told from their like by them
    at = {i: n for n, members in enumerate(sure) for i in members}
    linked = link(
        [[row for i in members for row in rows[i]] for members in sure],
        likeness,
        plain,
        [(at[i], at[j]) for i, j in barred],
        contradict,
    )
    return joined([[i for n in part for i in sure[n]] for part in linked])


def decay_of(times: Floats) -> Floats:
    """What the time between each two texts leaves of their likeness."""
    found: Floats = 0.5 ** (np.abs(np.subtract.outer(times, times)) / 86400 / HALF_LIFE_DAYS)
    return found


def _matrices(book: StoryBook, groups: Sequence[int]) -> tuple[Floats, Floats]:
    """The texts as rows over their terms, plain and weighed by rarity among all live texts."""
    coded = [book.text(group).coded for group in groups]
    ids, columns = np.unique(np.concatenate([text.ids for text in coded]), return_inverse=True)
    plain = np.zeros((len(groups), len(ids)))
    end = 0
    for row, text in enumerate(coded):
        start, end = end, end + len(text.ids)
        plain[row, columns[start:end]] = text.weights
    return plain, plain * book.rarity(ids)


def _barred(book: StoryBook, atoms: Sequence[_Atom], groups: Sequence[int], rows: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Pairs of atoms that may not be in one story: other editions of a bulletin, and what operators keep apart."""
    forms = [(i, groups[row]) for i, each in enumerate(rows) for row in each if book.text(groups[row]).figures]
    for n, (i, one) in enumerate(forms):
        for j, other in forms[:n]:
            if i != j and book.other_editions(one, other):
                yield i, j
    where = {group: i for i, atom in enumerate(atoms) for group in atom.groups} if book.bonds else {}
    for group, i in where.items():
        for stranger in book.groups(book.bonds.strangers(book.text(group).articles)):
            if where.get(stranger, i) != i:
                yield i, where[stranger]


def _settle(book: StoryBook, parts: Iterable[Sequence[_Atom]], opened: Opener) -> list[Shift]:
    """Give each part the story that most of its texts are in, unless a part with more of them has it, else one of its own; return what
    moved."""
    claims = []
    split = [list(part) for part in parts]
    for n, part in enumerate(split):
        shares: Counter[int] = Counter()
        for atom in part:
            shares[atom.story_id] += len(atom.groups)
        claims += [(-share, story_id, n) for story_id, share in shares.items()]
    owner: dict[int, int] = {}
    target: dict[int, int] = {}
    heirs: dict[int, int] = {}  # story -> the part that most of its texts are in
    for _, story_id, n in sorted(claims):
        heirs.setdefault(story_id, n)
        if n not in target and story_id not in owner:
            owner[story_id], target[n] = n, story_id
    shifts: list[Shift] = []
    for n, part in enumerate(split):
        if n not in target:
            target[n] = opened(min(book.text(part[0].groups[0]).articles))
        for story_id in sorted({atom.story_id for atom in part} - {target[n]}):
            moved = [group for atom in part if atom.story_id == story_id for group in atom.groups]
            articles = tuple(sorted(article for group in moved for article in book.text(group).articles))
            for group in moved:
                book.move(group, target[n])
            shifts.append(Shift(story_id, target[n], articles, whole=False))
    return _led_on(shifts, {story_id: target[n] for story_id, n in heirs.items() if story_id not in owner})


def _led_on(shifts: Sequence[Shift], heirs: dict[int, int]) -> list[Shift]:
    """The shifts, those to the heir of a story that has no texts left last and as a merge."""
    last = [each for each in shifts if heirs.get(each.source) == each.target]
    parts = [each for each in shifts if heirs.get(each.source) != each.target]
    return parts + [Shift(each.source, each.target, each.articles, whole=True) for each in last]
