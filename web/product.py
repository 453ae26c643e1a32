"""The product behind the request under way."""

from flask import current_app

from aggregator.app import App


def product() -> App:
    """Return the App that create_app was given."""
    app = current_app.extensions["frontwire"]
    assert isinstance(app, App)
    return app
