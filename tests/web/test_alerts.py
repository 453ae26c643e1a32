"""Alerts of a saved search on the web: made, tried out, stopped and removed by those who are logged in."""

import pytest

from tests.fetch.loopback import serving
from tests.web.browsing import Browsing
from tests.web.markup import faults

SECRET = "//input[@id='secret']"


def saved(desk: Browsing) -> str:
    return desk.send(desk.get("/searches"), "/searches", post=True, name="Heat", q="heating", folder="").path


def test_only_those_who_are_logged_in(reader: Browsing) -> None:
    answer = reader.open("/search/1/alerts")
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


def test_a_webhook_is_made_and_its_secret_shown_once(desk: Browsing) -> None:
    path = saved(desk)
    assert f"{path}/alerts" in desk.get(path).links()
    page = desk.get(f"{path}/alerts")
    assert "Nobody yet" in page.text and faults(page.response.get_data(as_text=True)) == []
    made = desk.send(page, f"{path}/alerts", post=True, way="webhook", target="https://hooks.example/x", trigger="confirmed", digest="")
    (secret,) = made.find(SECRET)
    assert str(secret.get("value")).startswith("whsec_") and faults(made.response.get_data(as_text=True)) == []
    page = desk.get(f"{path}/alerts")
    assert page.find(SECRET) == []
    assert "https://hooks.example/x webhook" in page.text and "confirmed" in page.text
    assert faults(page.response.get_data(as_text=True)) == []
    stopped = desk.send(page, "/alert/1/stop", post=True)
    assert "Stopped. stopped by marta" in stopped.text
    assert "is told again" in desk.send(stopped, "/alert/1/resume", post=True).text
    assert "Nobody yet" in desk.send(desk.get(f"{path}/alerts"), "/alert/1/remove", post=True).text


def test_a_trial_that_does_not_arrive_says_why(desk: Browsing) -> None:
    path = saved(desk)
    with serving({}) as server:
        target = server.url("/topic")
        page = desk.send(desk.get(f"{path}/alerts"), f"{path}/alerts", post=True, way="ntfy", target=target, trigger="new", digest="07:30")
        assert "is told" in page.text and "daily at 07:30" in page.text
        assert "The trial did not arrive." in desk.send(page, "/alert/1/test", post=True).text


@pytest.mark.parametrize(
    ("way", "target", "trigger", "words"),
    [
        ("webhook", "nowhere", "new", "is no web address"),
        ("", "https://x.example", "new", "no way"),
        ("webhook", "https://x.example", "old", "not 'old'"),
    ],
)
def test_what_cannot_be_is_said(desk: Browsing, way: str, target: str, trigger: str, words: str) -> None:
    path = saved(desk)
    answer = desk.send(desk.get(f"{path}/alerts"), f"{path}/alerts", post=True, way=way, target=target, trigger=trigger)
    assert answer.status == 400 and words in answer.text
