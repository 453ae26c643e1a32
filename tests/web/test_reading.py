"""Stories, articles, places, sources and outlets."""

from datetime import timedelta

from aggregator.app import App
from aggregator.model import Tags
from tests.web import newsroom
from tests.web.browsing import Browsing


def test_a_story_says_who_says_what_and_folds_copies(reader: Browsing, app: App) -> None:
    page = reader.get(f"/story/{newsroom.story_of(app, 'heating')}")
    claims, carriers = page.find("//section[@class='rows']")
    text = " ".join(claims.text_content().split())
    assert "UK Ministry of Defence ministry · Western" in text
    assert "said, hedged" in text or "claimed, hedged" in text
    assert "Olena Savchuk deputy mayor" in text.replace("Deputy", "deputy")
    assert "Residents official, not named" in text
    assert "telegram, 4 Mar 2026" in text
    assert claims.xpath(".//a[@href='/source/uk-mod']")
    assert not claims.xpath(".//a[contains(@href, 'ghost')]")  # the registry does not know it any more
    outlets = " ".join(carriers.text_content().split())
    assert "Tidewater Courier newspaper" in outlets
    assert "edited since: 2 versions" in outlets
    assert "and 1 copy" in outlets
    assert page.find("//h1")[0].get("lang") == "en"


def test_a_story_says_what_it_follows_and_what_follows_it(desk: Browsing) -> None:
    app = desk.app
    old, new = newsroom.story_of(app, "sur"), newsroom.story_of(app, "heating")
    assert "Follows:" not in desk.get(f"/story/{new}").text
    app.store.stories.follow(new, old)
    (follows,) = desk.get(f"/story/{new}").find("//li[starts-with(normalize-space(), 'Follows:')]/a")
    assert (follows.get("href"), follows.text_content()) == (f"/story/{old}", app.store.stories.get(old).title)
    (led,) = desk.get(f"/story/{old}").find("//li[starts-with(normalize-space(), 'Followed by:')]/a")
    assert led.get("href") == f"/story/{new}"
    answers = [desk.open(f"/api/v1/stories/{ident}").get_json() for ident in (new, old)]
    assert (answers[0]["follows"]["id"], answers[0]["followed_by"]) == (old, [])
    assert (answers[1]["follows"], [one["id"] for one in answers[1]["followed_by"]]) == (None, [new])


def test_a_story_that_takes_in_no_more_is_quiet(desk: Browsing) -> None:
    app = desk.app
    ident = newsroom.put(
        app, newsroom.COURIER, "ended", "A ferry ran aground", "Nobody was hurt.", "en", newsroom.NOW - timedelta(days=40), Tags()
    )
    while app.pipeline.follow():
        pass
    story = app.store.stories.get(app.store.articles.get(ident).story_id or 0)
    assert "quiet since" in desk.get(f"/story/{story.id}").text
    assert desk.open(f"/api/v1/stories/{story.id}").get_json()["quiet_since"] == f"{story.last_seen_at:%Y-%m-%dT%H:%M:%SZ}"
    live = newsroom.story_of(app, "heating")
    assert "quiet since" not in desk.get(f"/story/{live}").text
    assert desk.open(f"/api/v1/stories/{live}").get_json()["quiet_since"] is None


def test_a_merged_story_leads_on(reader: Browsing, app: App) -> None:
    target = newsroom.story_of(app, "heating")
    gone = [story for story in range(1, 99) if app_story(app, story) == target and story != target]
    assert gone
    for story in gone:
        for tail in ("", ".rss"):
            response = reader.open(f"/story/{story}{tail}")
            assert (response.status_code, response.headers["Location"]) == (301, f"/story/{target}{tail}")


def app_story(app: App, story_id: int) -> int | None:
    return next((story.id for story in app.store.stories.many([story_id])), None)


def test_an_article_is_marked_where_its_tags_stand(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'heating')}")
    (text,) = page.find("//div[@class='text']")
    assert (text.get("lang"), text.get("dir")) == ("en", "ltr")
    assert [mark.text_content() for mark in text.xpath(".//mark[@id]")][:2] == [
        '"the last two schools will be warm by Friday"',
        "strikes on boiler houses may have doubled since October",
    ]
    assert [link.get("href") for link in text.xpath(".//a[@class='speaker']")] == ["/source/uk-mod"]
    assert [link.text_content() for link in text.xpath(".//a[contains(@class, 'event')]")] == ["Kharkiv"]
    assert "\n".join(line.text_content() for line in text.xpath("./p")) == newsroom.HEATING_LATER
    assert "The outlet asked the boiler works for comment" in page.text
    assert "Read more on our site (tip)" in page.text


def test_an_article_shows_its_edits(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'heating')}")
    assert "edited since: 2 versions" in page.text
    (revisions,) = page.find("//section[@id='revisions']")
    assert "The title is another. A number gave way to another." in " ".join(revisions.text_content().split())
    assert "nine" in "".join(element.text_content() for element in revisions.xpath(".//del"))
    assert "eleven" in "".join(element.text_content() for element in revisions.xpath(".//ins"))


def test_an_article_leads_to_where_it_was_published(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'wall')}")
    link = page.find("//a[contains(@rel, 'external')]")[0]
    assert link.get("href") == "https://lagoon-radio.example/wall"
    assert "behind a paywall" in page.text


