"""Stars and what is read: each reader's own, on their pages alone."""

from tests.web import newsroom
from tests.web.browsing import Browsing
from tests.web.markup import faults
from tests.web.test_stream import headlines


def test_an_article_is_starred_and_found_by_who_starred_it(desk: Browsing, reader: Browsing) -> None:
    article = newsroom.article_of(desk.app, "heating")
    page = desk.get(f"/article/{article}")
    assert headlines(desk.get("/?q=is:starred")) == []
    again = desk.send(page, f"/article/{article}/star", post=True)
    assert "Starred" in again.text and faults(again.response.get_data(as_text=True)) == []
    assert headlines(desk.get("/?q=is:starred")) == ["Heating returns to eleven Kharkiv schools"]
    assert desk.open("/stream.json?q=is:starred").get_json()["items"] == []  # feeds are the same for everybody
    assert "Star it" not in reader.get(f"/article/{article}").text
    desk.send(again, f"/article/{article}/star", post=True)
    assert headlines(desk.get("/?q=is:starred")) == []


def test_what_a_reader_program_marks_as_read_is_no_longer_unread(desk: Browsing) -> None:
    user = desk.app.store.users.by_name(newsroom.NAME)
    assert user is not None
    assert "Heating returns to eleven Kharkiv schools" in headlines(desk.get("/?q=is:unread+heating"))
    desk.app.store.marks.set(user.id, desk.app.store.articles.ids(), newsroom.NOW, read=True)
    assert headlines(desk.get("/?q=is:unread+heating")) == []
