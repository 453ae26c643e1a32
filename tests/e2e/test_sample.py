"""The sample press through the whole service, against its own truth: each article once, copies with their origin, edits as
revisions, places, cited sources, stories, search, and no trace once it is removed."""

import json
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregator.claims.dossier import compile_dossier
from aggregator.identity.urls import key
from aggregator.model import Article, Tags
from aggregator.places.gazetteer import Gazetteer
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.truth import ArticleTruth, truths
from aggregator.settings import load
from tests.e2e.groups import pairs
from tests.e2e.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

SPEED = 10.0  # held-back reports come out within half an hour; here within three minutes
PATIENCE_S = 600.0  # for a busy machine; what is measured is said in the messages


class Sample:
    """A service that reads the sample press, and the truth of what it reads."""

    def __init__(self, folder: Path) -> None:
        self.service = Service(folder / "var", sample=True)
        self.started_at = datetime.now(UTC)
        port = int(self.service.environment["FRONTWIRE_SAMPLE_PORT"])
        facts = {"port": port, "started_at": self.started_at.isoformat(), "removed": False, "speed": SPEED}
        (folder / "var").mkdir()
        (folder / "var" / "sample.json").write_text(json.dumps(facts))
        self.room = Newsroom(port, self.started_at, SPEED)
        self.truth = {key(truth.url): truth for truth in truths(self.room)}
        self.service.start()
        self.ready_s = (datetime.now(UTC) - self.started_at).total_seconds()

    @property
    def over_at(self) -> datetime:
        """When the press has shown everything that it has."""
        return max(max(truth.version_times) for truth in self.truth.values())

    def search(self, query: str) -> list[dict[str, object]]:
        """The first articles that /api/v1/search finds."""
        code, body = self.service.get("/api/v1/search?limit=200&q=" + urllib.parse.quote(query))
        assert code == 200, body
        found: list[dict[str, object]] = json.loads(body)["articles"]
        return found

    def articles(self) -> dict[str, Article]:
        """Every stored article by its key."""
        with self.service.store() as store:
            ids = store.articles.ids()
            articles = store.articles.many(ids)
        assert len(articles) == len({article.url_key for article in articles}), "an article is stored twice"
        return {article.url_key: article for article in articles}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    running = Sample(tmp_path_factory.mktemp("sample"))
    try:
        yield running
    finally:
        if running.service.process is not None:
            running.service.stop()


def test_a_living_press_within_minutes(sample: Sample) -> None:
    service = sample.service
    service.wait(lambda: service.status().get("articles", 0) >= 120, PATIENCE_S, "120 articles")
    begun = datetime.now(UTC)
    service.settle(PATIENCE_S, at_least=120)
    status = service.status()
    came_s, settled_s = (begun - sample.started_at).total_seconds(), (datetime.now(UTC) - sample.started_at).total_seconds()
    print(f"pages after {sample.ready_s:.0f} s, 120 articles after {came_s:.0f} s, all after {settled_s:.0f} s")
    assert status["outlets"] >= 12 and status["languages"] >= 5, status
    assert status["entries"]["failed"] == 0 and status["feed_states"].get("failing", 0) == 0, status
    assert status["sources"] >= 20, status
    assert status["sample_articles"] == status["articles"], status


def test_every_way_of_searching_finds(sample: Sample) -> None:
    service = sample.service
    for query in ("Kupiansk", "Купянськ", "الفاشر"):
        assert sample.search(query), f"nothing found for {query}"
        quoted = urllib.parse.quote(query)
        code, page = service.get(f"/?q={quoted}")
        assert code == 200 and b"/story/" in page, page[:2000]
        code, feed = service.get(f"/stream.rss?q={quoted}")
        assert code == 200 and feed.count(b"<item>") >= 1, feed[:2000]
    assert not sample.search("xylophonequartet")


def test_stories_merge_outlets(sample: Sample) -> None:
    code, body = sample.service.get("/api/v1/stories?limit=200")
    assert code == 200, body
    stories = json.loads(body)["stories"]
    widest = max(stories, key=lambda story: story["outlets"])
    assert widest["outlets"] >= 3 and widest["articles"] > widest["origins"] >= 1, widest
    code, page = sample.service.get(f"/story/{widest['id']}")
    assert code == 200, page


def test_all_of_it_comes_in_and_agrees_with_the_truth(sample: Sample) -> None:
    service = sample.service
    before = set(sample.articles())

    def over() -> bool:
        service.poll_now()
        return datetime.now(UTC) > sample.over_at + timedelta(seconds=2)

    service.wait(over, 300, "the press to have shown everything", every_s=5)
    service.poll(PATIENCE_S)
    status = service.settle(PATIENCE_S, at_least=len(sample.truth))

    stored = sample.articles()
    assert set(stored) == set(sample.truth), (set(stored) ^ set(sample.truth), status)
    late = [name for name, truth in sample.truth.items() if truth.held_back and name not in before]
    print(f"{len(late)} held-back articles came in while it ran")
    assert late, "the test was too slow to see a held-back article come in"
    assert status["entries"]["failed"] == status["entries"]["filtered"] == status["entries"]["pending"] == 0, status
    _check_places_and_sources(sample, stored)


def test_copies_stand_with_their_origin(sample: Sample) -> None:
    stored = sample.articles()
    of_truth = {name: truth.copy_group for name, truth in sample.truth.items()}
    found = {name: article.copy_group or article.id for name, article in stored.items()}
    precision, recall, wrong = pairs(of_truth, found)
    message = f"copies: precision {precision:.4f}, recall {recall:.4f}; {wrong[:5]}"
    print(message)
    assert precision == recall == 1.0, message


