"""Values as pages show them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.model import Article, Attribution, Cue, Mention, Outcome, Span, Speaker, Tags
from tests.web.newsroom import KHARKIV
from web.cards import is_name
from web.items import EXCERPT, excerpt
from web.present import about_speaker, count, full_hour, hour, marked, side

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


@given(BODY, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 2)), max_size=8))
def test_marking_changes_no_character_and_nests(body: str, spans: list[tuple[int, int, int]]) -> None:
    """Whatever spans there are, however they cross: the text stays, and the HTML is well-formed."""
    mentions, attributions = [], []
    for one, other, kind in spans:
        start, end = sorted((min(one, len(body)), min(other, len(body))))
        if start == end:
            continue
        if kind == 0:
            mentions.append(Mention(start, end, body[start:end], KHARKIV))
        else:
            speaker = Speaker(start, end, body[start:end], '"A" <b>', "uk-mod" if kind == 2 else None)
            attributions.append(Attribution(speaker, Cue(0, 1, "x", "say"), (Span(start, end),)))
    article = Article(1, 1, "o", "u", "u", "t", body, (), "en", None, NOON, NOON, outcome=Outcome.FULL)
    lines = marked(article, Tags(mentions=tuple(mentions), attributions=tuple(attributions)), {"uk-mod"}).lines
    assert [_text(str(line.html)) for line in lines] == body.split("\n")


def _text(markup: str) -> str:
    tree = html.fragment_fromstring(f"<div>{markup}</div>")
    assert not [link for link in tree.iter("a") if next(link.iterancestors("a"), None) is not None]
    return str(tree.text_content())
