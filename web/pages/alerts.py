"""The alerts of a saved search: whom they tell of what, what waits and what is wrong. All of it asks for a login."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator import readers
from aggregator.alerts import Trigger, Way, checked, new_secret
from aggregator.errors import FrontwireError
from web.product import product

blueprint = Blueprint("alerts", __name__)
blueprint.before_request(login_required(lambda: None))

MEANINGS = {
    Trigger.NEW: "a story that it has told nothing of",
    Trigger.UPDATED: "a further text of its own, or an edit, in one that it has told of",
    Trigger.CONFIRMED: "a story from one origin is said by a second, independent one",
}


@blueprint.get("/search/<int:number>/alerts")
def alerts(number: int) -> str:
    """The alerts of one search, and the form that makes one."""
    return _page(number)


@blueprint.post("/search/<int:number>/alerts")
def add(number: int) -> str | Response:
    """Make an alert. The answer for a webhook is the only one that ever holds its secret."""
    app, form = product(), request.form
    digest = form.get("digest", "").strip()
    way, target, triggers, digest = checked(form.get("way", ""), form.get("target", ""), form.getlist("trigger"), digest)
    search, secret = readers.one_of(app.store.searches, str(number)), new_secret(way)
    made = app.store.alerts.add(search.id, way, target, triggers, digest, secret, current_user.name, app.clock.now())
    if secret:
        return _page(number, secret)
    flash(f"From now on {made.target} is told.")
    return _back(number)


@blueprint.post("/alert/<int:alert_id>/test")
def test(alert_id: int) -> Response:
    """Send a trial, here and now."""
    found = product().store.alerts.get(alert_id)
    try:
        product().notifying.try_out(alert_id)
    except FrontwireError as error:
        flash(f"The trial did not arrive. {error.message}")
    else:
        flash(f"A trial was sent to {found.target}.")
    return _back(found.search_id)


@blueprint.post("/alert/<int:alert_id>/stop")
def stop(alert_id: int) -> Response:
    """Send nothing for now."""
    found = product().store.alerts.stop(alert_id, f"stopped by {current_user.name}")
    flash(f"{found.target} is told nothing until this alert goes on; then it is told what came meanwhile.")
    return _back(found.search_id)


@blueprint.post("/alert/<int:alert_id>/resume")
def resume(alert_id: int) -> Response:
    """Go on."""
    found = product().store.alerts.stop(alert_id, "")
    flash(f"{found.target} is told again.")
    return _back(found.search_id)


@blueprint.post("/alert/<int:alert_id>/remove")
def remove(alert_id: int) -> Response:
    """Forget an alert and what it had still to tell."""
    found = product().store.alerts.get(alert_id)
    product().store.alerts.remove(alert_id)
    flash(f"The alert to {found.target} is removed.")
    return _back(found.search_id)


def _page(number: int, secret: str = "") -> str:
    app = product()
    known = app.store.alerts.all(number)
    return render_template(
        "alerts.html",
        search=readers.one_of(app.store.searches, str(number)),
        alerts=[(alert, app.store.alerts.waiting(alert.id)) for alert in known],
        secret=secret,
        ways=list(Way),
        meanings=MEANINGS,
        mail=bool(app.settings.smtp_url),
    )


def _back(number: int) -> Response:
    return redirect(url_for("alerts.alerts", number=number))
