"""Decides which place each name of a document means.

Two passes. The first ranks by what the place is (class, people) and by what the text says outright ("Paris, Texas",
"Kharkiv region"). The second adds how near a candidate is to the places that the first is sure of, and whether they share its
country or region: news of one area names its villages without saying where they are. One name has one meaning in a document
unless a container says otherwise. Last, where the text leaves places of a name to how well known they are, what its feed usually speaks of
may weigh in (``habit``). Every score is a sum of parts that have names, so that it can be explained.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.places.candidates import CONTAINERS, Candidate, Candidates, prominence, prominence_parts
from aggregator.places.found import Found
from aggregator.places.habit import NO_HABIT, Rated, Usual, gains

MOST_CANDIDATES = 60
CONTAINED = 14.0
IN_COUNTRY = 3.2  # at most, for a country that the rest of the document is about
IN_REGION = 2.4
NAMED_COUNTRY = 1.2
DEGREE_KM = 111.2  # of latitude
RADIANS = math.pi / 180.0
NEAR = ((25.0, 2.0), (80.0, 1.5), (200.0, 0.9), (500.0, 0.35))  # within so many kilometres of an anchor: so much
NEAR_SQUARED = tuple(((km / DEGREE_KM) ** 2, worth) for km, worth in NEAR)
NEAREST = NEAR[0][1]
ANCHORS = frozenset(("settlement", "site", "district", "region"))
FAR = NEAR[-1][0] / DEGREE_KM  # degrees within which an anchor counts
FAR_SQUARED = FAR * FAR
BAND = 5.0  # degrees of latitude, more than FAR: what is near a place is in its band or in one beside it
APART_KM = 50.0  # what is nearer is a near copy
APART = 0.45  # degrees of latitude that are surely more than that
HOME = 0.3
OWN_NAME = 1.5  # for a region that is not named after a town of its own: Florida, unlike Kharkiv
ROUNDS = 2  # of the context's vote
CHOSEN = 100.0  # outweighs everything
HABITUAL = 0.5  # confidence at most in a place that habit chose against another
SAID = ("same_country", "named_country", "same_region", "near")  # parts that the rest of the document gives

Scored = tuple[float, Candidate]
Point = tuple[float, float, float, int, str]  # latitude, longitude, weight, row and key of an anchor


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
    tie-break, no more. ``usual``: the share of its feed's articles that speak of each country (by row).
    """

    def __init__(self, found: Sequence[Found], peoples: Mapping[int, int], home: int, usual: Usual = NO_HABIT) -> None:
        self._found = found
        self._home = home
        self._usual = usual
        same: dict[tuple[str, frozenset[str]], int] = {}  # the first mention of a name stands for all with the same candidates
        first_of = [same.setdefault((one.key, one.kinds), n) for n, one in enumerate(found)]
        base: list[Sequence[Scored]] = []
        for n, leader in enumerate(first_of):
            if leader < n:
                base.append(base[leader])
            else:
                base.append(self._base(found[n]))
        self._base_scores = self._ranked = base
        self._first_of = first_of
        for turn in range(ROUNDS):
            self._context = _Context(found, self._firsts(base), peoples)
            ranked: list[Sequence[Scored]] = []
            for n, leader in enumerate(first_of):
                if leader < n:
                    ranked.append(ranked[leader])
                elif turn and len(base[n]) == 1:
                    ranked.append(self._ranked[n])  # there is nothing to choose
                else:
                    ranked.append(self._context.supported(base[n], found[n].key))
            self._ranked = ranked
        self._told = self._told_senses()
        alone: dict[int, Meaning] = {}  # what the first mention of a name means where no container says otherwise
        self.meanings = []
        for n, leader in enumerate(first_of):
            meaning = alone.get(leader) if found[n].inside < 0 else None
            if meaning is None:
                meaning = self._meaning(n)
                if found[n].inside < 0:
                    alone[leader] = meaning
            self.meanings.append(meaning)

    def parts(self, one: Found) -> list[tuple[Candidate, dict[str, float]]]:
        """What each candidate of a name scores for what, the best first; also of a name that was found and not taken."""
        told = self._told.get(one.key, -1) if one.inside < 0 else -1
        above = self._above(one.inside, self._ranked)
        rows = []
        pool = _pool(one)
        own = pool.own_names
        for c in pool:
            parts = dict(zip(("kind", "people", "name"), prominence_parts(c), strict=True))
            parts |= dict(zip(("chosen", "home", "own_name"), self._given_parts(one, c, own), strict=True))
            parts |= self._context.parts(c, one.key)
            parts["container"] = CONTAINED * _in(c, above)
            parts["one_sense"] = CONTAINED / 2 * (c.row == told)
            rows.append((c, {part: value for part, value in parts.items() if value}))
        if self._usual and one.inside < 0 and one.chosen < 0 and told < 0:
            rated = [Rated(c, sum(parts.values()), sum(parts.get(name, 0.0) for name in SAID)) for c, parts in rows]
            for (_, parts), gain in zip(rows, gains(rated, self._usual), strict=True):
                if gain:
                    parts["usual"] = gain
        return sorted(rows, key=lambda row: (-sum(row[1].values()), row[0].row))

    def _base(self, one: Found) -> Sequence[Scored]:
        """What each candidate is worth by itself."""
        pool = _pool(one)
        if self._home < 0 and one.chosen < 0 and not pool.own_names:
            return pool.rated
        return [(worth + sum(self._given_parts(one, c, pool.own_names)), c) for worth, c in pool.rated]

    def _firsts(self, base: Sequence[Sequence[Scored]]) -> list[Scored]:
        """The best candidate of each name so far."""
        alone: dict[int, Scored] = {}
        firsts = []
        for n, leader in enumerate(self._first_of):
            if self._found[n].inside >= 0:
                firsts.append(_best(self._held(n, self._ranked[n], base)))
                continue
            if leader not in alone:
                alone[leader] = _best(self._ranked[n])
            firsts.append(alone[leader])
        return firsts

    def _given_parts(self, one: Found, candidate: Candidate, own: frozenset[int]) -> tuple[float, float, float]:
        """What a rule, the outlet's country and a name of its own give."""
        home = self._home >= 0 and candidate.country == self._home
        return CHOSEN * (candidate.row == one.chosen), HOME * home, OWN_NAME * (candidate.row in own)

    def _meaning(self, n: int) -> Meaning:
        scores: Sequence[Scored] = self._ranked[n]
        if len(scores) == 1:
            return Meaning(scores[0][1], 1.0)
        row = self._told.get(self._found[n].key, -1)
        if self._found[n].inside < 0 and row >= 0:
            scores = [(score + (CONTAINED / 2 if c.row == row else 0.0), c) for score, c in scores]
        scores = self._held(n, scores, self._ranked)
        best = _best(scores)
        if self._usual and self._found[n].inside < 0 and self._found[n].chosen < 0 and row < 0:
            usual = self._by_habit(scores, self._base_scores[n])
            if usual[1] is not best[1]:
                return Meaning(usual[1], min(HABITUAL, _confidence(scores, usual)))
        return Meaning(best[1], _confidence(scores, best))

    def _by_habit(self, scores: Sequence[Scored], base: Sequence[Scored]) -> Scored:
        """The best with what habit adds, as it scores without: habit chooses, it makes nothing surer."""
        rated = [Rated(c, score, score - alone) for (score, c), (alone, _) in zip(scores, base, strict=True)]
        more = gains(rated, self._usual)
        return min(zip(scores, more, strict=True), key=lambda row: (-row[0][0] - row[1], row[0][1].row))[0]

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


