"""`frontwire hub`: who is subscribed to our own feeds."""

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.app import build
from aggregator.cli.ids import ID
from aggregator.hub import HubSubscription
from aggregator.settings import load

NOBODY = {
    True: "Nobody is subscribed to our feeds.",
    False: "This service is no hub: FRONTWIRE_BASE_URL or FRONTWIRE_HUB changes that.",
}


@click.group()
def hub() -> None:
    """See who is subscribed to our own feeds, and end a subscription."""


@hub.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs: one subscription a line.")
def list_subscriptions(as_json: bool) -> None:
    """List the subscriptions at our hub, with what was delivered and what is wrong."""
    app = build(load())
    found = app.store.hub.all()
    if as_json:
        for one in found:
            click.echo(orjson.dumps(_row(one)))
        return
    table = Table("id", "feed", "callback", "lease until (UTC)", "last delivery (UTC)", "state", box=None, pad_edge=False)
    for column in table.columns[1:3]:
        column.overflow = "fold"  # an address that is cut is none
    for one in found:
        until, last = (f"{at:%d %b %H:%M}" if at else "never" for at in (one.lease_until, one.last_delivered_at))
        table.add_row(str(one.id), one.topic.removeprefix(app.settings.base), one.callback, until, last, _state(one))
    Console().print(table if found else NOBODY[app.settings.is_hub])


@hub.command()
@click.argument("subscription_id", type=ID)
def remove(subscription_id: int) -> None:
    """Forget a subscription; the subscriber hears nothing of it."""
    build(load()).store.hub.remove(subscription_id)
    click.echo(f"subscription {subscription_id} is removed")


def _state(one: HubSubscription) -> str:
    if one.stopped:
        return f"stopped: {one.stopped}"
    if one.failures:
        return f"failed {one.failures} times: {one.reason}"
    return f"is asked whether it wants to {one.asked}" if one.asked else ""


def _row(one: HubSubscription) -> dict[str, object]:
    return {
        "id": one.id,
        "topic": one.topic,
        "callback": one.callback,
        "signed": bool(one.secret),
        "asked": one.asked,
        "lease_until": one.lease_until,
        "last_delivered": one.last_delivered_at,
        "failures": one.failures,
        "reason": one.reason,
        "stopped": one.stopped,
    }
