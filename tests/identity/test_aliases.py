"""Names of entries: both ways in which feeds break identity."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from aggregator.identity.aliases import address_of, aliases_of, decide, same_title, seen_entries, unclaimed
from aggregator.model import Alias, Entry
from aggregator.ports import AliasHit

TITLE = "Ferry damaged at the quay"
FERRY = "quay.example/2024/ferry-damaged-100001"
BRIDGE = "quay.example/2024/bridge-closed-100002"
EIGHT, NINE = datetime(2024, 5, 1, 8, tzinfo=UTC), datetime(2024, 5, 1, 9, tzinfo=UTC)
A = Entry("a-100001", f"https://{FERRY}", TITLE, EIGHT, summary="<p>One</p>")
B = Entry("a-100002", f"https://{BRIDGE}", "Bridge closed after the night", NINE, summary="Two")

MOMENT = next(alias.key for alias in aliases_of(A, 7) if alias.key.startswith("moment+title:"))


def keys(*entries: Entry) -> list[str]:
    return [seen.key for seen in seen_entries(entries)]


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("the same", A),
        ("retitled", replace(A, title="Ferry sunk")),
        ("moved, same GUID", replace(A, link="https://quay.example/2024/ferry-sunk")),
        ("without GUID, tracking in the link", None),
    ],
)
def test_an_item_keeps_its_key(name: str, again: Entry | None) -> None:
    if again is None:
        bare = replace(A, guid=None)
        assert keys(bare) == keys(replace(bare, link=f"{A.link}?utm_source=rss#top"))
    else:
        assert keys(A, B)[0] == keys(B, again)[1]


def test_a_token_in_the_link_makes_no_new_item() -> None:
    first = replace(A, guid=None, link="https://quay.example/read?token=a1b2c3d4e5f6a7b8c9")
    assert keys(first) == keys(replace(first, link="https://quay.example/read?token=ffee11223344556677"))
    assert keys(first, replace(first, title="Another thing", link="https://quay.example/read?token=00ee11223344556677")) == keys(
        first, replace(first, title="Another thing")
    )


def test_a_guid_that_is_an_address_is_compared_as_one() -> None:
    assert keys(replace(A, guid="http://www.quay.example/?p=7")) == keys(replace(A, guid="https://quay.example/?p=7"))


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("GUIDs shared", (replace(A, guid="0"), replace(B, guid="0"))),
        ("links shared", (replace(A, link="https://quay.example/"), replace(B, link="https://quay.example/"))),
        (
            "links shared, no GUID",
            (replace(A, guid=None, link="https://quay.example/"), replace(B, guid=None, link="https://quay.example/")),
        ),
        ("GUIDs and links shared", (replace(A, guid="x", link=None), replace(B, guid="x", link=None))),
        ("nothing but titles", (Entry(title="One"), Entry(title="Two"))),
        ("nothing but texts", (Entry(summary="One"), Entry(summary="Two"))),
        ("GUID is the front page", (replace(A, guid="https://quay.example/"), replace(B, guid="https://quay.example/"))),
    ],
)
def test_distinct_items_have_distinct_keys(name: str, entries: tuple[Entry, ...]) -> None:
    assert len(set(keys(*entries))) == len(entries)
    assert keys(*entries) == keys(*entries)


def test_the_same_item_twice_in_a_feed_is_one() -> None:
    assert len(seen_entries([A, replace(A, summary="later"), B])) == 2


_ENTRIES = st.lists(
    st.builds(
        Entry,
        guid=st.sampled_from([None, "0", "g1", "https://quay.example/g"]),
        link=st.sampled_from([None, "https://quay.example/", "https://quay.example/p-1", "not an address"]),
        title=st.sampled_from([None, "One", "Two"]),
    ),
    max_size=8,
)


@given(_ENTRIES)
def test_items_that_differ_in_any_name_are_kept(entries: list[Entry]) -> None:
    seen = seen_entries(entries)
    assert len({s.key for s in seen}) == len(seen)
    assert len(seen) == len({(e.guid, e.link if e.link != "not an address" else None, e.title) for e in entries})


@pytest.mark.parametrize(
    ("name", "change", "same"),
    [
        ("title", {"title": "Ferry sunk"}, False),
        ("summary", {"summary": "<p>One more</p>"}, False),
        ("content", {"content": "x"}, False),
        ("updated", {"updated": datetime(2024, 5, 2, tzinfo=UTC)}, False),
        ("markup", {"summary": "<div>One </div>"}, True),
        ("tags", {"tags": ("war",)}, True),
    ],
)
def test_digest(name: str, change: dict[str, object], same: bool) -> None:
    changed = replace(A, **change)  # type: ignore[arg-type]  # fields by name
    assert (seen_entries([A])[0].digest == seen_entries([changed])[0].digest) is same


def hit(alias: Alias, article_id: int = 1, url_key: str = FERRY, title: str = TITLE) -> AliasHit:
    return AliasHit(alias, article_id, url_key, title)


GUID = Alias("guid", "a-100001", 1)


@pytest.mark.parametrize(
    ("name", "hits", "url_key", "title", "article"),
    [
        ("nothing known", (), "quay.example/x", "X", None),
        (
            "same address, retitled",
            (hit(Alias("link", FERRY)),),
            FERRY,
            "Live: all",
            1,
        ),
        (
            "GUID changed, same address",
            (hit(Alias("link", FERRY)),),
            FERRY,
            "",
            1,
        ),
        ("GUID, moved, title edited", (hit(GUID),), "quay.example/2024/updated", "Ferry damaged at the quay, two hurt", 1),
        ("GUID, moved, retitled, same number", (hit(GUID),), "quay.example/2024/two-hurt-100001", "Two hurt in port", 1),
        ("GUID of another item", (hit(GUID),), BRIDGE, "Bridge closed after the night", None),
        ("redirect to a known address", (hit(Alias("redirect", FERRY)),), "sho.rt/1", "", 1),
        (
            "canonical shared by others",
            (hit(Alias("canonical", "quay.example/please-wait-here")),),
            "quay.example/2024/b",
            "Bridge closed after",
            None,
        ),
        (
            "wrong canonical at a known page",
            (hit(Alias("canonical", FERRY)),),
            "quay.example/b-2",
            "Bridge shut at dawn",
            None,
        ),
        (
            "canonical, same title",
            (hit(Alias("canonical", FERRY)),),
            "quay.example/b",
            TITLE,
            1,
        ),
        (
            "address before GUID",
            (hit(GUID), hit(Alias("link", "quay.example/b"), 2, "quay.example/b", "B")),
            "quay.example/b",
            TITLE,
            2,
        ),
    ],
)
def test_decide(name: str, hits: tuple[AliasHit, ...], url_key: str, title: str, article: int | None) -> None:
    assert decide(hits, url_key=url_key, title=title) == article


@pytest.mark.parametrize(
    ("name", "change", "same"),
    [
        ("another GUID and address", {"guid": "a-100001-v2", "link": "https://quay.example/2024/ferry-damaged-100001-updated"}, True),
        ("another second", {"published": EIGHT + timedelta(seconds=1)}, False),
        ("another title", {"title": "Ferry sunk off the northern quay"}, False),
        ("the day only", {"published": datetime(2024, 5, 1, tzinfo=UTC)}, False),
        ("no time", {"published": None}, False),
    ],
)
def test_the_moment_and_title_of_an_item_are_a_name_of_it(name: str, change: dict[str, Any], same: bool) -> None:
    assert (Alias("guid", MOMENT, 7) in aliases_of(replace(A, **change), 7)) is same


def test_a_title_as_short_as_that_of_a_series_names_nothing() -> None:
    assert [alias.kind for alias in aliases_of(replace(A, title="Live updates"), 7)] == ["link", "guid"]


def test_aliases_name_the_article_and_nothing_else() -> None:
    aliases = aliases_of(
        A,
        7,
        final_url="https://www.quay.example/2024/ferry-damaged-100001?utm_source=x",
        canonical_url="https://quay.example/ferry/100001",
        amp_url="https://other.example/amp/100001",
        redirects=("https://sho.rt/abc12", "https://quay.example/login?next=1"),
    )
    assert aliases == (
        Alias("link", FERRY),
        Alias("guid", "a-100001", 7),
        Alias("guid", MOMENT, 7),
        Alias("redirect", "sho.rt/abc12"),
        Alias("canonical", "quay.example/ferry/100001"),
    )


@pytest.mark.parametrize(
    ("name", "final_url", "key"),
    [
        ("followed", "https://quay.example/2024/ferry-sunk-100001", "quay.example/2024/ferry-sunk-100001"),
        ("home page instead", "https://quay.example/", FERRY),
        ("login instead", "https://id.quay.example/login-page?back=1", FERRY),
        ("nowhere", None, FERRY),
    ],
)
def test_address(name: str, final_url: str | None, key: str) -> None:
    assert address_of(A, final_url=final_url)[1] == key


def test_items_linked_to_the_front_page_stay_apart() -> None:
    one, two = (replace(entry, link="https://quay.example/", guid="0") for entry in (A, B))
    assert address_of(one)[0] == address_of(two)[0] == "https://quay.example/"
    assert address_of(one)[1] != address_of(two)[1]
    assert (
        address_of(replace(A, link="https://quay.example/"))[1] == address_of(replace(A, link="https://quay.example/", title="Retitled"))[1]
    )


def test_no_address_at_all() -> None:
    with pytest.raises(UsageError, match="neither a link nor a GUID"):
        address_of(Entry("tag:quay.example,2024:1", None, "T"))


def test_a_name_stays_with_its_first_article() -> None:
    aliases = (Alias("link", "quay.example/b"), GUID)
    assert unclaimed(aliases, (hit(GUID),)) == aliases[:1]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (TITLE, "Ferry damaged at the quay (updated)", True),
        ("Паром пошкоджено біля причалу", "Паром пошкоджено біля причалу: є постраждалі", True),
        ("", "Anything", True),
        ("渡轮在码头受损", "渡轮在码头受损严重", True),
        (TITLE, "Bridge closed after the night", False),
        ("Live", "Map", False),
    ],
)
def test_same_title(a: str, b: str, same: bool) -> None:
    assert same_title(a, b) is same_title(b, a) is same
