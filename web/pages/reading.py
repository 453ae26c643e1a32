"""One story, article, place, cited source or outlet."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from aggregator.claims.checks import Note, check
from aggregator.claims.dossier import Dossier, compile_dossier
from aggregator.editing import edits_of
from aggregator.identity.revisions import compare
from aggregator.model import Article, Cause, Mention, Place, Tags
from aggregator.storying import quiet_since
from web.cards import places_of, text_groups
from web.gazetteer import about_place, theatres_of
from web.maps.locator import locator
from web.pages.changes import shown
from web.pages.map import town_names
from web.pages.marks import starred
from web.pages.stream import more_of, place_of, read_query, stream_page
from web.present import links_of, marked
from web.product import outlets, product
from web.searches import saving
from web.shares import shares

blueprint = Blueprint("reading", __name__)

PLACES = 3  # of a story, whose dossiers it links to
DAYS = 10  # of a place, newest first, whose dossiers it links to


@blueprint.get("/story/<int:story_id>")
def story(story_id: int) -> str | Response:
    """Who says what in a story, and who carries it, copies folded under their origin."""
    store = product().store
    found = store.stories.get(story_id)
    if found.id != story_id:  # merged since: links never die
        return redirect(url_for("reading.story", story_id=found.id), 301)
    articles = store.stories.articles(found.id)
    tags = store.articles.tags([article.id for article in articles])
    places = places_of(articles, tags)
    made = compile_dossier(store.stories.attributions(found.id), found.id)
    groups = text_groups(articles)
    return render_template(
        "story.html",
        shares={ident: one.told for ident, one in shares(groups).items() if one.told},
        story=found,
        quiet=quiet_since(found, product().clock.now()),
        followed=store.stories.get(found.follows) if found.follows else None,
        followers=store.stories.followers(found.id),
        notes=[(group.origin, note) for group in groups for note in notes_on(group.origin, tags[group.origin.id])],
        dossier=made,
        days=_days(made, places),
        groups=groups,
        articles={article.id: article for article in articles},
        outlets=outlets(),
        places=places,
        map=locator(places[:5], town_names()) if places else None,
        first=articles[0] if articles else None,
        language=next((member.language for member in articles if member.title == found.title), None),
    )


def _days(made: Dossier, places: Sequence[Place]) -> list[tuple[Place, str]]:
    """The dossiers that a story's claims stand in: of its chief places, each with its day of most claims."""
    found = []
    for place in places[:PLACES]:
        days = Counter(day for entry in made.entries if place.id in entry.claim.place_ids for day in entry.claim.days)
        if days:
            found.append((place, max(days, key=lambda day: (days[day], day))))
    return found


@blueprint.get("/article/<int:article_id>")
def article(article_id: int) -> str:
    """The text with its places and attributions where they stand."""
    store = product().store
    found = store.articles.get(article_id)
    tags = store.articles.tags([article_id])[article_id]
    revisions = store.articles.revisions(article_id)
    last = next(reversed(edits_of(revisions)), None)
    places = places_of([found], {found.id: tags})
    return render_template(
        "article.html",
        article=found,
        tags=tags,
        text=marked(found, tags, product().registry.by_id),
        outlet=store.feeds.outlet(found.outlet_id),
        story=store.stories.get(found.story_id) if found.story_id else None,
        origin=store.articles.get(found.copy_group) if found.copy_group and found.copy_group != found.id else None,
        revisions=revisions,
        edits=[one for one in shown(revisions) if one.revision.number > 1 and one.revision.cause is Cause.OUTLET],
        edit=compare(last[0].title, last[0].body, last[1].title, last[1].body) if last else None,
        corrected=revisions[-1] if revisions[-1].cause is not Cause.OUTLET else None,
        places=places,
        map=locator(places, town_names()) if places else None,
        mentioned=_mentioned(tags.mentions),
        removed=store.articles.removed(article_id),
        starred=starred(article_id),
        links=links_of(found),
        notes=notes_on(found, tags),
    )


def notes_on(found: Article, tags: Tags) -> tuple[Note, ...]:
    """What gazetteer or calendar contradict in an article's text."""
    return check(found.body, language=found.language, published=found.published_at, mentions=tags.mentions)


def _mentioned(mentions: Sequence[Mention]) -> list[tuple[Place, int]]:
    """Places by how often they are named."""
    counts = Counter(mention.place.id for mention in mentions)
    places = {mention.place.id: mention.place for mention in mentions}
    return [(places[ident], number) for ident, number in counts.most_common()]


@blueprint.get("/place/<place_id>")
def place(place_id: str) -> str:
    """What happened at a place or within it."""
    found = place_of(place_id)
    path = [(ident, name) for ident, name in zip(found.path, found.path_names, strict=False)]
    return _listing(
        "place.html",
        f"place:{found.id}",
        place=found,
        path=path,
        about=about_place(found),
        theatres=theatres_of(found),
        map=locator([found], town_names()),
        days=product().store.stories.days(found.id, DAYS),
    )


@blueprint.get("/source/<source_id>")
def source(source_id: str) -> str | Response:
    """What a source is cited with."""
    found = product().registry.get(source_id)
    if found.id != source_id:  # merged since: links never die
        return redirect(url_for("reading.source", source_id=found.id), 301)
    return _listing("source.html", f"by:{found.id}", source=found)


@blueprint.get("/outlet/<outlet_id>")
def outlet(outlet_id: str) -> str:
    """What an outlet publishes."""
    store = product().store
    found = store.feeds.outlet(outlet_id)
    feeds = [feed for feed in store.feeds.all() if feed.outlet_id == outlet_id]
    return _listing("outlet.html", f"outlet:{found.id}", outlet=found, feeds=feeds)


def _listing(template: str, within: str, **values: object) -> str:
    """A page of stories within a filter."""
    query = read_query(within)
    page = stream_page(query, with_facets=False)
    return render_template(template, page=page, more=more_of(page), within=within, saving=saving(query), **values)
