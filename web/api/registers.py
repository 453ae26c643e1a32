"""/api/v1/sources and /api/v1/outlets: who is cited, and who publishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from aggregator.errors import NotFoundError
from aggregator.model import Outlet, Source
from web.api import shapes
from web.api.asked import Fields, Paged
from web.api.endpoint import endpoint
from web.api.schema import Says
from web.product import outlets as all_outlets
from web.product import product

Registered = TypeVar("Registered", Source, Outlet)


@dataclass(frozen=True, kw_only=True)
class AskedSources(Paged):
    """Which cited sources."""

    name: Annotated[str, Says("a part of the id, the name or another name", most=200, example="ministry")] = ""
    kind: Annotated[str, Says("a kind of docs/taxonomy.md", example="ministry")] = ""
    side: Annotated[str, Says("a side of docs/taxonomy.md", example="ukraine")] = ""
    country: Annotated[str, Says("ISO 3166-1 alpha-2", example="UA")] = ""
    fields: Fields = ()


@dataclass(frozen=True, kw_only=True)
class AskedOutlets(Paged):
    """Which outlets."""

    name: Annotated[str, Says("a part of the id or the name", most=200)] = ""
    kind: Annotated[str, Says("newspaper, agency, broadcaster …")] = ""
    country: Annotated[str, Says("ISO 3166-1 alpha-2", example="GB")] = ""
    fields: Fields = ()


@endpoint("GET", "/sources", "sources", items="sources")
def sources(asked: AskedSources) -> shapes.Sources:
    """The registry of cited sources. In the order of ids."""
    wanted = asked.name.casefold()
    known = [
        source
        for source in sorted(product().registry.sources, key=lambda one: one.id)
        if (not wanted or any(wanted in name.casefold() for name in (source.id, source.name, *_aliases(source))))
        and asked.kind in ("", source.kind)
        and asked.side in ("", source.side)
        and asked.country.upper() in ("", source.country)
    ]
    page, following = _page(known, asked.limit, asked.cursor)
    return {"sources": [source_json(one) for one in page], "next": following}


@endpoint("GET", "/sources/<source_id>", "sources")
def source(source_id: str) -> shapes.Source:
    """A cited source. Under the id of one that was merged into another stands that other."""
    registry = product().registry
    if source_id not in registry.by_id:
        raise NotFoundError("source", source_id)
    return source_json(registry.get(source_id))


@endpoint("GET", "/outlets", "outlets", items="outlets")
def outlets(asked: AskedOutlets) -> shapes.Outlets:
    """The outlets of all feeds. In the order of ids."""
    wanted = asked.name.casefold()
    known = [
        outlet
        for outlet in sorted(all_outlets().values(), key=lambda one: one.id)
        if (not wanted or wanted in outlet.id.casefold() or wanted in outlet.name.casefold())
        and asked.kind in ("", outlet.kind)
        and asked.country.upper() in ("", outlet.country)
    ]
    page, following = _page(known, asked.limit, asked.cursor)
    return {"outlets": [outlet_json(one) for one in page], "next": following}


@endpoint("GET", "/outlets/<outlet_id>", "outlets")
def outlet(outlet_id: str) -> shapes.Outlet:
    """An outlet."""
    return outlet_json(product().store.feeds.outlet(outlet_id))


def source_json(found: Source) -> shapes.Source:
    """A cited source with its labels and their basis."""
    return {
        "id": found.id,
        "name": found.name,
        "kind": found.kind,
        "side": found.side,
        "country": found.country,
        "organisation": found.organisation,
        "aliases": found.aliases,
        "channels": found.channels,
        "basis": found.basis,
        "verified": found.verified,
    }


def outlet_json(found: Outlet) -> shapes.Outlet:
    """An outlet with its labels and their basis."""
    return {
        "id": found.id,
        "name": found.name,
        "kind": found.kind,
        "country": found.country,
        "languages": found.languages,
        "affiliation": found.affiliation,
        "basis": found.basis,
        "verified": found.verified,
        "homepage": found.homepage,
        "sample": found.sample,
    }


def _aliases(source: Source) -> tuple[str, ...]:
    return tuple(name for names in source.aliases.values() for name in names)


def _page(known: Sequence[Registered], limit: int, after: str | None) -> tuple[Sequence[Registered], str | None]:
    """Those whose ids come after the cursor, which is the last id of the page before."""
    rest = [one for one in known if after is None or one.id > after]
    return rest[:limit], rest[limit - 1].id if len(rest) > limit else None
