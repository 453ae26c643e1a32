"""The product behind the request under way, and what one request looks up once."""

import time
from collections.abc import Mapping, Sequence
from threading import Lock

from flask import Flask, current_app, g
from markupsafe import Markup

from aggregator.app import App
from aggregator.errors import GazetteerError
from aggregator.model import Outlet, Story
from aggregator.names import Names
from aggregator.places.gazetteer import Gazetteer
from web.cards import StoryCard, story_cards

RETRY_S = 60.0  # between two looks for a gazetteer that was not there
CARD_S = 20.0  # a card is kept as long as its story has not changed, but no longer than this
CARDS = 2_000


class Kept:
    """What the process keeps between requests; one for each application."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cards: dict[int, tuple[Story, float, StoryCard]] = {}
        self._fragments: dict[int, tuple[StoryCard, Markup]] = {}
        self.no_gazetteer_until = 0.0

    def cards(self, app: App, story_ids: Sequence[int], outlets: Mapping[str, Outlet]) -> tuple[StoryCard, ...]:
        """Cards of the stories that exist, in this order; those whose story is the one that is kept are not read again."""
        stories = app.store.stories.many(story_ids)
        now = time.monotonic()
        with self._lock:
            found = {
                story.id: kept[2]
                for story in stories
                if (kept := self._cards.get(story.id)) and kept[0] == story and now - kept[1] < CARD_S
            }
        missing = [story.id for story in stories if story.id not in found]
        read = {card.story.id: card for card in story_cards(app, missing, outlets)} if missing else {}
        with self._lock:
            if len(self._cards) > CARDS:
                self._cards.clear()
            self._cards.update({ident: (card.story, now, card) for ident, card in read.items()})
        known = found | read
        return tuple(known[story.id] for story in stories if story.id in known)

    def fragment(self, card: StoryCard) -> Markup:
        """The card as HTML: rendered once as long as the card is kept."""
        found = self._fragments.get(card.story.id)
        if found is None or found[0] is not card:
            template = current_app.jinja_env.get_template("_parts.html")
            found = (card, template.module.story(card))  # type: ignore[attr-defined]  # the macros are attributes of the module
            if len(self._fragments) > CARDS:
                self._fragments.clear()
            self._fragments[card.story.id] = found
        return found[1]


def register(flask: Flask, app: App) -> None:
    """Give the application its product."""
    flask.extensions["frontwire"] = app
    memory = flask.extensions["frontwire-kept"] = Kept()
    flask.jinja_env.globals["story_html"] = memory.fragment


def product() -> App:
    """Return the App that create_app was given."""
    app = current_app.extensions["frontwire"]
    assert isinstance(app, App)
    return app


def kept() -> Kept:
    """What this process keeps between requests."""
    found = current_app.extensions["frontwire-kept"]
    assert isinstance(found, Kept)
    return found


def outlets() -> Mapping[str, Outlet]:
    """Every outlet by id, in the order of names; read once a request."""
    if "outlets" not in g:
        g.outlets = {outlet.id: outlet for outlet in product().store.feeds.outlets()}
    found: Mapping[str, Outlet] = g.outlets
    return found


def cards(story_ids: Sequence[int]) -> tuple[StoryCard, ...]:
    """Cards of stories, in this order."""
    return kept().cards(product(), story_ids, outlets())


def names() -> Names:
    """What names mean, for this request."""
    if "names" not in g:
        g.names = Names(product().store, product().registry, gazetteer())
    found = g.names
    assert isinstance(found, Names)
    return found


def gazetteer() -> Gazetteer | None:
    """The gazetteer, or None where there is none: reading goes on without; the desk and `frontwire doctor` say so."""
    memory = kept()
    if time.monotonic() < memory.no_gazetteer_until:
        return None
    try:
        return product().current_gazetteer()
    except GazetteerError as error:
        memory.no_gazetteer_until = time.monotonic() + RETRY_S
        current_app.logger.warning("%s", error)
        return None
