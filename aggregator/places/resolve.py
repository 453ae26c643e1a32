"""Decides which place each name of a document means.

Two passes. The first ranks by what the place is (class, people) and by what the text says outright ("Paris, Texas",
"Kharkiv region"). The second adds how near a candidate is to the places that the first is sure of, and whether they share its
country or region: news of one area names its villages without saying where they are. One name has one meaning in a document
unless a container says otherwise.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.places.gazetteer import Candidate, prominence
from aggregator.places.recognise import Found

MOST_CANDIDATES = 120
CONTAINED = 14.0
IN_COUNTRY = 2.6  # at most, for a country that the rest of the document is about
IN_REGION = 1.8
NAMED_COUNTRY = 1.2
NEAR = ((25.0, 2.0), (80.0, 1.5), (200.0, 0.9), (500.0, 0.35))  # within so many kilometres of an anchor: so much
HOME = 0.3


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a found name means: the chosen candidate and how sure that is, in 0..1."""

    candidate: Candidate
    confidence: float


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude) in degrees on a flat map: good to 1 % up to some 500 km, all that is asked."""
    lon = abs(b[1] - a[1])
    x = min(lon, 360.0 - lon) * math.cos(0.00872665 * (a[0] + b[0]))
    return 111.2 * math.hypot(x, b[0] - a[0])


def resolve(found: Sequence[Found], peoples: Mapping[int, int], home: int) -> list[Meaning]:
    """The meaning of each found name, in order.

    ``peoples`` counts the adjectives of countries (by row) in the text. ``home`` is the row of the outlet's country (-1: unknown): a
    tie-break, no more.
    """
    same: dict[tuple[str, frozenset[str]], int] = {}  # the first mention of a name stands for all with the same candidates
    first_of = [same.setdefault((one.key, one.kinds), n) for n, one in enumerate(found)]
    base: dict[int, list[tuple[float, Candidate]]] = {}
    for n, leader in enumerate(first_of):
        if leader < n:
            base[n] = base[leader]
        else:
            base[n] = [(prominence(c) + (HOME if home >= 0 and c.country == home else 0.0), c) for c in _pool(found[n])]
    context = _Context(found, {n: _best(_held(n, base[n], found, base)) for n in base}, peoples)
    ranked: dict[int, list[tuple[float, Candidate]]] = {}
    for n, leader in enumerate(first_of):
        ranked[n] = ranked[leader] if leader < n else [(score + context.support(c, found[n].key), c) for score, c in base[n]]
    by_key = _one_sense(found, ranked, base)
    out = []
    for n in base:
        scores = _held(n, by_key[n], found, ranked)
        best = _best(scores)
        out.append(Meaning(best[1], _confidence(scores, best)))
    return out


def _pool(one: Found) -> list[Candidate]:
    pool = [c for c in one.candidates if not one.kinds or c.kind in one.kinds] or list(one.candidates)
    if len(pool) > MOST_CANDIDATES:
        pool = sorted(pool, key=prominence, reverse=True)[:MOST_CANDIDATES]
    return pool


def _held(
    n: int, scores: Sequence[tuple[float, Candidate]], found: Sequence[Found], base: Mapping[int, Sequence[tuple[float, Candidate]]]
) -> list[tuple[float, Candidate]]:
    """Scores with what a container adds: "Paris, Texas" wants a Paris in Texas."""
    inside = found[n].inside
    if inside < 0:
        return list(scores)
    above = {c.row for _, c in base[inside] if c.kind in ("region", "country", "district", "area")}
    return [(score + (CONTAINED if above & {c.country, c.region, c.district} and c.kind != "country" else 0.0), c) for score, c in scores]


def _best(scores: Sequence[tuple[float, Candidate]]) -> tuple[float, Candidate]:
    return max(scores, key=lambda row: (row[0], -row[1].row))


class _Context:
    """What the sure places of a document say about the others."""

    def __init__(self, found: Sequence[Found], first: Mapping[int, tuple[float, Candidate]], peoples: Mapping[int, int]) -> None:
        self._anchors: dict[str, tuple[float, Candidate]] = {}
        self._countries: dict[int, dict[str, float]] = defaultdict(dict)
        self._regions: dict[int, dict[str, float]] = defaultdict(dict)
        self._named: set[int] = set(peoples)
        for row, times in peoples.items():
            self._countries[row][""] = min(1.0, 0.4 * times)
        for n, (score, candidate) in first.items():
            key = found[n].key
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

        self._points = [(key, weight, c.row, c.lat, c.lon) for key, (weight, c) in self._anchors.items()]
        self._sums = {id(table): {row: sum(by.values()) for row, by in table.items()} for table in (self._countries, self._regions)}

    def support(self, candidate: Candidate, key: str) -> float:
        """What the other names of the document add for this candidate."""
        if candidate.kind == "country":
            return 0.5 * min(1.0, self._others(self._countries, candidate.row, key) / 2)
        total = IN_COUNTRY * _saturate(self._others(self._countries, candidate.country, key))
        if candidate.country in self._named:
            total += NAMED_COUNTRY
        region = candidate.row if candidate.kind == "region" else candidate.region
        total += IN_REGION * _saturate(self._others(self._regions, region, key))
        near = 0.0
        lat, lon = candidate.lat, candidate.lon
        for other, weight, row, anchor_lat, anchor_lon in self._points:
            if -5.0 < anchor_lat - lat < 5.0 and other != key and row != candidate.row:
                far = distance_km((lat, lon), (anchor_lat, anchor_lon))
                near = max(near, next((worth * weight for km, worth in NEAR if far <= km), 0.0))
        return total + near

    def _others(self, table: Mapping[int, Mapping[str, float]], row: int, key: str) -> float:
        by = table.get(row)
        return 0.0 if by is None else self._sums[id(table)][row] - by.get(key, 0.0)


def _saturate(mass: float) -> float:
    return mass / (mass + 1.0)


def _one_sense(
    found: Sequence[Found], ranked: Mapping[int, list[tuple[float, Candidate]]], base: Mapping[int, list[tuple[float, Candidate]]]
) -> dict[int, list[tuple[float, Candidate]]]:
    """Let a name that is once explained by a container mean the same where it stands alone."""
    told: dict[str, int] = {}
    for n, one in enumerate(found):
        if one.inside >= 0:
            told.setdefault(one.key, _best(_held(n, ranked[n], found, ranked))[1].row)
    out = {}
    for n, rows in ranked.items():
        row = told.get(found[n].key, -1)
        out[n] = [(score + (CONTAINED / 2 if c.row == row else 0.0), c) for score, c in rows] if found[n].inside < 0 and row >= 0 else rows
    return out


def _confidence(scores: Sequence[tuple[float, Candidate]], best: tuple[float, Candidate]) -> float:
    """Share of the best in a soft maximum; near copies of it (a city and its region) do not count as rivals."""
    rivals = [s for s, c in scores if c.row != best[1].row and distance_km((c.lat, c.lon), (best[1].lat, best[1].lon)) > 50.0]
    mass = sum(math.exp(min(0.0, s - best[0])) for s in rivals)
    return round(1.0 / (1.0 + mass), 3)
