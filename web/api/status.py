"""/api/v1/status: the service in figures."""

from typing import cast

from aggregator.status import collect
from web.api import shapes
from web.api.endpoint import endpoint
from web.product import product


@endpoint("GET", "/status", "service")
def status() -> shapes.Status:
    """The service in figures."""
    return cast(shapes.Status, collect(product()).as_json())
