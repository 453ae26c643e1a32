"""The HTTP API, version 1: one file a noun. What an endpoint declares is what it reads, answers and documents (docs/api.md)."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from aggregator.settings import Settings
from web.api import alerts, articles, exports, feeds, limits, openapi, places, registers, revisions, sayings, searches, status, stories
from web.api.endpoint import blueprint
from web.api.problem import problem

# Their endpoints enter the blueprint when they are imported.
NOUNS = (status, articles, revisions, stories, sayings, places, registers, exports, searches, alerts, feeds, openapi)
__all__ = ["NOUNS", "problem", "register"]


def register(flask: Flask, settings: Settings) -> None:
    """Put the API and its page into the application."""
    limits.register(flask, settings)
    protection = flask.extensions["csrf"]
    assert isinstance(protection, CSRFProtect)
    protection.exempt(blueprint)  # no cookie opens anything here, so no forged form does
    flask.register_blueprint(blueprint)
    flask.register_blueprint(openapi.pages)