def test_copies_of_a_statement_are_one_claim_of_one_origin(sample: Sample) -> None:
    stored = sample.articles()
    group = {article.id: sample.truth[name].copy_group for name, article in stored.items()}
    claims = right = together = apart = 0
    with sample.service.store() as store:
        for story_id in {article.story_id for article in stored.values() if article.story_id is not None}:
            made = compile_dossier(store.stories.attributions(story_id), story_id)
            for entry in made.entries:
                if len({group[row.article_id] for row in entry.rows}) == 1:
                    claims, right = claims + 1, right + (entry.claim.origins == 1)
            said = [(entry.number, row) for entry in made.entries for row in entry.rows]
            for (one, a), (other, b) in combinations(said, 2):
                alike = (a.words, a.attribution.speaker.name, a.attribution.negated) == (
                    b.words,
                    b.attribution.speaker.name,
                    b.attribution.negated,
                )
                if alike and a.article_id != b.article_id and group[a.article_id] == group[b.article_id]:
                    together, apart = together + (one == other), apart + (one != other)
    message = (
        f"{right} of {claims} claims of one text have one origin; {together} pairs of copied statements are one claim, {apart} are not"
    )
    print(message)
    assert claims >= 300 and together >= 800 and right == claims and apart == 0, message


def test_edits_become_revisions(sample: Sample) -> None:
    stored = sample.articles()
    edited = kept = lost = 0
    editions = {truth.outlet_id: sample.room.edition(truth.outlet_id, sample.over_at) for truth in sample.truth.values()}
    everywhere = Counter((outlet, part) for outlet, pieces in editions.items() for piece in pieces for part in set(piece.paragraphs))
    with sample.service.store() as store:
        for name, truth in sample.truth.items():
            revisions = store.articles.revisions(stored[name].id)
            assert len(revisions) <= len(truth.version_times), (name, revisions)
            last = sample.room.find(truth.outlet_id, urlsplit(truth.url).path, sample.over_at)
            assert last is not None and last.version == len(truth.version_times)
            # The credit that stands under all that an outlet takes from an agency is rightly no part of the body.
            own = [part for part in last.paragraphs if everywhere[truth.outlet_id, part] < 3]
            there = [part.removeprefix("## ") in revisions[-1].body for part in own]
            kept, lost = kept + sum(there), lost + there.count(False)
            assert len({revision.body_hash for revision in revisions}) == len(revisions), (name, revisions)
            edited += len(revisions) > 1
    message = (
        f"{edited} articles were edited while they were read; {lost} of {kept + lost} paragraphs of the newest versions are not in the body"
    )
    print(message)
    assert edited >= 2, "the test was too slow to see a first version: " + message
    assert lost / (kept + lost) < 0.015, message


def test_removing_it_leaves_no_trace(sample: Sample) -> None:
    service = sample.service
    assert sample.search("Kupiansk")
    done = service.command("sample-press", "remove")
    assert done.returncode == 0 and "337 sample articles removed" in done.stdout, done
    service.wait(lambda: bool(service.status()) and service.status()["index_lag"] == 0, PATIENCE_S, "the index to forget")
    status = service.status()
    assert status["feeds"] == status["articles"] == status["stories"] == status["revisions"] == 0, status
    assert sum(status["entries"].values()) == 0, status
    assert sample.search("Kupiansk") == [] == sample.search("")
    code, feed = service.get("/stream.rss")
    assert code == 200 and b"<item>" not in feed
    again = service.command("feed", "list")
    assert "No feed yet" in again.stdout
    assert service.stop() < 10


def _check_places_and_sources(sample: Sample, stored: dict[str, Article]) -> None:
    """How much of the truth the tags say, as a floor that the sample must hold."""
    with sample.service.store() as store:
        tags = store.articles.tags([article.id for article in stored.values()])
    gazetteer = Gazetteer.open(load(sample.service.environment).gazetteer)
    placed = Counter(bool(tags[article.id].primary_places) for article in stored.values())
    wanted = [(truth, tags[stored[name].id]) for name, truth in sample.truth.items()]
    where = [_place_found(gazetteer, truth, found) for truth, found in wanted if truth.places]
    cited = [any(a.speaker.source_id or a.speaker.name for a in found.attributions) for truth, found in wanted if truth.cites]
    message = (
        f"primary place on {placed[True]} of {len(stored)}; one of the true places among them: {sum(where)}/{len(where)}; "
        f"attributions where somebody is cited: {sum(cited)}/{len(cited)}"
    )
    print(message)
    assert placed[True] / len(stored) >= 0.55, message
    assert sum(where) / len(where) >= 0.45, message
    assert sum(cited) / len(cited) >= 0.95, message


def _place_found(gazetteer: Gazetteer, truth: ArticleTruth, tags: Tags) -> bool:
    """Whether a primary place is one of the true ones, or lies in one of them, or has one of them in it."""
    true = {place.id for name in truth.places for place in gazetteer.find(name, 5)}
    around = {ident for name in truth.places for place in gazetteer.find(name, 1) for ident in place.path[:1]}
    primary = {mention.place for mention in tags.mentions if mention.place.id in tags.primary_places}
    return any(place.id in true | around or true & set(place.path) for place in primary)
