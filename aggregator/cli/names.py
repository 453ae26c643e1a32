"""`frontwire name` and `frontwire explain`: why places are tagged, and what operators say that their names mean."""

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import build
from aggregator.cli.ids import ID
from aggregator.cli.parts import where_it_happened
from aggregator.corrections import NAMES, NameRule
from aggregator.errors import UsageError
from aggregator.places.explain import Explained, Weighed
from aggregator.placing import EVERYWHERE, OF_ARTICLE, OF_FEED, because, one_meant
from aggregator.settings import load

LOSERS = 4
BY = "the command line"


@click.group()
def explain() -> None:
    """Why something is tagged as it is."""


@explain.command(name="article")
@click.argument("article_id", type=ID)
@click.option("--json", "as_json", is_flag=True, help="For programs: one name a line.")
def explain_article(article_id: int, as_json: bool) -> None:
    """Say of each name in an article why it was taken for a place or left, and which places it lost to."""
    app = build(load())
    found = app.pipeline.explain_places(article_id)
    if as_json:
        for one in found:
            click.echo(orjson.dumps(one))
        return
    if not found:
        click.echo("Nothing in this text may name a place.")
    for one in found:
        click.echo(_verdict(one))
        click.echo(f"    {one.score:+.1f} of {one.threshold:.1f}: {_sum(one.reasons)}")
        for n, ranked in enumerate(one.candidates[: LOSERS + 1]):
            where = ", ".join((ranked.place.name, *ranked.place.path_names))
            click.echo(f"    {'→' if one.taken and not n else ' '} {ranked.share:4.0%} {ranked.place.id} {where}: {_sum(ranked.parts)}")
    spoken = [f" ({because(rule)})" for rule in app.store.part_rules.holding(article_id) if not rule.key]
    click.echo(where_it_happened(app, article_id) + "".join(spoken))


def _verdict(one: Explained) -> str:
    if not one.taken:
        return f"“{one.text}” is left: no place"
    because = f", for {one.role_because}" if one.role_because else ""
    relation = f", {one.relation} it" if one.relation else ""
    return f"“{one.text}” is {one.winner.name}{relation}, as {one.role}{because} (confidence {one.confidence:.2f})"


def _sum(parts: Weighed) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:+.1f}" for name, value in parts) or "nothing speaks for it"


@click.group()
def name() -> None:
    """What names of places mean: for articles to come, and, by the service in the background, for those that are stored."""


def _scoped(command: click.Command) -> click.Command:
    """Options for the articles that a rule holds for."""
    command.params.append(click.Option(["--feed", "feed_id"], type=ID, help="In the articles of this feed alone."))
    command.params.append(click.Option(["--article", "article_id"], type=ID, help="In this article alone."))
    return command


def _say(text: str, place: str | None, feed_id: int | None, article_id: int | None) -> None:
    if feed_id is not None and article_id is not None:
        raise UsageError("A rule holds for a feed or for an article: give --feed or --article.")
    scope, scope_id = (OF_FEED, feed_id) if feed_id else (OF_ARTICLE, article_id) if article_id else (EVERYWHERE, 0)
    app = build(load())
    known = None if place is None else one_meant(place, app.gazetteer)
    rule = app.pipeline.placing.say(text, known, BY, scope, scope_id or 0)
    meaning = "no place" if known is None else f"{known.name} ({', '.join((known.id, *known.path_names))})"
    rerun = app.store.reruns.of(NAMES, str(rule.id))
    click.echo(f"rule {rule.id}: “{rule.text}” is {meaning} {_where(rule)}")
    click.echo(f"{rerun.total if rerun else 0} stored articles are looked at by the service")


def _where(rule: NameRule) -> str:
    return "everywhere" if rule.scope == EVERYWHERE else f"in {rule.scope} {rule.scope_id}"


@_scoped
@name.command()
@click.argument("text", metavar="NAME")
@click.argument("place", metavar="PLACE")
def means(text: str, place: str, feed_id: int | None, article_id: int | None) -> None:
    """NAME means PLACE: an id such as gn703448, or a name that only one place has. A NAME that the gazetteer does not know is learnt."""
    _say(text, place, feed_id, article_id)


@_scoped
@name.command(name="no-place")
@click.argument("text", metavar="NAME")
def no_place(text: str, feed_id: int | None, article_id: int | None) -> None:
    """NAME is no place."""
    _say(text, None, feed_id, article_id)


@name.command()
@click.argument("rule_id", metavar="RULE", type=ID)
def undo(rule_id: int) -> None:
    """Take back the rule of this number."""
    rule = build(load()).pipeline.placing.undo(rule_id, BY)
    click.echo(f"rule {rule.id} is undone: “{rule.text}” is read {_where(rule)} as if nothing had been said")


@name.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs: one rule a line.")
def list_rules(as_json: bool) -> None:
    """List the rules, undone ones too."""
    store = build(load()).store
    rules = store.name_rules.all()
    reruns = {rule.id: store.reruns.of(NAMES, str(rule.id)) for rule in rules}
    if as_json:
        for rule in rules:
            click.echo(orjson.dumps({"rule": rule, "rerun": reruns[rule.id]}))
        return
    table = Table(Column("rule", justify="right"), "name", "means", "where", "by", "at (UTC)", "articles", box=None, pad_edge=False)
    for rule in rules:
        rerun = reruns[rule.id]
        progress = "" if rerun is None else f"{rerun.done} of {rerun.total} looked at, {rerun.changed} changed"
        meaning = "undone" if rule.undone else rule.place_id or "no place"
        table.add_row(str(rule.id), rule.text, meaning, _where(rule), rule.by, f"{rule.at:%d %b %H:%M}", progress)
    Console().print(table if rules else "Nobody has said what a name means.")
