"""Parameters and bodies: what is read, and what is said of what is not right."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from tests.web.browsing import Browsing
from web.api.asked import Paged, Search
from web.api.exports import AskedExport
from web.api.feeds import AskedFeeds
from web.api.parameters import read
from web.api.places import AskedPlaces


@pytest.mark.parametrize(
    ("kind", "given_", "wanted"),
    [
        (Paged, {}, Paged()),
        (Paged, {"limit": "", "cursor": ""}, Paged()),
        (Search, {"limit": "200", "order": "relevance"}, Search(limit=200, order="relevance")),
        (Search, {"fields": " id,, title,id"}, Search(fields=("id", "title"))),
        (AskedExport, {"text": "yes", "most": "5"}, AskedExport(text=True, most=5)),
        (AskedExport, {"text": "False"}, AskedExport()),
        (AskedFeeds, {"state": "failing"}, AskedFeeds(state="failing")),
    ],
)
def test_parameters_are_read_into_their_types(kind: type, given_: dict[str, str], wanted: object) -> None:
    assert read(kind, given_) == wanted


@pytest.mark.parametrize(
    ("kind", "given_", "says"),
    [
        (Paged, {"limit": "0"}, "limit='0' is not right: a number from 1 to 200."),
        (Paged, {"limit": "٣"}, "limit='٣' is not right: a number from 1 to 200."),
        (Paged, {"limit": "9" * 30}, "a number from 1 to 200."),
        (Paged, {"cursor": "x" * 201}, "is not right: a text of at most 200 characters."),
        (Search, {"order": "oldest"}, "order='oldest' is not right: newest or relevance."),
        (Search, {"lmit": "1"}, "There is no parameter 'lmit' here. Did you mean limit?"),
        (Paged, {"whatever": "1"}, "There is no parameter 'whatever' here. There are limit, cursor."),
        (AskedExport, {"text": "perhaps"}, "text='perhaps' is not right: yes or no."),
        (AskedPlaces, {}, "name is missing: a name in any language"),
        (AskedPlaces, {"name": "x" * 201}, "a text of 1 to 200 characters."),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_right(kind: type, given_: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(kind, given_)
    assert says in caught.value.message


@given(st.dictionaries(st.sampled_from(["limit", "cursor", "order", "fields", "q", "x"]), st.text(max_size=300)))
def test_whatever_comes_is_read_or_refused(given_: dict[str, str]) -> None:
    try:
        found = read(Search, given_)
    except UsageError as error:
        assert error.message.endswith((".", "?"))
    else:
        assert 1 <= found.limit <= 200 and found.order in ("newest", "relevance")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "url is missing"),
        ([], "is to be a JSON object"),
        ({"url": 5}, "url in the body is not right: a text of at most 2000 characters."),
        ({"url": "https://a.example/" + "x" * 2000}, "a text of at most 2000 characters."),
        ({"url": "https://a.example/", "titel": "x"}, "There is no parameter 'titel' here. Did you mean title?"),
        ({"url": "https://a.example/", "title": True}, "title in the body is not right: a text or null of at most 300 characters."),
        ({"url": "ftp://a.example/"}, ""),
        ({"url": "https://a.example/", "theatre": "moon"}, "There is no theatre 'moon'."),
    ],
)
def test_bodies_that_are_not_right(desk: Browsing, secret: str, body: Any, says: str) -> None:
    response = desk.open("/api/v1/feeds", "POST", headers={"Authorization": f"Bearer {secret}"}, json=body)
    assert response.status_code == 400 and says in response.get_json()["detail"]
    assert len(desk.app.store.feeds.all()) == 4


def test_a_body_that_is_no_json(desk: Browsing, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    assert "Content-Type" in desk.open("/api/v1/feeds", "POST", headers=headers, data={"url": "x"}).get_json()["detail"]
    broken = desk.open("/api/v1/feeds", "POST", headers=headers, data="{", content_type="application/json")
    assert broken.status_code == 400 and "is not JSON" in broken.get_json()["detail"]
    large = desk.open("/api/v1/feeds", "POST", headers=headers, data=" " * 70_000, content_type="application/json")
    assert large.status_code == 400 and "too large" in large.get_json()["detail"]
