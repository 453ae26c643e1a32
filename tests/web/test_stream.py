"""The stream: stories, filters, chips, counts, pages and what stands there when nothing does."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from aggregator.app import App
from aggregator.errors import StorageError
from tests.web import newsroom
from tests.web.browsing import Browsing, Page
from web.pages.stream import PAGE


def headlines(page: Page) -> list[str]:
    return [element.text_content() for element in page.find("//h3")]


def chips(page: Page) -> list[str]:
    return [" ".join(element.text_content().split()) for element in page.find("//a[@class='chip']")]


def test_stories_come_newest_first_with_what_carries_them(reader: Browsing) -> None:
    page = reader.get("/")
    assert headlines(page)[0].startswith("Fires <script>")
    (card,) = [element for element in page.find("//article") if "Kharkiv schools" in element.text_content()]
    text = " ".join(card.text_content().split())
    assert 'Olena Savchuk claimed: "the last two schools will be warm by Friday"' in text
    assert "also cites UK Ministry of Defence" in text
    assert "2 outlets, 2 texts" in text or "2 outlets, 1 text" in text
    assert "1 edited since" in text
    assert "Tidewater Courier, Lagoon Radio" in text
    assert "Residents" not in text  # nobody whom one could look up
    assert [element.get("href") for element in card.xpath(".//a[@class='pin']")] == ["/place/gn706483"]


def test_the_sample_is_marked_and_said(reader: Browsing) -> None:
    page = reader.get("/?q=lang:ar")
    assert "Sample." in page.text
    assert "sample, invented" in page.text
    assert "Sample." not in reader.get("/?q=heating").text


def test_headlines_bear_their_language_and_direction(reader: Browsing) -> None:
    page = reader.get("/?q=lang:ar")
    (headline,) = page.find("//h3")
    assert (headline.get("lang"), headline.get("dir")) == ("ar", "auto")
    assert [element.get("dir") for element in page.find("//span[@class='words']")] == ["auto"]


def test_older_stories_follow_without_gap_or_double(reader: Browsing, app: App) -> None:
    page, found = reader.get("/"), []
    assert len(headlines(page)) == PAGE
    while True:
        found += page.links("//h3/a")
        more = page.links("//a[@class='older']")
        if not more:
            break
        page = reader.get(more[0])
    assert len(found) == len(set(found)) > PAGE
    assert app.store.totals().stories >= len(found)


@pytest.mark.parametrize("cursor", ["x", "r1.2", "9" * 30])
def test_a_cursor_that_is_none_is_refused(reader: Browsing, cursor: str) -> None:
    assert reader.get(f"/?after_row={cursor}").status == 400


def test_a_page_beyond_the_last_is_not_there(reader: Browsing) -> None:
    assert reader.get("/?after_row=5").status == 404


def test_every_facet_narrows_and_widens_again(reader: Browsing) -> None:
    page = reader.get("/")
    facets = [(element.get("href", ""), element.text_content()) for element in page.find("//section[@class='facet']//li/a")]
    assert {parse_qs(urlsplit(href).query)["q"][0].split(":")[0] for href, _ in facets} == {"place", "by", "outlet", "lang"}
    for href, text in facets:
        narrowed = reader.get(href)
        number = int(text.split()[-1])
        assert f"{number} article" in narrowed.text, text
        (current,) = narrowed.find("//section[@class='facet']//a[@aria-current]")
        assert headlines(reader.get(current.get("href", ""))) == headlines(page)
        (chip,) = narrowed.find("//a[@class='chip']")
        assert chip.get("href") == "/"


def test_filters_of_the_form_become_the_query(reader: Browsing) -> None:
    response = reader.open("/?q=heating&outlet=Tidewater+Courier&after=2020-01-01&place=&by=uk-mod")
    assert response.status_code == 302
    target = response.headers["Location"]
    assert parse_qs(urlsplit(target).query)["q"][0].startswith("heating ")
    page = reader.get(target)
    assert chips(page) == ["heating ×", "outlet Tidewater Courier ×", "cited UK Ministry of Defence ×", "since 2020-01-01 ×"]
    assert headlines(page) == ["Heating returns to eleven Kharkiv schools"]
    without = reader.get(page.links("//a[@class='chip']")[0])
    assert chips(without) == chips(page)[1:]


def test_the_address_stream_leads_to_the_front_page(reader: Browsing) -> None:
    response = reader.open("/stream?q=heating")
    assert (response.status_code, response.headers["Location"]) == (302, "/?q=heating")


def test_the_form_beside_the_stream_keeps_what_was_typed(reader: Browsing) -> None:
    page = reader.get("/?q=heating+OR+warm&order=relevance")
    sent = reader.client.get("/", query_string={**dict(page.tree.forms[1].form_values()), "lang": "en"}, base_url="https://news.example")
    assert parse_qs(urlsplit(sent.headers["Location"]).query) == {"q": ["(heating OR warm) lang:en"], "order": ["relevance"]}


def test_searches_may_be_ordered_by_relevance(reader: Browsing) -> None:
    page = reader.get("/?q=heating+OR+warm")
    (switch,) = page.links("//span[@class='order']/a")
    ranked = reader.get(switch)
    assert "by relevance" in [element.text_content() for element in ranked.find("//span[@class='order']/b")]
    assert reader.get(ranked.links("//span[@class='order']/a")[0]).path == "/?q=heating%20OR%20warm"
    assert not reader.get("/?q=lang:en").find("//span[@class='order']")  # nothing to weigh


def test_what_was_not_understood_is_said(reader: Browsing) -> None:
    page = reader.get("/?q=outlet:nobody-at-all")
    assert page.find("//p[@class='note']")
    assert "No story matches" in page.text


def test_the_search_box_shows_the_query(reader: Browsing) -> None:
    page = reader.get('/?q="last+two"+(a+OR+b)')
    assert page.find("//header//input")[0].get("value") == '"last two" (a OR b)'


def test_hostile_titles_stay_text(reader: Browsing) -> None:
    for path in ("/", "/?q=%3C/title%3E%3Cscript%3E"):
        source = reader.get(path).response.get_data(as_text=True)
        assert "<script>alert" not in source
        assert "</title><script>" not in source
        assert "\x0b" not in source


def test_the_overview_counts_and_draws(reader: Browsing) -> None:
    page = reader.get("/")
    assert "Last 24 hours" in page.text
    assert "4 outlets in 3 languages" in page.text
    (chart,) = page.find("//svg[@class='bars']")
    bars = [bar.get("aria-label") or "" for bar in chart.iter("a")]
    assert len(bars) == 4 and sum(": 1 article" in bar for bar in bars) == 4
    assert "4 articles with 3 texts of their own" in (chart.findtext("desc") or "")
    assert len(page.find("//aside//details//tbody/tr")) == 4  # the same as a table
    (hit,) = [bar for bar in bars if "with 0 texts of their own" in bar]  # the wire copy
    address = next(bar.get("href") for bar in chart.iter("a") if bar.get("aria-label") == hit)
    assert headlines(reader.get(address)) == ["Heating returns to eleven Kharkiv schools"]
    assert "Last 14 days" in reader.get("/?q=sur+OR+place:gn267008").text
    old = reader.get(f"/?q=before:{newsroom.NOW.date().isoformat()}+-last:30h")
    assert "Articles a day" in old.text


def test_an_empty_product_says_what_to_do(empty: Browsing) -> None:
    page = empty.get("/")
    assert "Nothing is read yet" in page.text
    assert page.links("//main//a[@class='button first']") == ["/operate"]
    assert empty.get("/outlets").status == empty.get("/sources").status == 200
    assert "There is no operator yet" in empty.get("/operate").text


def test_a_product_with_feeds_and_no_article_says_so(empty: Browsing) -> None:
    newsroom._feed(empty.app, newsroom.COURIER)
    assert "1 feed is being read" in empty.get("/").text


def test_a_broken_database_is_an_error_page(reader: Browsing, monkeypatch: pytest.MonkeyPatch, app: App) -> None:
    def broken(*_: object) -> None:
        raise StorageError("The database is away.")

    monkeypatch.setattr(type(app.index), "stories", broken)
    page = reader.get("/")
    assert page.status == 503
    assert "The database is away." in page.text
    response = reader.open("/api/v1/stories")
    assert response.status_code == 503
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("pasted", ["https://{}", "http://www.{}/?utm_source=letter", "url:{}"])
def test_a_pasted_address_finds_its_article(reader: Browsing, app: App, pasted: str) -> None:
    article = app.store.articles.get(newsroom.article_of(app, "heating"))
    page = reader.get("/?" + urlencode({"q": pasted.format(article.url.removeprefix("https://"))}))
    assert headlines(page) == [article.title]
    assert len(chips(page)) == 1 and chips(page)[0].startswith("address")


def test_an_address_that_no_article_has_is_said_and_searched_as_text(reader: Browsing) -> None:
    page = reader.get("/?" + urlencode({"q": "https://nobody.example/heating-9"}))
    assert "No article is known under the address" in page.text
