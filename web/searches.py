"""Saved searches as pages show them: by folder, each with what came in the last day; and the folders to choose from."""

from dataclasses import dataclass
from itertools import groupby

from flask import g, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from aggregator import trends
from aggregator.feeds import catalogue
from aggregator.readers import SavedSearch, key_of
from web.present import query_url
from web.product import names, product
from web.query import QueryView, view


@dataclass(frozen=True, slots=True)
class Listed:
    """A saved search in a list. ``last_day``: articles of the last 24 hours."""

    search: SavedSearch
    query: QueryView
    last_day: int


@dataclass(frozen=True, slots=True)
class Saving:
    """What the form for saving a query proposes: a folder, and those that there are."""

    folder: str
    folders: tuple[str, ...]


def listed() -> tuple[tuple[str, tuple[Listed, ...]], ...]:
    """The saved searches by folder, those in none first."""
    app = product()
    now = app.clock.now()
    found = []
    for search in app.store.searches.all():
        query = view(search.query, {}, now, names())
        found.append(Listed(search, query, trends.of_last_day(app.index, query.plan, now)))
    groups = [tuple(group) for _, group in groupby(found, lambda one: key_of(one.search.folder))]
    return tuple((group[0].search.folder, group) for group in groups)


def to_number(address: str) -> Response:
    """From the name of a search to the address that it keeps: for good, but remembered for a minute only, as another may get the name."""
    response = redirect(query_url(address, **request.args.to_dict()), 301)
    response.headers["Cache-Control"] = "max-age=60"
    return response


def folders() -> tuple[str, ...]:
    """Names of folders to choose from: the theatres, and those that somebody named."""
    known = {key_of(theatre.name): theatre.name for theatre in catalogue.load().theatres}
    for search in product().store.searches.all():
        if search.folder:
            known.setdefault(key_of(search.folder), search.folder)
    return tuple(known.values())


def saving(query: QueryView) -> Saving | None:
    """What the form for saving proposes; None for those who are not logged in."""
    if not current_user.is_authenticated:
        return None
    if "folders" not in g:
        g.folders = folders()
    return Saving(folder_for(query), g.folders)


def folder_for(query: QueryView) -> str:
    """The theatre that a query is about, by its filters; "" where they name none or several."""
    shipped = catalogue.load()
    named = {theatre.id: theatre.name for theatre in shipped.theatres}
    if theatre := query.value("theatre"):
        return named.get(theatre, "")
    place = query.value("place")
    if place is None:
        return ""
    countries = {found.country for ident in names().place(place) for found in product().store.articles.places([ident]).values()}
    gazetteer = names().gazetteer
    if not countries and gazetteer is not None:
        countries = {found.country for found in gazetteer.find(place, 1)}
    about = {ident for country in countries for ident in shipped.by_country().get(country or "", ())}
    return named[about.pop()] if len(about) == 1 else ""
