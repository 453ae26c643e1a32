"""/api/v1/attributions and /api/v1/claims: who says what, over all that a query finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from aggregator.model import Article, Attribution, Claim, Place, Tags
from web.api import shapes
from web.api.asked import Fields, Paged, Query, Said
from web.api.endpoint import endpoint
from web.api.expand import Parent, expand
from web.api.items import found_attribution, found_claim
from web.api.schema import Says
from web.pages.stream import read_query
from web.product import names, product
from web.query import QueryView


@dataclass(frozen=True, kw_only=True)
class AskedAttributions(Paged, Said, Query):
    """Which attributions."""

    fields: Fields = ()


@dataclass(frozen=True, kw_only=True)
class AskedClaims(Paged, Query):
    """Which claims."""

    source: Annotated[str, Says("id of the cited source who says it", example="uk-mod")] = ""
    side: Annotated[str, Says("whom the speaker speaks for", example="ukraine")] = ""
    day: Annotated[str, Says("on which it was said, or which it is about; an ISO date", form="date", example="2026-03-04")] = ""
    origins: Annotated[int, Says("at least so many independent origins", least=1, most=1000)] = 1
    fields: Fields = ()


def narrowed(asked: Said | AskedClaims) -> QueryView:
    """The query of the request within what an article must have for such a saying to stand in it: the index leaves out the rest."""
    known = (("by", "source"), ("side", "side"), ("kind", "kind"), ("channel", "channel"))
    parts = [f'{field}:"{value}"' for field, name in known if (value := getattr(asked, name, "").replace('"', ""))]
    return read_query(" ".join(parts))


def attribution_page(
    asked: Said, query: QueryView, place: str, limit: int, cursor: str | None
) -> tuple[list[shapes.FoundAttribution], str | None]:
    """A page of attributions, those of the newest article first, and the cursor of the next."""
    app = product()
    wanted_sources = frozenset(app.registry.ids(asked.source)) if asked.source else None
    within = _within(place)

    def after(batch: int, start: str | None) -> tuple[Sequence[Parent[shapes.FoundAttribution]], str | None]:
        hits = app.index.articles(query.plan, batch, start)
        articles = app.store.articles.many(hits.article_ids)
        tags = app.store.articles.tags([article.id for article in articles])
        there = within({ident for one in tags.values() for said in one.attributions for ident in said.place_ids or one.primary_places})
        return [
            Parent(article.position, _matching(article, tags[article.id], asked, wanted_sources, there))
            for article in articles
            if article.id in tags
        ], hits.next_after

    return expand(after, limit, cursor)


def claim_page(asked: AskedClaims, query: QueryView, limit: int, cursor: str | None) -> tuple[list[shapes.FoundClaim], str | None]:
    """A page of claims, those of the story with the newest match first, within it those with most origins; the cursor of the next."""
    app = product()
    wanted_sources = frozenset(app.registry.ids(asked.source)) if asked.source else None
    within = _within(asked.place)

    def after(batch: int, start: str | None) -> tuple[Sequence[Parent[shapes.FoundClaim]], str | None]:
        hits = app.index.stories(query.plan, batch, start)
        positions = {article.id: article.position for article in app.store.articles.many(hits.matches)}
        claims = app.store.stories.claims(hits.story_ids)
        there = within({ident for found in claims.values() for claim in found for ident in claim.place_ids})
        return [
            Parent(positions[match], [found_claim(claim) for claim in claims[story_id] if _claimed(claim, asked, wanted_sources, there)])
            for story_id, match in zip(hits.story_ids, hits.matches, strict=True)
            if match in positions
        ], hits.next_after

    return expand(after, limit, cursor)


@endpoint("GET", "/attributions", "sayings", items="attributions")
def attributions(asked: AskedAttributions) -> shapes.Attributions:
    """Who says what in the articles that match. The newest article first; within it in the order of its text.

    `q` and the single filters choose the articles; `place`, `source`, `side`, `kind`, `channel`, `form` and `strength` are those of the
    attribution itself. A page may have fewer attributions than `limit`, or none, although there are more: go on while there is a `next`."""
    query = narrowed(asked)
    found, following = attribution_page(asked, query, asked.place, asked.limit, asked.cursor)
    return {"query": query.text, "notes": query.notes, "attributions": found, "next": following}


@endpoint("GET", "/claims", "sayings", items="claims")
def claims(asked: AskedClaims) -> shapes.Claims:
    """Claims of the stories that match: attributions that say the same thing, with their independent origins counted. The story with the
    newest match first; within it the claim with most origins.

    A page may have fewer claims than `limit`, or none, although there are more: go on while there is a `next`."""
    query = narrowed(asked)
    found, following = claim_page(asked, query, asked.limit, asked.cursor)
    return {"query": query.text, "notes": query.notes, "claims": found, "next": following}


def _matching(
    article: Article, tags: Tags, asked: Said, sources: frozenset[str] | None, there: frozenset[str] | None
) -> list[shapes.FoundAttribution]:
    return [
        found_attribution(article, tags, number)
        for number, said in enumerate(tags.attributions)
        if _said(said, asked, sources) and (there is None or not there.isdisjoint(said.place_ids or tags.primary_places))
    ]


def _said(said: Attribution, asked: Said, sources: frozenset[str] | None) -> bool:
    strength = said.cue.strength if said.cue else "neutral"
    return (
        (sources is None or said.speaker.source_id in sources)
        and asked.side in ("", said.speaker.side)
        and asked.kind in ("", said.speaker.kind)
        and asked.channel in ("", said.channel)
        and asked.form in (None, said.form)
        and asked.strength in (None, strength)
    )


def _claimed(claim: Claim, asked: AskedClaims, sources: frozenset[str] | None, there: frozenset[str] | None) -> bool:
    return (
        (sources is None or claim.speaker.source_id in sources)
        and asked.side in ("", claim.speaker.side)
        and (not asked.day or asked.day in claim.days)
        and claim.origins >= asked.origins
        and (there is None or not there.isdisjoint(claim.place_ids))
    )


def _within(place: str) -> Callable[[set[str]], frozenset[str] | None]:
    """Which of some places are the one that is asked for (an id or name), or lie in it; None: none is asked for."""
    if not place:
        return lambda _ids: None
    wanted = frozenset(names().place(place))

    def there(ids: set[str]) -> frozenset[str]:
        known: dict[str, Place] = dict(product().store.articles.places(sorted(ids)))
        return frozenset(ident for ident, found in known.items() if not wanted.isdisjoint((ident, *found.path)))

    return there
