"""`frontwire search`: search the articles, and keep searches under a name."""

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from aggregator import readers, trends
from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.cli.reading import names_of
from aggregator.readers import SavedSearch
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.settings import load

BY = "the command line"
FORMS = ("rss", "atom", "json", "csv", "geojson")


class SearchGroup(click.Group):
    """A group whose first command is meant where none is named: ``frontwire search kharkiv`` is ``frontwire search find kharkiv``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(cls=SearchGroup)
def search() -> None:
    """Search the articles, and keep searches under a name. `frontwire search kharkiv` is `frontwire search find kharkiv`."""


@search.command()
@click.argument("query", nargs=-1)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--order", type=click.Choice(["newest", "relevance"]), default="newest", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs: one article a line.")
def find(query: tuple[str, ...], limit: int, order: str, as_json: bool) -> None:
    """Search the articles with the query language of docs/query-language.md."""
    app = build(load())
    read = parse(" ".join(query))
    names = names_of(app)
    planned = plan(read, app.clock.now(), names, order, saved=names.saved)
    for note in (*read.warnings, *planned.notes):
        click.echo(f"note: {note}", err=True)
    hits = app.index.articles(planned.plan, limit)
    articles = app.store.articles.many(hits.article_ids)
    if as_json:
        for found in articles:
            line = {"id": found.id, "title": found.title, "outlet": found.outlet_id, "published": found.at, "url": found.url}
            click.echo(orjson.dumps(line))
        return
    table = Table("article", "hour (UTC)", "outlet", "title", box=None, pad_edge=False)
    for found in articles:
        table.add_row(str(found.id), f"{found.at:%d %b %H:%M}", found.outlet_id, found.title)
    Console().print(table if articles else f"No article matches {read.text or 'this query'}.")


@search.command()
@click.argument("name")
@click.argument("query", nargs=-1, required=True)
@click.option("--folder", default="", help="Where it is listed: the name of a theatre, or any other.")
@click.option("--replace", is_flag=True, help="Give this query to the search of that name, where there is one.")
def save(name: str, query: tuple[str, ...], folder: str, replace: bool) -> None:
    """Keep QUERY under NAME: a page and a feed of its own, and `search:NAME` in other queries."""
    app = build(load())
    text, now = " ".join(query), app.clock.now()
    had = app.store.searches.by_name(name) if replace else None
    if had:
        kept = app.store.searches.change(had.id, had.name, text, folder or had.folder, BY, now)
    else:
        kept = app.store.searches.save(name, text, folder, BY, now)
    _tell(app, kept, "changed" if had else "saved")


@search.command(name="list")
@click.option("--removed", is_flag=True, help="Those that were removed and can be restored.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one search a line.")
def list_searches(removed: bool, as_json: bool) -> None:
    """List the saved searches by folder, with the articles of the last day."""
    app = build(load())
    found = app.store.searches.removed(100) if removed else app.store.searches.all()
    names, now = names_of(app), app.clock.now()
    counted = {one.id: trends.of_last_day(app.index, plan(parse(one.query), now, names, saved=names.saved).plan, now) for one in found}
    if as_json:
        for one in found:
            click.echo(orjson.dumps(_facts(app, one) | {"articles_last_day": counted[one.id]}))
        return
    table = Table("no.", "folder", "name", "query", Column("last day", justify="right"), box=None, pad_edge=False)
    for one in found:
        table.add_row(str(one.id), escape(one.folder), escape(one.name), escape(one.query), str(counted[one.id]))
    Console().print(table if found else "No search was removed." if removed else "No search is saved yet.")


@search.command()
@click.argument("which", metavar="SEARCH")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(which: str, as_json: bool) -> None:
    """Show a saved search, by number or name: its query, what was not understood of it, its feeds."""
    app = build(load())
    found = readers.one_of(app.store.searches, which)
    read, now = parse(found.query), app.clock.now()
    names = names_of(app)
    planned = plan(read, now, names, saved=names.saved)
    facts = _facts(app, found) | {
        "understood": read.text,
        "notes": [*read.warnings, *planned.notes],
        "articles": app.index.count(planned.plan),
        "articles_last_day": trends.of_last_day(app.index, planned.plan, now),
    }
    if as_json:
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        return
    click.echo(f"{found.name} (number {found.id}{', in ' + found.folder if found.folder else ''})")
    click.echo(f"query: {read.text}")
    for note in (*read.warnings, *planned.notes):
        click.echo(f"note: {note}")
    click.echo(f"{facts['articles']} articles, {facts['articles_last_day']} in the last day")
    click.echo(f"saved by {found.by}, {found.changed_at:%d %b %Y %H:%M} UTC")
    click.echo(f"page: {_address(app, found)}")
    for form in FORMS:
        click.echo(f"{form}: {_address(app, found)}.{form}")


@search.command()
@click.argument("which", metavar="SEARCH")
@click.argument("name")
def rename(which: str, name: str) -> None:
    """Give a saved search another NAME; its number, page and feeds stay."""
    app = build(load())
    had = readers.one_of(app.store.searches, which)
    _tell(app, app.store.searches.change(had.id, name, had.query, had.folder, BY, app.clock.now()), "renamed")


@search.command()
@click.argument("which", metavar="SEARCH")
def delete(which: str) -> None:
    """Remove a saved search."""
    app = build(load())
    gone = app.store.searches.remove(readers.one_of(app.store.searches, which).id, BY, app.clock.now())
    click.echo(f"{gone.name} is removed; `frontwire search restore {gone.id}` takes that back")


@search.command()
@click.argument("number", type=ID)
def restore(number: int) -> None:
    """Put back the removed search of that number (`frontwire search list --removed`)."""
    app = build(load())
    _tell(app, app.store.searches.restore(number, BY, app.clock.now()), "back")


def _tell(app: App, kept: SavedSearch, did: str) -> None:
    click.echo(f"{kept.name} (number {kept.id}) is {did}: {_address(app, kept)}")
    for warning in parse(kept.query).warnings:
        click.echo(f"note: {warning}", err=True)


def _address(app: App, kept: SavedSearch) -> str:
    return f"{app.settings.base}/search/{kept.id}"


def _facts(app: App, kept: SavedSearch) -> dict[str, object]:
    """A search as programs get it."""
    feeds = {form: f"{_address(app, kept)}.{form}" for form in FORMS}
    return {
        "id": kept.id,
        "name": kept.name,
        "query": kept.query,
        "folder": kept.folder,
        "by": kept.by,
        "created": kept.created_at,
        "changed": kept.changed_at,
        "removed": kept.removed_at,
        "page": _address(app, kept),
        "feeds": feeds,
    }
