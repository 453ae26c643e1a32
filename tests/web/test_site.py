"""The site as a whole: every link leads somewhere, every page is sound HTML, every answer bears the headers that keep it safe."""

import re
from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask

from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing, Page
from tests.web.markup import faults
from web.factory import HEADERS

AS_OPERATOR = ["/operate", "/operate/add", "/operate/feed/1", "/operate/feed/1?state=failed"]
PAGES = [
    "/",
    "/?q=heating",
    "/?q=heating&order=relevance",
    "/?q=nothing+matches+this",
    "/?q=%3Cscript%3E%22%27%26",
    "/?q=" + "(" * 80,
    "/?q=lang:uk",
    "/?q=last:24h",
    "/map",
    "/map?q=heating+last:3d",
    "/map?q=nothing+matches+this",
    "/map?q=%3Cscript%3E%22%27%26",
    "/map?box=20,40,45,55&at=gn706483",
    "/outlets",
    "/search",
    "/search?q=heating+title:schools+colour:red",
    "/search?place=Nowhere&by=ministry&outlet=radio",
    "/searches",
    "/trends",
    "/trends?q=heating&q=lang:en&q=nothing+matches+this&q=%3Cscript%3E%22%27%26",
    "/sources",
    "/about",
    "/login",
    "/place/gn706483",
    "/place/gn690791?q=warm",
    "/place/gn706483/2001-09-09",
    "/source/uk-mod",
    "/outlet/tidewater-courier",
    "/outlet/jaridat-al-marfa",
]
PER_PATH = 12  # addresses that differ in their query only


def articles(app: App) -> list[str]:
    names = ("heating", "heating-wire", "teplo", "sur", "hostile", "wall")
    return [
        f"/{kind}/{ident(app, name)}" for name in names for kind, ident in (("article", newsroom.article_of), ("story", newsroom.story_of))
    ]


def source_of(page: Page) -> str:
    return page.response.get_data(as_text=True)


def test_every_page_is_sound(reader: Browsing, app: App) -> None:
    for path in [*PAGES, *articles(app)]:
        page = reader.get(path)
        assert page.status == 200, path
        assert page.response.content_type == "text/html; charset=utf-8"
        assert faults(source_of(page)) == [], path
        assert page.title.strip()


def test_every_page_of_the_desk_is_sound(operator: Browsing) -> None:
    for path in AS_OPERATOR:
        page = operator.get(path)
        assert page.status == 200, path
        assert faults(source_of(page)) == [], path
        assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/story/999", "/article/0", "/place/gn1", "/source/nobody", "/outlet/nobody", "/static/x/nothing.css"]
)
def test_what_is_not_there_is_a_page(reader: Browsing, path: str) -> None:
    page = reader.get(path)
    assert page.status == 404
    assert faults(source_of(page)) == []
    assert "Not here" in page.text


def test_checker_sees_faults() -> None:
    head = '<!doctype html>\n<html lang="en"><head><title>T</title></head><body><main><h1>H</h1>'
    assert faults(f"{head}</main></body></html>") == []
    for wrong in (
        "<p><div></div></p>",
        "<ul><p>x</p></ul>",
        '<a href="/"><a href="/">x</a></a>',
        "<b>x",
        '<img src="x">',
        "<script>1</script>",
        '<p style="x">y</p>',
        '<p id="a"></p><p id="a"></p>',
        '<a href="#nothing">x</a>',
        '<input name="q">',
        "<h1>another</h1>",
    ):
        assert faults(f"{head}{wrong}</main></body></html>"), wrong


def test_no_link_leads_nowhere(reader: Browsing, operator: Browsing) -> None:
    """Every address that pages name is asked for, too many queries of one path left out."""
    for visitor, start in ((reader, "/"), (operator, "/operate")):
        queue, seen, per_path = deque([start]), {start}, Counter[str]()
        kinds: Counter[str] = Counter()
        while queue:
            path = queue.popleft()
            response = visitor.open(path)
            kinds[path.split("/")[1].split("?")[0]] += 1
            allowed = {200} if not path.startswith("/operate") or visitor is operator else {302}
            assert response.status_code in allowed, path
            if not (response.content_type or "").startswith("text/html") or response.status_code != 200:
                continue
            page = Page(response, path)
            found = [*page.links("//a[@href]"), *page.links("//link[@href]")]
            found += [element.get("src", "") for element in page.find("//script[@src]")]
            found += [element.get("action") or path for element in page.find("//form[@action and not(@method='post')]")]
            for target in (urldefrag(one).url for one in found):
                parts = urlsplit(target)
                if parts.netloc or target in seen or per_path[parts.path] >= PER_PATH:
                    continue
                seen.add(target)
                per_path[parts.path] += 1
                queue.append(target)
        assert {"story", "article", "place", "source", "outlet", "stream.rss", "static", "opensearch.xml"} <= set(kinds)


