"""``libgreader``, a client of the Google Reader API from when Google served it: its addresses are constants, which are set anew here."""

import pytest
from libgreader import ClientAuthMethod, GoogleReader, ReaderUrl

from tests.clients.conftest import COURIER_FEED, SECRET, Service
from tests.web import newsroom

GOOGLE_API, GOOGLE_LOGIN = ReaderUrl.READER_BASE_URL, ClientAuthMethod.CLIENT_URL


@pytest.fixture
def program(service: Service, monkeypatch: pytest.MonkeyPatch) -> GoogleReader:
    """Logged in, with its lists."""
    ours = f"{service.base}/sync/greader"
    for name, value in vars(ReaderUrl).items():
        if isinstance(value, str) and value.startswith(GOOGLE_API):
            monkeypatch.setattr(ReaderUrl, name, value.replace(GOOGLE_API, f"{ours}/reader/api"))
    monkeypatch.setattr(ClientAuthMethod, "CLIENT_URL", f"{ours}/accounts/ClientLogin")
    made = GoogleReader(ClientAuthMethod(newsroom.NAME, SECRET))
    made.makeSpecialFeeds()
    assert made.buildSubscriptionList()
    return made


def fresh(program: GoogleReader) -> dict[str, int]:
    """How much is unread by the name of the list, as the server counts now."""
    assert program.buildSubscriptionList()
    return {feed.title: feed.unread for feed in program.getSubscriptionList()}


def test_who_shows_another_token_is_not_let_in(program: GoogleReader) -> None:
    with pytest.raises(OSError, match="Error getting the Auth token"):
        ClientAuthMethod(newsroom.NAME, "fw_other")


def test_lists_in_folders_with_what_is_unread(program: GoogleReader) -> None:
    assert program.getUserInfo()["userName"] == newsroom.NAME
    folders = {category.label: category for category in program.getCategories()}
    assert [feed.title for feed in folders["Зима & тепло"].getFeeds()] == ["Heating"] and program.orphanFeeds == []
    assert {"Tidewater Courier", "Степова хроніка", "جريدة المرفأ"} <= {feed.title for feed in folders["Ukraine"].getFeeds()}
    assert folders["Зима & тепло"].unread == fresh(program)["Heating"] >= 2
    folders["Зима & тепло"].loadItems()  # its address is its label, quoted
    assert len(folders["Зима & тепло"].getItems()) == folders["Зима & тепло"].unread


def test_a_list_is_loaded_by_steps(program: GoogleReader) -> None:
    lagoon = next(feed for feed in program.getSubscriptionList() if feed.title == "Lagoon Radio")
    lagoon.loadItems(loadLimit=10)
    while lagoon.continuation:
        lagoon.loadMoreItems(loadLimit=10)
    found = [item.id for item in lagoon.getItems()]
    assert len(found) == len(set(found)) == lagoon.unread == 36
    item = lagoon.getItems()[0]
    assert item.title and item.content and item.url.startswith("https://lagoon-radio.example/") and item.feed is lagoon
    middle = sorted(each.data["published"] for each in lagoon.getItems())[18]
    lagoon.loadItems(loadLimit=100, since=middle)
    newer = [each.data["published"] for each in lagoon.getItems()]
    lagoon.loadItems(loadLimit=100, until=middle)
    assert min(newer) >= middle and len(newer) + lagoon.countItems() == 36


def test_marks_are_kept_in_step(program: GoogleReader) -> None:
    before = fresh(program)
    heating = next(feed for feed in program.getSubscriptionList() if feed.title == "Heating")
    heating.loadItems()
    first, second = heating.getItems()[:2]
    assert first.isUnread() and first.markRead() and second.star()
    assert heating.unread == before["Heating"] - 1 == fresh(program)["Heating"]
    heating.loadItems(excludeRead=True)
    assert first.id not in {item.id for item in heating.getItems()}
    heating.loadItems()
    assert heating.getItem(first.id).isRead() and heating.getItem(second.id).isStarred()
    starred = program.getSpecialFeed(ReaderUrl.STARRED_LIST)
    starred.loadItems()
    assert [item.id for item in starred.getItems()] == [second.id]
    assert starred.getItems()[0].unStar() and heating.getItem(first.id).markUnread()
    starred.loadItems()
    assert starred.getItems() == [] and fresh(program) == before


def test_several_articles_are_marked_at_once_and_then_a_whole_list(program: GoogleReader) -> None:
    lagoon = next(feed for feed in program.getSubscriptionList() if feed.title == "Lagoon Radio")
    lagoon.loadItems(loadLimit=5)
    program.beginAddItemTagTransaction()
    assert all(item.markRead() for item in lagoon.getItems())
    assert program.commitAddItemTagTransaction()
    assert fresh(program)["Lagoon Radio"] == 31
    lagoon = next(feed for feed in program.getSubscriptionList() if feed.title == "Lagoon Radio")
    assert lagoon.markAllRead() and fresh(program)["Lagoon Radio"] == 0


def test_an_article_that_is_new_and_then_edited_is_one_item(service: Service, program: GoogleReader) -> None:
    article = service.publish("bridge", "Bridge shut for an hour", "The harbour bridge was shut for an hour, the harbour office said.")
    courier = next(feed for feed in program.getSubscriptionList() if feed.title == "Tidewater Courier")
    courier.loadItems()
    assert [item.title for item in courier.getItems()].count("Bridge shut for an hour") == 1 and courier.countItems() == 3
    newest = next(item for item in courier.getItems() if item.title == "Bridge shut for an hour")
    assert newest.markRead()
    service.revise(article, "Bridge shut for two hours", "The harbour bridge was shut for two hours, the harbour office said.")
    courier.loadItems()
    again = courier.getItem(newest.id)
    assert again.title == "Bridge shut for two hours" and again.isRead() and courier.countItems() == 3


def test_lists_are_made_on_the_site(service: Service, program: GoogleReader) -> None:
    before = fresh(program)
    assert not program.subscribe(f"feed/{service.base}{COURIER_FEED.format('rss')}")
    assert not program.unsubscribe(program.getSubscriptionList()[0].id)
    assert fresh(program) == before
