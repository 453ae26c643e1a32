"""`frontwire host` and `frontwire line`: what is known of a host's pages, and what operators say of its lines."""

from collections import Counter
from datetime import timedelta

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import build
from aggregator.corrections import LINES
from aggregator.errors import NotFoundError
from aggregator.furnishing import UNDONE
from aggregator.settings import load

NARROWEST = 100  # characters
LEARNT = 60


@click.group()
def host() -> None:
    """The hosts of articles."""


@host.command()
@click.argument("name")
@click.option("--days", "span", type=click.IntRange(1, 92), default=7, show_default=True, help="Days back, today included (UTC).")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(name: str, span: int, as_json: bool) -> None:
    """Show what the pages of the host NAME answered, its learnt lines, and the verdicts on its lines."""
    app = build(load())
    furnishing, store = app.pipeline.furnishing, app.store
    outcomes: Counter[str] = Counter()
    for row in store.outcomes.counts(app.clock.now().date() - timedelta(days=span - 1), host=name):
        outcomes[row.outcome] += row.pages
    verdicts, rerun = store.verdicts.of_host(name), store.reruns.of(LINES, name)
    if not outcomes and not verdicts and not store.articles.of_host(name, limit=1):
        raise NotFoundError("host", name)
    learnt = furnishing.learnt(name)
    wording = furnishing.wording(learnt)
    lines = [{"text": wording.get(line.number), "articles": line.articles, "newest": line.article_id} for line in learnt]
    if as_json:
        facts = {"host": name, "days": span, "pages": outcomes, "learnt": lines, "verdicts": verdicts, "rerun": rerun}
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        return
    console = Console(width=max(Console().width, NARROWEST))
    said = ", ".join(f"{pages} {outcome.replace('_', ' ')}" for outcome, pages in outcomes.most_common())
    click.echo(f"Pages of {span} days: {said or 'none'}")
    table = Table(Column("articles", justify="right"), "line that further articles lose", box=None, pad_edge=False)
    for line in lines[:LEARNT]:
        table.add_row(str(line["articles"]), str(line["text"] or "(in no stored text any more)"))
    console.print(table if lines else "No line stands under enough of its articles.")
    judged = Table("verdict", "by", "at (UTC)", "line", box=None, pad_edge=False)
    for verdict in verdicts:
        judged.add_row(verdict.verdict, verdict.by, f"{verdict.at:%d %b %H:%M}", verdict.text)
    console.print(judged if verdicts else "Nobody has said what a line is.")
    if rerun:
        state = "done" if rerun.finished_at else "on their way"
        click.echo(f"Verdicts {state}: {rerun.done} of {rerun.total} articles looked at, {rerun.changed} changed")


@click.group()
def line() -> None:
    """Verdicts on lines: for articles to come, and, by the service in the background, for those that are stored."""


def _judging(name: str, verdict: str, what: str) -> None:
    @line.command(name, help=f"{what} HOST as `frontwire host show` names it; TEXT is the whole line.")
    @click.argument("host")
    @click.argument("text")
    def judge(host: str, text: str) -> None:
        app = build(load())
        said = app.pipeline.furnishing.judge(host, text, verdict, "the command line")
        rerun = app.store.reruns.of(LINES, host)
        click.echo(f"{said.verdict}: {said.text}\n{rerun.total if rerun else 0} stored articles of {host} are looked at by the service")


_judging("text", "text", "A line is text.")
_judging("furniture", "furniture", "A line is no part of any article.")
_judging("undo", UNDONE, "Take back what was said of a line.")
