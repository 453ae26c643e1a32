"""The operator's desk: behind a login."""

from web.operate import desk, ledger

BLUEPRINTS = (desk.blueprint, ledger.blueprint)
