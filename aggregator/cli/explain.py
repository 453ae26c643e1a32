"""`frontwire explain story` and `frontwire explain copy`, beside `frontwire explain article`."""

import click
import orjson

from aggregator.app import App, build
from aggregator.cli.ids import ID
from aggregator.cli.names import explain
from aggregator.cli.stories import counted
from aggregator.corrections import Ruling
from aggregator.grounds import CopyGrounds, of_copy, of_story
from aggregator.model import Article
from aggregator.settings import load
from aggregator.stories.explain import ExplainedText, SharedTerm
from aggregator.stories.rulings import because, said

__all__ = ["explain"]


@explain.command(name="story")
@click.argument("story_id", metavar="STORY", type=ID)
@click.option("--json", "as_json", is_flag=True, help="For programs: one text a line.")
def explain_story(story_id: int, as_json: bool) -> None:
    """Say of each text in STORY how like it is to the others, by which terms, what operators decided, and which story comes next."""
    app = build(load())
    found = of_story(app.store, story_id)
    if as_json:
        for text in found.texts:
            click.echo(orjson.dumps(text))
        return
    story = app.store.stories.get(story_id)
    around = counted(found.compared, "article")
    click.echo(f"story {story.id} “{story.title}”: {counted(len(found.texts), 'text')}, compared with {around} of the days around it")
    articles = {article.id: article for article in app.store.stories.articles(story.id)}
    for text in found.texts:
        click.echo(_text(app, text, articles))
    for ruling in app.pipeline.arranging.about_story(story.id):
        click.echo(_ruling(ruling))


def _text(app: App, text: ExplainedText, articles: dict[int, Article]) -> str:
    first = articles[text.articles[0]]
    copies = f", with its copies {', '.join(map(str, text.articles[1:]))}" if len(text.articles) > 1 else ""
    lines = [f"article {first.id} “{first.title}” ({first.outlet_id}, {first.at:%d %b %H:%M}){copies}"]
    if text.likeness is None:
        lines.append("    it is the only text here")
    else:
        below = "" if text.likeness >= text.least else ": the repair, which sees all texts at once, an edit or a ruling has it here"
        lines.append(f"    {text.likeness:.2f} like the others, from {text.least:.2f} on a text joins a story as it comes{below}")
    if text.shared:
        lines.append("    they share " + ", ".join(f"{_term(app, term)} {term.share:.0%}" for term in text.shared))
    if text.next_story is not None:
        other = app.store.stories.get(text.next_story)
        lines.append(f"    next best: {text.next_likeness:.2f} like story {other.id} “{other.title}”")
    return "\n".join(lines)


def _term(app: App, term: SharedTerm) -> str:
    """A term as people read it: places and sources by name."""
    if term.kind == "place":
        place = app.store.articles.places([term.term]).get(term.term)
        return place.name if place else term.term
    if term.kind == "source":
        source = app.registry.by_id.get(term.term)
        return source.name if source else term.term
    return f"“{term.term}”" if term.kind == "name" else term.term


@explain.command(name="copy")
@click.argument("article_id", metavar="ARTICLE", type=ID)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def explain_copy(article_id: int, as_json: bool) -> None:
    """Say whose text ARTICLE has, by how much of it, which article is the origin and why, and why the nearest others are no copies."""
    app = build(load())
    found = of_copy(app.store, article_id)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    if found is None:
        click.echo(f"The text of article {article_id} has not been looked at yet: the service does that in a moment.")
        return
    click.echo("\n".join(_copy_lines(app, found)))


def _copy_lines(app: App, found: CopyGrounds) -> list[str]:
    ids = [*found.members, *(neighbour.compared.article_id for neighbour in found.neighbours)]
    titles = {article.id: article for article in app.store.articles.many(ids)}

    def named(ident: int) -> str:
        return f"article {ident} “{titles[ident].title}” ({titles[ident].outlet_id})"

    others = len(found.members) - 1
    lines = [f"{named(found.article_id)}: {counted(others, 'other') if others else 'no other'} with its text"]
    lines.append(f"the origin is {named(found.origin)}: {found.because}")
    for neighbour in found.neighbours:
        one = neighbour.compared
        verdict = "the same text" if neighbour.copy else "no copy"
        ruled = "" if neighbour.copy == one.alike else ", by the rest of its group or by a ruling"
        lines.append(f"{verdict}{ruled}: {named(one.article_id)}")
        lines.append(f"    {one.because}")
        lines.append(
            f"    {one.shared} of {one.sample} sampled runs of words shared, {one.head:.0%} of the beginning; {one.boilerplate} left out "
            f"as boilerplate; figures in like places: {one.same} the same, {one.differ} differ"
        )
        lines += [f"        {figure}" for figure in one.differing]
        lines += [f"    both: “{passage[:160]}{'…' if len(passage) > 160 else ''}”" for passage in neighbour.passages[:2]]
    return [*lines, *(_ruling(ruling) for ruling in found.rulings)]


def _ruling(ruling: Ruling) -> str:
    state = f"taken back by {ruling.undone_by}" if ruling.undone else "holds"
    return f"ruling {ruling.id} ({state}): {said(ruling)} ({because(ruling)})"
