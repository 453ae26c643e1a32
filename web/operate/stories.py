"""One story at the desk: having articles out of it, merging and naming it, saying what is a copy, taking that back, and why all is so."""

import re
from collections.abc import Callable, Iterable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.corrections import APART, COPY, STORY, Ruling
from aggregator.errors import NotFoundError, UsageError
from aggregator.grounds import of_copy, of_story
from aggregator.identity import urls
from aggregator.model import Alias, Place, Story
from aggregator.numbers import whole
from aggregator.search.language import parse
from aggregator.search.plan import plan
from aggregator.stories.rulings import said
from web.cards import text_groups
from web.product import names, outlets, product

blueprint = Blueprint("stories", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every address here asks for a login

FOUND = 12  # stories that are offered for merging
COMPARED = 800  # articles around a story with which its texts are compared: a page should not take long
_OURS = re.compile(r"(?:^|/)(story|article)/(\d+)/?(?:[?#].*)?$")


@blueprint.get("/story/<int:story_id>")
def story(story_id: int) -> str | Response:
    """Its articles by text, what can be done, and what was decided. ``find``: stories to merge with."""
    app = product()
    found = app.store.stories.get(story_id)
    if found.id != story_id:  # merged since
        return redirect(url_for("stories.story", story_id=found.id, find=request.args.get("find")))
    asked = request.args.get("find", "").strip()
    groups = text_groups(app.store.stories.articles(found.id))
    about = [*app.pipeline.arranging.about_story(found.id)]
    about += app.pipeline.arranging.about_copies([member.id for group in groups for member in (group.origin, *group.copies)])
    rulings = sorted(about, key=lambda ruling: -ruling.id)
    return render_template(
        "operate_story.html",
        story=found,
        groups=groups,
        outlets=outlets(),
        asked=asked,
        found=_others(asked, found.id) if asked else (),
        holding=[ruling for ruling in rulings if not ruling.undone],
        undone=[ruling for ruling in rulings if ruling.undone],
        elsewhere=_elsewhere(rulings, found.id),
        said=said,
    )


@blueprint.get("/story/<int:story_id>/why")
def why(story_id: int) -> str | Response:
    """Why each text is in the story, and whose copies its copies are."""
    app = product()
    found = app.store.stories.get(story_id)
    if found.id != story_id:
        return redirect(url_for("stories.why", story_id=found.id))
    grounds = of_story(app.store, found.id, COMPARED)
    articles = {article.id: article for article in app.store.stories.articles(found.id)}
    others = [text.next_story for text in grounds.texts if text.next_story is not None]
    return render_template(
        "operate_story_why.html",
        story=found,
        grounds=grounds,
        articles=articles,
        outlets=outlets(),
        others={other.id: other for other in app.store.stories.many(others)},
        places=_places(term.term for text in grounds.texts for term in text.shared if term.kind == "place"),
        copies={article: of_copy(app.store, article) for text in grounds.texts for article in text.articles[1:]},
        rulings=[ruling for ruling in app.pipeline.arranging.about_story(found.id) if not ruling.undone],
        said=said,
    )


@blueprint.post("/story/<int:story_id>/articles")
def arrange(story_id: int) -> Response:
    """Do something with the chosen articles."""
    arranging, form = product().pipeline.arranging, request.form
    articles = [ident for text in form.getlist("article") if (ident := whole(text)) is not None]
    by, reason = current_user.name, form.get("reason", "")
    actions: dict[str, Callable[[], Ruling]] = {
        "split": lambda: arranging.split(articles, by, reason),
        "pin": lambda: arranging.pin(articles, by, reason),
        "apart": lambda: arranging.copies_apart(articles, by, reason),
        "together": lambda: arranging.copies_together(articles, by, reason),
    }
    return _say(story_id, actions.get(form.get("do", "")))


@blueprint.post("/story/<int:story_id>/merge")
def merge(story_id: int) -> Response:
    """The story is one with another from now on."""
    into = request.form.get("into", 0, int)
    return _say(story_id, lambda: product().pipeline.arranging.merge(story_id, into, current_user.name, request.form.get("reason", "")))


@blueprint.post("/story/<int:story_id>/title")
def entitle(story_id: int) -> Response:
    """The story is called so."""
    form = request.form
    return _say(
        story_id, lambda: product().pipeline.arranging.entitle(story_id, form.get("title", ""), current_user.name, form.get("reason", ""))
    )


@blueprint.post("/ruling/<int:ruling_id>/undo")
def undo(ruling_id: int) -> Response:
    """Take back what was decided."""
    app = product()
    ruling = app.store.rulings.get(ruling_id)
    back = request.form.get("story", 0, int)
    try:
        done = app.pipeline.arranging.undo(ruling_id, current_user.name, ruling.about)
    except UsageError as error:
        flash(error.message, "refused")
    else:
        flash(f"Taken back: {said(done)}. {'The service sees to it next.' if done.waits else 'All stands as if it had never been said.'}")
    stories = [article.story_id for article in app.store.articles.many((*ruling.articles, *ruling.others)) if article.story_id is not None]
    return redirect(url_for("stories.story", story_id=back or stories[0]) if back or stories else url_for("operate.desk"))


def _say(story_id: int, action: Callable[[], Ruling] | None) -> Response:
    """Do it and say so, or say why it cannot be done; back to the story."""
    try:
        if action is None:
            raise UsageError("Choose what to do with these articles.")
        ruling = action()
    except (UsageError, NotFoundError) as error:
        flash(error.message, "refused")
    else:
        sentence = said(ruling)
        now = "The service is at work on the stories and sees to it next." if ruling.waits else "It holds from now on."
        flash(f"{sentence[0].upper()}{sentence[1:]}. {now}")
        new = _elsewhere([ruling], story_id).get(ruling.id, ()) if ruling.about == STORY and ruling.kind == APART else ()
        for other in new:
            flash(f"They are story {other.id} now: “{other.title}”.")
    return redirect(url_for("stories.story", story_id=story_id))


def _elsewhere(rulings: Iterable[Ruling], story_id: int) -> dict[int, tuple[Story, ...]]:
    """By ruling, the other stories in which its articles are."""
    store = product().store
    found = {}
    for ruling in rulings:
        if ruling.about == COPY:
            continue
        members = store.articles.many((*ruling.articles, *ruling.others))
        ids = {article.story_id for article in members if article.story_id not in (None, story_id)}
        found[ruling.id] = store.stories.many(sorted(ident for ident in ids if ident is not None))
    return found


def _others(asked: str, but: int) -> tuple[Story, ...]:
    """The stories that a number, an address or words mean, but this one."""
    store = product().store
    found = store.stories.many([ident for ident in _told(asked) if ident != but])
    if not found and not asked.isdecimal():
        app = product()
        planned = plan(parse(asked), app.clock.now(), names(), "relevance").plan
        found = store.stories.many(app.index.stories(planned, FOUND + 1).story_ids)
    return tuple(other for other in found if other.id != but)[:FOUND]


def _told(asked: str) -> Sequence[int]:
    """Stories by their number, our own address of them or of an article, or an article's address at its outlet."""
    store = product().store
    if (number := whole(asked)) is not None:
        return [number]
    if (ours := _OURS.search(asked)) and (ident := whole(ours[2])) is not None:
        if ours[1] == "story":
            return [ident]
        return [article.story_id for article in store.articles.many([ident]) if article.story_id is not None]
    if "://" not in asked:
        return []
    try:
        hits = store.articles.find([Alias("link", urls.key(asked))])
    except UsageError:  # no address after all
        return []
    return [article.story_id for article in store.articles.many([hit.article_id for hit in hits]) if article.story_id is not None]


def _places(ids: Iterable[str]) -> dict[str, Place]:
    return dict(product().store.articles.places(tuple(dict.fromkeys(ids))))
