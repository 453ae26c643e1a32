"""`frontwire alert`: be told of what a saved search finds, by webhook, mail or ntfy."""

from collections.abc import Sequence

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator import readers
from aggregator.alerts import Trigger, Way, checked, new_secret
from aggregator.app import build
from aggregator.cli.ids import ID
from aggregator.settings import load

BY = "the command line"


@click.group()
def alert() -> None:
    """Be told of what a saved search finds."""


@alert.command()
@click.argument("search")
@click.argument("way", type=click.Choice([way.value for way in Way]))
@click.argument("target")
@click.option("--on", "triggers", multiple=True, type=click.Choice([trigger.value for trigger in Trigger]), help="May be given again; all.")
@click.option("--digest", default="", metavar="HH:MM", help="Once a day at this hour (UTC); else at once.")
def add(search: str, way: str, target: str, triggers: Sequence[str], digest: str) -> None:
    """Tell TARGET (an address, or a mailbox) what SEARCH finds from now on.

    new: a story that was not told of; updated: a further text of its own, or an edit; confirmed: a story from one origin is said by a
    second, independent one. For a webhook the secret that signs its messages is printed, once.
    """
    app = build(load())
    found = readers.one_of(app.store.searches, search)
    how, where, wanted, at = checked(way, target, triggers or list(Trigger), digest)
    secret = new_secret(how)
    made = app.store.alerts.add(found.id, how, where, wanted, at, secret, BY, app.clock.now())
    when = f"daily at {made.digest} UTC" if made.digest else "at once"
    click.echo(f"alert {made.id}: “{found.name}” to {made.target} by {made.way}, {when}, on {', '.join(made.triggers)}", err=True)
    if secret:
        click.echo(secret)


@alert.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs: one alert a line.")
def list_alerts(as_json: bool) -> None:
    """List the alerts, with what waits and what is wrong."""
    app = build(load())
    rows = []
    for known in app.store.alerts.all():
        rows.append(
            {
                "id": known.id,
                "search": app.store.searches.get(known.search_id).name,
                "way": known.way,
                "target": known.target,
                "on": known.triggers,
                "digest": known.digest,
                "waiting": app.store.alerts.waiting(known.id),
                "last_sent": known.last_sent_at,
                "failures": known.failures,
                "stopped": known.stopped,
            }
        )
    if as_json:
        for row in rows:
            click.echo(orjson.dumps(row))
        return
    table = Table("id", "search", "by", "to", "on", "when", "waiting", "last sent (UTC)", "state", box=None, pad_edge=False)
    for row, known in zip(rows, app.store.alerts.all(), strict=True):
        sent = f"{known.last_sent_at:%d %b %H:%M}" if known.last_sent_at else "never"
        state = known.stopped or (f"failed {known.failures} times" if known.failures else "")
        cells = (str(known.id), str(row["search"]), known.way.value, known.target, ", ".join(known.triggers), known.digest or "at once")
        table.add_row(*cells, str(row["waiting"]), sent, state)
    Console().print(table if rows else "There are no alerts. `frontwire alert add SEARCH mail you@news.example` makes one.")


@alert.command()
@click.argument("alert_id", type=ID)
def test(alert_id: int) -> None:
    """Send a message that says it is a trial, here and now."""
    app = build(load())
    app.notifying.try_out(alert_id)
    click.echo(f"sent to {app.store.alerts.get(alert_id).target}")


@alert.command()
@click.argument("alert_id", type=ID)
def stop(alert_id: int) -> None:
    """Send nothing until `frontwire alert resume`; what comes up meanwhile is told then."""
    build(load()).store.alerts.stop(alert_id, "stopped by hand")
    click.echo(f"alert {alert_id} is stopped; `frontwire alert resume {alert_id}` lets it go on")


@alert.command()
@click.argument("alert_id", type=ID)
def resume(alert_id: int) -> None:
    """Go on, with all that waits."""
    found = build(load()).store.alerts.stop(alert_id, "")
    click.echo(f"alert {alert_id} to {found.target} goes on")


@alert.command()
@click.argument("alert_id", type=ID)
def remove(alert_id: int) -> None:
    """Forget an alert and what it had still to tell."""
    build(load()).store.alerts.remove(alert_id)
    click.echo(f"alert {alert_id} is removed")
