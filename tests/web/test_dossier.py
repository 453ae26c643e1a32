"""The dossier of a place and a day: claims side by side, the ways there, and the same as files."""

import csv
import io
import json
from datetime import timedelta

import pytest
from lxml import etree
from lxml.html import HtmlElement

from aggregator.app import App
from aggregator.model import Attribution, Cue, Mention, Span, Speaker, Tags
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults

KHARKIV, OBLAST = newsroom.KHARKIV.id, newsroom.OBLAST.id


def days(app: App, place_id: str = KHARKIV) -> list[str]:
    return [day for day, _ in app.store.stories.days(place_id, 99)]


def text_of(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def day_of_heating(app: App) -> str:
    return (newsroom.NOW - timedelta(hours=5)).date().isoformat()


def test_claims_stand_by_side_and_source(reader: Browsing, app: App) -> None:
    page = reader.get(f"/place/{KHARKIV}/{day_of_heating(app)}")
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    sides = {section.xpath("string(h2)").split()[0]: section for section in page.find("//section[@class and starts-with(@class, 'side ')]")}
    assert {"Western", "Side"} == set(sides)
    assert "UK Ministry of Defence" in sides["Western"].text_content()
    assert "strikes on boiler houses may have doubled" in sides["Western"].text_content()
    assert "Olena Savchuk" in sides["Side"].text_content()
    assert page.find("//section[h2='How to read this']")
    assert "no verdict" in page.text or "Nothing here says who is right" in page.text


def test_a_claim_shows_its_evidence(reader: Browsing, app: App) -> None:
    page = reader.get(f"/place/{KHARKIV}/{day_of_heating(app)}")
    (told,) = [one for one in page.find("//article[@class='told']") if "doubled since October" in one.xpath("string(blockquote)")]
    assert "2 outlets, 1 origin" in told.xpath("string(.//summary)")
    links = told.xpath(".//details//a/@href")
    assert {f"/article/{newsroom.article_of(app, name)}" for name in ("heating", "heating-wire")} == set(links)
    assert "single source: carried, not confirmed" in " ".join(told.text_content().split())
    assert f"/story/{newsroom.story_of(app, 'heating')}" in told.xpath(".//a/@href")


SAID = [  # outlet, speaker, source, side, negated, words
    (newsroom.COURIER, "Oleh Syniehubov", "ua-kharkiv-governor", "ukraine", False, "five people were killed in the strike on the depot"),
    (newsroom.LAGOON, "Ihor Terekhov", "ua-kharkiv-mayor", "ukraine", False, "seven people were killed in the strike on the depot"),
    (newsroom.STEP, "Russian Ministry of Defence", "ru-mod", "russia", True, "a strike on the depot"),
    (newsroom.HARBOUR, "UK Ministry of Defence", "uk-mod", "western", False, "five people had been killed in the strike on the depot"),
]


@pytest.fixture
def disputed(empty: Browsing) -> Browsing:
    """Somebody at a product where four speakers speak of one strike."""
    for number, (outlet, name, source, side, negated, words) in enumerate(SAID):
        body = f"{name} said {words}.\nIt happened in Kharkiv."
        speaker = Speaker(0, len(name), name, name, source, "official", side)
        start = body.index(words)
        cue = Cue(len(name) + 1, len(name) + 5, "said", "say", "deny" if negated else "neutral")
        attribution = Attribution(speaker, cue, (Span(start, start + len(words)),), negated=negated)
        at = body.index("Kharkiv")
        tags = Tags("en", (Mention(at, at + 7, "Kharkiv", newsroom.KHARKIV, "event", 0.9),), (KHARKIV,), (attribution,))
        newsroom.put(empty.app, outlet, f"strike-{number}", f"Strike on a depot {number}", body, "en", newsroom.NOW, tags)
    while empty.app.pipeline.follow():
        pass
    return empty


def test_relations_are_said_and_lead_to_the_other_claim(disputed: Browsing) -> None:
    page = disputed.get(f"/place/{KHARKIV}/{newsroom.NOW.date().isoformat()}")
    assert faults(page.response.get_data(as_text=True)) == []
    told = {one.get("id"): one for one in page.find("//article[@class='told']")}
    said = {one.xpath("string(blockquote)"): sorted(map(text_of, one.xpath(".//li[b]"))) for one in told.values()}
    assert said[SAID[0][5]] == [
        "Also said by another side UK Ministry of Defence",
        "Denied by Russian Ministry of Defence",
        "Differs in number Ihor Terekhov: 7 killed (here 5 killed)",
    ]
    assert said[SAID[2][5]] == ["Denies Ihor Terekhov", "Denies Oleh Syniehubov", "Denies UK Ministry of Defence"]
    assert all(link.get("href")[1:] in told for link in page.find("//ul[@class='relations']//a"))
    assert "1 pair said by more than one" in page.text and "3 pairs denied" in page.text and "2 pairs differ in number" in page.text
    single = {one.xpath("string(blockquote)") for one in told.values() if one.xpath(".//span[@class='single']")}
    assert single == {SAID[1][5], SAID[2][5]}


def test_what_the_calendar_contradicts_gets_a_quiet_note(empty: Browsing) -> None:
    body = "The bridge was struck on Monday, 4 March 2026, the mayor said."
    ident = newsroom.put(empty.app, newsroom.COURIER, "weekday", "A bridge is struck", body, "en", newsroom.NOW, Tags("en"))
    while empty.app.pipeline.follow():
        pass
    for path in (f"/article/{ident}", f"/story/{newsroom.story_of(empty.app, 'weekday')}"):
        page = empty.get(path)
        (panel,) = page.find("//section[h2='Checked']")
        assert "4 March 2026 was a Wednesday." in text_of(panel)
        assert faults(page.response.get_data(as_text=True)) == []
    (note,) = empty.open(f"/api/v1/articles/{ident}").get_json()["notes"]
    assert body[note["start"] : note["end"]] == note["stated"]


def test_files_hold_the_relations(disputed: Browsing) -> None:
    path = f"/place/{KHARKIV}/{newsroom.NOW.date().isoformat()}"
    claims = {claim["words"]: claim for claim in json.loads(disputed.open(f"{path}.json").get_data())["claims"]}
    relations = {relation["kind"]: relation for relation in claims[SAID[0][5]]["relations"]}
    assert relations["differs"]["figures"] == [
        {"what": "killed", "of": None, "here": {"value": 5.0, "bound": "exact"}, "there": {"value": 7.0, "bound": "exact"}}
    ]
    assert relations["differs"]["claim"] == claims[SAID[1][5]]["number"]
    assert (relations["also"]["other_side"], relations["denied"]["denies"]) == (True, False)
    assert all(relation["denies"] for relation in claims[SAID[2][5]]["relations"])
    rows = {row["words"]: row for row in csv.DictReader(io.StringIO(disputed.open(f"{path}.csv").get_data(as_text=True)))}
    number = claims[SAID[1][5]]["number"]
    assert f"{number} (5 killed, there 7 killed)" in rows[SAID[0][5]]["differs_in_number"]
    assert rows[SAID[0][5]]["also_said_by"] == str(claims[SAID[3][5]]["number"])
    feed = etree.fromstring(disputed.open(f"{path}.rss").get_data())
    assert any("Denied by</a> <strong>Russian Ministry of Defence" in (item.findtext("description") or "") for item in feed.iter("item"))


def test_a_story_shows_the_relations_too(disputed: Browsing) -> None:
    story = newsroom.story_of(disputed.app, "strike-0")
    assert "Differs in number" in disputed.get(f"/story/{story}").text
    told = disputed.open(f"/api/v1/stories/{story}").get_json()["claims"]
    assert {"number", "relations", "single_source"} <= set(told[0])


def test_a_region_holds_what_is_said_of_its_places(reader: Browsing, app: App) -> None:
    page = reader.get(f"/place/{OBLAST}/{day_of_heating(app)}")
    assert "strikes on boiler houses may have doubled" in page.text
    assert f"/place/{KHARKIV}/{day_of_heating(app)}" in page.links()  # where in the region


def test_days_lead_on(reader: Browsing, app: App) -> None:
    found = days(app)
    assert f"/place/{KHARKIV}/{found[0]}" in reader.get(f"/place/{KHARKIV}").links()
    for day, earlier in zip(found, found[1:], strict=False):
        assert f"/place/{KHARKIV}/{earlier}" in reader.get(f"/place/{KHARKIV}/{day}").links("//a[@rel='prev']")
        assert f"/place/{KHARKIV}/{day}" in reader.get(f"/place/{KHARKIV}/{earlier}").links("//a[@rel='next']")
    assert not reader.get(f"/place/{KHARKIV}/{found[0]}").links("//a[@rel='next']")
    assert any(link.startswith(f"/place/{KHARKIV}/") for link in reader.get(f"/story/{newsroom.story_of(app, 'heating')}").links())


def test_a_day_without_claims_says_so(reader: Browsing, app: App) -> None:
    page = reader.get(f"/place/{KHARKIV}/2001-09-09")
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    assert "was recognised in the articles read so far" in page.text
    assert f"/place/{KHARKIV}/{days(app)[-1]}" in page.links()


@pytest.mark.parametrize("day", ["2026-13-01", "2026-1-1", "20260101", "today", "0001-01-01", "2026-02-30", "2026-W01-1"])
def test_what_is_no_day_is_not_there(reader: Browsing, day: str) -> None:
    for tail in ("", ".json", ".csv", ".rss"):
        assert reader.open(f"/place/{KHARKIV}/{day}{tail}").status_code == 404
    assert reader.open("/place/gn1/2026-01-01").status_code == 404


def test_the_sample_says_so(reader: Browsing, app: App) -> None:
    tyre = newsroom.TYRE.id
    page = reader.get(f"/place/{tyre}/{days(app, tyre)[0]}")
    assert page.find("//span[contains(@class, 'sample')]")
    assert "sample" not in reader.get(f"/place/{KHARKIV}/{day_of_heating(app)}").text.lower()


def test_as_json(reader: Browsing, app: App) -> None:
    day = day_of_heating(app)
    response = reader.open(f"/place/{KHARKIV}/{day}.json")
    assert response.content_type.startswith("application/json")
    made = json.loads(response.get_data())
    assert (made["place"]["id"], made["day"], made["left_out"]) == (KHARKIV, day, 0)
    assert sum(side["claims"] for side in made["sides"]) == len(made["claims"])
    claim = next(claim for claim in made["claims"] if claim["speaker"]["source"] == "uk-mod")
    assert (claim["outlets"], claim["origins"], claim["single_source"], claim["relations"]) == (2, 1, True, [])
    assert [row["article"] for row in claim["evidence"]] == [newsroom.article_of(app, name) for name in ("heating", "heating-wire")]
    assert {claim["number"] for claim in made["claims"]} == set(range(len(made["claims"])))
    assert all(relation["claim"] in range(len(made["claims"])) for claim in made["claims"] for relation in claim["relations"])


def test_as_csv(reader: Browsing, app: App) -> None:
    response = reader.open(f"/place/{KHARKIV}/{day_of_heating(app)}.csv")
    assert response.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    row = next(row for row in rows if row["source"] == "uk-mod")
    assert (row["told"], row["hedged"], row["outlets"], row["single_source"]) == ("claimed", "yes", "2", "yes")
    assert row["articles"].count("https://") == 2


def test_as_rss(reader: Browsing, app: App) -> None:
    path = f"/place/{KHARKIV}/{day_of_heating(app)}"
    response = reader.open(f"{path}.rss")
    assert response.content_type.startswith("application/rss+xml")
    feed = etree.fromstring(response.get_data())
    items = feed.findall("channel/item")
    assert len({item.findtext("guid") for item in items}) == len(items) == len(reader.get(path).find("//article[@class='told']"))
    assert all((item.findtext("link") or "").startswith(f"{newsroom.BASE}{path}#c") for item in items)
    assert feed.findtext("channel/link") == newsroom.BASE + path


@pytest.mark.parametrize("form", ["json", "csv", "rss"])
def test_files_are_kept_while_nothing_is_new(reader: Browsing, app: App, form: str) -> None:
    path = f"/place/{KHARKIV}/{day_of_heating(app)}.{form}"
    first = reader.open(path)
    assert "max-age=60" in first.headers["Cache-Control"] and first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in first.headers
    assert reader.open(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
