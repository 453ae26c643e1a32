"""The swift reader and feedparser make the same of every document: of the gold feeds, the sample press, documents made at random
out of everything that has a rule or is none of ours, and the feeds of the external corpus."""

import base64
import gzip
import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.feeds import swift
from aggregator.feeds.mend import decode, mend
from aggregator.feeds.parse import parse
from aggregator.model import ParsedFeed, RawFeed
from aggregator.sample.newsroom import Newsroom
from aggregator.sample.press import load
from aggregator.sample.server import answer
from tests.e2e.corpus import corpus

NOW = datetime(2026, 3, 10, tzinfo=UTC)
URL = "http://press.example/feed"
GOLD = Path(__file__).parents[1] / "gold" / "feed"

RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:georss="http://www.georss.org/georss" xmlns:press="http://press.example/ns"
 xmlns:cc="http://web.resource.org/cc/" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"><channel>"""
ATOM = RSS.replace('<rss version="2.0"', '<feed xmlns="http://www.w3.org/2005/Atom"').replace("<channel>", "")


def both(raw: RawFeed) -> tuple[ParsedFeed | str, ParsedFeed | str]:
    """What is read with the swift reader in front, and by feedparser alone."""

    def made() -> ParsedFeed | str:
        try:
            return parse(raw, NOW)
        except FeedError as error:
            return f"{error.found}: {error}"

    quick = made()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swift, "read", lambda text, language: None)
        return quick, made()


def is_read(body: bytes | str) -> bool:
    """Whether the swift reader reads the document."""
    text = body if isinstance(body, str) else decode(body, None).text
    return swift.read(mend(text).text, None) is not None


def of(body: bytes | str, **headers: str) -> RawFeed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawFeed(URL, body if isinstance(body, bytes) else body.encode(), named.get("content-type"), named)


def rss(inner: str, channel: str = "") -> str:
    return f"{RSS}<title>T</title>{channel}<item>{inner}</item></channel></rss>"


def atom(inner: str, feed: str = "") -> str:
    return f"{ATOM}<title>T</title>{feed}<entry>{inner}</entry></feed>"


# ---- what there is


def test_the_gold_feeds_are_read_alike() -> None:
    swiftly = []
    for path in sorted(GOLD.glob("*.xml")):
        quick, slow = both(of(path.read_bytes()))
        assert quick == slow, path.name
        swiftly += [path.stem] * is_read(path.read_bytes())
    assert {"atom10", "rss091", "rss20_full_text", "rss20_plain", "thin_entries", "utf16", "windows_1251"} - {"atom10"} <= set(swiftly)


def test_the_feeds_of_the_sample_press_are_all_read_swiftly() -> None:
    start = datetime(2031, 5, 6, 9, 0, tzinfo=UTC)
    room = Newsroom(8765, start)
    seen = 0
    for outlet in load().outlets.values():
        body = answer(room, outlet, outlet.feed_path, start + timedelta(hours=2)).body
        if outlet.feed_format.startswith("json"):
            continue
        quick, slow = both(of(body))
        assert quick == slow, outlet.id
        assert is_read(body), outlet.id
        seen += 1
    assert seen >= 10


