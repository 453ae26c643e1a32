"""Who asks, where it is a program: the access token of a request, what it allows, and whether full texts may be given out.

A token stands in the header ``Authorization: Bearer fw_…`` (RFC 6750, section 2.1). Addresses are logged and passed on, so none stands
there, but for a view that asks for it (``in_address``): feed readers can send no header.
"""

from datetime import timedelta

from flask import g, request

from aggregator.access import SCOPES, Scope, Token, digest
from aggregator.errors import ScopeError, TokenError
from aggregator.ports import User
from web.product import product

SCHEME = "bearer"
NOTED_EVERY = timedelta(minutes=10)  # the hour of the last use is written no more often than that
PARAMETER = "token"


def request_token(*, in_address: bool = False) -> Token | None:
    """The token that the request shows, None if it shows none; ``in_address``: feeds, which take it there too.

    Raises TokenError for one that is malformed, unknown or revoked: who shows a token that does not hold is told so, not served less."""
    if "token" not in g:
        g.token = _read(in_address)
    found: Token | None = g.token
    return found


def require(scope: Scope) -> Token:
    """The token of the request, which allows this. Raises TokenError without one, ScopeError if it does not."""
    token = request_token()
    if token is None:
        raise TokenError(f"This asks for an access token with the scope {scope}: send it as `Authorization: Bearer fw_…`.")
    if scope not in token.scopes:
        held = ", ".join(sorted(token.scopes))
        raise ScopeError(f"The token {token.name!r} has the scopes {held}; this asks for {scope}. {SCOPES[scope]}", scope)
    return token


def request_user() -> User:
    """Whose token the request shows. Raises TokenError where it shows none, or its user is gone."""
    token = request_token()
    user = product().store.users.get(token.user_id) if token is not None else None
    if user is None:
        raise TokenError("This asks for an access token of somebody who may log in: send it as `Authorization: Bearer fw_…`.")
    return user


def full_text_allowed(*, in_address: bool = False) -> bool:
    """Whether this request may have the whole text of articles: never, by a token with that scope, or always (FRONTWIRE_FULL_TEXT).

    An answer that depends on it must not be kept for others: give the value to the key of whatever keeps it. Raises TokenError."""
    token = request_token(in_address=in_address)
    allowed = product().settings.full_text
    return allowed == "open" or (allowed == "token" and token is not None and Scope.FULL_TEXT in token.scopes)


def _read(in_address: bool) -> Token | None:
    header = request.headers.get("Authorization")
    secret = request.args.get(PARAMETER) if header is None and in_address else None
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != SCHEME or not secret.strip():
            raise TokenError("The header Authorization is not right: `Authorization: Bearer fw_…` is.", invalid=True)
    return None if not secret else token_of(secret.strip())


def token_of(secret: str) -> Token:
    """The token with this secret, whose use is noted. Raises TokenError for one that is unknown or revoked."""
    app = product()
    token = app.store.tokens.by_digest(digest(secret))
    if token is None:
        raise TokenError("This access token is unknown here: it was mistyped, or made by another instance.", invalid=True)
    if token.revoked:
        raise TokenError(f"The access token {token.name!r} was revoked. An operator can make another at /operate/tokens.", invalid=True)
    now = app.clock.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        app.store.tokens.used(token.id, now)
    return token
