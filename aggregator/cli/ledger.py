"""`frontwire ledger`: what came in, where it is now, and whether the two agree."""

from collections.abc import Sequence
from datetime import timedelta

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import build
from aggregator.cli.ids import ID
from aggregator.model import EntryState
from aggregator.ports import LedgerDay, LedgerFilter, LedgerReason
from aggregator.settings import load

NARROWEST = 100  # characters


@click.command()
@click.option("--feed", "feed_id", type=ID, help="Of this feed alone.")
@click.option("--days", "span", type=click.IntRange(1, 3650), default=7, show_default=True, help="Days back, today included (UTC).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def ledger(feed_id: int | None, span: int, as_json: bool) -> None:
    """Show by day and feed what came in and where it ended. Exit status 1 where the sums do not agree."""
    app = build(load())
    if feed_id is not None:
        app.store.feeds.get(feed_id)
    since = (app.clock.now() - timedelta(days=span - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = app.store.ledger.days(feed_id, since)
    reasons = app.store.ledger.reasons(LedgerFilter(feed_id, since=since))
    wrong = [day for day in days if day.missing]
    if as_json:
        lines = [{**_numbers(day), "feed": day.feed_id, "day": day.day, "missing": day.missing} for day in days]
        click.echo(orjson.dumps({"agree": not wrong, "days": lines, "reasons": reasons}, option=orjson.OPT_INDENT_2))
    else:
        titles = {feed.id: feed.title for feed in app.store.feeds.all()}
        console = Console(width=max(Console().width, NARROWEST))  # or columns would be left out
        console.print(_table(days, titles))
        if reasons:
            console.print(_reasons(reasons))
        click.echo(verdict(days))
    if wrong:
        click.get_current_context().exit(1)


def verdict(days: Sequence[LedgerDay]) -> str:
    """Whether the sums agree, in one line, and where they do not."""
    wrong = [day for day in days if day.missing]
    seen = sum(day.seen for day in days)
    if not wrong:
        return f"The sums agree: each of the {seen} entries that came in is in exactly one state."
    places = ", ".join(f"feed {day.feed_id} on {day.day} ({day.seen} seen, {day.seen - day.missing} in a state)" for day in wrong)
    return f"The sums do not agree: {places}."


def _numbers(day: LedgerDay) -> dict[str, int]:
    return {"seen": day.seen, **{state.value: number for state, number in day.states.items()}}


def _table(days: Sequence[LedgerDay], titles: dict[int, str]) -> Table:
    names = ("seen", *(state.value for state in EntryState))
    numbers_of = (Column(name, justify="right", min_width=len(name)) for name in names)
    title = Column("title", no_wrap=True)  # gives way where the terminal is narrow
    table = Table(Column("day", min_width=10), Column("feed", min_width=4), title, *numbers_of, box=None, pad_edge=False)
    for day in days:
        numbers = (str(number or "") for number in _numbers(day).values())
        table.add_row(str(day.day), str(day.feed_id), titles.get(day.feed_id, ""), *numbers)
    return table


def _reasons(reasons: Sequence[LedgerReason]) -> Table:
    table = Table("entries", "state", "reason", box=None, pad_edge=False)
    for found in reasons:
        table.add_row(str(found.entries), found.state.value, found.reason)
    return table
