"""What people type as a name, resolved to ids: places by the gazetteer, cited sources by the registry, outlets and saved searches by the
store.

The names of a query are resolved as broadly as readers expect: a place name means every place of that name that is nearly as
well known as the best known one.
"""

from dataclasses import dataclass

from aggregator.errors import GazetteerError, NotFoundError, UsageError
from aggregator.identity import urls
from aggregator.model import Alias
from aggregator.places.gazetteer import Gazetteer
from aggregator.ports import Store
from aggregator.readers import one_of
from aggregator.sources.registry import Registry, taxonomy

PLACES_A_NAME = 3
PLACES_AROUND = 3_000  # nearest settlements and sites that are looked at


@dataclass(frozen=True, slots=True)
class Names:
    """Names of places, sources and outlets; ``gazetteer`` is None where it was not built, and then only ids are known."""

    store: Store
    registry: Registry
    gazetteer: Gazetteer | None

    def place(self, name: str) -> tuple[str, ...]:
        """Ids of the places of that name, the likeliest first."""
        if self.gazetteer is None:
            return (name,) if self.store.articles.places([name]) else ()
        try:
            return (self.gazetteer.get(name).id,)
        except NotFoundError:
            return tuple(place.id for place in self.gazetteer.find(name, PLACES_A_NAME))

    def source(self, name: str) -> tuple[str, ...]:
        """Id of the cited source of that name in any of its languages, and those that were merged into it: texts may still have them."""
        found = self.registry.find(name)
        return self.registry.ids(found.id) if found else ()

    def outlet(self, name: str) -> tuple[str, ...]:
        """Ids of the outlets with that id or name."""
        wanted = name.casefold()
        return tuple(outlet.id for outlet in self.store.feeds.outlets() if wanted in (outlet.id.casefold(), outlet.name.casefold()))

    def article(self, url: str) -> tuple[int, ...]:
        """Id of the article that was seen under this address."""
        try:
            hits = self.store.articles.find([Alias("link", urls.key(url))])
        except UsageError:  # no address at all
            return ()
        return tuple(dict.fromkeys(hit.article_id for hit in hits))

    def values(self, field: str) -> tuple[str, ...]:
        """The kinds or sides of the taxonomy."""
        return tuple(taxonomy()[f"{field}s"])

    def near(self, place_id: str, km: int) -> tuple[str, ...]:
        """Ids of the places within so many kilometres of one, itself first, that some article names; none of them without a gazetteer."""
        if self.gazetteer is None:
            return ()
        try:
            centre = self.gazetteer.get(place_id)
        except NotFoundError:
            return ()
        around = [n.place.id for n in self.gazetteer.near(centre.lat, centre.lon, km, PLACES_AROUND) if n.place.id != place_id]
        named = self.store.articles.places(around)
        return (place_id, *(ident for ident in around if ident in named))

    def saved(self, name: str) -> str | None:
        """The query that was saved under a name or number; None where there is none."""
        try:
            return one_of(self.store.searches, name).query
        except NotFoundError:
            return None

    def label(self, field: str, value: str) -> str:
        """What to call a value of a facet when it is shown to people."""
        if field == "place":
            return self._place_name(value)
        if field in ("by", "via"):
            found = self.registry.find(value)
            return found.name if found else value
        if field == "outlet":
            return next((outlet.name for outlet in self.store.feeds.outlets() if outlet.id == value), value)
        return value.replace("_", " ")

    def _place_name(self, place_id: str) -> str:
        known = self.store.articles.places([place_id]).get(place_id)
        if known is None and self.gazetteer is not None:
            try:
                known = self.gazetteer.get(place_id)
            except (NotFoundError, GazetteerError):
                return place_id
        return known.name if known else place_id