def test_links_to_other_hosts_are_articles_and_homepages_only(reader: Browsing, app: App) -> None:
    for path in [*PAGES, *articles(app)]:
        for element in reader.get(path).find("//*[@href or @src]"):
            address = element.get("href") or element.get("src") or ""
            if urlsplit(address).netloc:
                assert element.tag == "a", address
                assert set((element.get("rel") or "").split()) == {"noopener", "noreferrer", "external"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/nowhere"),
        ("GET", "/operate"),
        ("POST", "/login"),
        ("POST", "/operate/add"),
        ("GET", "/stream.rss"),
        ("GET", "/stream.rss?limit=none"),
        ("GET", "/api/v1/status"),
        ("GET", "/api/v1/stories/999"),
        ("DELETE", "/"),
        ("GET", "/opensearch.xml"),
        ("GET", "/healthz"),
    ],
)
def test_every_answer_bears_the_headers(reader: Browsing, method: str, path: str) -> None:
    response = reader.open(path, method)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_static_files_are_kept_for_ever_under_an_address_of_their_content(reader: Browsing) -> None:
    page = reader.get("/")
    (style,) = [element.get("href", "") for element in page.find("//link[@rel='stylesheet']")]
    (script,) = [element.get("src", "") for element in page.find("//script")]
    for path, kind in ((style, "text/css"), (script, "text/javascript")):
        assert re.fullmatch(r"/static/[0-9a-f]{10}/frontwire\.(css|js)", path)
        response = reader.open(path)
        assert response.content_type.startswith(kind)
        assert "immutable" in response.headers["Cache-Control"]
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert reader.open("/static/x/../factory.py").status_code == 404
    assert reader.open("/static/x/..%2Ffactory.py").status_code == 404


def test_pages_have_titles_that_tell_them_apart(reader: Browsing, app: App) -> None:
    titles = [
        reader.get(path).title
        for path in ["/", "/?q=heating", "/outlets", "/sources", "/about", "/login", "/source/uk-mod", "/place/gn706483"]
    ]
    titles += [reader.get(path).title for path in articles(app) if "heating-wire" not in path]
    assert len(set(titles)) >= len(titles) - 1  # two articles of one story share its page
    assert all(title.endswith("Frontwire") for title in titles)


def test_a_method_that_is_not_allowed_says_which_are(reader: Browsing) -> None:
    response = reader.open("/about", "POST")
    assert response.status_code in (400, 405)  # a form without a token is refused first
    response = reader.open("/api/v1/status", "DELETE")
    assert response.status_code in (400, 405)


def test_health_and_search_description(reader: Browsing) -> None:
    assert reader.open("/healthz").get_json() == {"status": "ok"}
    response = reader.open("/opensearch.xml")
    assert response.content_type.startswith("application/opensearchdescription+xml")
    assert f'template="{newsroom.BASE}/?q={{searchTerms}}"' in response.get_data(as_text=True)


def test_every_route_was_thought_of(flask: Flask) -> None:
    """A new page belongs into these tests."""
    known = {
        "/",
        "/stream",
        "/outlets",
        "/outlets.opml",
        "/search",
        "/searches",
        "/searches.opml",
        "/suggest.json",
        "/trends",
        "/trends.csv",
        "/trends.json",
        "/sources",
        "/about",
        "/api",
        "/map",
        "/map.json",
        "/map/names.json",
        "/map/place/<place_id>",
        "/opensearch.xml",
        "/healthz",
        "/hub",
        "/login",
        "/logout",
        "/static/<version>/<path:name>",
    }
    lists = ("/story/", "/article/", "/place/", "/source/", "/outlet/", "/search/", "/stream.")
    prefixes = (*lists, "/alert/", "/operate", "/api/v1/", "/sync/", "/websub/")
    strange = {rule.rule for rule in flask.url_map.iter_rules() if rule.rule not in known and not rule.rule.startswith(prefixes)}
    assert strange == set()


@pytest.mark.parametrize("number", [str(2**63), "9" * 40, "9" * 5000], ids=len)
def test_a_number_that_no_id_can_be_names_nothing(flask: Flask, operator: Browsing, number: str) -> None:
    rules = [rule.rule for rule in flask.url_map.iter_rules() if "<int:" in rule.rule and "GET" in (rule.methods or ())]
    assert len(rules) > 10
    for rule in rules:
        address = re.sub("<[^>]*>", number, rule)
        assert operator.open(address).status_code in (401, 404), address[:60]


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 40, "9" * 5000], ids=len)
@pytest.mark.parametrize("address", ["/stream.rss?limit={}", "/suggest.json?limit={}", "/trends?n={}", "/trends.json?n={}"])
def test_a_number_out_of_range_is_refused_with_what_would_be_right(reader: Browsing, address: str, number: str) -> None:
    response = reader.open(address.format(number))
    assert response.status_code == 400 and " from 1 to " in response.get_data(as_text=True)


def test_a_static_file_of_any_name_is_not_there(reader: Browsing) -> None:
    assert reader.open(f"/static/1/{'a' * 5000}.css").status_code == 404
