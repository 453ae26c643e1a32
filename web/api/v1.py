"""/api/v1: status, search, stories and articles as JSON. Read only; the fields are described in docs/api.md."""

from typing import Any

import orjson
from flask import Blueprint, Response, request

from aggregator.claims.dossier import compile_dossier
from aggregator.errors import UsageError
from aggregator.model import Article, PageFacts, Story
from aggregator.status import collect
from aggregator.tagjson import attribution_line, mention_line
from web.answers import answer, open_to_all
from web.claims import entry_json
from web.items import excerpt
from web.pages.reading import notes_on
from web.pages.stream import read_query
from web.present import iso, links_of
from web.product import product

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.after_request(open_to_all)

MOST = 200


@blueprint.get("/status")
def status() -> Response:
    """The service in figures."""
    return _json(collect(product()).as_json())


@blueprint.get("/search")
def search() -> Response:
    """Articles that match ``q``, newest first or by ``order=relevance``; ``cursor`` takes ``next`` of the page before."""
    query = read_query()
    hits = product().index.articles(query.plan, _limit(), request.args.get("cursor"))
    articles = product().store.articles.many(hits.article_ids)
    return _json(
        {"query": query.text, "notes": query.notes, "articles": [article_json(found) for found in articles], "next": hits.next_after}
    )


@blueprint.get("/stories")
def stories() -> Response:
    """Stories with a matching article, newest first."""
    query = read_query()
    hits = product().index.stories(query.plan, _limit(), request.args.get("cursor"))
    store = product().store
    found = [story_json(story) for story in store.stories.many(hits.story_ids)]
    return _json({"query": query.text, "notes": query.notes, "stories": found, "next": hits.next_after})


@blueprint.get("/stories/<int:story_id>")
def story(story_id: int) -> Response:
    """A story with its articles and claims."""
    store = product().store
    found = store.stories.get(story_id)
    articles = {article.id: article for article in store.stories.articles(found.id)}
    made = compile_dossier(store.stories.attributions(found.id), found.id)
    claims = [entry_json(entry, articles) for entry in made.entries]
    return _json({**story_json(found), "claims": claims, "articles": [article_json(one) for one in articles.values()]})


@blueprint.get("/articles/<int:article_id>")
def article(article_id: int) -> Response:
    """An article with the beginning of its text, its places and attributions. Offsets count characters of the whole text."""
    store = product().store
    found = store.articles.get(article_id)
    tags = store.articles.tags([article_id])[article_id]
    return _json(
        {
            **article_json(found),
            "excerpt": excerpt(found.body),
            **facts_json(found.facts),
            "links": [{"text": link.text, "url": link.url} for link in links_of(found)],
            "notes": [
                {"kind": n.kind, "start": n.start, "end": n.end, "stated": n.stated, "computed": n.computed} for n in notes_on(found, tags)
            ],
            "primary_places": tags.primary_places,
            "places": [mention_line(mention) for mention in tags.mentions],
            "attributions": [
                {**attribution_line(attribution), "words": attribution.words(found.body)} for attribution in tags.attributions
            ],
        }
    )


def facts_json(facts: PageFacts) -> dict[str, Any]:
    """What the page says of its article."""
    return {
        "section": facts.section,
        "caption": facts.caption,
        "agency": facts.agency,
        "free": facts.free,
        "languages": facts.languages,
    }


def article_json(found: Article) -> dict[str, Any]:
    """An article in brief."""
    return {
        "id": found.id,
        "title": found.title,
        "url": found.url,
        "outlet": found.outlet_id,
        "language": found.language,
        "published": found.published_at and iso(found.published_at),
        "first_seen": iso(found.first_seen_at),
        "updated": iso(found.updated_at),
        "revision": found.revision,
        "edits": found.edits,
        "story": found.story_id,
        "copy_of": found.copy_group if found.copy_group != found.id else None,
        "wire": found.wire,
        "text_from": found.text_from,
        "outcome": found.outcome.value,
        "sample": found.sample,
    }


def story_json(found: Story) -> dict[str, Any]:
    """A story in brief."""
    return {
        "id": found.id,
        "title": found.title,
        "first_seen": iso(found.first_seen_at),
        "last_seen": iso(found.last_seen_at),
        "articles": found.articles,
        "outlets": found.outlets,
        "texts": found.texts,
        "origins": found.origins,
        "edited": found.edited,
        "languages": found.languages,
        "sample": found.sample,
    }


def _limit() -> int:
    text = request.args.get("limit", "50")
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise UsageError(f"limit={text!r} is not right: a number from 1 to {MOST}.")
    return int(text)


def _json(value: Any) -> Response:
    return answer(orjson.dumps(value), "application/json", max_age_s=0)
