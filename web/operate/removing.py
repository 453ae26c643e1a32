"""Taking an article down, after a look at what that means; what was taken down, and letting it in again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.errors import UsageError
from web.product import outlets, product

blueprint = Blueprint("removing", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every address here asks for a login


@blueprint.get("/article/<int:article_id>/remove")
def ask(article_id: int) -> str:
    """What goes and what stays if the article is taken down."""
    store = product().store
    found = store.articles.get(article_id)
    copies = [ident for ident in store.copies.members(found.copy_group) if ident != article_id] if found.copy_group else []
    return render_template(
        "remove.html", article=found, outlet=store.feeds.outlet(found.outlet_id), copies=store.articles.many(copies), outlets=outlets()
    )


@blueprint.post("/article/<int:article_id>/remove")
def take_down(article_id: int) -> Response:
    """Take it down."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise UsageError("Say why this article is taken down: it will be asked for later. Readers are not told.")
    stone = product().pipeline.take_down(article_id, reason, current_user.name)
    flash(f"{stone.url} is taken down; nothing of its text is left.")
    return redirect(url_for("removing.removed"))


@blueprint.get("/removed")
def removed() -> str:
    """What was taken down."""
    return render_template("removed.html", stones=product().store.tombstones.all(), outlets=outlets())


@blueprint.post("/removed/<int:article_id>/readmit")
def readmit(article_id: int) -> Response:
    """Let an article be fetched again."""
    app = product()
    stone = app.store.tombstones.readmit(article_id, current_user.name, app.clock.now())
    flash(f"{stone.url} may come back: its entries wait to be fetched.")
    return redirect(url_for("removing.removed"))
