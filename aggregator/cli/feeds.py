"""`frontwire feed`, `frontwire opml`, `frontwire poll`."""

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.app import App, build
from aggregator.errors import BrokerError, UsageError
from aggregator.feeds import catalogue as starter
from aggregator.model import Feed, Poll
from aggregator.settings import load
from aggregator.subscribe import Preview, add_opml, add_theatre, draft_of, export_opml, preview

SHOWN = 5


@click.group()
def feed() -> None:
    """The feeds that are read."""


@feed.command()
@click.argument("url", required=False)
@click.option("--catalogue", "theatre", help="Subscribe to a theatre of the starter catalogue, or `list` them.")
@click.option("--title", help="Name of the feed (else its own).")
@click.option("--outlet", help="Name of the outlet (else the host).")
@click.option("--untested", is_flag=True, help="Do not fetch the URL first.")
def add(url: str | None, theatre: str | None, title: str | None, outlet: str | None, untested: bool) -> None:
    """Add the feed at URL, or a theatre of the starter catalogue."""
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
    seen = None if untested else _look(app, url)
    address = seen.url if seen else url
    own_title = title or (seen.parsed.title if seen and seen.parsed else None)
    language = seen.parsed.language if seen and seen.parsed else None
    made, new = app.store.feeds.add(draft_of(address, own_title, outlet=outlet, language=language), app.clock.now())
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
        table.add_row(str(found.id), found.title + sample, found.outlet_id, found.theatre or "", found.state.value, found.state_text)
    Console().print(table if feeds else "No feed yet: frontwire feed add URL, or --catalogue THEATRE")


@feed.command()
@click.argument("feed_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(feed_id: int, as_json: bool) -> None:
    """Show a feed, its last polls and where its entries ended."""
    store = build(load()).store
    found, polls = store.feeds.get(feed_id), store.feeds.polls(feed_id, 10)
    counts = {state.value: number for state, number in store.ledger.counts(feed_id).items()}
    if as_json:
        click.echo(orjson.dumps({"feed": found, "polls": polls, "entries": counts}, option=orjson.OPT_INDENT_2))
        return
    for name in ("title", "url", "outlet_id", "theatre", "language", "state", "state_text", "next_poll_at", "last_ok_at", "last_new_at"):
        click.echo(f"{name.replace('_', ' '):<14} {getattr(found, name) or ''}")
    click.echo(f"{'entries':<14} " + ", ".join(f"{number} {state}" for state, number in counts.items()))
    Console().print(_polls(polls))


@feed.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def test(url: str, as_json: bool) -> None:
    """Fetch URL and show what would come in; nothing is stored."""
    seen = preview(build(load()), url)
    if as_json:
        click.echo(orjson.dumps(seen, option=orjson.OPT_INDENT_2))
        return
    _show_preview(seen)


@feed.command()
@click.argument("feed_id", type=int)
def pause(feed_id: int) -> None:
    """Stop polling a feed until it is resumed."""
    _pause(feed_id, True)


@feed.command()
@click.argument("feed_id", type=int)
def resume(feed_id: int) -> None:
    """Poll a paused feed again, at once."""
    _pause(feed_id, False)


@feed.command()
@click.argument("feed_id", type=int)
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
@click.argument("feed_ids", type=int, nargs=-1)
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
        results = [(ident, app.pipeline.poll(claimed) if (claimed := _claim(app, ident)) else None) for ident in bar]
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


def _look(app: App, url: str) -> Preview:
    """Look before adding: a page that names feeds is no feed."""
    seen = preview(app, url)
    if seen.parsed is None:
        raise UsageError(f"{seen.url} is a page; it names these feeds: " + ", ".join(found.url for found in seen.found))
    return seen


def _list_theatres() -> None:
    known = starter.load()
    table = Table("theatre", "feeds", "what it covers", box=None, pad_edge=False)
    for theatre in known.theatres:
        table.add_row(theatre.id, str(len(known.feeds(theatre.id))), theatre.description)
    Console().print(table)


def _show_preview(seen: Preview) -> None:
    if seen.parsed is None:
        click.echo(f"{seen.url} is a page, no feed. It names:")
        for found in seen.found:
            click.echo(f"  {found.url}  {found.title or ''}")
        return
    parsed = seen.parsed
    click.echo(f"{parsed.title or 'without a title'} ({parsed.format}, {parsed.language or 'language not given'})")
    click.echo(f"{len(parsed.entries)} entries" + (f"; subscribed to already as {seen.known.id}" if seen.known else ""))
    for entry in parsed.entries[:SHOWN]:
        click.echo(
            f"  {entry.published or 'no date':%Y-%m-%d %H:%M}  {entry.title}" if entry.published else f"  no date           {entry.title}"
        )
    for warning in parsed.warnings:
        click.echo(f"warning: {warning}")


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
