"""The readers' pages."""

from web.pages import reading, stream

BLUEPRINTS = (stream.blueprint, reading.blueprint)
