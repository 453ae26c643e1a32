"""/api/v1/stories: stories that match a query, and one with its claims."""

from typing import Any, cast

from aggregator.claims.dossier import compile_dossier
from aggregator.storying import quiet_since
from web.api import shapes
from web.api.asked import Search
from web.api.endpoint import endpoint
from web.api.items import member_json, other_story_json, story_json
from web.cards import text_groups
from web.claims import entry_json
from web.pages.stream import read_query
from web.present import iso
from web.product import product
from web.query import QueryView
from web.shares import shares


def story_page(query: QueryView, limit: int, cursor: str | None) -> tuple[list[shapes.Story], str | None]:
    """A page of the stories with a matching article, and the cursor of the next."""
    app = product()
    hits = app.index.stories(query.plan, limit, cursor)
    return [story_json(story) for story in app.store.stories.many(hits.story_ids)], hits.next_after


@endpoint("GET", "/stories", "stories", items="stories")
def stories(asked: Search) -> shapes.Stories:
    """Stories with a matching article. That with the newest match first, or by relevance."""
    query = read_query()
    found, following = story_page(query, asked.limit, asked.cursor)
    return {"query": query.text, "notes": query.notes, "stories": found, "next": following}


@endpoint("GET", "/stories/<int:story_id>", "stories")
def story(story_id: int) -> shapes.FullStory:
    """A story with its articles and claims. Under the id of a story that became part of another stands that other."""
    store = product().store
    found = store.stories.get(story_id)
    articles = {article.id: article for article in store.stories.articles(found.id)}
    carried = shares(text_groups(list(articles.values())))
    made = compile_dossier(store.stories.attributions(found.id), found.id)
    claims = cast(Any, [entry_json(entry, articles) for entry in made.entries])
    quiet = quiet_since(found, product().clock.now())
    whole: Any = {
        **story_json(found),
        "quiet_since": iso(quiet) if quiet else None,
        "follows": other_story_json(store.stories.get(found.follows)) if found.follows else None,
        "followed_by": [other_story_json(one) for one in store.stories.followers(found.id)],
        "claims": claims,
        "articles": [member_json(one, carried.get(one.id)) for one in articles.values()],
    }
    return cast(shapes.FullStory, whole)
