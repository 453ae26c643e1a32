"""Names of places: why an article is tagged with them, and what operators say that they mean."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.corrections import NAMES, NameRule
from aggregator.errors import UsageError
from aggregator.model import Place
from aggregator.places.explain import Explained
from aggregator.places.said import around
from aggregator.placing import EVERYWHERE, OF_ARTICLE, OF_FEED, meant
from web.operate.parts import MEANINGS
from web.product import gazetteer, product

blueprint = Blueprint("names", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login

NO_PLACE = "none"
OTHER = "other"
NEWEST = 50  # sayings about single articles that are listed


@dataclass(frozen=True, slots=True)
class Named:
    """A name of a text: the spans that have it and mean the same, each with the words around it."""

    spans: tuple[Explained, ...]
    words: tuple[str, ...]

    @property
    def first(self) -> Explained:
        return self.spans[0]

    @property
    def role(self) -> str:
        """The part that it plays most often; of equal ones the first."""
        return Counter(span.role for span in self.spans).most_common(1)[0][0]

    @property
    def one_part(self) -> bool:
        """Whether it plays the same part wherever it stands."""
        return len({span.role for span in self.spans}) == 1


def named(spans: Iterable[Explained], body: str) -> list[Named]:
    """The names of a text in its order, those taken before those left."""
    found: dict[tuple[str, bool, str], list[Explained]] = {}
    for span in spans:
        found.setdefault((span.key, span.taken, span.winner.id if span.taken else ""), []).append(span)
    names = (Named(tuple(same), tuple(around(body, span.start, span.end) for span in same)) for same in found.values())
    return sorted(names, key=lambda name: not name.first.taken)


@blueprint.get("/article/<int:article_id>/places")
def article(article_id: int) -> str:
    """The names of an article, why each is tagged or left, and what it is said to mean."""
    app = product()
    found = app.store.articles.get(article_id)
    names = named(app.pipeline.explain_places(article_id), found.body) if gazetteer() else []
    rules = app.store.name_rules.holding(found.feed_id, article_id)
    told = app.store.part_rules
    return render_template(
        "article_places.html",
        article=found,
        taken=[name for name in names if name.first.taken],
        left=[name for name in names if not name.first.taken],
        rules=rules,
        places=_places(rules),
        part_rules=told.holding(article_id),
        history=told.history(article_id),
        waiting=app.pipeline.placing.waiting(article_id),
        where=app.store.articles.primary_places([article_id]).get(article_id, ()),
        named={mention.place.id: mention.place for mention in app.store.articles.tags([article_id])[article_id].mentions},
        meanings=MEANINGS,
        missing=gazetteer() is None,
    )


@blueprint.get("/names")
def names() -> str:
    """All that was ever said of names, and how far it has come through the stored articles."""
    store = product().store
    rules = store.name_rules.all()
    return render_template(
        "names.html",
        rules=[rule for rule in rules if not rule.undone],
        undone=[rule for rule in rules if rule.undone],
        places=_places(rules),
        reruns={rule.id: store.reruns.of(NAMES, str(rule.id)) for rule in rules},
        feeds={feed.id: feed.title for feed in store.feeds.all()},
        told=store.part_rules.history(limit=NEWEST),
        missing=gazetteer() is None,
    )


@blueprint.post("/name")
def say() -> str | Response:
    """Say what a name means; where that is not one place, ask which."""
    app, form = product(), request.form
    name, scope = form.get("name", ""), form.get("scope", EVERYWHERE)
    article_id, feed_id = form.get("article", 0, int), form.get("feed", 0, int)
    asked = form.get("other", "").strip() or form.get("place", OTHER)  # what is written goes before what is chosen
    place: Place | None = None
    if asked != NO_PLACE:
        asked = "" if asked == OTHER else asked
        found = meant(asked, app.current_gazetteer()) if asked else ()
        if not found:
            raise UsageError(f"The gazetteer has no place {asked!r}: give an id such as gn703448, or a name as it spells it.")
        if len(found) > 1:
            return render_template("which_place.html", name=name, asked=asked, scope=scope, article=article_id, feed=feed_id, found=found)
        place = found[0]
    rule = app.pipeline.placing.say(name, place, current_user.name, scope, {OF_ARTICLE: article_id, OF_FEED: feed_id}.get(scope, 0))
    rerun = app.store.reruns.of(NAMES, str(rule.id))
    meaning = "no place" if place is None else ", ".join((place.name, *place.path_names))
    flash(f"“{rule.text}” is {meaning} from now on. Stored articles that are looked at in the background: {rerun.total if rerun else 0}.")
    return _back(article_id)


@blueprint.post("/name/<int:rule_id>/undo")
def undo(rule_id: int) -> Response:
    """Take back what was said of a name."""
    rule = product().pipeline.placing.undo(rule_id, current_user.name)
    flash(f"“{rule.text}” is read again as if nothing had been said of it.")
    return _back(request.form.get("article", 0, int))


def _back(article_id: int) -> Response:
    return redirect(url_for("names.article", article_id=article_id) if article_id else url_for("names.names"))


def _places(rules: Iterable[NameRule]) -> dict[str, Place]:
    """The places that rules name, as far as the gazetteer has them."""
    known = gazetteer()
    found = {rule.place_id: meant(rule.place_id, known) for rule in rules if rule.place_id} if known else {}
    return {ident: places[0] for ident, places in found.items() if places}
