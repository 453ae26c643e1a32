"""`frontwire article`, and what names mean on the command line."""

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.app import App, build
from aggregator.errors import GazetteerError
from aggregator.names import Names
from aggregator.settings import load
from aggregator.tagjson import attribution_line, mention_line


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
@click.argument("article_id", type=int)
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
