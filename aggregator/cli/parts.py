"""`frontwire part`: which part a name plays in one article, and where that article's events happened."""

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.corrections import NOWHERE, PartRule
from aggregator.placing import PARTS, one_named
from aggregator.settings import load

BY = "the command line"


@click.group()
def part() -> None:
    """The parts that names of places play in one article: it is tagged anew at once, and so for good."""


def _why(command: click.Command) -> click.Command:
    command.params.append(click.Option(["--why", "reason"], default="", help="Why, for whoever reads it later."))
    return command


@_why
@part.command(name="set")
@click.argument("article_id", metavar="ARTICLE", type=ID)
@click.argument("name")
@click.argument("role", metavar="PART", type=click.Choice(PARTS))
@click.option("--near", default="", help="Only where the name stands within these words of the text.")
def set_part(article_id: int, name: str, role: str, near: str, reason: str) -> None:
    """NAME plays this PART in ARTICLE: event (it happened there), mention, actor (it speaks or acts), origin (it came from there) or
    dateline."""
    app = build(load())
    _tell(app, app.pipeline.placing.say_part(article_id, name, role, BY, reason, near))


@_why
@part.command()
@click.argument("article_id", metavar="ARTICLE", type=ID)
@click.argument("place")
def leading(article_id: int, place: str, reason: str) -> None:
    """What ARTICLE tells of happened at PLACE above all: an id or a name that the article has; or `nowhere`."""
    app = build(load())
    placing = app.pipeline.placing
    where = None if place == NOWHERE else one_named(placing.named(article_id), place)
    _tell(app, placing.say_where(article_id, where, BY, reason))


@part.command()
@click.argument("rule_id", metavar="RULE", type=ID)
def undo(rule_id: int) -> None:
    """Take back the rule of this number."""
    app = build(load())
    _tell(app, app.pipeline.placing.undo_part(rule_id, BY))


@part.command(name="list")
@click.option("--article", "article_id", type=ID, help="Of this article alone.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one rule a line.")
def list_rules(article_id: int | None, as_json: bool) -> None:
    """List what was said, the newest first, with what was taken back."""
    app = build(load())
    store = app.store
    rules = store.part_rules.history(article_id)
    articles = {rule.article_id for rule in rules}
    holding = {rule.id for ident in articles for rule in store.part_rules.holding(ident)}
    waiting = {ident for article in articles for ident in app.pipeline.placing.waiting(article)}
    if as_json:
        for rule in rules:
            click.echo(orjson.dumps({"rule": rule, "holds": rule.id in holding, "waits": rule.id in waiting}))
        return
    table = Table(Column("rule", justify="right"), "holds", "article", "says", "by", "at (UTC)", "why", box=None, pad_edge=False)
    for rule in rules:
        holds = "waits" if rule.id in waiting else "yes" if rule.id in holding else ""
        table.add_row(str(rule.id), holds, str(rule.article_id), said(rule), rule.by, f"{rule.at:%d %b %H:%M}", rule.reason)
    Console().print(table if rules else "Nobody has said which part a name plays.")


def said(rule: PartRule) -> str:
    """A rule as a sentence."""
    near = f", in “{rule.near}”" if rule.near else ""
    if rule.part is None:
        return f"“{rule.text}”{near} is read as the text has it" if rule.key else "where it happened is read from the text"
    if rule.key:
        return f"“{rule.text}”{near} plays the part {rule.part}"
    return "nothing happens anywhere" if rule.part == NOWHERE else f"it happened at {rule.text} ({rule.part})"


def _tell(app: App, rule: PartRule) -> None:
    click.echo(f"rule {rule.id}: in article {rule.article_id} {said(rule)}")
    click.echo(where_it_happened(app, rule.article_id))


def where_it_happened(app: App, article_id: int) -> str:
    """Where an article's events happened, by its stored tags, as a sentence."""
    places = app.store.articles.primary_places([article_id]).get(article_id, ())
    return f"It happened at {'; '.join(', '.join((place.name, *place.path_names)) for place in places) or 'no place that is known'}"
