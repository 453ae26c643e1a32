"""`frontwire story` and `frontwire copy`: which articles are one story, and which are copies of one text, by operators' word."""

from collections.abc import Callable, Sequence

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.corrections import APART, COPY, STORY, Ruling
from aggregator.settings import load
from aggregator.stories.rulings import said

BY = "the command line"


@click.group()
def story() -> None:
    """Stories: what is said of them holds at once, and through every rebuild, edit and repair."""


@click.group()
def copy() -> None:
    """Copies of a text: what is said of them holds at once, and through every rebuild and edit."""


def _why(command: click.Command) -> click.Command:
    command.params.append(click.Option(["--why", "reason"], default="", help="Why, for whoever reads it later."))
    return command


@_why
@story.command()
@click.argument("source", metavar="STORY", type=ID)
@click.argument("target", metavar="INTO", type=ID)
def merge(source: int, target: int, reason: str) -> None:
    """STORY and INTO are one story, under the number of INTO; links to STORY lead there."""
    app = build(load())
    _tell(app, app.pipeline.arranging.merge(source, target, BY, reason))


@_why
@story.command()
@click.argument("articles", metavar="ARTICLE...", type=ID, nargs=-1, required=True)
def split(articles: Sequence[int], reason: str) -> None:
    """These ARTICLEs of a story, with their copies, are a story of their own."""
    app = build(load())
    _tell(app, app.pipeline.arranging.split(articles, BY, reason))


@_why
@story.command()
@click.argument("articles", metavar="ARTICLE...", type=ID, nargs=-1, required=True)
@click.option("--to", type=ID, help="Put them into this story first.")
def pin(articles: Sequence[int], to: int | None, reason: str) -> None:
    """These ARTICLEs stay in their story whatever their texts come to say."""
    app = build(load())
    _tell(app, app.pipeline.arranging.pin(articles, BY, reason, to))


@_why
@story.command()
@click.argument("story_id", metavar="STORY", type=ID)
@click.argument("text", metavar="TITLE")
def title(story_id: int, text: str, reason: str) -> None:
    """STORY is called TITLE."""
    app = build(load())
    _tell(app, app.pipeline.arranging.entitle(story_id, text, BY, reason))


@_why
@copy.command()
@click.argument("articles", metavar="ARTICLE...", type=ID, nargs=-1, required=True)
def apart(articles: Sequence[int], reason: str) -> None:
    """These ARTICLEs are no copies of the others in their copy group; among each other they are one text."""
    app = build(load())
    _tell(app, app.pipeline.arranging.copies_apart(articles, BY, reason))


@_why
@copy.command()
@click.argument("articles", metavar="ARTICLE...", type=ID, nargs=-1, required=True)
def together(articles: Sequence[int], reason: str) -> None:
    """These ARTICLEs carry the same text, with all that are in a copy group with one of them."""
    app = build(load())
    _tell(app, app.pipeline.arranging.copies_together(articles, BY, reason))


def _undo(about: str) -> Callable[[int], None]:
    def undo(ruling_id: int) -> None:
        """Take back the ruling of this number: articles go back to where they stood."""
        app = build(load())
        ruling = app.pipeline.arranging.undo(ruling_id, BY, about)
        click.echo(f"ruling {ruling.id} is taken back: {said(ruling)}, or not, as the texts have it")
        _tell_stories(app, ruling)

    return undo


def _list(about: str) -> Callable[[int | None, bool], None]:
    def list_rulings(article_id: int | None, as_json: bool) -> None:
        """List what was decided, the newest first, with what was taken back."""
        rulings = build(load()).store.rulings.history(about, 10_000)
        chosen = [ruling for ruling in rulings if article_id is None or article_id in (*ruling.articles, *ruling.others)]
        if as_json:
            for ruling in chosen:
                click.echo(orjson.dumps({"ruling": ruling, "holds": not ruling.undone}))
            return
        table = Table(Column("ruling", justify="right"), "holds", "says", "by", "at (UTC)", "why", box=None, pad_edge=False)
        for ruling in chosen:
            holds = f"taken back by {ruling.undone_by}" if ruling.undone else "waits" if ruling.waits else "yes"
            table.add_row(str(ruling.id), holds, said(ruling), ruling.by, f"{ruling.at:%d %b %H:%M}", ruling.reason)
        Console().print(table if chosen else f"Nobody has decided anything on {'copies' if about == COPY else 'stories'}.")

    return list_rulings


for _group, _about in ((story, STORY), (copy, COPY)):
    _group.command(name="undo")(click.argument("ruling_id", metavar="RULING", type=ID)(_undo(_about)))
    _listed = click.option("--article", "article_id", type=ID, help="Those that name this article.")(
        click.option("--json", "as_json", is_flag=True, help="For programs: one ruling a line.")(_list(_about))
    )
    _group.command(name="list")(_listed)


def _tell(app: App, ruling: Ruling) -> None:
    click.echo(f"ruling {ruling.id}: {said(ruling)}")
    if ruling.waits:
        click.echo("somebody else is at work on the stories: the service carries it out next")
    _tell_stories(app, ruling)


def _tell_stories(app: App, ruling: Ruling) -> None:
    """How the articles stand now."""
    members = app.store.articles.many((*ruling.articles, *ruling.others))
    for found in app.store.stories.many(sorted({article.story_id for article in members if article.story_id is not None})):
        inside = sorted(article.id for article in app.store.stories.articles(found.id))
        counts = ", ".join(counted(n, word) for n, word in ((found.articles, "article"), (found.texts, "text"), (found.origins, "origin")))
        click.echo(f"story {found.id} “{found.title}”: {counts} ({', '.join(map(str, inside[:20]))}{', …' if len(inside) > 20 else ''})")
    if ruling.about == COPY or ruling.kind == APART:
        groups = {article.copy_group for article in members if article.copy_group is not None}
        for group in sorted(groups):
            inside = list(app.store.copies.members(group))
            if len(inside) > 1:
                click.echo(f"one text: articles {', '.join(map(str, inside))}")


def counted(number: int, word: str) -> str:
    """``1 text``, ``2 texts``."""
    return f"{number} {word}{'' if number == 1 else 's'}"
