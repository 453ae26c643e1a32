"""Everything that is a feed, held against the rules of its standards. What they still mind is named here; docs/feeds.md says why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app import App
from tests.outputs.validity import Document, Finding, Level, findings
from tests.web import newsroom
from tests.web.browsing import HOST, Browsing

LISTS = (
    "/stream.{}",
    "/stream.{}?q=heating%20OR%20warm",
    "/stream.{}?q=%22last+two%22&items=articles",
    "/stream.{}?q=title:[x]+a&items=articles",
    "/stream.{}?q=lang:ar&items=articles",
    "/stream.{}?q=тепло",
    "/stream.{}?items=claims",
    "/stream.{}?limit=3",
    "/stream.{}?items=articles&limit=200",
    "/stream.{}?items=articles&since=2020-01-01",
    "/stream.{}?q=nothing-matches-this",
    "/place/gn706483.{}",
    "/place/gn690791.{}?q=lang:uk&items=articles",
    "/place/gn706483.{}?items=claims",
    "/source/uk-mod.{}",
    "/outlet/tidewater-courier.{}",
    "/outlet/jaridat-al-marfa.{}?items=articles",
    "/outlet/lagoon-radio.{}?items=articles",
)
FORMS = ("rss", "atom", "json")
# What stays, by rule: see docs/feeds.md, "What validators say".
STAYS = {"rss": {"MissingDCLanguage", "ContainsHTML"}, "atom": {"DuplicateUpdated", "ContainsUndeclaredHTML"}, "json": set[str]()}


def document(reader: Browsing, path: str, form: str) -> Document:
    response = reader.open(path)
    assert response.status_code == 200, path
    return Document(form, response.get_data(), HOST + path, response.content_type, datetime.now(UTC))


def minded(made: Document) -> list[Finding]:
    """What is found besides what stays."""
    return [each for each in findings(made) if each.rule not in STAYS[made.form]]


def addresses(app: App, form: str) -> Iterator[str]:
    yield from (path.format(form) for path in LISTS)
    for name in ("heating", "sur", "hostile", "teplo"):
        story = newsroom.story_of(app, name)
        yield from (f"/story/{story}.{form}", f"/story/{story}.{form}?items=claims")


@pytest.mark.parametrize("form", FORMS)
def test_every_list(reader: Browsing, app: App, form: str) -> None:
    stays = set()
    for path in addresses(app, form):
        made = document(reader, path, form)
        assert minded(made) == [], path
        found = findings(made)
        assert all(each.level is not Level.ERROR for each in found)
        stays |= {each.rule for each in found}
    assert stays == STAYS[form]  # what nothing has any more is not to be excused any more


@pytest.mark.parametrize("form", FORMS)
def test_archives_and_further_pages(reader: Browsing, form: str) -> None:
    for limit, relations in ((10, ("next",)), (200, ("prev-archive",)), (10, ("next", "prev-archive"))):
        path: str | None = f"/stream.{form}?items=articles&limit={limit}"
        seen = 0
        while path:
            made = document(reader, path, form)
            assert minded(made) == [], path
            seen += 1
            path = next(filter(None, (neighbour(made, relation) for relation in relations)), None)
        assert seen >= 3, relations


def neighbour(made: Document, relation: str) -> str | None:
    """The path of the document beside it."""
    if made.form == "json":
        links = (made.feed.get("_frontwire") or {}).get("links", {})
        found = links.get(relation)
    else:
        found = next((link.get("href") for link in made.named("atom:link") if link.get("rel") == relation), None)
    return found.removeprefix(HOST) if found else None


def test_a_dossier(reader: Browsing) -> None:
    day = (newsroom.NOW - timedelta(hours=5)).date().isoformat()
    made = document(reader, f"/place/gn706483/{day}.rss", "rss")
    assert next(made.named("item"), None) is not None
    assert minded(made) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_product_that_has_read_nothing(empty: Browsing, form: str) -> None:
    assert minded(document(empty, f"/stream.{form}", form)) == []
    assert minded(document(empty, f"/stream.{form}?items=articles", form)) == []


DAMAGED = "Bridge\x93 shut\x94 \x7f \ufdd0 \ud800 R&amp;D & <b>bold</b> ]]> \u202eمرفأ \U0001f6a8"


@pytest.mark.parametrize("form", FORMS)
def test_what_was_edited_merged_taken_down_damaged_or_very_long(desk: Browsing, form: str) -> None:
    app = desk.app
    user = app.store.users.by_name(newsroom.NAME)
    assert user is not None
    app.store.searches.save("Тепло & світло <1>", "heating OR шкіл", "", user.name, newsroom.NOW)
    heating, hostile = newsroom.article_of(app, "heating"), newsroom.article_of(app, "hostile")
    newsroom.revise(app, heating, DAMAGED.replace("\ud800", ""), "\n".join([newsroom.HEATING, "word " * 40_000]))
    gone, stays = newsroom.story_of(app, "teplo"), newsroom.story_of(app, "heating")
    app.pipeline.arranging.merge(gone, stays, newsroom.NAME, "the same return of heat")
    while app.pipeline.follow():
        pass
    page = desk.get(f"/operate/article/{hostile}/remove")
    assert desk.send(page, f"/operate/article/{hostile}/remove", reason="a court said so").status == 200
    while app.pipeline.follow():
        pass
    search = app.store.searches.all()[-1].id
    for path in (f"/stream.{form}", f"/stream.{form}?items=articles", f"/story/{stays}.{form}", f"/search/{search}.{form}"):
        assert minded(document(desk, path, form)) == [], path
