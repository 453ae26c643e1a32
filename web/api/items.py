"""Articles, stories, attributions and claims as the API gives them."""

from typing import Any, cast

from aggregator.model import Article, Attribution, Claim, Place, Story, Tags
from aggregator.tagjson import attribution_line
from web.api import marks, shapes
from web.claims import claim_json
from web.present import iso
from web.shares import Share


def article_json(found: Article) -> shapes.Article:
    """An article in brief."""
    return {
        "id": found.id,
        "title": found.title,
        "url": found.url,
        "outlet": found.outlet_id,
        "language": found.language,
        "published": iso(found.published_at) if found.published_at else None,
        "first_seen": iso(found.first_seen_at),
        "updated": iso(found.updated_at),
        "revision": found.revision,
        "edits": found.edits,
        "story": found.story_id,
        "copy_of": found.copy_group if found.copy_group != found.id else None,
        "wire": found.wire,
        "text_from": "feed" if found.text_from == "feed" else "page",
        "outcome": found.outcome.value,
        "sample": found.sample,
    }


def member_json(found: Article, share: Share | None) -> shapes.MemberArticle:
    """An article in brief, with how much of another's text it carries."""
    figures = (round(share.carries, 2), round(share.own, 2)) if share else (None, None)
    return {**article_json(found), "carries": figures[0], "own_words": figures[1]}


def story_json(found: Story) -> shapes.Story:
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


def other_story_json(found: Story) -> shapes.OtherStory:
    """A story as it is named beside another."""
    return {"id": found.id, "title": found.title, "first_seen": iso(found.first_seen_at)}


def said_json(attribution: Attribution, body: str) -> marks.Attribution:
    """An attribution with its words."""
    return cast(marks.Attribution, attribution_line(attribution) | {"words": attribution.words(body)})


def found_attribution(article: Article, tags: Tags, number: int) -> shapes.FoundAttribution:
    """An attribution with the article that it stands in."""
    said = tags.attributions[number]
    return {
        **said_json(said, article.body),
        "article": article.id,
        "revision": article.revision,
        "number": number,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet_id,
        "language": article.language,
        "published": iso(article.at),
        "story": article.story_id,
        "copy_of": article.copy_group if article.copy_group != article.id else None,
        "places": said.place_ids or tags.primary_places,
    }


def found_claim(claim: Claim) -> shapes.FoundClaim:
    """A claim with the story that it stands in."""
    where = {"story": claim.story_id, "first_at": iso(claim.first_at), "days": claim.days, "places": claim.place_ids}
    return cast(shapes.FoundClaim, claim_json(claim) | where)


def place_json(place: Place) -> shapes.Place:
    """A place with what it lies in."""
    return {
        "id": place.id,
        "name": place.name,
        "kind": cast(Any, place.kind),
        "lat": place.lat,
        "lon": place.lon,
        "country": place.country,
        "path": place.path,
        "path_names": place.path_names,
        "geonames_id": place.geonames_id,
        "population": place.population,
        "approximate": place.approximate,
    }
