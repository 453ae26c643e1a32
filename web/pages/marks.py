"""What somebody who is logged in has starred and read: ``is:starred`` and ``is:unread`` on their pages, and the star of an article."""

from collections.abc import Mapping

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.query import AllOf, Articles, Between, Node, Not
from aggregator.reading import WINDOW
from web.product import product

blueprint = Blueprint("marks", __name__)
blueprint.before_request(login_required(lambda: None))

PERSONAL = ("pages", "searches")  # blueprints whose pages may depend on who asks; feeds are the same for everybody


def marks_of_visitor() -> Mapping[str, Node] | None:
    """What the marks mean to who asks; None where the answer is for everybody."""
    if request.blueprint not in PERSONAL or not current_user.is_authenticated:
        return None
    app = product()
    since = app.clock.now() - WINDOW
    read = app.store.marks.read_since(current_user.id, since - WINDOW)
    return {
        "starred": Articles(frozenset(app.store.marks.starred(current_user.id))),
        "unread": AllOf((Between(since), Not(Articles(read)))),
    }


def starred(article_id: int) -> bool | None:
    """Whether who asks has starred the article; None for nobody."""
    if not current_user.is_authenticated:
        return None
    return article_id in product().store.marks.of(current_user.id, [article_id]).starred


@blueprint.post("/article/<int:article_id>/star")
def star(article_id: int) -> Response:
    """Star an article, or with ``off`` take that back."""
    app = product()
    app.store.articles.get(article_id)  # there is one
    app.store.marks.set(current_user.id, [article_id], app.clock.now(), starred="off" not in request.form)
    return redirect(url_for("reading.article", article_id=article_id))
