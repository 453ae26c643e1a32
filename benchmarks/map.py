"""What the map costs: CPU milliseconds and bytes of its answers over invented articles at places of the gazetteer.

    python benchmarks/map.py [--articles 10000] [--places 2000]

Every fourth article begins a story; one in five is about two places. Prints the first answer of a process, one after new articles came in
(``fresh``) and one that is remembered (``kept``), the best of ROUNDS.
"""

import argparse
import gzip
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from aggregator.app import App, build
from aggregator.identity.revisions import body_hash
from aggregator.model import Feed, FeedDraft, Mention, NewArticle, Outlet, Place, Tags, utc_now
from aggregator.query import IndexDocument
from aggregator.search.document import index_document
from aggregator.settings import Settings
from web.factory import create_app
from web.maps.start import THEATRES

SEED = 20240501
A_STORY = 4  # articles
OUTLETS = 60
BATCH = 200
ROUNDS = 5
BODY = "Something was reported at this place by somebody, with a few more words to index."
REQUESTS = ("/map", "/map.json", "/map?q=in:Ukraine", "/map?q=last:24h", "/map?box=30,44,40,50")


def chosen(app: App, count: int) -> list[Place]:
    """Places of the theatres, the wars that are told of most with most of them, and some countries and regions."""
    pick = random.Random(SEED)
    boxes = [THEATRES[name] for name in ("ukraine", "ukraine", "ukraine", "levant", "levant", "sudan", "syria", "myanmar", "sahel")]
    settlements = app.gazetteer.populous("settlement", 0)
    inside = [[c for c in settlements if box.has(c.lat, c.lon)] for box in boxes]
    rows = [c.row for found in inside for c in pick.sample(found, min(len(found), count // len(boxes)))]
    wide = [place for name in ("Ukraine", "Israel", "Sudan", "Donetsk Oblast", "Gaza Strip") for place in app.gazetteer.find(name, 1)]
    places = [app.gazetteer.place(row) for row in dict.fromkeys(rows)] + wide * 20
    pick.shuffle(places)
    return places


def fill(app: App, articles: int, places: list[Place]) -> None:
    """Put the articles into the store and the index, without the pipeline: it is the reading that is measured."""
    now = utc_now()
    pick = random.Random(SEED + 1)
    feeds = [
        app.store.feeds.add(FeedDraft(f"https://o{n}.example/feed", f"Outlet {n}", Outlet(f"o-{n}", f"Outlet {n}")), now)[0]
        for n in range(OUTLETS)
    ]
    for start in range(0, articles, BATCH):
        with app.store.together():
            documents = list(_batch(app, range(start, min(articles, start + BATCH)), feeds, places, now, pick))
        app.index.put(documents)
    app.store.changes.advance("index", app.store.changes.head())


def _batch(app: App, numbers: range, feeds: list[Feed], places: list[Place], now: datetime, pick: random.Random) -> Iterator[IndexDocument]:
    story, where = 0, places[0]
    for number in numbers:
        at = now - timedelta(minutes=number)
        if number % A_STORY == 0:
            story = app.store.stories.create(f"Story {number}", at)
            where = places[min(int(3 * pick.paretovariate(0.35)), len(places) - 1)] if pick.random() < 0.5 else pick.choice(places)
        about = [where, pick.choice(places)] if pick.random() < 0.2 else [where]
        feed = pick.choice(feeds)
        url, title = f"{feed.outlet_id}.example/{number}", f"Report {number} of {where.name}"
        new = NewArticle(feed.outlet_id, f"https://{url}", url, title, BODY, ("p",), "en", at, at, body_hash(title, BODY), feed_id=feed.id)
        tags = Tags("en", tuple(Mention(n, n + 1, "x", place, "event", 0.9) for n, place in enumerate(about)), tuple(p.id for p in about))
        article_id = app.store.articles.add(new, [], tags, at)
        assert article_id is not None
        app.store.stories.assign(article_id, story)
        if number % A_STORY == A_STORY - 1:
            app.store.stories.refresh(story, f"Story {number}")
        yield index_document(app.store.articles.get(article_id), tags, feed, {})


def spent_ms(flask: Flask, path: str) -> tuple[float, bytes]:
    """CPU time of one answer, and its body."""
    begun = time.process_time()
    answer = flask.test_client().get(path)
    spent = (time.process_time() - begun) * 1000
    assert answer.status_code == 200, (path, answer.status_code)
    return spent, answer.data


def main() -> None:
    """Fill a data folder, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--places", type=int, default=2_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontwire-") as folder:
        app = build(Settings(data_dir=Path(folder)))
        fill(app, wanted.articles, chosen(app, wanted.places))
        print(f"first answer of a process: {spent_ms(create_app(app), '/map')[0]:.0f} ms")
        for path in REQUESTS:
            fresh = min(_fresh(app, path) for _ in range(ROUNDS))
            flask = create_app(app)
            kept = min(spent_ms(flask, path)[0] for _ in range(ROUNDS + 2))
            body = spent_ms(flask, path)[1]
            print(f"{path:24} fresh {fresh:6.0f} ms  kept {kept:6.0f} ms  {len(body):8,} bytes, {len(gzip.compress(body, 6)):7,} gzipped")
        app.close()


def _fresh(app: App, path: str) -> float:
    """As after new articles: a process that has served before, but nothing of this query."""
    flask = create_app(app)
    spent_ms(flask, "/map?q=nothing-matches-this")
    return spent_ms(flask, path)[0]


if __name__ == "__main__":
    main()
