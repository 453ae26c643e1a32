"""GeoJSON (RFC 7946): a feature for each item, for maps. Items without a place have no geometry."""

from collections.abc import Sequence
from typing import Any

import orjson

from aggregator.outputs.channel import Item, Point, kind_of, line, rfc3339, title_of, unique, uri

MEDIA_TYPE = "application/geo+json"


def render(items: Sequence[Item]) -> bytes:
    """The FeatureCollection, its features in the order of the items."""
    return orjson.dumps({"type": "FeatureCollection", "features": [_feature(item) for item in unique(items)]})


def _feature(item: Item) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": item.id,
        "geometry": _geometry(item.points),
        "properties": {
            "title": title_of(item),
            "link": uri(item.link),
            "outlet": line(item.outlet),
            "language": item.language,
            "published": rfc3339(item.published),
            "updated": rfc3339(item.updated),
            "places": [line(c.label or c.term) for c in item.categories if kind_of(c) == "place"],
            "cited_sources": [line(c.label or c.term) for c in item.categories if kind_of(c) == "cited-source"],
            "sample": item.sample,
        },
    }


def _geometry(points: tuple[Point, ...]) -> dict[str, Any] | None:
    """Longitude comes first (RFC 7946, section 3.1.1)."""
    pairs = [[round(p.lon, 5), round(p.lat, 5)] for p in points]
    if not pairs:
        return None
    return {"type": "Point", "coordinates": pairs[0]} if len(pairs) == 1 else {"type": "MultiPoint", "coordinates": pairs}
