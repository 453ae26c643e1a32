"""`frontwire feed`, `frontwire opml`, `frontwire poll`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.errors import BrokerError, UsageError
from aggregator.feeds import catalogue as starter
from aggregator.model import Alarm, Feed, Poll
from aggregator.previewing import BUDGET_S
from aggregator.settings import load
from aggregator.subscribe import (
    Choice,
    Look,
    Preview,
    add_opml,
    add_theatre,
    address_of,
    discover,
    draft_of,
    export_opml,
    only_choice,
    preview,
)


@click.group()
def feed() -> None:
    """The feeds that are read."""


@feed.command()
@click.argument("url", required=False)
@click.option("--catalogue", "theatre", help="Subscribe to a theatre of the starter catalogue, or `list` them.")
@click.option("--title", help="Name of the feed (else its own).")
@click.option("--outlet", help="Name of the outlet (else the host).")
@click.option("--pick", type=click.IntRange(min=1), help="Of the feeds that a page has, the one with this number.")
@click.option("--untested", is_flag=True, help="Do not fetch the URL first.")
def add(url: str | None, theatre: str | None, title: str | None, outlet: str | None, pick: int | None, untested: bool) -> None:
    """Add the feed at URL, or a theatre of the starter catalogue.

    URL may be a feed, a news sitemap, a site (its feeds are found and named) or a public Telegram channel (@name)."""
    if (url is None) == (theatre is None):
        raise UsageError("Give either a URL or --catalogue THEATRE; `frontwire feed add --catalogue list` shows the theatres.")
    if theatre == "list":
        return _list_theatres()
    app = build(load())
    if theatre is not None:
        added = add_theatre(app, theatre)
        click.echo(f"{added.new} feeds added, {added.known} were there already; they are polled as soon as the service runs")
        return None
    assert url is not None
    seen = None if untested else _choose(app, url, pick)
    address = seen.url if seen else address_of(url)
    language = seen.language if seen else None
    draft = draft_of(address, title or (seen.title if seen else None), outlet=outlet, language=language)
    made, new = app.store.feeds.add(draft, app.clock.now())
    click.echo(f"{'added' if new else 'is there already'}: {made.id} {made.title} <{made.url}>")
    return None


@feed.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_feeds(as_json: bool) -> None:
    """List the feeds with their health."""
    feeds = build(load()).store.feeds.all()
    if as_json:
        click.echo(orjson.dumps(feeds, option=orjson.OPT_INDENT_2))
        return
    table = Table("id", "feed", "outlet", "theatre", "state", "what that means", box=None, pad_edge=False)
    for found in feeds:
        sample = " (sample)" if found.sample else ""
        means = "\n".join((*(alarm_line(alarm) for alarm in found.alarms), found.state_text))
        table.add_row(str(found.id), found.title + sample, found.outlet_id, found.theatre or "", found.state.value, means)
    Console().print(table if feeds else "No feed yet: frontwire feed add URL, or --catalogue THEATRE")


@feed.command()
@click.argument("feed_id", type=ID)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(feed_id: int, as_json: bool) -> None:
    """Show a feed, its last polls, where its entries ended and which countries its articles speak of."""
    app = build(load())
    store, usual = app.store, dict(app.pipeline.habits.of(feed_id))
    found, polls = store.feeds.get(feed_id), store.feeds.polls(feed_id, 10)
    counts = {state.value: number for state, number in store.ledger.counts(feed_id).items()}
    if as_json:
        click.echo(orjson.dumps({"feed": found, "polls": polls, "entries": counts, "speaks_of": usual}, option=orjson.OPT_INDENT_2))
        return
    for name in ("title", "url", "outlet_id", "theatre", "language", "state", "state_text", "next_poll_at", "last_ok_at", "last_new_at"):
        click.echo(f"{name.replace('_', ' '):<14} {getattr(found, name) or ''}")
    for alarm in found.alarms:
        click.echo(f"{'alarm':<14} {alarm_line(alarm)}")
    click.echo(f"{'entries':<14} " + ", ".join(f"{number} {state}" for state, number in counts.items()))
    if usual:
        click.echo(f"{'speaks of':<14} " + ", ".join(f"{country} {share:.0%}" for country, share in usual.items()))
    Console().print(_polls(polls))


@feed.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--seconds", type=click.FloatRange(0, 600), default=BUDGET_S, show_default=True, help="Time for looking at pages.")
def test(url: str, as_json: bool, seconds: float) -> None:
    """Fetch URL and its newest pages and show what would come in; nothing is stored."""
    seen = preview(build(load()), url, budget_s=seconds)
    if as_json:
        click.echo(orjson.dumps(seen, option=orjson.OPT_INDENT_2))
        return
    _show_preview(seen)


@feed.command("find")
@click.argument("url")
@click.option("--html", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The page, where it cannot be fetched.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def find(url: str, html: Path | None, as_json: bool) -> None:
    """Find the feeds of the site or page at URL and try them; nothing is stored."""
    found = discover(build(load()), url, html=html.read_bytes() if html else None)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    Console().print(_choices(found.choices) if found.choices else f"No feed was found at {found.url}.")
    for one in found.refused:
        click.echo(f"no feed: {one.found.url} ({one.found.reason}): {one.why}")
    if found.left_out:
        click.echo(f"not tried, because {found.why_left or 'they are of little use'}: " + ", ".join(one.url for one in found.left_out))


@feed.command()
@click.argument("feed_id", type=ID)
def pause(feed_id: int) -> None:
    """Stop polling a feed until it is resumed."""
    _pause(feed_id, True)


@feed.command()
@click.argument("feed_id", type=ID)
def resume(feed_id: int) -> None:
    """Poll a paused feed again, at once."""
    _pause(feed_id, False)


@feed.command()
@click.argument("feed_id", type=ID)
@click.confirmation_option("--yes", prompt="Forget this feed with its polls and ledger? Its articles stay")
def remove(feed_id: int) -> None:
    """Forget a feed; its articles stay."""
    build(load()).store.feeds.remove(feed_id)
    click.echo("removed")


@click.group()
def opml() -> None:
    """Lists of feeds, as other readers write and read them."""


@opml.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_opml(path: Path) -> None:
    """Subscribe to every feed of the OPML file at PATH."""
    added = add_opml(build(load()), path.read_bytes())
    click.echo(f"{added.new} feeds added, {added.known} were there already")
    for one in added.refused:
        click.echo(f"line {one.line} left out: {one.title}: {one.why}", err=True)


@opml.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export(path: Path | None) -> None:
    """Write every feed as OPML to PATH, or to standard output."""
    data = export_opml(build(load()))
    if path is None:
        sys.stdout.buffer.write(data)
    else:
        path.write_bytes(data)
        click.echo(f"written to {path}")


@click.command()
@click.argument("feed_ids", type=ID, nargs=-1)
@click.option("--now", is_flag=True, help="Poll here, in this process, instead of leaving it to the workers.")
def poll(feed_ids: tuple[int, ...], now: bool) -> None:
    """Make the feeds FEED_IDS (default: all) due at once."""
    app = build(load())
    if not now:
        click.echo(f"{app.store.feeds.poll_now(feed_ids or None, app.clock.now())} feeds are due; the workers take them at the next tick")
        _warn_without_service(app)
        return
    ids = feed_ids or tuple(found.id for found in app.store.feeds.all())
    with click.progressbar(ids, label="polling", file=sys.stderr, show_pos=True) as bar:
        results = [(ident, app.polling.now(claimed) if (claimed := _claim(app, ident)) else None) for ident in bar]
    for ident, done in results:
        click.echo(f"{ident}: {_poll_line(done)}")


def _claim(app: App, feed_id: int) -> Feed | None:
    return app.store.feeds.claim(feed_id, app.clock.now(), app.settings.lease_s)


def _warn_without_service(app: App) -> None:
    try:
        app.broker.waiting()
    except BrokerError as error:
        click.echo(f"but {error}", err=True)


def _pause(feed_id: int, paused: bool) -> None:
    app = build(load())
    found = app.store.feeds.pause(feed_id, paused, app.clock.now())
    click.echo(f"{found.title}: {found.state.value}")


def _choose(app: App, url: str, pick: int | None) -> Choice:
    """Look before adding: a page with several feeds is answered with its choices."""
    found = discover(app, url)
    if pick is None:
        return only_choice(found)
    if pick > len(found.choices):
        raise UsageError(f"{found.url} has {len(found.choices)} feeds; `frontwire feed find {url}` shows them.")
    return found.choices[pick - 1]


def _list_theatres() -> None:
    known = starter.load()
    table = Table("theatre", "feeds", "what it covers", box=None, pad_edge=False)
    for theatre in known.theatres:
        table.add_row(theatre.id, str(len(known.feeds(theatre.id))), theatre.description)
    Console().print(table)


def _choices(choices: Sequence[Choice]) -> Table:
    table = Table("", "feed", "format", "entries", "newest", "found", box=None, pad_edge=False)
    for number, choice in enumerate(choices, 1):
        note = f"; the same entries as {choice.same_as}" if choice.same_as else ""
        note += f"; subscribed to as {choice.known.id}" if choice.known else ""
        newest = f"{choice.newest:%d %b %H:%M}" if choice.newest else "no dates"
        name = f"{choice.title or 'untitled'}\n{choice.url}"
        table.add_row(str(number), name, choice.format, str(choice.entries), newest, choice.found.reason + note)
    return table


def _show_preview(seen: Preview) -> None:
    if seen.parsed is None:
        click.echo(f"{seen.url} is a page, no feed. It names:")
        for found in seen.found:
            click.echo(f"  {found.url}  {found.title or ''}")
        click.echo(f"`frontwire feed find {seen.url}` tries them.")
        return
    parsed = seen.parsed
    click.echo(f"{parsed.title or 'without a title'} ({parsed.format}, {parsed.language or 'language not given'})")
    click.echo(seen.url)
    known = f"; {seen.overlap.known} of the newest {seen.overlap.of} are known" if seen.overlap and seen.overlap.known else ""
    click.echo(f"{len(parsed.entries)} entries{known}" + (f"; subscribed to already as {seen.known.id}" if seen.known else ""))
    for look in seen.entries:
        _show_look(look)
    for text in seen.warnings:
        click.echo(f"warning: {text}")
    for text in seen.left_out:
        click.echo(f"left out: {text}")


def _show_look(look: Look) -> None:
    hour = f"{look.published:%Y-%m-%d %H:%M}" if look.published else "no date"
    click.echo(f"\n{hour:<16}  {look.page_title or look.title or 'untitled'}")
    if look.link:
        click.echo(f"  {look.link}")
    if look.outcome is None and not look.reason:
        return
    facts = [look.outcome.value.replace("_", " ") if look.outcome else "no page", f"{look.characters} characters"]
    facts += [f"text from the {look.text_from}"] if look.text_from else []
    facts += [look.language] if look.language else []
    facts += [", ".join(look.places) or "no place"] if look.places is not None else []
    click.echo("  " + "; ".join(facts) + (f" ({look.reason})" if look.reason else ""))
    if look.text:
        click.echo(f"  {look.text}")


def alarm_line(alarm: Alarm) -> str:
    """An alarm in one line."""
    return f"{alarm.kind.value.replace('_', ' ')} since {alarm.since:%d %b %Y %H:%M}: {alarm.text}"


def _polls(polls: tuple[Poll, ...]) -> Table:
    table = Table("polled", "outcome", "HTTP", "entries", "new", "kB", "error", box=None, pad_edge=False)
    for found in polls:
        size = f"{found.bytes / 1000:.1f}"
        status = str(found.status or "")
        numbers = (str(found.entries_seen), str(found.entries_new), size)
        table.add_row(f"{found.at:%d %b %H:%M:%S}", found.outcome.value.replace("_", " "), status, *numbers, found.error)
    return table


def _poll_line(done: Poll | None) -> str:
    if done is None:
        return "somebody else polls it, or its host is busy"
    return done.error or f"{done.outcome.value.replace('_', ' ')}, {done.entries_seen} entries, {done.entries_new} new"