def _pool(one: Found) -> Candidates:
    pool = one.candidates.of(one.kinds)
    if len(pool) <= MOST_CANDIDATES:
        return pool
    if one.chosen < 0:
        return pool.foremost(MOST_CANDIDATES)
    return Candidates(sorted(pool, key=lambda c: (c.row == one.chosen, prominence(c)), reverse=True)[:MOST_CANDIDATES])


def _best(scores: Sequence[Scored]) -> Scored:
    """The first of the highest score; of equal ones that of the lowest row."""
    best = scores[0]
    top, row = best[0], best[1].row
    for one in scores:
        score = one[0]
        if score > top or (score == top and one[1].row < row):
            best = one
            top, row = score, one[1].row
    return best


class _Context:
    """What the sure places of a document say about the others."""

    def __init__(self, found: Sequence[Found], first: Sequence[Scored], peoples: Mapping[int, int]) -> None:
        anchors: dict[str, Scored] = {}
        countries: dict[int, dict[str, float]] = {row: {"": min(1.0, 0.4 * times)} for row, times in peoples.items()}
        regions: dict[int, dict[str, float]] = {}
        self._named: set[int] = set(peoples)
        for one, (score, candidate) in zip(found, first, strict=True):
            key, kind = one.key, candidate.kind
            weight = min(1.0, max(0.15, (score - 4.0) / 5.0))
            if kind == "country":
                self._named.add(candidate.row)
                by = countries.setdefault(candidate.row, {})
                by[key] = max(weight * 0.8, by.get(key, 0.0))
                continue
            if kind in ANCHORS and ((known := anchors.get(key)) is None or weight >= known[0]):
                anchors[key] = weight, candidate
            if candidate.country >= 0:
                countries.setdefault(candidate.country, {})[key] = weight
            if candidate.region >= 0:
                regions.setdefault(candidate.region, {})[key] = weight
            if kind == "region":
                regions.setdefault(candidate.row, {})[key] = weight
        self._countries, self._regions = _Said(countries), _Said(regions)
        self._bands: dict[float, list[Point]] = {}
        for key, (weight, c) in anchors.items():
            point, band = (c.lat, c.lon, weight, c.row, key), c.lat // BAND
            for reached in (band - 1.0, band, band + 1.0):
                self._bands.setdefault(reached, []).append(point)

    def supported(self, scores: Sequence[Scored], key: str) -> list[Scored]:
        """The scores of a name's candidates with what the other names of the document add."""
        bands = self._bands
        countries: dict[int, float] = {}  # candidates of one name are often of few countries and regions: worked out once each
        regions: dict[int, float] = {}
        out = []
        for score, c in scores:
            if c.kind == "country":
                out.append((score + self._as_country(c.row, key), c))
                continue
            country, region = c.country, c.row if c.kind == "region" else c.region
            in_country = countries.get(country)
            if in_country is None:
                in_country = countries[country] = self._in_country(country, key) + self._named_country(country)
            in_region = regions.get(region)
            if in_region is None:
                in_region = regions[region] = self._in_region(region, key)
            points = bands.get(c.lat // BAND)
            near = self._near(c, key, points) if points else 0.0
            out.append((score + (in_country + in_region + near), c))
        return out

    def parts(self, candidate: Candidate, key: str) -> dict[str, float]:
        """The same by its parts, for one candidate."""
        if candidate.kind == "country":
            return {"same_country": self._as_country(candidate.row, key)}
        region = candidate.row if candidate.kind == "region" else candidate.region
        return {
            "same_country": self._in_country(candidate.country, key),
            "named_country": self._named_country(candidate.country),
            "same_region": self._in_region(region, key),
            "near": self._near(candidate, key, self._bands.get(candidate.lat // BAND, ())),
        }

    def _as_country(self, row: int, key: str) -> float:
        return 0.5 * min(1.0, self._countries.by_others(row, key) / 2)

    def _in_country(self, row: int, key: str) -> float:
        return IN_COUNTRY * _saturate(self._countries.by_others(row, key))

    def _named_country(self, row: int) -> float:
        return NAMED_COUNTRY if row in self._named else 0.0

    def _in_region(self, row: int, key: str) -> float:
        return IN_REGION * _saturate(self._regions.by_others(row, key))

    @staticmethod
    def _near(candidate: Candidate, key: str, points: Sequence[Point]) -> float:
        """What the nearest of the sure places in its band gives, if it is of another name."""
        near, lat, lon = 0.0, candidate.lat, candidate.lon
        shrink = math.cos(lat * RADIANS)  # of a degree of longitude
        for anchor_lat, anchor_lon, weight, row, other in points:
            if weight * NEAREST <= near:
                continue
            up = anchor_lat - lat
            if up > FAR or up < -FAR:
                continue
            aside = abs(anchor_lon - lon)
            aside = shrink * (aside if aside < 180.0 else 360.0 - aside)
            far = up * up + aside * aside
            if far <= FAR_SQUARED and other != key and row != candidate.row:
                for limit, worth in NEAR_SQUARED:
                    if far <= limit:
                        near = max(near, weight * worth)
                        break
        return near


class _Said:
    """How much each name of a document says for each country, or for each region."""

    def __init__(self, table: Mapping[int, Mapping[str, float]]) -> None:
        self._table = table
        self._sums = {row: sum(by.values()) for row, by in table.items()}

    def by_others(self, row: int, key: str) -> float:
        """What names but this one say for a row."""
        by = self._table.get(row)
        return 0.0 if by is None else self._sums[row] - by.get(key, 0.0)


def _saturate(mass: float) -> float:
    return mass / (mass + 1.0)


def _confidence(scores: Sequence[Scored], best: Scored) -> float:
    """Share of the best in a soft maximum; near copies of it (a city and its region) do not count as rivals."""
    top, at = best
    lat, point = at.lat, (at.lat, at.lon)
    rivals = [s for s, c in scores if c.row != at.row and (abs(c.lat - lat) > APART or distance_km((c.lat, c.lon), point) > APART_KM)]
    mass = sum(math.exp(min(0.0, s - top)) for s in rivals)
    return round(1.0 / (1.0 + mass), 3)
