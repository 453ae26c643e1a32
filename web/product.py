"""The product behind the request under way."""

from flask import current_app, g

from aggregator.app import App
from aggregator.errors import GazetteerError
from aggregator.names import Names


def product() -> App:
    """Return the App that create_app was given."""
    app = current_app.extensions["frontwire"]
    assert isinstance(app, App)
    return app


def names() -> Names:
    """What names mean, for this request."""
    if "names" not in g:
        app = product()
        try:
            gazetteer = app.gazetteer
        except GazetteerError as error:  # reading goes on without; the desk and `frontwire doctor` say so
            current_app.logger.warning("%s", error)
            gazetteer = None
        g.names = Names(app.store, app.registry, gazetteer)
    found = g.names
    assert isinstance(found, Names)
    return found
