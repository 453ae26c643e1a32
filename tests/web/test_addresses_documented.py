"""docs/api.md and docs/sync.md name every address that the application answers at, and every field of the API's short forms."""

import re
from pathlib import Path

from flask import Flask

from aggregator.app import App
from aggregator.claims.figures import Figure
from aggregator.claims.relations import Difference, Kind, Relation
from tests.web import newsroom
from tests.web.browsing import Browsing
from web.claims import relation_json
from web.feeds import FORMATS

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = "\n".join((DOCS / name).read_text(encoding="utf-8") for name in ("api.md", "sync.md"))


def test_every_address_is_documented(flask: Flask) -> None:
    missing = []
    for rule in flask.url_map.iter_rules():
        path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"<\1>", rule.rule).replace(".<form>", ".rss")
        if f"`{path}" not in TEXT:
            missing.append(path)
    assert missing == []


def test_every_form_is_documented() -> None:
    for form, (media_type, _) in FORMATS.items():
        assert re.search(rf"\| `\.{form}` \| .* \| `{re.escape(media_type)}` \|", TEXT), form


def test_every_field_is_documented(reader: Browsing, app: App) -> None:
    answers = [
        reader.open("/api/v1/status").get_json(),
        reader.open("/api/v1/search?limit=1").get_json()["articles"][0],
        reader.open(f"/api/v1/stories/{newsroom.story_of(app, 'heating')}").get_json(),
        reader.open(f"/api/v1/articles/{newsroom.article_of(app, 'heating')}").get_json(),
    ]
    day = app.store.stories.days(newsroom.KHARKIV.id, 1)[0][0]
    answers.append(reader.open(f"/place/{newsroom.KHARKIV.id}/{day}.json").get_json())
    answers += [answers[4]["place"], answers[4]["sides"][0], answers[4]["claims"][0], answers[4]["claims"][0]["evidence"][0]]
    answers += [answers[2]["claims"][0], answers[3]["places"][0], answers[3]["attributions"][0]]
    answers.append(relation_json(Relation(Kind.DIFFERS, 0, 1, differences=(Difference(Figure(5, "killed"), Figure(7, "killed")),))))
    answers += [answers[-1]["figures"][0], answers[-1]["figures"][0]["here"]]
    missing = {name for answer in answers for name in answer if f"`{name}`" not in TEXT and f'"{name}"' not in TEXT}
    assert missing == set()


def test_what_is_documented_is_there(reader: Browsing) -> None:
    for scheme in ("place", "outlet", "cited-source", "language", "state"):
        assert f"`BASE/ns/{scheme}`" in TEXT
    assert "max-age=60" in reader.open("/stream.rss").headers["Cache-Control"]
