"""What a dossier costs: milliseconds of CPU for the claims about a place on a day, over invented articles in one database.

    python -m benchmarks.dossier [--articles 100000] [--database sqlite:///…|postgresql://…]

Every fourth article begins a story; each has four attributions, of which two are repeated by the story's other articles; towns lie in 100
regions of 20 countries, some named far more often than others. Prints p50 and p99 of the look-up alone and of the whole page, for towns,
regions and countries, with the number of claims of the largest.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from aggregator.app import App, build
from aggregator.claims.dossier import MOST
from aggregator.model import Attribution, Cue, FeedDraft, Outlet, Place, Span, Speaker, utc_now
from aggregator.settings import Settings
from aggregator.storage import schema
from aggregator.storage.database import Database
from aggregator.storage.store import SqlStore
from web.factory import create_app

SEED = 20240501
TOWNS, REGIONS, COUNTRIES, OUTLETS, SOURCES = 2000, 100, 20, 300, 400
A_STORY = 4  # articles
BATCH = 2000
ROUNDS = 60
ORDER = (  # of tables, those that others refer to first
    *(schema.places, schema.stories, schema.articles, schema.revisions, schema.article_places, schema.attributions),
    *(schema.claims, schema.claim_attributions, schema.claim_days),
)
SIDES = ("ukraine", "russia", "third-party", "western", "unknown")
TARGETS = ("the depot", "the market", "the hospital", "a school", "the bridge", "an apartment block", "the substation", "the port")
DEEDS = ("a drone strike on {}", "shelling of {}", "a missile attack on {}", "a fire at {}", "the evacuation of {}")
COUNTS = ("killed {} people", "wounded {} people", "damaged {} houses", "left {} families without power")


def places() -> list[tuple[Place, Place, Place]]:
    """Towns, each with its region and country."""
    found = []
    for number in range(TOWNS):
        region, country = number % REGIONS, number % REGIONS % COUNTRIES
        nation = Place(f"c{country}", f"Country {country}", "country", 48.0, 30.0, "UA")
        area = Place(f"r{region}", f"Region {region}", "region", 48.0, 31.0, "UA", (nation.id,), (nation.name,))
        path = (area.id, nation.id)
        found.append((Place(f"t{number}", f"Town {number}", "settlement", 48.0, 32.0, "UA", path, (area.name, nation.name)), area, nation))
    return found


class Press:
    """Articles, stories and claims, the same at every run, put into the tables as they are: it is the reading that is measured."""

    def __init__(self, app: App, database: Database) -> None:
        self.app, self.database, self.pick = app, database, random.Random(SEED)
        self.now = utc_now()
        self.places = places()
        for number in range(OUTLETS):
            app.store.feeds.add(FeedDraft(f"https://o{number}.example/feed", "", Outlet(f"o-{number}", f"Outlet {number}")), self.now)
        self.rows: dict[Table, list[dict[str, Any]]] = {}
        self.numbers = dict.fromkeys((schema.attributions, schema.claims), 0)

    def fill(self, articles: int) -> None:
        """Put the articles in, a batch of stories at a time."""
        self._add(schema.places, [asdict(place) for place in {place.id: place for found in self.places for place in found}.values()])
        for start in range(0, articles, BATCH):
            for first in range(start, min(start + BATCH, articles), A_STORY):
                self._story(first)
            self._flush()

    def _add(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        self.rows.setdefault(table, []).extend(rows)

    def _flush(self) -> None:
        with self.database.write() as connection:
            for table in (table for table in ORDER if self.rows.get(table)):
                connection.execute(table.insert(), self.rows[table])
        self.rows.clear()

    def _next(self, table: Table) -> int:
        self.numbers[table] += 1
        return self.numbers[table]

    def _story(self, first: int) -> None:
        where = self.places[min(int(3 * self.pick.paretovariate(0.5)), TOWNS - 1)]
        at, story = self.now - timedelta(minutes=first), first // A_STORY + 1
        counts = {
            "articles": A_STORY,
            "outlets": A_STORY,
            "texts": A_STORY,
            "origins": A_STORY,
            "edited": 0,
            "languages": ("en",),
            "sample": False,
        }
        self._add(schema.stories, [{"id": story, "title": f"Story {first}", "first_seen_at": at, "last_seen_at": at, **counts}])
        common = [self._statement() for _ in range(2)]
        made: dict[tuple[int, str], list[tuple[int, int]]] = {}  # statement -> articles and attributions
        for number in range(first + 1, first + A_STORY + 1):
            said = [*common, self._statement(), self._statement()]
            for statement, attribution_id in zip(said, self._article(number, story, where, said, at), strict=True):
                made.setdefault(statement, []).append((number, attribution_id))
        for (source, words), stands in made.items():
            self._claim(story, where, source, words, stands, at)

    def _statement(self) -> tuple[int, str]:
        pick = self.pick
        deed = pick.choice(DEEDS).format(pick.choice(TARGETS))
        return min(int(pick.paretovariate(0.7)), SOURCES), f"{deed} had {pick.choice(COUNTS).format(pick.randrange(2, 30))}"

    def _article(self, number: int, story: int, where: Sequence[Place], said: Sequence[tuple[int, str]], at: datetime) -> list[int]:
        lines = [f"Source {source} said {words}." for source, words in said]
        body, outlet = "\n".join(lines), f"o-{self.pick.randrange(OUTLETS)}"
        times = {"sorted_at": at, "published_at": at, "first_seen_at": at, "updated_at": at}
        told = {"outcome": "full", "text_from": "page", "sample": False, "authors": (), "revision": 1, "language": "en"}
        url = f"{outlet}.example/{number}"
        of = {"article_id": number, "revision": 1}
        self._add(
            schema.articles,
            [
                {
                    "id": number,
                    "position": number,
                    "outlet_id": outlet,
                    "url": f"https://{url}",
                    "url_key": url,
                    "story_id": story,
                    **times,
                    **told,
                }
            ],
        )
        text_of = {"title": f"Report {number}", "body": body, "body_hash": str(number), "kinds": ("p",) * len(lines), "fetched_at": at}
        self._add(schema.revisions, [{"article_id": number, "number": 1, **text_of}])
        self._add(schema.article_places, [of | {"n": 0, "place_id": where[0].id}])
        ids, start = [], 0
        for (source, words), line in zip(said, lines, strict=True):
            speaker = _speaker(source, start)
            begin = start + len(speaker.name) + len(" said ")
            attribution = Attribution(speaker, Cue(begin - 5, begin - 1, "said", "say"), (Span(begin, begin + len(words)),))
            ids.append(self._next(schema.attributions))
            known = {
                "source_id": speaker.source_id,
                "speaker": speaker.name,
                "kind": speaker.kind,
                "side": speaker.side,
                "anonymity": "named",
            }
            said_so = {
                "strength": "neutral",
                "form": "indirect",
                "hedged": False,
                "negated": False,
                "confidence": 0.9,
                "value": attribution,
            }
            self._add(schema.attributions, [of | {"id": ids[-1]} | known | said_so])
            start += len(line) + 1
        return ids

    def _claim(self, story: int, where: Sequence[Place], source: int, words: str, stands: Sequence[tuple[int, int]], at: datetime) -> None:
        claim_id, speaker, day = self._next(schema.claims), _speaker(source, 0), at.date().isoformat()
        said = {"speaker": speaker, "source_id": speaker.source_id, "side": speaker.side, "words": words, "strength": "neutral", "via": ()}
        counts = {"outlets": len(stands), "origins": 1, "first_at": at, "hedged": False, "negated": False}
        about = {"article_ids": [article for article, _ in stands], "place_ids": (where[0].id,), "days": (day,)}
        self._add(schema.claims, [{"id": claim_id, "story_id": story, **said, **counts, **about}])
        self._add(schema.claim_days, [{"place_id": place.id, "day": day, "claim_id": claim_id} for place in where])
        self._add(schema.claim_attributions, [{"claim_id": claim_id, "n": n, "attribution_id": one} for n, (_, one) in enumerate(stands)])


def _speaker(source: int, start: int) -> Speaker:
    name = f"Source {source}"
    return Speaker(start, start + len(name), name, name, f"s{source}", "official", SIDES[source % len(SIDES)])


def asked(app: App, prefix: str) -> Iterator[tuple[str, str]]:
    """Places of a kind with days on which something is claimed about them, chief places first."""
    pick = random.Random(SEED + 1)
    known = [(f"{prefix}{n}", days) for n in range(ROUNDS * 4) if (days := app.store.stories.days(f"{prefix}{n}", 90))][:ROUNDS]
    for number in range(ROUNDS):
        place_id, days = known[number % len(known)]
        yield place_id, pick.choice(days)[0]


def measured(run: Callable[[str, str], object], wanted: Sequence[tuple[str, str]]) -> str:
    """p50 and p99 in CPU milliseconds."""
    times = []
    for place_id, day in wanted:
        begun = time.process_time()
        run(place_id, day)
        times.append((time.process_time() - begun) * 1000)
    times.sort()
    return f"{times[len(times) // 2]:8.1f}{times[int(len(times) * 0.99)]:8.1f}"


def report(app: App) -> None:
    """The table."""
    stories, client = app.store.stories, create_app(app).test_client()
    print(f"{'CPU ms, p50 and p99':24}{'look-up':>16}{'days beside':>16}{'newest days':>16}{'page':>16}  most claims")
    for name, prefix in (("town", "t"), ("region", "r"), ("country", "c")):
        wanted = list(asked(app, prefix))
        most = max(count for place_id, day in wanted for found, count in stories.days(place_id, 90) if found == day)
        columns = [
            measured(lambda place_id, day: stories.about(place_id, day, MOST), wanted),
            measured(stories.days_beside, wanted),
            measured(lambda place_id, _: stories.days(place_id, 10), wanted),
            measured(lambda place_id, day: client.get(f"/place/{place_id}/{day}"), wanted),
        ]
        print(f"{name:24}{''.join(columns)}  {most}")


def main() -> None:
    """Fill a database, and measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--database", default="", help="an empty database; default: SQLite in a temporary folder")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontwire-") as folder:
        settings = Settings(data_dir=Path(folder), gazetteer_dir=Path(folder) / "none")
        app = build(replace(settings, database_url=given.database) if given.database else settings)
        assert isinstance(app.store, SqlStore)
        Press(app, app.store.database).fill(given.articles)
        with app.store.database.read() as connection:
            counts = [connection.execute(select(func.count()).select_from(table)).scalar() for table in (schema.claims, schema.claim_days)]
        print(f"{given.articles} articles, {counts[0]} claims filed in {counts[1]} rows")
        report(app)
        app.close()


if __name__ == "__main__":
    main()
