"""The operator's desk: behind a login."""

from web.operate import desk

BLUEPRINTS = (desk.blueprint,)