READ = {
    "two titles": rss("<title>a</title><title>b</title>"),
    "an empty title first": rss("<title/><title>b</title>"),
    "a title after the source": rss("<title>a</title><source url='http://a.example/'>S</source><title>b</title>"),
    "titles of media": rss(
        "<media:title>m</media:title><title>a</title><media:content url='u'><media:title>n</media:title></media:content>"
    ),
    "HTML in a title": rss("<title>a &lt;b&gt;b&lt;/b&gt; &amp;amp; c</title>"),
    "the picture's title": rss(
        "<title>a</title>", "<image><title>I</title><link>http://i.example/</link><url>u</url></image><title>N</title>"
    ),
    "two descriptions": rss("<description>a</description><description>b</description><description>c</description>"),
    "summaries": rss("<itunes:summary>a</itunes:summary><description>b</description><content:encoded>c</content:encoded>"),
    "a content before": rss("<content:encoded>c</content:encoded><description>d</description>"),
    "a summary of the feed": rss("<description>d</description><description>e</description>", "<itunes:summary>s</itunes:summary>"),
    "a GUID that is the link": rss("<guid>http://a.example/1</guid>"),
    "a GUID before a link": rss("<guid>http://a.example/1</guid><link>http://a.example/2?a=1&amp;amp;b=2</link><link/>"),
    "links of Atom": rss("<atom:link href='/x' type='application/json'/><atom:link rel='ALTERNATE' href='/y'/>"),
    "a base": ATOM.replace("<feed ", "<feed xml:base='http://b.example/c/' ") + "<link href='d'/><entry><id>e</id></entry></feed>",
    "a base that leaks": atom(
        "<content type='html' xml:base='http://b.example/c/'>&lt;a href='d'&gt;x&lt;/a&gt;</content><link href='e'/>"
    ),
    "authors": rss("<author>a@b.example (Olha Bondar)</author>"),
    "many authors": rss("<dc:creator>A</dc:creator><dc:creator>B</dc:creator><author/>"),
    "an author in parts": atom("<author><name>A</name><uri>u</uri><email>a@b.example</email></author>"),
    "authors in parts": atom("<author><uri>u</uri><name>A</name></author><author><name>B</name></author>"),
    "tags": rss("<category domain='d'>a</category><category domain='d'/><category>b</category><media:keywords>c, d</media:keywords>"),
    "terms": atom("<category term='a' label='b'/><category label='c'/><category scheme='d'/>"),
    "an enclosure by a link": atom("<link rel='ENCLOSURE' href='/a.mp3'/>"),
    "enclosures": rss("<enclosure URL='/a.mp3' Length='5' TYPE='Audio/MPEG'/><media:content url='b' fileSize='6'/>"),
    "what is not ours": rss("<slash:comments>3</slash:comments><press:a><press:b c='d'>e</press:b></press:a><other f='g'>h</other>"),
    "a namespace at hand": rss("<id xmlns='http://p.example/n'>7</id><post-id xmlns='http://p.example/n'>7</post-id>"),
    "times to wait": rss("", "<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"),
    "a language": rss("", "<language>uk</language><dc:language>en_GB</dc:language>"),
    "a language of the root": ATOM.replace("<feed ", "<feed xml:lang='uk_UA' ") + "<entry><title xml:lang='de'>t</title></entry></feed>",
    "a source of Atom": atom("<title>a</title><source><title>S</title><id>i</id><link href='l'/></source><title>b</title>"),
    "dates": rss("<dc:date>2026-03-01</dc:date><atom:updated>2026-03-02</atom:updated><dcterms:created>2026-03-03</dcterms:created>"),
    "Latin letters": rss("<title>caf\xe9</title><description>\u0417\u0430\u043b\u043f</description>"),
    "blanks and comments": rss("<title>\n a<!-- c --> b<![CDATA[ <i>c</i> &amp; ]]>\u00a0</title><link> /x </link>"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_common_is_read_swiftly_and_alike(name: str) -> None:
    quick, slow = both(of(READ[name]))
    assert quick == slow
    assert is_read(READ[name])


DOUBTED = {
    "markup that is not escaped": rss("<description><p>a</p></description>"),
    "XHTML": atom("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a</div></content>"),
    "base64": atom("<content type='image/png'>aGk=</content>"),
    "text that was encoded twice": rss("<title>caf\xc3\xa9</title>"),
    "C1 characters": rss("<title>don\x92t</title>"),
    "RSS 1.0": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item/></rdf:RDF>',
    "an entry in an entry": rss("<item><title>a</title></item>"),
    "a title in something unknown": rss("<press:a><title>b</title></press:a>"),
    "a date that feedparser renames": rss("<date>2026-03-01</date>"),
    "a prefix for something else": rss("<m:title xmlns:m='http://search.yahoo.com/mrss/' xmlns:dc='http://p.example/'>a</m:title>"),
    "a prefix that is lost": rss(
        "<slash:a xmlns:slash='http://p.example/'><q:b xmlns:q='http://purl.org/rss/1.0/modules/slash/'><slash:title>c</slash:title></q:b></slash:a>"
    ).replace(' xmlns:slash="http://purl.org/rss/1.0/modules/slash/"', ""),
    "an address that feedparser mends": rss("<link>http:///a.example/</link>"),
    "authors in words and in parts": rss("<dc:creator>A</dc:creator><author><atom:name>B</atom:name></author>"),
    "addresses of several authors": rss("<author>a@b.example (A)</author><author>c@d.example (C)</author>"),
    "what is cut off": rss("<title>a</title>")[:-20],
    "two documents": rss("") + rss(""),
}


@pytest.mark.parametrize("name", DOUBTED)
def test_what_is_doubtful_is_left_to_feedparser(name: str) -> None:
    quick, slow = both(of(DOUBTED[name]))
    assert quick == slow
    assert not is_read(DOUBTED[name])


def test_no_document_type_is_read() -> None:
    """mend.py takes it away; the reader does not rely on that."""
    assert swift.read("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'><channel><title>&a;</title></channel></rss>", None) is None
    assert swift.read("<rss version='2.0'><channel><title>&a;</title></channel></rss>", None) is None


def test_a_header_names_the_language() -> None:
    quick, slow = both(of(rss("<title>a</title>"), content_language="uk_UA"))
    assert quick == slow
    assert isinstance(quick, ParsedFeed) and quick.language == "uk-UA"


# ---- what there might be

COMMON = """title title title link link guid id description description content:encoded pubDate updated author dc:creator dc:date dc:title
    dc:subject dc:description dc:language category category keywords summary content published media:title media:description media:thumbnail
    media:credit media:category media:content itunes:author itunes:summary itunes:image itunes:explicit language ttl sy:updatePeriod
    sy:updateFrequency comments slash:comments georss:point press:a press:b other generator atom:link atom:updated atom:id copyright rights
    subtitle webMaster dc:publisher dc:contributor dcterms:issued created modified fullitem expirationDate docs media:license cc:license"""
NAMES = {
    kind: names.split()
    for kind, names in {
        "feed": COMMON + " managingEditor cloud itunes:keywords media:keywords atom:author itunes:category skipHours",
        "entry": COMMON + " enclosure enclosure source image itunes:keywords media:keywords guid creativeCommons:license url name email",
        "medium": "media:title media:description media:content media:thumbnail media:credit media:rating media:a",
        "person": "name name name email uri url homepage press:a",
        "picture": "title title link url width height description",
        "source": "title title link id updated category subtitle",
        "unknown": "press:a press:b other slash:comments",
    }.items()
}
NAMES["anything"] = sorted({name for names in NAMES.values() for name in names})
HOLDERS = {
    "feed": {"media:content": "medium", "author": "person", "itunes:owner": "person", "image": "picture", "press:c": "unknown"},
    "entry": {
        **{"media:content": "medium", "media:group": "medium", "author": "person", "atom:author": "person", "contributor": "person"},
        **{"source": "source", "press:c": "unknown"},
    },
    "medium": {"media:content": "medium"},
    "unknown": {"press:c": "unknown"},
    "anything": dict.fromkeys(
        "media:group author source image textInput title description item itunes:category press:a".split(),  # noqa: SIM905
        "anything",
    ),
}
TEXTS = [
    *(
        "",
        "",
        " ",
        "a",
        "b",
        " c\n",
        "\u00a0",
        "caf\xe9",
        "\u041a\u0438\u0457\u0432",
        "<![CDATA[<i>x</i> & y]]>",
        "x<!-- y -->z",
        "<?p q?>x",
    ),
    *"Kharkiv &amp; Sumy|&lt;b&gt;x&lt;/b&gt;|&lt;p&gt;x &amp;amp; y&lt;/p&gt;|5 &lt; 6 &amp;copy;|&lt;/nonsense&gt; &amp;amp;".split("|"),  # noqa: SIM905
    *"http://a.example/1|/2?a=1&amp;b=2|http://a.example/3?x=1&amp;amp;y;=2|tag:a.example,2026:4|mailto:a@b.c|javascript:a()".split("|"),  # noqa: SIM905
    *"a@b.example (Olha)|Olha|Petro, Olha|Tue, 03 Mar 2026 10:00:00 GMT|2026-03-04T05:06:07Z|60|daily|uk|50.1 36.2".split("|"),  # noqa: SIM905
]
DOUBTFUL_TEXTS = [*TEXTS, "caf\xc3\xa9", "http:///a.example/5", "<b>x</b>", "don\x92t"]
ATTRIBUTES = {
    "type": ["html", "text", "TEXT/HTML", "text/plain"],
    "rel": ["alternate", "self", "ENCLOSURE", "hub", "via"],
    "href": ["http://a.example/6", "/7", ""],
    "url": ["http://a.example/9.mp3", "", "/10"],
    "uri": ["http://a.example/11"],
    **{name: ["a", ""] for name in ("term", "scheme", "domain", "label", "text")},
    "isPermaLink": ["true", "false", "TRUE", ""],
    **{name: ["5", "x"] for name in ("length", "fileSize")},
    "xml:lang": ["de", ""],
    "xml:base": ["http://b.example/c/"],
    **{name: ["a"] for name in ("role", "src", "press:d")},
}
DOUBTFUL_ATTRIBUTES = {
    **ATTRIBUTES,
    "xml:base": ["http://b.example/c/", "d/"],
    "type": ["html", "xhtml", "application/json", "TEXT/HTML", "audio/mpeg"],
    **{name: ["a"] for name in ("base", "press:type", "mode", "Type", "lastmod")},
}


@st.composite
def elements(draw: st.DrawFn, kind: str, depth: int, *, doubtful: bool) -> str:
    """Elements of a kind of place, a few of them with others inside."""
    names, holders = NAMES[kind], HOLDERS.get(kind, {})
    values = DOUBTFUL_ATTRIBUTES if doubtful else ATTRIBUTES
    parts = []
    for number in range(draw(st.integers(0, 8 if depth < 2 else 3))):
        if holders and depth < 3 and draw(st.integers(0, 5)) == 0:
            name = draw(st.sampled_from(sorted(holders)))
            inner = draw(elements(holders[name], depth + 1, doubtful=doubtful))
        else:
            name, inner = draw(st.sampled_from(names)), draw(st.sampled_from(DOUBTFUL_TEXTS if doubtful else TEXTS))
        chosen = draw(st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True)) if number % 3 == 0 else []
        some = "".join(f" {key}={quoteattr(draw(st.sampled_from(values[key])))}" for key in chosen)
        parts.append(f"<{name}{some}>{inner}</{name}>{'stray' if number == 5 else ''}")
    return "".join(parts)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A feed of well-known elements in any order; one of four has them in any place and holds what is doubtful."""
    head, entry, tail = draw(st.sampled_from([(RSS, "item", "</channel></rss>"), (ATOM, "entry", "</feed>")]))
    doubtful = draw(st.integers(0, 3)) == 0
    parts = [head]
    for _ in range(draw(st.integers(1, 3))):
        parts.append(draw(elements("anything" if doubtful else "feed", 1, doubtful=doubtful)) if draw(st.booleans()) else "")
        parts.append(f"<{entry}>{draw(elements('anything' if doubtful else 'entry', 1, doubtful=doubtful))}</{entry}>")
    return "".join(parts) + tail


@settings(max_examples=300, deadline=None)
@given(document=documents())
def test_documents_made_at_random_are_read_alike(document: str) -> None:
    quick, slow = both(of(document))
    assert quick == slow


# ---- what there is elsewhere


def feeds_of_the_corpus() -> Iterator[tuple[str, RawFeed]]:
    """(set, feed) of the external corpus, hostile ones included."""
    with gzip.open(corpus("data/feed/cases.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            body = base64.b64decode(case["body_base64"]) if "body_base64" in case else case["body"].encode()
            headers = {name.lower(): value for name, value in (case.get("headers") or {}).items()}
            yield case["set"], RawFeed(case["url"], body, case.get("content_type"), headers)
    module = importlib.util.spec_from_file_location("hostile_feeds", corpus("eval/hostile_feeds.py"))
    assert module and module.loader
    hostile = importlib.util.module_from_spec(module)
    sys.modules[module.name] = hostile
    module.loader.exec_module(hostile)
    for _, body, _ in hostile.cases():
        yield "hostile", of(body)


@pytest.mark.corpus
def test_the_feeds_of_the_corpus_are_read_alike() -> None:
    swiftly: dict[str, list[bool]] = {}
    for name, raw in feeds_of_the_corpus():
        quick, slow = both(raw)
        assert quick == slow, (name, raw.url, raw.body[:200])
        swiftly.setdefault(name, []).append(is_read(raw.body))
    assert sum(swiftly["real"]) >= 0.9 * len(swiftly["real"])
    assert sum(swiftly["feedparser"]) >= 0.8 * len(swiftly["feedparser"])
