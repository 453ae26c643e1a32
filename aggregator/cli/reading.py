"""`frontwire article`, and what names mean on the command line."""

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.errors import GazetteerError
from aggregator.names import Names
from aggregator.removing import wanted_article
from aggregator.settings import load
from aggregator.tagjson import attribution_line, mention_line

BY = "the command line"


def names_of(app: App) -> Names:
    """What names in a query mean; says so where no gazetteer was built."""
    try:
        return Names(app.store, app.registry, app.gazetteer)
    except GazetteerError as error:
        click.echo(f"note: {error}", err=True)
        return Names(app.store, app.registry, None)


@click.group()
def article() -> None:
    """The articles."""


@article.command()
@click.argument("article_id", type=ID)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(article_id: int, as_json: bool) -> None:
    """Show an article with its tags, revisions and names."""
    store = build(load()).store
    found = store.articles.get(article_id)
    tags, revisions, aliases = (
        store.articles.tags([article_id])[article_id],
        store.articles.revisions(article_id),
        store.articles.aliases(article_id),
    )
    if as_json:
        facts = {
            "article": found,
            "places": [mention_line(mention) for mention in tags.mentions],
            "primary_places": tags.primary_places,
            "attributions": [attribution_line(attribution) for attribution in tags.attributions],
            "revisions": [{"number": r.number, "title": r.title, "fetched_at": r.fetched_at} for r in revisions],
            "aliases": aliases,
        }
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        return
    console = Console()
    console.print(f"[bold]{found.title}[/bold]")
    click.echo(f"{found.outlet_id}, {found.at:%d %b %Y %H:%M} UTC, {found.language}, {found.url}")
    click.echo(f"revision {found.revision}, story {found.story_id}, text from the {found.text_from}, page {found.outcome.value}\n")
    click.echo(found.body + "\n")
    places = Table("place", "role", "where", "confidence", box=None, pad_edge=False)
    for mention in tags.mentions:
        main = " *" if mention.place.id in tags.primary_places else ""
        places.add_row(
            mention.text + main, mention.role, ", ".join((mention.place.name, *mention.place.path_names)), f"{mention.confidence:.2f}"
        )
    console.print(places)
    click.echo("* where it happened\n")
    said = Table("who", "how", "channel", "what", box=None, pad_edge=False)
    for a in tags.attributions:
        how = ", ".join(filter(None, (a.cue.strength if a.cue else "", "hedged" if a.hedged else "", "negated" if a.negated else "")))
        said.add_row(a.speaker.name, how, a.channel or "", a.words(found.body))
    console.print(said)
    click.echo("\nknown as: " + ", ".join(f"{alias.kind} {alias.key}" for alias in aliases))


@article.command()
@click.argument("which", metavar="ID|URL")
@click.option("--reason", required=True, help="Why, for whoever reads it later. Readers are not told.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(which: str, reason: str, yes: bool) -> None:
    """Take an article down: its text, revisions, tags and what copies are found by go at once and for good, and nothing brings it back."""
    app = build(load())
    found = wanted_article(app.store, which)
    if not yes:
        click.confirm(f"Take down article {found.id}, “{found.title}” ({found.url})? Its text cannot be had back from here", abort=True)
    app.pipeline.take_down(found.id, reason, BY)
    click.echo(f"article {found.id} is taken down; `frontwire article readmit {found.id}` would let it be fetched again")


@article.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: one article a line.")
def removed(as_json: bool) -> None:
    """List what was taken down, the newest first, with what was let in again."""
    stones = build(load()).store.tombstones.all()
    if as_json:
        for stone in stones:
            facts = ("article_id", "url", "outlet_id", "reason", "by", "at", "readmitted_at", "readmitted_by")
            click.echo(orjson.dumps({name: getattr(stone, name) for name in facts}))
        return
    table = Table("article", "at (UTC)", "by", "address", "why", "let in again", box=None, pad_edge=False)
    for stone in stones:
        again = f"{stone.readmitted_at:%d %b %Y}, {stone.readmitted_by}" if stone.readmitted_at else ""
        table.add_row(str(stone.article_id), f"{stone.at:%d %b %Y %H:%M}", stone.by, stone.url, stone.reason, again)
    Console().print(table if stones else "No article was taken down.")


@article.command()
@click.argument("article_id", type=ID)
def readmit(article_id: int) -> None:
    """Let an article that was taken down be fetched again; it comes back as a new one, when its feed or page is read."""
    app = build(load())
    stone = app.store.tombstones.readmit(article_id, BY, app.clock.now())
    click.echo(f"{stone.url} may come back: its entries wait to be fetched")
