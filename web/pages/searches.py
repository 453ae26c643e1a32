"""Saved searches: all of them by folder, one with its stories, and what those who are logged in do with them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator import readers
from aggregator.readers import SavedSearch
from web.pages.stream import more_of, read_query, stream_page
from web.product import product
from web.searches import folders, listed, to_number

blueprint = Blueprint("searches", __name__)
changing = Blueprint("saving", __name__)
changing.before_request(login_required(lambda: None))  # all that changes something asks for a login

REMOVED = 10  # that are offered to be put back


@blueprint.get("/searches")
def searches() -> str:
    """All saved searches by folder; for those who are logged in, what was removed lately, and a form."""
    may_change = current_user.is_authenticated
    return render_template(
        "searches.html",
        groups=listed(),
        removed=product().store.searches.removed(REMOVED) if may_change else (),
        folders=folders() if may_change else (),
        may_change=may_change,
        had={name: request.args.get(name, "") for name in ("name", "q", "folder")},
    )


@blueprint.get("/search/<ident>")
def search(ident: str) -> str | Response:
    """One saved search with its stories. By its name it leads to its number, which stays."""
    found = readers.one_of(product().store.searches, ident)
    if ident != str(found.id):
        return to_number(url_for("searches.search", ident=found.id))
    query = read_query(found.query)
    page = stream_page(query)
    may_change = current_user.is_authenticated
    return render_template(
        "saved_search.html",
        search=found,
        page=page,
        more=more_of(page),
        may_change=may_change,
        folders=folders() if may_change else (),
        sample=any(card.story.sample for card in page.cards),
    )


@changing.post("/searches")
def save() -> Response:
    """Save a query."""
    name, query, folder = _given()
    kept = product().store.searches.save(name, query, folder, current_user.name, product().clock.now())
    flash(f"“{kept.name}” is saved. Its page and feeds keep their addresses when it is renamed.")
    return _to(kept)


@changing.post("/search/<int:number>/change")
def change(number: int) -> Response:
    """Another name, query or folder."""
    name, query, folder = _given()
    kept = product().store.searches.change(number, name, query, folder, current_user.name, product().clock.now())
    flash(f"“{kept.name}” is changed.")
    return _to(kept)


@changing.post("/search/<int:number>/remove")
def remove(number: int) -> Response:
    """Remove a search."""
    gone = product().store.searches.remove(number, current_user.name, product().clock.now())
    flash(f"“{gone.name}” is removed; below it can be put back.")
    return redirect(url_for("searches.searches"))


@changing.post("/search/<int:number>/restore")
def restore(number: int) -> Response:
    """Put a removed search back."""
    kept = product().store.searches.restore(number, current_user.name, product().clock.now())
    flash(f"“{kept.name}” is back.")
    return redirect(url_for("searches.searches"))


def _given() -> tuple[str, str, str]:
    return request.form.get("name", ""), request.form.get("q", ""), request.form.get("folder", "")


def _to(kept: SavedSearch) -> Response:
    return redirect(url_for("searches.search", ident=kept.id))
