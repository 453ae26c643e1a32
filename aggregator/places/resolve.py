"""Decides which place each name of a document means.

Two passes. The first ranks by what the place is (class, people) and by what the text says outright ("Paris, Texas",
"Kharkiv region"). The second adds how near a candidate is to the places that the first is sure of, and whether they share its
country or region: news of one area names its villages without saying where they are. One name has one meaning in a document
unless a container says otherwise. Every score is a sum of parts that have names, so that it can be explained.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from aggregator.places.found import Found
from aggregator.places.gazetteer import Candidate, prominence, prominence_parts

MOST_CANDIDATES = 60
CONTAINED = 14.0
IN_COUNTRY = 3.2  # at most, for a country that the rest of the document is about
IN_REGION = 2.4
NAMED_COUNTRY = 1.2
DEGREE_KM = 111.2  # of latitude
RADIANS = math.pi / 180.0
NEAR = ((25.0, 2.0), (80.0, 1.5), (200.0, 0.9), (500.0, 0.35))  # within so many kilometres of an anchor: so much
NEAR_SQUARED = tuple(((km / DEGREE_KM) ** 2, worth) for km, worth in NEAR)
FAR = NEAR[-1][0] / DEGREE_KM  # degrees within which an anchor counts
HOME = 0.3
OWN_NAME = 1.5  # for a region that is not named after a town of its own: Florida, unlike Kharkiv
ROUNDS = 2  # of the context's vote
CHOSEN = 100.0  # outweighs everything
CONTAINERS = ("region", "country", "district", "area")

Scored = tuple[float, Candidate]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a found name means: the chosen candidate and how sure that is, in 0..1."""

    candidate: Candidate
    confidence: float


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude) in degrees on a flat map: good to 1 % up to some 500 km, all that is asked."""
    lon = abs(b[1] - a[1])
    x = min(lon, 360.0 - lon) * math.cos(0.00872665 * (a[0] + b[0]))
    return DEGREE_KM * math.hypot(x, b[0] - a[0])


class Resolution:
    """The meanings of the names found in one document.

    ``peoples`` counts the adjectives of countries (by row) in the text. ``home`` is the row of the outlet's country (-1: unknown): a
    tie-break, no more.
    """

    def __init__(self, found: Sequence[Found], peoples: Mapping[int, int], home: int) -> None:
        self._found = found
        self._home = home
        same: dict[tuple[str, frozenset[str]], int] = {}  # the first mention of a name stands for all with the same candidates
        first_of = [same.setdefault((one.key, one.kinds), n) for n, one in enumerate(found)]
        base: list[list[Scored]] = []
        for n, leader in enumerate(first_of):
            if leader < n:
                base.append(base[leader])
            else:
                pool = _pool(found[n])
                own = _own_names(pool)
                base.append([(prominence(c) + sum(self._given_parts(found[n], c, own)), c) for c in pool])
        self._ranked = base
        for turn in range(ROUNDS):
            self._context = _Context(found, [_best(self._held(n, rows, base)) for n, rows in enumerate(self._ranked)], peoples)
            ranked: list[list[Scored]] = []
            for n, leader in enumerate(first_of):
                if leader < n:
                    ranked.append(ranked[leader])
                elif turn and len(base[n]) == 1:
                    ranked.append(self._ranked[n])  # there is nothing to choose
                else:
                    ranked.append([(score + self._context.support(c, found[n].key), c) for score, c in base[n]])
            self._ranked = ranked
        self._told = self._told_senses()
        self.meanings = [self._meaning(n) for n in range(len(found))]

    def parts(self, one: Found) -> list[tuple[Candidate, dict[str, float]]]:
        """What each candidate of a name scores for what, the best first; also of a name that was found and not taken."""
        told = self._told.get(one.key, -1) if one.inside < 0 else -1
        above = self._above(one.inside, self._ranked)
        rows = []
        pool = _pool(one)
        own = _own_names(pool)
        for c in pool:
            parts = dict(zip(("kind", "people", "name"), prominence_parts(c), strict=True))
            parts |= dict(zip(("chosen", "home", "own_name"), self._given_parts(one, c, own), strict=True))
            parts |= self._context.parts(c, one.key)
            parts["container"] = CONTAINED * _in(c, above)
            parts["one_sense"] = CONTAINED / 2 * (c.row == told)
            rows.append((c, {part: value for part, value in parts.items() if value}))
        return sorted(rows, key=lambda row: (-sum(row[1].values()), row[0].row))

    def _given_parts(self, one: Found, candidate: Candidate, own: frozenset[int]) -> tuple[float, float, float]:
        """What a rule, the outlet's country and a name of its own give."""
        home = self._home >= 0 and candidate.country == self._home
        return CHOSEN * (candidate.row == one.chosen), HOME * home, OWN_NAME * (candidate.row in own)

    def _meaning(self, n: int) -> Meaning:
        scores: Sequence[Scored] = self._ranked[n]
        row = self._told.get(self._found[n].key, -1)
        if self._found[n].inside < 0 and row >= 0:
            scores = [(score + (CONTAINED / 2 if c.row == row else 0.0), c) for score, c in scores]
        scores = self._held(n, scores, self._ranked)
        best = _best(scores)
        return Meaning(best[1], _confidence(scores, best))

    def _above(self, inside: int, rows: Sequence[Sequence[Scored]]) -> frozenset[int]:
        """Rows of what the container of a name may be."""
        return frozenset(c.row for _, c in rows[inside] if c.kind in CONTAINERS) if inside >= 0 else frozenset()

    def _held(self, n: int, scores: Sequence[Scored], rows: Sequence[Sequence[Scored]]) -> Sequence[Scored]:
        """Scores with what a container adds: "Paris, Texas" wants a Paris in Texas."""
        above = self._above(self._found[n].inside, rows)
        return [(score + CONTAINED * _in(c, above), c) for score, c in scores] if above else scores

    def _told_senses(self) -> dict[str, int]:
        """What the names mean that are once explained by a container: they mean the same where they stand alone."""
        told: dict[str, int] = {}
        for n, one in enumerate(self._found):
            if one.inside >= 0:
                told.setdefault(one.key, _best(self._held(n, self._ranked[n], self._ranked))[1].row)
        return told