def test_an_article_says_what_its_page_says_of_it(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'wall')}")
    for said in ("Coast", "English, Arabic", "The page names Meridian as its agency.", "Picture at Lagoon Radio: The wall at dusk"):
        assert said in " ".join(page.text.split())
    assert [link.get("href") for link in page.find("//a[@class='out']")] == ["https://elsewhere.example/source"]
    (panel,) = page.find("//section[h2='What it links to']")
    assert " ".join(panel.text_content().split()) == "What it links toBehind elsewhere.example"


def test_a_copy_says_whose_text_it_is(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'heating-wire')}")
    assert "A copy of Heating returns to eleven Kharkiv schools: the same text, no further confirmation." in page.text
    assert "Taken from an agency: nobody-wire." in page.text  # the registry does not know it, so no link


def test_arabic_runs_from_right_to_left(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'sur')}")
    (text,) = page.find("//div[@class='text']")
    assert (text.get("lang"), text.get("dir")) == ("ar", "rtl")
    assert page.find("//h1")[0].get("dir") == "auto"
    assert page.tree.get("lang") == "en"  # what the tool says
    assert "sample: this article, its outlet and its people are invented" in page.text


def test_hostile_text_stays_text(reader: Browsing, app: App) -> None:
    page = reader.get(f"/article/{newsroom.article_of(app, 'hostile')}")
    source = page.response.get_data(as_text=True)
    assert "<img" not in source
    assert "<b>&#34;bold" not in source
    assert "<b>" not in page.find("//div[@class='text']")[0].text_content().replace('<b>"bold"</b>', "")
    assert page.title.startswith('Fires <script>alert("1")</script> & "smoke" </title>')


def test_a_place_holds_what_lies_within(reader: Browsing) -> None:
    country, town = reader.get("/place/gn690791"), reader.get("/place/gn706483")
    assert town.links("//h3/a") == country.links("//h3/a") != []
    assert "Kharkiv Oblast" in town.text
    assert reader.get("/place/gn690791?q=lang:uk").links("//h3/a") != []
    assert reader.get("/place/gn690791?q=lang:ar").links("//h3/a") == []


def test_filters_within_a_place_stay_within(reader: Browsing) -> None:
    page = reader.get("/place/gn706483?q=heating+lang:en")
    chips = page.links("//a[@class='chip']")
    assert chips == ["/place/gn706483?q=lang%3Aen", "/place/gn706483?q=heating"]
    assert page.links("//span[@class='order']/a") == ["/place/gn706483?q=heating%20lang%3Aen&order=relevance"]


def test_a_source_and_an_outlet_show_their_labels(reader: Browsing) -> None:
    source = reader.get("/source/uk-mod")
    assert "side: Western" in source.text
    assert "Also named" in source.text
    outlet = reader.get("/outlet/tidewater-courier")
    assert "Independent: its imprint." in outlet.text
    assert "Looked up." in outlet.text
    assert outlet.find("//a[@href='https://tidewater.example/']")


def test_the_lists_name_everybody(reader: Browsing) -> None:
    outlets = reader.get("/outlets")
    assert all(f"/outlet/{ident}" in outlets.links() for ident in newsroom.OUTLETS)
    sources = reader.get("/sources")
    assert sources.links("//tbody//a") == ["/source/uk-mod"]


def test_a_copy_says_how_much_of_its_origin_it_carries(desk: Browsing) -> None:
    app, lines = desk.app, newsroom.HEATING.split("\n")
    more = [f"Sentence {n} of a longer report about stoves, snow and the mayor of a town that nobody else wrote." for n in range(8)]
    for name, body, minutes in (("part", "\n".join(lines[:3]), 50), ("longer", "\n".join([*lines, *more]), 40)):
        at = newsroom.NOW - timedelta(minutes=minutes)
        newsroom.put(app, newsroom.STEP, name, f"Heating, {name}", body, "en", at, Tags(language="en"))
    while app.pipeline.follow():
        pass
    page = desk.get(f"/story/{newsroom.story_of(app, 'heating')}")
    (copies,) = page.find("//ul[@class='copies']")
    told = [" ".join(element.text_content().split()) for element in copies.xpath(".//li")]
    shares = [next((part.text for part in element.xpath("./small")), "") for element in copies.xpath(".//li")]
    assert len(told) == 3 and shares == ["", "carries about 80 % of it", "carries it within a longer text"]
    assert "first seen" in page.text and "at Tidewater Courier" in page.text

    story = desk.open(f"/api/v1/stories/{newsroom.story_of(app, 'heating')}").get_json()
    figures = {one["title"]: (one["carries"], one["own_words"]) for one in story["articles"] if one["copy_of"]}
    assert len(figures) == 3 and figures["Heating, longer"][0] == 1 and figures["Heating, longer"][1] > 0.4
    assert 0.75 <= figures["Heating, part"][0] < 0.85 and figures["Heating, part"][1] == 0
    assert {one["carries"] for one in story["articles"] if not one["copy_of"]} == {None}
    for one in story["articles"]:  # the same of each alone
        alone = desk.open(f"/api/v1/articles/{one['id']}").get_json()
        assert (alone["carries"], alone["own_words"]) == (one["carries"], one["own_words"])
