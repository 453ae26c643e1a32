"""The rows from which a gazetteer is written: what every reader of a source gives to the writer."""

from dataclasses import dataclass, field

KINDS = ("country", "region", "district", "settlement", "area", "water", "site")


@dataclass(slots=True)
class PlaceRow:
    """A place on its way into the gazetteer. ``region`` and ``district`` are place ids; ``country`` is an ISO alpha-2 code.

    ``population`` is that of the source, or for supplement rows a stand-in for how often the news means this place.
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
    names: dict[str, int] = field(default_factory=dict)  # spelling -> rank

    def add(self, name: str, rank: int) -> None:
        """Know the place under one more spelling, with the better of two ranks."""
        name = name.strip()
        if name and self.names.get(name, 99) > rank:
            self.names[name] = rank


# Ranks of a name, best first: they weigh in resolution and say how a name came in.
MAIN, KNOWN, BENT, MADE = 0, 1, 2, 3
