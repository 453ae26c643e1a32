"""The rows from which a gazetteer is written: what every reader of a source gives to the writer."""

from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = ("country", "region", "district", "settlement", "area", "water", "site")
# Where a row comes from; the manifest's sources bear these as their ``key``. Imported files have keys of their own.
GEONAMES, REGISTER, TABLES, HAND = "geonames", "katottg", "frontwire", "hand"


@dataclass(slots=True)
class PlaceRow:
    """A place on its way into the gazetteer. ``region`` and ``district`` are place ids; ``country`` is an ISO alpha-2 code.

    ``population`` is that of the source, or for supplement rows a stand-in for how often the news means this place. ``tags``
    says of a spelling in which language it is and whether it is a former or a colloquial name (``uk``, ``ru former``), where known.
    ``code`` is GeoNames' of a division (``UA.05``) or country (``UA``); ``changed`` the ISO date of an imported row's last change.
    """

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    country: str | None = None
    region: str | None = None
    district: str | None = None
    geonames_id: int | None = None
    population: int = 0
    approximate: bool = False
    capital: bool = False
    source: str = GEONAMES
    code: str | None = None
    changed: str = ""
    names: dict[str, int] = field(default_factory=dict)  # spelling -> rank
    tags: dict[str, str] | None = None

    def add(self, name: str, rank: int, tag: str = "") -> None:
        """Know the place under one more spelling, with the better of two ranks; a tag once given stays."""
        name = name.strip()
        if not name:
            return
        if self.names.get(name, 99) > rank:
            self.names[name] = rank
        if tag:
            if self.tags is None:
                self.tags = {}
            self.tags.setdefault(name, tag)

    def drop(self, key: str, key_of: Callable[[str], str]) -> None:
        """Forget the spellings that have this key."""
        self.names = {name: rank for name, rank in self.names.items() if key_of(name) != key}


# Ranks of a name, best first: they weigh in resolution and say how a name came in.
MAIN, KNOWN, BENT, MADE = 0, 1, 2, 3
