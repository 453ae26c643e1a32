"""The HTTP API, version 1."""

from web.api import v1
from web.api.problem import problem

BLUEPRINTS = (v1.blueprint,)
__all__ = ["BLUEPRINTS", "problem"]
