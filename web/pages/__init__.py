"""The readers' pages."""

from web.pages import alerts, changes, compose, dossier, lists, map, reading, searches, stream, trends

BLUEPRINTS = (
    stream.blueprint,
    map.blueprint,
    reading.blueprint,
    changes.blueprint,
    dossier.blueprint,
    lists.blueprint,
    searches.blueprint,
    searches.changing,
    alerts.blueprint,
    trends.blueprint,
    trends.data,
    compose.blueprint,
    compose.suggestions,
)
