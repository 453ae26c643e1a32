"""Lists of our feeds for feed readers, as OPML: the saved searches by folder, and the outlets by theatre."""

from collections.abc import Iterable

from flask import Blueprint, Response

from aggregator.feeds import catalogue, opml
from aggregator.feeds.opml import OpmlFeed
from web.answers import answer, open_to_all
from web.product import outlets as known_outlets
from web.product import product

blueprint = Blueprint("opml", __name__)
blueprint.after_request(open_to_all)

MEDIA_TYPE = "text/x-opml; charset=utf-8"


@blueprint.get("/searches.opml")
def searches() -> Response:
    """Every saved search with its feed, in its folder."""
    base = product().settings.base
    return _list(
        "Frontwire: saved searches",
        (
            OpmlFeed(f"{base}/search/{search.id}.rss", search.name, f"{base}/search/{search.id}", (search.folder,) if search.folder else ())
            for search in product().store.searches.all()
        ),
    )


@blueprint.get("/outlets.opml")
def outlets() -> Response:
    """Every outlet whose feeds are read, with the feed that Frontwire makes of it: under the theatre of its first feed."""
    base = product().settings.base
    theatres = {theatre.id: theatre.name for theatre in catalogue.load().theatres}
    theatre_of: dict[str, str | None] = {}
    for feed in product().store.feeds.all():
        theatre_of.setdefault(feed.outlet_id, feed.theatre)
    return _list(
        "Frontwire: outlets",
        (
            OpmlFeed(
                f"{base}/outlet/{outlet.id}.rss",
                outlet.name,
                f"{base}/outlet/{outlet.id}",
                (theatres.get(theatre, theatre),) if (theatre := theatre_of[outlet.id]) else (),
                language=outlet.languages[0] if len(outlet.languages) == 1 else None,
            )
            for outlet in known_outlets().values()
            if outlet.id in theatre_of
        ),
    )


def _list(title: str, feeds: Iterable[OpmlFeed]) -> Response:
    return answer(opml.write(feeds, title), MEDIA_TYPE)
