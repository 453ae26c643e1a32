"""The ledger's pages: the sums by day and feed, that they say where they do not agree, and the ways to the entries."""

from sqlalchemy import delete

from aggregator.storage import schema
from aggregator.storage.store import SqlStore
from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults


def test_strangers_are_asked_who_they_are(reader: Browsing) -> None:
    assert reader.open("/operate/ledger").headers["Location"].startswith("/login?next=%2Foperate%2Fledger")


def test_the_sums_agree_and_lead_to_the_entries(operator: Browsing) -> None:
    page = operator.get("/operate/ledger")
    assert "The sums agree: each of the " in page.text and "neither page nor feed gave a text" in page.text
    (reason,) = page.find("//a[contains(@href, 'reason=')]")
    entries = operator.get("/operate/ledger" + (reason.get("href") or ""))
    assert "A page that never came" in entries.text and "1 entry, failed" in entries.text
    day = f"{newsroom.NOW:%Y-%m-%d}"
    there = operator.get(f"/operate/ledger?feed=1&day={day}&state=failed")
    assert "A page that never came" in there.text
    assert "A page that never came" not in operator.get(f"/operate/ledger?feed=2&day={day}&state=failed").text


def test_every_way_to_ask_is_sound(operator: Browsing) -> None:
    for query in (
        "",
        "?days=30",
        "?days=x&feed=y&day=z&state=q",
        "?days=0",
        "?day=0001-01-01",
        "?day=9999-12-31",
        "?feed=99",
        "?reason=%3Cb%3E",
    ):
        for path in ("/operate/ledger", "/operate/feed/1"):
            page = operator.get(path + query)
            assert page.status == 200 and faults(page.response.get_data(as_text=True)) == [], path + query


def test_what_does_not_agree_is_named(desk: Browsing) -> None:
    store = desk.app.store
    assert isinstance(store, SqlStore)
    with store.database.write() as connection:
        connection.execute(delete(schema.entries).where(schema.entries.c.feed_id == 1, schema.entries.c.state == "failed"))
    page = desk.get("/operate/ledger")
    assert "The sums do not agree: feed 1 on " in page.text and "1 missing" in page.text
    assert "1 missing" in desk.get("/operate/feed/1").text
