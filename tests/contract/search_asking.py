"""How the tests of the search index ask: names that their queries use, and a query as a plan."""

from collections.abc import Mapping

from aggregator.query import Articles, Node, Not, Plan
from aggregator.search.language import parse
from aggregator.search.plan import plan
from tests.contract.search_corpus import START

PLACES = {
    "kharkiv": ("gn706483",),
    "ukraine": ("gn690791",),
    "gaza": ("gn1281184",),
    "khan yunis": ("gn281124",),
    "pokrovsk": ("gn691179",),
    "zaporizhzhia": ("gn687700",),
    "kupiansk": ("fw-kupiansk",),
}
NEAR = {"gn706483": ("gn706483", "fw-kupiansk"), "gn281124": ("gn281124", "gn1281184"), "gn691179": ("gn691179",)}
SAVED = {"gaza": '(in:Gaza OR in:"Khan Yunis") -lang:en', "today": "after:2024-05-02 search:gaza", "loop": "drone search:loop"}
MARKS: Mapping[str, Node] = {"starred": Articles(frozenset((1, 12, 33, 999))), "unread": Not(Articles(frozenset(range(1, 30))))}


class Names:
    """Names that the queries use."""

    def place(self, name: str) -> tuple[str, ...]:
        return PLACES.get(name.lower(), ())

    def source(self, name: str) -> tuple[str, ...]:
        return {"idf": ("idf",)}.get(name.lower(), ())

    def outlet(self, name: str) -> tuple[str, ...]:
        return {"example gazette": ("example-gazette",), "odd": ("odd Name:1",)}.get(name.lower(), ())

    def article(self, url: str) -> tuple[int, ...]:
        return (3,) if "jets" in url else ()

    def values(self, field: str) -> tuple[str, ...]:
        return ("official", "ukraine", "levant")

    def near(self, place_id: str, km: int) -> tuple[str, ...]:
        return NEAR.get(place_id, (place_id,))


def planned(query: str, order: str = "newest") -> Plan:
    """The plan of a query, as of the evening of the day before the first article."""
    return plan(parse(query), START, Names(), order, saved=SAVED.get, marks=MARKS).plan
