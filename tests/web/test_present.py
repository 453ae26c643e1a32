"""Values as pages show them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.model import Article, Attribution, BodyLink, Cue, Mention, Span, Speaker, Tags
from tests.web.newsroom import KHARKIV
from web.cards import is_name
from web.items import EXCERPT, excerpt
from web.present import LinkOut, about_speaker, count, full_hour, hour, links_of, marked, side

NOON = datetime(2026, 3, 4, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 3, 4, 7, 1, tzinfo=UTC), "07:01"),
        (datetime(2026, 3, 3, 23, 59, tzinfo=UTC), "3 Mar 23:59"),
        (datetime(2025, 12, 31, 1, 0, tzinfo=UTC), "31 Dec 2025"),
    ],
)
def test_hours(at: datetime, shown: str) -> None:
    assert hour(at, NOON) == shown
    assert full_hour(NOON) == "4 Mar 2026, 12:05 UTC"


def test_counts_and_sides() -> None:
    assert [count(n, "story", "stories") for n in (0, 1, 12345)] == ["0 stories", "1 story", "12\u202f345 stories"]
    assert [side(value) for value in ("russia", "mali-junta", "rsf", "third-party")] == ["Russia", "Mali Junta", "RSF", "third party"]


@pytest.mark.parametrize(
    ("name", "source_id", "anonymity", "expected"),
    [
        ("Olena Savchuk", None, "named", True),
        ("نقيب الصيادين سليم حرب", None, "named", True),
        ("Сергій Лисогор", None, "named", True),
        ("OCHA", "ocha", "named", True),
        ("Monday. Neither", None, "named", False),
        ("a boat owner", None, "named", False),
        ("Le syndicat des enseignants réclame des primes promises", None, "named", False),
        ("Residents", None, "anonymous", False),
        ("officials", None, "role", False),
    ],
)
def test_who_can_stand_in_a_list(name: str, source_id: str | None, anonymity: str, expected: bool) -> None:
    assert is_name(Speaker(None, None, name, name, source_id, anonymity=anonymity)) is expected


def test_nothing_is_said_of_a_speaker_twice() -> None:
    assert about_speaker(Speaker(0, 1, "", "Kharkiv prosecutors", role="Kharkiv prosecutors", kind="official")) == "official"
    assert about_speaker(Speaker(0, 1, "", "Ann", role="mayor", organisation="Izium")) == "mayor, Izium"
    assert about_speaker(Speaker(0, 1, "", "residents", anonymity="anonymous")) == "not named"


@given(st.text(max_size=2000))
def test_an_excerpt_is_short(text: str) -> None:
    assert len(excerpt(text)) <= EXCERPT + 2


BODY = st.text(alphabet="ab <>&\"'\nя", min_size=1, max_size=60)


@given(BODY, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 3)), max_size=8))
def test_marking_changes_no_character_and_nests(body: str, spans: list[tuple[int, int, int]]) -> None:
    """Whatever spans there are, however they cross: the text stays, and the HTML is well-formed."""
    mentions, attributions, links = [], [], []
    for one, other, kind in spans:
        start, end = sorted((min(one, len(body)), min(other, len(body))))
        if start == end:
            continue
        if kind == 0:
            mentions.append(Mention(start, end, body[start:end], KHARKIV))
        elif kind == 3:
            links += _link(body, start, end)
        else:
            speaker = Speaker(start, end, body[start:end], '"A" <b>', "uk-mod" if kind == 2 else None)
            attributions.append(Attribution(speaker, Cue(0, 1, "x", "say"), (Span(start, end),)))
    article = Article(1, 1, "o", "u", "u", "t", body, (), "en", None, NOON, NOON, links=tuple(links))
    lines = marked(article, Tags(mentions=tuple(mentions), attributions=tuple(attributions)), {"uk-mod"}).lines
    assert [_text(str(line.html)) for line in lines] == body.split("\n")


def _link(body: str, start: int, end: int) -> list[BodyLink]:
    """A link of the outlet's where the span lies in one line."""
    line, begin = body.count("\n", 0, start), body.rfind("\n", 0, start) + 1
    return [] if "\n" in body[start:end] else [BodyLink(line, start - begin, end - begin, 'https://a.example/?q="<&')]


def test_the_outlets_links_give_way_to_ours() -> None:
    body = "Shells fell on Kharkiv twice."
    article = Article(1, 1, "o", "u", "u", "t", body, ("p",), "en", None, NOON, NOON, links=(BodyLink(0, 0, 28, "https://a.example/x"),))
    (line,) = marked(article, Tags(mentions=(Mention(15, 22, "Kharkiv", KHARKIV),)), ()).lines
    tree = html.fragment_fromstring(f"<div>{line.html}</div>")
    found = [(link.text, link.get("class")) for link in tree.iter("a")]
    assert found == [
        ("Shells fell on ", "out"),
        ("Kharkiv", "at mention"),
        (" twice", "out"),
    ]
    assert links_of(article) == [LinkOut("Shells fell on Kharkiv twice", "https://a.example/x", "a.example")]


def test_a_place_says_what_the_text_puts_before_it() -> None:
    body = "Shells fell 10 km north of Kharkiv."
    article = Article(1, 1, "o", "u", "u", "t", body, ("p",), "en", None, NOON, NOON)
    (line,) = marked(article, Tags(mentions=(Mention(27, 34, "Kharkiv", KHARKIV, "event", 0.9, "10 km north of"),)), ()).lines
    (link,) = html.fragment_fromstring(f"<div>{line.html}</div>").iter("a")
    assert (link.get("title") or "").startswith("10 km north of Kharkiv, ")


def test_a_row_of_a_table_has_cells() -> None:
    body = "Day | Wounded\nMonday | 12 in Kharkiv"
    article = Article(1, 1, "o", "u", "u", "t", body, ("th", "row"), "en", None, NOON, NOON)
    head, row = marked(article, Tags(mentions=(Mention(29, 36, "Kharkiv", KHARKIV),)), ()).lines
    assert (head.kind, head.cells) == ("th", ("Day", "Wounded"))
    assert [_text(str(cell)) for cell in row.cells] == ["Monday", "12 in Kharkiv"]
    assert "<a " in row.cells[1]


def _text(markup: str) -> str:
    tree = html.fragment_fromstring(f"<div>{markup}</div>")
    assert not [link for link in tree.iter("a") if next(link.iterancestors("a"), None) is not None]
    return str(tree.text_content())