def _in(candidate: Candidate, above: frozenset[int]) -> bool:
    return bool(above & {candidate.country, candidate.region, candidate.district}) and candidate.kind != "country"


def _pool(one: Found) -> list[Candidate]:
    pool = [c for c in one.candidates if not one.kinds or c.kind in one.kinds] or list(one.candidates)
    if len(pool) > MOST_CANDIDATES:
        pool = sorted(pool, key=lambda c: (c.row == one.chosen, prominence(c)), reverse=True)[:MOST_CANDIDATES]
    return pool


def _own_names(pool: Sequence[Candidate]) -> frozenset[int]:
    """Rows of the regions that bear this name while no town of theirs does."""
    towns = {c.region for c in pool if c.kind == "settlement"}
    return frozenset(c.row for c in pool if c.kind == "region" and c.row not in towns)


def _best(scores: Sequence[Scored]) -> Scored:
    return max(scores, key=lambda row: (row[0], -row[1].row))


class _Context:
    """What the sure places of a document say about the others."""

    def __init__(self, found: Sequence[Found], first: Sequence[Scored], peoples: Mapping[int, int]) -> None:
        self._anchors: dict[str, tuple[float, Candidate]] = {}
        self._countries: dict[int, dict[str, float]] = defaultdict(dict)
        self._regions: dict[int, dict[str, float]] = defaultdict(dict)
        self._named: set[int] = set(peoples)
        for row, times in peoples.items():
            self._countries[row][""] = min(1.0, 0.4 * times)
        for one, (score, candidate) in zip(found, first, strict=True):
            key = one.key
            weight = min(1.0, max(0.15, (score - 4.0) / 5.0))
            if candidate.kind == "country":
                self._named.add(candidate.row)
                self._countries[candidate.row][key] = max(weight * 0.8, self._countries[candidate.row].get(key, 0.0))
                continue
            if candidate.kind in ("settlement", "site", "district", "region"):
                self._anchors[key] = max((weight, candidate), self._anchors.get(key, (0.0, candidate)), key=lambda row: row[0])
            if candidate.country >= 0:
                self._countries[candidate.country][key] = weight
            for row in (candidate.region, candidate.row if candidate.kind == "region" else -1):
                if row >= 0:
                    self._regions[row][key] = weight

        self._points = sorted(((c.lat, c.lon, weight, c.row, key) for key, (weight, c) in self._anchors.items()), key=itemgetter(0))
        self._lats = [point[0] for point in self._points]
        self._sums = {id(table): {row: sum(by.values()) for row, by in table.items()} for table in (self._countries, self._regions)}

    def support(self, candidate: Candidate, key: str) -> float:
        """What the other names of the document add for this candidate."""
        return sum(self._worths(candidate, key))

    def parts(self, candidate: Candidate, key: str) -> dict[str, float]:
        """The same by its parts."""
        return dict(zip(("same_country", "named_country", "same_region", "near"), self._worths(candidate, key), strict=True))

    def _worths(self, candidate: Candidate, key: str) -> tuple[float, float, float, float]:
        if candidate.kind == "country":
            return 0.5 * min(1.0, self._others(self._countries, candidate.row, key) / 2), 0.0, 0.0, 0.0
        region = candidate.row if candidate.kind == "region" else candidate.region
        near = 0.0
        lat, lon = candidate.lat, candidate.lon
        shrink = math.cos(lat * RADIANS)  # of a degree of longitude
        for n in range(bisect_left(self._lats, lat - FAR), bisect_right(self._lats, lat + FAR)):
            anchor_lat, anchor_lon, weight, row, other = self._points[n]
            up, aside = anchor_lat - lat, abs(anchor_lon - lon)
            aside = shrink * (aside if aside < 180.0 else 360.0 - aside)
            far = up * up + aside * aside
            if far <= FAR * FAR and other != key and row != candidate.row:
                worth = weight * next(worth for limit, worth in NEAR_SQUARED if far <= limit)
                if worth > near:
                    near = worth
        return (
            IN_COUNTRY * _saturate(self._others(self._countries, candidate.country, key)),
            NAMED_COUNTRY if candidate.country in self._named else 0.0,
            IN_REGION * _saturate(self._others(self._regions, region, key)),
            near,
        )

    def _others(self, table: Mapping[int, Mapping[str, float]], row: int, key: str) -> float:
        by = table.get(row)
        return 0.0 if by is None else self._sums[id(table)][row] - by.get(key, 0.0)


def _saturate(mass: float) -> float:
    return mass / (mass + 1.0)


def _confidence(scores: Sequence[Scored], best: Scored) -> float:
    """Share of the best in a soft maximum; near copies of it (a city and its region) do not count as rivals."""
    rivals = [s for s, c in scores if c.row != best[1].row and distance_km((c.lat, c.lon), (best[1].lat, best[1].lon)) > 50.0]
    mass = sum(math.exp(min(0.0, s - best[0])) for s in rivals)
    return round(1.0 / (1.0 + mass), 3)
