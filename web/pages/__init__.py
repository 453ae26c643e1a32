"""The readers' pages."""

from web.pages import alerts, changes, compose, dossier, lists, map, marks, reading, searches, stream, trends

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
    marks.blueprint,
    trends.blueprint,
    trends.data,
    compose.blueprint,
    compose.suggestions,
)
