"""The readers' pages."""

from web.pages import lists, map, reading, stream

BLUEPRINTS = (stream.blueprint, map.blueprint, reading.blueprint, lists.blueprint)
