"""What reader programs speak: the Google Reader API, a part of Miniflux's and Fever's, over one reader's lists and marks."""

from flask import Flask

from web.sync import fever, greader, miniflux

BLUEPRINTS = (greader.blueprint, miniflux.blueprint, fever.blueprint)


def register(flask: Flask) -> None:
    """Put the three interfaces into the application. They are asked with a token in every request, so no form of theirs can be forged."""
    for blueprint in BLUEPRINTS:
        flask.extensions["csrf"].exempt(blueprint)
        flask.register_blueprint(blueprint)
