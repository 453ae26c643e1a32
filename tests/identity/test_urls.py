"""Addresses: what is one page, what is not, and what is no address."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from aggregator.identity import urls

GOLD = Path(__file__).parent.parent / "gold"
PAIRS = [line.split("\t") for line in (GOLD / "url" / "pairs.tsv").read_text(encoding="utf-8").splitlines()]


def test_gold_pairs_hold_the_baseline() -> None:
    right = {True: 0, False: 0}
    wrong = []
    for side, kind, a, b in PAIRS:
        same = side == "same"
        ok = (urls.key(a) == urls.key(b)) == same
        right[same] += ok
        if not ok:
            wrong.append((side, kind, a, b))
    count = {True: sum(side == "same" for side, *_ in PAIRS), False: sum(side == "differ" for side, *_ in PAIRS)}
    figures = {"same_key_recall": right[True] / count[True], "false_merges": count[False] - right[False]}
    baseline = json.loads((GOLD / "baseline.json").read_text(encoding="utf-8"))["url"]
    assert figures["same_key_recall"] >= baseline["same_key_recall"], wrong
    assert figures["false_merges"] <= baseline["false_merges"], wrong


@pytest.mark.parametrize("row", [row for row in PAIRS if row[0] == "differ"], ids=lambda row: row[2])
def test_showing_does_not_lose_the_page(row: list[str]) -> None:
    assert urls.clean(row[2]) != urls.clean(row[3])


@pytest.mark.parametrize("url", [url for row in PAIRS for url in row[2:]])
def test_cleaning_again_changes_nothing(url: str) -> None:
    shown = urls.clean(url)
    assert urls.clean(shown) == shown
    assert urls.key(shown) == urls.key(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("HTTPS://Plain-Daily.example/A?utm_source=x#top", "https://plain-daily.example/A"),
        ("https://www.plain-daily.example/amp/5", "https://www.plain-daily.example/amp/5"),
        ("https://plain-daily.example/5?id=1&fbclid=2&b=3", "https://plain-daily.example/5?id=1&b=3"),
        ("https://www.google.com/url?q=http%3A%2F%2Fa.example%2F1%3Futm_id%3D2", "http://a.example/1"),
        ("https://a.example/%7euser/%d0%b0", "https://a.example/~user/%D0%B0"),
        ("https://a.example/#/one", "https://a.example/#/one"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://www.google.com/url?q=javascript:1", "https://www.google.com/url?q=javascript:1"),
    ],
)
def test_shown(url: str, shown: str) -> None:
    assert urls.clean(url) == shown


@pytest.mark.parametrize(
    "url",
    ["", "a.example/1", "mailto:desk@a.example", "ftp://a.example/", "javascript:alert(1)", "https://", "http://a b/", "http://a.example:99999/",
     "http://xn--/", "http://a.xn--pokxncvks/", "https://a.example/" + "x" * 9000, "\udc80"],
)  # fmt: skip
def test_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="address"):
        urls.clean_and_key(url)


@pytest.mark.parametrize(
    ("url", "listing"),
    [
        ("https://a.example/", True),
        ("https://a.example/news/", True),
        ("https://a.example/ru/world", True),
        ("https://a.example/index.php", True),
        ("https://a.example/news/2024", False),
        ("https://a.example/?p=5", False),
        ("https://a.example/ferry-damaged-at-the-quay", False),
        ("https://a.example/#/5", False),
    ],
)
def test_listing(url: str, listing: bool) -> None:
    assert urls.is_listing(urls.key(url)) is listing


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.a.example/1", "a.example"),
        ("https://news.a.co.uk/1", "a.co.uk"),
        ("https://a.com.ua", "a.com.ua"),
        ("http://x.y.org:81/", "y.org"),
    ],
)
def test_site(url: str, site: str) -> None:
    assert urls.site(urls.key(url)) == site


_PIECE = st.text(alphabet="abAB01-_.~%/;=&+?#!:@ éж\t", max_size=20)


@given(
    st.builds(
        "{}://{}/{}?{}#{}".format,
        st.sampled_from(["http", "https"]),
        st.sampled_from(["a.example", "www.b.example:81"]),
        _PIECE,
        _PIECE,
        _PIECE,
    )
)
def test_any_address_is_stable(url: str) -> None:
    try:
        shown, key = urls.clean_and_key(url)
    except UsageError:
        assume(False)
    assert urls.clean_and_key(shown) == (shown, key)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    try:
        shown, key = urls.clean_and_key(text)
    except UsageError:
        return
    assert shown.startswith("http")
    assert key
