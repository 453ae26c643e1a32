"""/api/v1/searches: queries under a name. Everybody may read them; to change one asks for the scope searches."""

from dataclasses import dataclass
from typing import Annotated

from aggregator import readers
from aggregator.access import Scope
from aggregator.errors import UsageError
from aggregator.numbers import whole
from aggregator.readers import SavedSearch, key_of
from web.api import kept
from web.api.asked import Fields, Paged
from web.api.endpoint import endpoint
from web.api.schema import Says
from web.present import iso
from web.product import names, product
from web.query import view
from web.tokens import request_user


@dataclass(frozen=True, kw_only=True)
class AskedSearches(Paged):
    """Which saved searches."""

    name: Annotated[str, Says("the name, without regard to case", most=readers.LONGEST_NAME)] = ""
    folder: Annotated[str, Says("the folder, without regard to case", most=readers.LONGEST_FOLDER)] = ""
    by: Annotated[str, Says("who saved it, or changed it last", most=200)] = ""
    fields: Fields = ()


@endpoint("GET", "/searches", "searches", items="searches")
def searches(asked: AskedSearches) -> kept.Searches:
    """The saved searches. In the order of ids."""
    after = whole(asked.cursor or "0")
    if after is None:
        raise UsageError(f"cursor={asked.cursor!r} is not right: give `next` of the page before.")
    known = [
        search
        for search in sorted(product().store.searches.all(), key=lambda one: one.id)
        if search.id > after
        and (not asked.name or key_of(asked.name) == key_of(search.name))
        and (not asked.folder or key_of(asked.folder) == key_of(search.folder))
        and asked.by in ("", search.by)
    ]
    page = known[: asked.limit]
    return {"searches": [search_json(one) for one in page], "next": str(page[-1].id) if len(known) > asked.limit else None}


@endpoint("POST", "/searches", "searches", scope=Scope.SEARCHES, status=201)
def save_search(body: kept.NewSearch) -> kept.SavedSearch:
    """Save a query under a name, for everybody who reads. What of it is not understood stands in `notes`."""
    app = product()
    return search_json(app.store.searches.save(body["name"], body["query"], body.get("folder", ""), request_user().name, app.clock.now()))


@endpoint("GET", "/searches/<int:search_id>", "searches")
def saved_search(search_id: int) -> kept.SavedSearch:
    """A saved search. What it finds: `/search?q=search:ID`."""
    return search_json(readers.one_of(product().store.searches, str(search_id)))


@endpoint("PATCH", "/searches/<int:search_id>", "searches", scope=Scope.SEARCHES)
def change_search(search_id: int, body: kept.SearchChange) -> kept.SavedSearch:
    """Give a search another name, query or folder; what is not sent stays. Its id, page and feeds stay as well."""
    if not body:
        raise UsageError("Nothing is to be different: send name, query or folder.")
    app = product()
    found = readers.one_of(app.store.searches, str(search_id))
    name, query, folder = body.get("name", found.name), body.get("query", found.query), body.get("folder", found.folder)
    return search_json(app.store.searches.change(found.id, name, query, folder, request_user().name, app.clock.now()))


@endpoint("DELETE", "/searches/<int:search_id>", "searches", scope=Scope.SEARCHES)
def remove_search(search_id: int) -> kept.SavedSearch:
    """Remove a search: its page and feeds answer 404, its name is free, its alerts wait. It can be restored."""
    return search_json(product().store.searches.remove(search_id, request_user().name, product().clock.now()))


@endpoint("POST", "/searches/<int:search_id>/restore", "searches", scope=Scope.SEARCHES)
def restore_search(search_id: int) -> kept.SavedSearch:
    """Put a removed search back. Where another has its name by now, that one is to be renamed first."""
    return search_json(product().store.searches.restore(search_id, request_user().name, product().clock.now()))


def search_json(found: SavedSearch) -> kept.SavedSearch:
    """A saved search with what of its query is not understood."""
    app = product()
    return {
        "id": found.id,
        "name": found.name,
        "query": found.query,
        "notes": view(found.query, {}, app.clock.now(), names()).notes,
        "folder": found.folder,
        "by": found.by,
        "created": iso(found.created_at),
        "changed": iso(found.changed_at),
        "removed": iso(found.removed_at) if found.removed_at else None,
        "page": f"{app.settings.base}/search/{found.id}",
    }
