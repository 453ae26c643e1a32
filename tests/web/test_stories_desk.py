"""A story at the desk: split, merged, pinned, named, its copies told apart, all of it taken back; and why it is as it is."""

from datetime import timedelta

import pytest

from aggregator.app import App
from aggregator.model import Tags
from aggregator.stories.cluster import LIKE
from tests.arranged import BRIDGE, BRIDGE_TOO, SILO, SILO_TOO
from tests.web import newsroom
from tests.web.browsing import Browsing, Page
from tests.web.markup import faults


@pytest.fixture
def four(desk: Browsing) -> dict[str, int]:
    """Four reports more: two on a bridge, two on a silo with a copy; ids by name."""
    texts = (("bridge", BRIDGE), ("bridge-too", BRIDGE_TOO), ("silo", SILO), ("silo-too", SILO_TOO), ("silo-copy", SILO))
    ids = {}
    for number, (name, body) in enumerate(texts):
        at = newsroom.NOW - timedelta(minutes=60 - number)
        outlet = newsroom.LAGOON if number % 2 else newsroom.COURIER
        ids[name] = newsroom.put(desk.app, outlet, name, " ".join(body.split()[:6]), body, "en", at, Tags(language="en"))
    while desk.app.pipeline.follow():
        pass
    return ids


def story(app: App, article_id: int) -> int:
    found = app.store.articles.get(article_id).story_id
    assert found is not None
    return found


def good(page: Page) -> Page:
    assert (page.status, faults(page.response.get_data(as_text=True))) == (200, [])
    return page


def choose(desk: Browsing, page: Page, do: str, *articles: int, reason: str = "") -> Page:
    (token, *_) = page.find("//input[@name='csrf_token']")
    data = {"csrf_token": token.get("value"), "article": [str(ident) for ident in articles], "do": do, "reason": reason}
    headers = {"Referer": f"https://news.example{page.path}"}
    response = desk.open(f"{page.path}/articles", "POST", data=data, headers=headers, follow_redirects=True)
    return good(Page(response, response.request.path))


def test_strangers_are_asked_who_they_are_and_see_no_link(reader: Browsing, app: App) -> None:
    ident = newsroom.story_of(app, "heating")
    assert reader.open(f"/operate/story/{ident}").headers["Location"].startswith("/login?next=%2Foperate%2Fstory")
    assert f"/operate/story/{ident}" not in reader.get(f"/story/{ident}").links()


def test_a_story_is_split_and_the_split_taken_back(desk: Browsing, four: dict[str, int]) -> None:
    ident = story(desk.app, four["silo"])
    assert f"/operate/story/{ident}" in desk.get(f"/story/{ident}").links()
    page = good(desk.get(f"/operate/story/{ident}"))
    assert "Nothing holds: likeness alone" in page.text and len(page.find("//input[@name='article']")) == 3
    after = choose(desk, page, "split", four["silo-too"], reason="another fire")
    other = story(desk.app, four["silo-too"])
    assert other != ident and f"They are story {other} now" in after.text and "It holds from now on." in after.text
    assert "another fire" in after.text and f"/operate/story/{other}" in after.links()
    (ruling,) = desk.app.store.rulings.history()
    back = good(desk.send(after, f"/operate/ruling/{ruling.id}/undo"))
    assert "Taken back" in back.text and "1 ruling taken back" in back.text and story(desk.app, four["silo-too"]) == ident
    assert good(desk.get(f"/operate/story/{other}")).path == f"/operate/story/{ident}"  # no link dies


