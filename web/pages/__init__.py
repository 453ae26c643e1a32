"""The readers' pages."""

from web.pages import dossier, lists, map, reading, stream

BLUEPRINTS = (stream.blueprint, map.blueprint, reading.blueprint, dossier.blueprint, lists.blueprint)
