"""Pages by host: what they answered, which of their lines are furniture, and what operators say that lines are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.corrections import LINES
from aggregator.errors import NotFoundError
from aggregator.extract.keys import line_key
from aggregator.furnishing import UNDONE
from aggregator.identity import urls
from aggregator.model import Outcome
from aggregator.pipeline import NO_ANSWER
from aggregator.ports import OutcomeCount
from web.product import product

blueprint = Blueprint("hosts", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login

SPANS = (7, 30)  # days
LEARNT = 60
NEWEST = 12
OUTCOMES = (*(outcome.value for outcome in Outcome), NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Share:
    """One row: a host or a feed, and how many of its pages had which outcome, in the order of OUTCOMES."""

    name: str | int
    pages: int
    outcomes: tuple[tuple[str, int], ...]

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """Outcome, beginning and width of each part of a bar of 100."""
        found, at = [], 0.0
        for outcome, pages in self.outcomes:
            width = 100 * pages / self.pages
            found.append((outcome, round(at, 2), round(width, 2)))
            at += width
        return found


def shares(counts: Iterable[OutcomeCount], by: str) -> list[Share]:
    """Rows by ``host`` or ``feed_id``, most pages first."""
    sums: dict[str | int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(OUTCOMES, 0))
    for row in counts:
        sums[getattr(row, by)][row.outcome] += row.pages
    rows = [Share(name, sum(of.values()), tuple((outcome, n) for outcome, n in of.items() if n)) for name, of in sums.items()]
    return sorted(rows, key=lambda row: (-row.pages, str(row.name)))


def asked_days() -> int:
    """How many days back, today included."""
    days = request.args.get("pages", SPANS[0], int)
    return days if days in SPANS else SPANS[0]


@blueprint.get("/hosts")
def hosts() -> str:
    """What pages answered, by host and by feed."""
    app = product()
    counts = app.store.outcomes.counts(app.clock.now().date() - timedelta(days=asked_days() - 1))
    return render_template(
        "hosts.html",
        span=asked_days(),
        by_host=shares(counts, "host"),
        by_feed=shares(counts, "feed_id"),
        titles={feed.id: feed.title for feed in app.store.feeds.all()},
        judged=app.store.verdicts.hosts(),
    )


@blueprint.get("/host/<host>")
def host(host: str) -> str:
    """One host: its pages, its learnt lines, and the verdicts on its lines."""
    app = product()
    store, furnishing = app.store, app.pipeline.furnishing
    learnt = furnishing.learnt(host)
    verdicts = store.verdicts.of_host(host)
    counts = store.outcomes.counts(app.clock.now().date() - timedelta(days=asked_days() - 1), host=host)
    ids = store.articles.of_host(host, limit=1)
    if not ids and not verdicts and not counts:
        raise NotFoundError("host", host)
    read = store.lines.of_host(host)
    return render_template(
        "host.html",
        host=host,
        span=asked_days(),
        shares=shares(counts, "feed_id"),
        titles={feed.id: feed.title for feed in store.feeds.all()},
        learnt=learnt[:LEARNT],
        more=len(learnt) - LEARNT,
        wording=furnishing.wording(learnt[:LEARNT]),
        articles=len(read),
        newest=store.articles.many([article.article_id for article in read[:NEWEST]]),
        verdicts=[verdict for verdict in verdicts if verdict.verdict != UNDONE],
        undone=[verdict for verdict in verdicts if verdict.verdict == UNDONE],
        said={verdict.line: verdict.verdict for verdict in verdicts},
        key=line_key,
        rerun=store.reruns.of(LINES, host),
    )


@blueprint.get("/article/<int:article_id>")
def article(article_id: int) -> str:
    """What was left out of an article and why, and its lines."""
    store = product().store
    found = store.articles.get(article_id)
    host = urls.host(found.url_key)
    return render_template(
        "lines.html",
        article=found,
        host=host,
        removed=store.articles.removed(article_id),
        said=product().pipeline.furnishing.verdicts(host) if host else {},
        key=line_key,
        revisions=store.articles.revisions(article_id),
    )


@blueprint.post("/host/<host>/line")
def judge(host: str) -> Response:
    """Say what a line of the host is, or take back what was said."""
    app = product()
    said = app.pipeline.furnishing.judge(host, request.form["line"], request.form["verdict"], current_user.name)
    rerun = app.store.reruns.of(LINES, host)
    stored = rerun.total if rerun else 0
    what = "The verdict is undone" if said.verdict == UNDONE else f"On {host} this is {said.verdict} from now on"
    flash(f"{what}: “{_short(said.text)}”. The {stored} stored articles of the host are looked at in the background.")
    article_id = request.form.get("article", None, int)
    return redirect(url_for("hosts.article", article_id=article_id) if article_id else url_for("hosts.host", host=host))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
