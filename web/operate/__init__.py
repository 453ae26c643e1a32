"""The operator's desk: behind a login."""

from web.operate import adding, desk, hosts, hub, ledger, names, parts, removing, sources, stories, tokens

BLUEPRINTS = (
    *(desk.blueprint, adding.blueprint, ledger.blueprint, hosts.blueprint, names.blueprint, parts.blueprint, sources.blueprint),
    *(hub.blueprint, tokens.blueprint, removing.blueprint, stories.blueprint),
)
