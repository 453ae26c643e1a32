"""The readers' pages."""

from web.pages import lists, reading, stream

BLUEPRINTS = (stream.blueprint, reading.blueprint, lists.blueprint)
