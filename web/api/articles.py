"""/api/v1/search and /api/v1/articles: articles that match a query, and one with its tags."""

from typing import Any, cast

from aggregator.tagjson import mention_line
from web.api import shapes
from web.api.asked import Search
from web.api.endpoint import endpoint
from web.api.items import article_json, member_json, said_json
from web.items import excerpt
from web.pages.reading import notes_on
from web.pages.stream import read_query
from web.present import links_of
from web.product import product
from web.query import QueryView
from web.shares import share_of
from web.tokens import full_text_allowed


def article_page(query: QueryView, limit: int, cursor: str | None) -> tuple[list[shapes.Article], str | None]:
    """A page of the articles that match, and the cursor of the next."""
    app = product()
    hits = app.index.articles(query.plan, limit, cursor)
    return [article_json(found) for found in app.store.articles.many(hits.article_ids)], hits.next_after


@endpoint("GET", "/search", "articles", items="articles")
def search(asked: Search) -> shapes.Articles:
    """Articles that match a query. Newest first, or by relevance."""
    query = read_query()
    found, following = article_page(query, asked.limit, asked.cursor)
    return {"query": query.text, "notes": query.notes, "articles": found, "next": following}


@endpoint("GET", "/articles/<int:article_id>", "articles")
def article(article_id: int) -> shapes.FullArticle:
    """An article with the beginning of its text, its places and attributions. Offsets count characters of the whole text.

    Who may have whole texts (a token with the scope full-text, as a rule) finds it in `body`, which is null for others."""
    store = product().store
    found = store.articles.get(article_id)
    tags = store.articles.tags([article_id])[article_id]
    facts = found.facts
    return {
        **member_json(found, share_of(found)),
        "excerpt": excerpt(found.body),
        "body": found.body if full_text_allowed() else None,
        "section": facts.section,
        "caption": facts.caption,
        "agency": facts.agency,
        "free": facts.free,
        "languages": facts.languages,
        "links": [{"text": link.text, "url": link.url} for link in links_of(found)],
        "notes": [
            {"kind": n.kind, "start": n.start, "end": n.end, "stated": n.stated, "computed": n.computed} for n in notes_on(found, tags)
        ],
        "primary_places": tags.primary_places,
        "places": cast(Any, [mention_line(mention) for mention in tags.mentions]),
        "attributions": [said_json(attribution, found.body) for attribution in tags.attributions],
    }
