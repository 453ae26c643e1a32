"""Access tokens at the desk: made and shown once, listed, revoked, and that taken back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.access import SCOPES, Token, digest, fever_digest, named, new_secret, scopes
from web.product import product

blueprint = Blueprint("tokens", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login


@blueprint.get("/tokens")
def tokens() -> str:
    """Every token, and the form that makes one."""
    return _page()


@blueprint.post("/tokens")
def make() -> str:
    """Make a token for whoever asks, and show it: this answer is the only one that ever holds it."""
    app = product()
    secret, name, held = new_secret(), named(request.form.get("name", "")), scopes(request.form.getlist("scope"))
    fever = fever_digest(current_user.name, secret, held)
    made = app.store.tokens.add(current_user.id, name, held, digest(secret), app.clock.now(), fever)
    return _page(made, secret)


@blueprint.post("/token/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """From now on the token opens nothing."""
    token = product().store.tokens.revoke(token_id, True)
    flash(f"{token.name} is revoked: it opens nothing from now on.")
    return redirect(url_for("tokens.tokens"))


@blueprint.post("/token/<int:token_id>/undo")
def undo(token_id: int) -> Response:
    """Take the revoking back."""
    token = product().store.tokens.revoke(token_id, False)
    flash(f"{token.name} holds again.")
    return redirect(url_for("tokens.tokens"))


def _page(made: Token | None = None, secret: str = "") -> str:
    app = product()
    known = app.store.tokens.all()
    names = {ident: user.name for ident in {token.user_id for token in known} if (user := app.store.users.get(ident))}
    return render_template(
        "tokens.html",
        holding=[token for token in known if not token.revoked],
        revoked=[token for token in known if token.revoked],
        names=names,
        made=made,
        secret=secret,
        scopes=SCOPES,
        base=app.settings.base,
        full_text=app.settings.full_text,
    )
