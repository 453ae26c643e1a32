"""Who is subscribed to our own feeds: what was delivered last, what is wrong, and an end to it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from aggregator.errors import NotFoundError
from web.product import product
from web.topics import hub_url

blueprint = Blueprint("hub_desk", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login


@blueprint.get("/hub")
def subscribers() -> str:
    """Every subscription, by topic."""
    app = product()
    now = app.clock.now()
    found = app.store.hub.all()
    troubles = {ident: topic.trouble for ident in {one.topic_id for one in found} if (topic := app.store.hub.topic(ident))}
    return render_template(
        "hub.html",
        subscriptions=found,
        counts=app.store.hub.counts(now),
        troubles=troubles,
        is_hub=app.settings.is_hub,
        hub=hub_url(),
        base=app.settings.base,
        now=now,
    )


@blueprint.post("/hub/<int:subscription_id>/remove")
def remove(subscription_id: int) -> Response:
    """Forget a subscription; the subscriber hears nothing of it."""
    app = product()
    found = app.store.hub.get(subscription_id)
    if found is None:
        raise NotFoundError("subscription at the hub", subscription_id)
    app.store.hub.remove(subscription_id)
    flash(f"{found.callback} gets nothing more of {found.topic}.")
    return redirect(url_for("hub_desk.subscribers"))