@pytest.mark.parametrize("asked", ["{silo}", "https://news.example/story/{silo}", "/article/{article}", "silo Odesa", "https://{url}"])
def test_a_story_is_found_and_merged(desk: Browsing, four: dict[str, int], asked: str) -> None:
    bridge, silo = story(desk.app, four["bridge"]), story(desk.app, four["silo"])
    asked = asked.format(silo=silo, article=four["silo"], url=f"{newsroom.COURIER.id}.example/silo")
    page = good(desk.send(desk.get(f"/operate/story/{bridge}"), f"/operate/story/{bridge}", find=asked))
    merged = good(desk.send(page, f"/operate/story/{bridge}/merge", reason="one night"))
    assert merged.path == f"/operate/story/{silo}" and "are one story. It holds from now on." in merged.text
    assert story(desk.app, four["bridge"]) == silo and desk.get(f"/story/{bridge}").path == f"/story/{silo}"
    (ruling,) = desk.app.store.rulings.history()
    assert good(desk.send(merged, f"/operate/ruling/{ruling.id}/undo")).status == 200
    assert story(desk.app, four["bridge"]) == bridge


@pytest.mark.parametrize("asked", ["999999", "xyzzy plugh", "https://nowhere.example/at-all", "https://[", "/story/999999"])
def test_a_story_that_is_not_there_is_said_not_to_be(desk: Browsing, four: dict[str, int], asked: str) -> None:
    page = good(desk.send(desk.get(f"/operate/story/{story(desk.app, four['bridge'])}"), page_of(desk, four), find=asked))
    assert "No other story is meant by" in page.text


def page_of(desk: Browsing, four: dict[str, int]) -> str:
    return f"/operate/story/{story(desk.app, four['bridge'])}"


def test_pins_and_titles(desk: Browsing, four: dict[str, int]) -> None:
    page = good(desk.get(page_of(desk, four)))
    pinned = choose(desk, page, "pin", four["bridge-too"])
    assert f"Article {four['bridge-too']} is pinned to the story of article {four['bridge']}" in pinned.text
    named = good(desk.send(pinned, f"{page.path}/title", title="The bridge at Izium <opens>"))
    assert named.find("//h1")[0].text_content() == "The bridge at Izium <opens>"
    refused = choose(desk, named, "split", four["bridge-too"])
    (alert,) = refused.find("//p[@role='alert']")
    assert "says otherwise" in alert.text_content() and "frontwire story undo 1" in alert.text_content()


def test_copies_are_told_apart(desk: Browsing, four: dict[str, int]) -> None:
    ident = story(desk.app, four["silo"])
    was = desk.app.store.stories.get(ident).origins
    page = choose(desk, good(desk.get(f"/operate/story/{ident}")), "apart", four["silo-copy"])
    assert f"is no copy of article {four['silo']}" in page.text and desk.app.store.stories.get(ident).origins == was + 1
    again = choose(desk, page, "together", four["silo"], four["silo-copy"])
    assert "says otherwise" in again.text
    (ruling,) = desk.app.store.rulings.history()
    desk.send(again, f"/operate/ruling/{ruling.id}/undo")
    assert desk.app.store.stories.get(ident).origins == was


@pytest.mark.parametrize(("do", "message"), [("split", "Choose at least one article."), ("", "Choose what to do")])
def test_nothing_chosen_is_said(desk: Browsing, four: dict[str, int], do: str, message: str) -> None:
    page = choose(desk, desk.get(page_of(desk, four)), do)
    assert message in page.find("//p[@role='alert']")[0].text_content()


def test_why(desk: Browsing, four: dict[str, int]) -> None:
    ident = story(desk.app, four["silo"])
    choose(desk, good(desk.get(f"/operate/story/{ident}")), "pin", four["silo-too"])
    page = good(desk.get(f"/operate/story/{ident}/why"))
    assert f"like the others; from {LIKE:.2f} on" in page.text and "odesa (name" in page.text
    assert "100% of the shorter text stands in the other" in page.text and "it came out first" in page.text
    assert "is pinned to the story of" in page.text
    assert "The only text of the story." in good(desk.get(f"/operate/story/{newsroom.story_of(desk.app, 'sur')}/why")).text
    assert desk.get("/operate/story/999999").status == desk.get("/operate/story/999999/why").status == 404
