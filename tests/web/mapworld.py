"""The newsroom with more places: towns near each other, a region, a country, a village known by its municipality alone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aggregator.identity.revisions import body_hash
from aggregator.model import Mention, NewArticle, Place, Tags
from tests.web import newsroom
from tests.web.newsroom import COURIER, KHARKIV, NOW, OBLAST, UKRAINE

CHUHUIV = replace(KHARKIV, id="gn710554", name="Chuhuiv", lat=49.8356, lon=36.6864, geonames_id=710554)
DERHACHI = replace(KHARKIV, id="gn709499", name="Derhachi", lat=50.1121, lon=36.1165, geonames_id=709499)
LYPTSI = replace(KHARKIV, id="fw-lyptsi", name="Lyptsi", lat=50.2, lon=36.42, geonames_id=None, approximate=True)
SUMY = Place("gn692194", "Sumy", "settlement", 50.92, 34.8, "UA", ("gn690791",), ("Ukraine",), 692194)
HOSTILE = replace(SUMY, id="fw-hostile", name='<b>"Quote"</b> & Sons', lat=51.0, lon=33.0, geonames_id=None)
REPORTS = (  # place, title, words of the text
    (CHUHUIV, "Market in Chuhuiv opens again", "stalls bread honey queue morning tram"),
    (DERHACHI, "Derhachi counts its broken windows", "glass plywood volunteers ladders rain frames"),
    (DERHACHI, "Library moves to a cellar", "shelves novels lamps readers cellar warmth"),
    (LYPTSI, "Well dug by hand near Lyptsi", "water buckets clay rope neighbours pump"),
    (OBLAST, "Harvest report for the whole region", "wheat combine diesel hectares silo forecast"),
    (UKRAINE, "Census is put off for another year", "statistics ballots ministry forms households delay"),
    (SUMY, "Orchestra plays in Sumy station", "violin platform trains applause winter overture"),
    (HOSTILE, "A place with a hostile name", "angle brackets ampersand quote marks escape"),
)


def fill(folder: Path) -> None:
    """The newsroom, and a story for each of REPORTS."""
    newsroom.fill(folder)
    app = newsroom.open_app(folder)
    feed = next(feed for feed in app.store.feeds.all() if feed.outlet_id == COURIER.id)
    for number, (place, title, words) in enumerate(REPORTS):
        body = f"{title}: {words}. {' '.join(word[::-1] for word in words.split())}."
        at = NOW - timedelta(hours=number + 1) if number < 6 else NOW - timedelta(days=5)
        url = f"tidewater-courier.example/map-{number}"
        new = NewArticle(COURIER.id, f"https://{url}", url, title, body, ("p",), "en", at, at, body_hash(title, body), feed_id=feed.id)
        tags = Tags("en", (Mention(0, 5, title[:5], place, "event", 0.9),), (place.id,))
        assert app.store.articles.add(new, [], tags, at) is not None
    while app.pipeline.follow():
        pass
    app.close()
