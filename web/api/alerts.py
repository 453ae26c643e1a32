"""/api/v1/searches/<search_id>/alerts and /api/v1/alerts: who is told of what a saved search finds (scope searches)."""

from datetime import datetime
from typing import Any, cast

from aggregator import readers
from aggregator.access import Scope
from aggregator.alerts import Alert, Trigger, checked, new_secret
from aggregator.errors import FrontwireError
from web.api import kept
from web.api.endpoint import endpoint
from web.present import iso
from web.product import product
from web.tokens import request_user


@endpoint("GET", "/searches/<int:search_id>/alerts", "searches", scope=Scope.SEARCHES)
def alerts(search_id: int) -> kept.Alerts:
    """The alerts of a saved search. Oldest first."""
    search = readers.one_of(product().store.searches, str(search_id))
    return {"alerts": [alert_json(one) for one in product().store.alerts.all(search.id)]}


@endpoint("POST", "/searches/<int:search_id>/alerts", "searches", scope=Scope.SEARCHES, status=201)
def add_alert(search_id: int, body: kept.NewAlert) -> kept.Alert:
    """Tell somebody from now on of what the search finds: of all triggers, at once, unless something else is sent.

    The answer for a webhook is the only one that ever has its `secret`."""
    app = product()
    search = readers.one_of(app.store.searches, str(search_id))
    way, target, triggers, digest = checked(
        body["way"], body["target"], body.get("triggers", tuple(Trigger)), body.get("digest", "").strip()
    )
    secret = new_secret(way)
    made = app.store.alerts.add(search.id, way, target, triggers, digest, secret, request_user().name, app.clock.now())
    return alert_json(made) | {"secret": secret or None}


@endpoint("GET", "/alerts/<int:alert_id>", "searches", scope=Scope.SEARCHES)
def alert(alert_id: int) -> kept.Alert:
    """An alert, how much it has still to tell, and what is wrong with it."""
    return alert_json(product().store.alerts.get(alert_id))


@endpoint("DELETE", "/alerts/<int:alert_id>", "searches", scope=Scope.SEARCHES)
def remove_alert(alert_id: int) -> kept.Alert:
    """Forget an alert, and what it had still to tell. The answer is what it was."""
    was = alert_json(product().store.alerts.get(alert_id))
    product().store.alerts.remove(alert_id)
    return was


@endpoint("POST", "/alerts/<int:alert_id>/stop", "searches", scope=Scope.SEARCHES)
def stop_alert(alert_id: int) -> kept.Alert:
    """Send nothing for now. What comes meanwhile is sent when it is resumed."""
    return alert_json(product().store.alerts.stop(alert_id, f"stopped by {request_user().name}"))


@endpoint("POST", "/alerts/<int:alert_id>/resume", "searches", scope=Scope.SEARCHES)
def resume_alert(alert_id: int) -> kept.Alert:
    """Go on, with what has come since."""
    return alert_json(product().store.alerts.stop(alert_id, ""))


@endpoint("POST", "/alerts/<int:alert_id>/test", "searches", scope=Scope.SEARCHES, cost=10)
def test_alert(alert_id: int) -> kept.Trial:
    """Send a trial, here and now. It counts as ten requests."""
    product().store.alerts.get(alert_id)  # one that is not there is no trial that failed
    try:
        product().notifying.try_out(alert_id)
    except FrontwireError as error:
        return {"arrived": False, "detail": error.message}
    return {"arrived": True, "detail": ""}


def alert_json(found: Alert) -> kept.Alert:
    """An alert without its secret."""
    return {
        "id": found.id,
        "search": found.search_id,
        "way": cast(Any, found.way.value),
        "target": found.target,
        "triggers": [cast(Any, trigger.value) for trigger in found.triggers],
        "digest": found.digest,
        "by": found.by,
        "created": iso(found.created_at),
        "stopped": found.stopped,
        "failures": found.failures,
        "failing_since": _hour(found.failing_since),
        "last_sent": _hour(found.last_sent_at),
        "waiting": product().store.alerts.waiting(found.id),
        "secret": None,
    }


def _hour(at: datetime | None) -> str | None:
    return iso(at) if at else None
