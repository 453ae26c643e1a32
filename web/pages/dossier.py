"""The dossier of a place and a day: what is claimed about it, laid side by side. No verdicts."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, abort, render_template

from aggregator.claims.dossier import MOST, Dossier, Side, compile_dossier
from aggregator.model import Article, Place
from web.pages.stream import place_of
from web.product import outlets, product

blueprint = Blueprint("dossier", __name__)

COLUMNS = 2
FIRST_YEAR = 1900


@blueprint.get("/place/<place_id>/<day>")
def dossier(place_id: str, day: str) -> str:
    """What is claimed about a place, or one within it, that was said on a day or is about it."""
    found, when = place_of(place_id), day_of(day)
    made = dossier_of(found, day)
    earlier, later = product().store.stories.days_beside(found.id, day)
    articles = articles_of(made)
    return render_template(
        "dossier.html",
        place=found,
        path=list(zip(found.path, found.path_names, strict=False)),
        day=when.isoformat(),
        dossier=made,
        columns=_columns(made.sides),
        earlier=earlier,
        later=later,
        articles=articles,
        sample=any(article.sample for article in articles.values()),
        outlets=outlets(),
        places=_others(made, found),
    )


def day_of(text: str) -> date:
    """The day of an address: an ISO date, or there is no such page."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404, "There is no such day: a dossier's address ends in a date such as 2026-03-04.")
    if found.isoformat() != text or found.year < FIRST_YEAR:
        abort(404, "There is no such day: a dossier's address ends in a date such as 2026-03-04.")
    return found


def dossier_of(place: Place, day: str) -> Dossier:
    """The dossier; of a place and day with very many claims, those with most origins and outlets."""
    return compile_dossier(product().store.stories.about(place.id, day, MOST))


def articles_of(made: Dossier) -> dict[int, Article]:
    """The articles that carry the claims, by id."""
    ids = dict.fromkeys(row.article_id for entry in made.entries for row in entry.rows)
    return {article.id: article for article in product().store.articles.many(list(ids))}


def _columns(sides: Sequence[Side]) -> list[list[tuple[int, Side]]]:
    """The sides, numbered from 1, in columns of about one height: each goes to the shorter one."""
    columns: list[list[tuple[int, Side]]] = [[] for _ in sides[:COLUMNS]]
    for number, side in enumerate(sides, 1):
        min(columns, key=lambda column: sum(other.claims for _, other in column)).append((number, side))
    return columns


def _others(made: Dossier, place: Place) -> dict[str, Place]:
    """Places that claims are about, other than the dossier's own and those it lies in."""
    ids = {ident for entry in made.entries for ident in entry.claim.place_ids} - {place.id, *place.path}
    return dict(product().store.articles.places(sorted(ids)))
