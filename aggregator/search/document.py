"""An article with its tags as the search index takes it: which facet values it is found by."""

from collections.abc import Collection, Iterable, Mapping

from aggregator.model import Article, Feed, Mention, Outcome, Tags
from aggregator.query import IndexDocument
from aggregator.search.facets import EDIT_VALUES

WHERE_IT_HAPPENED = frozenset({"event", "dateline"})  # roles that make a place one the article is about


def index_document(
    article: Article, tags: Tags, feed: Feed | None, theatres: Mapping[str, tuple[str, ...]], flags: Collection[str] = ()
) -> IndexDocument:
    """Return the document. An article is found by the places where it happened and by the whole path of each (a region finds its
    villages, a theatre its countries), not by every place that it names. ``theatres``: ids of those of each country; where it happened in
    none of them, or is not known, the article is its feed's. ``flags``: what the outlet's edits of it were (identity.edits.FLAGS)."""
    about = _about(tags)
    speakers = [attribution.speaker for attribution in tags.attributions]
    facets: dict[str, Iterable[str | None]] = {
        "place": (ident for mention in about for ident in (mention.place.id, *mention.place.path)),
        "outlet": (article.outlet_id,),
        "source": (speaker.source_id for speaker in speakers),
        "via": (via.source_id for attribution in tags.attributions for via in attribution.via),
        "kind": (speaker.kind for speaker in speakers if speaker.kind != "unknown"),
        "side": (speaker.side for speaker in speakers if speaker.side != "unknown"),
        "channel": (attribution.channel for attribution in tags.attributions),
        "lang": (article.language,),
        "theatre": _theatres(about, theatres) or (feed.theatre if feed else None,),
        "feed": (str(article.feed_id) if article.feed_id else None,),
        "story": (str(article.story_id) if article.story_id else None,),
        "is": (*_states(article), *(state for state in EDIT_VALUES if state.replace("-", "_") in flags)),
    }
    return IndexDocument(
        article_id=article.id,
        position=article.position,
        story_id=article.story_id,
        title=article.title,
        body=article.body,
        language=article.language,
        facets={name: values for name, found in facets.items() if (values := _distinct(found))},
        copy_of=article.copy_group,
        wire=article.wire,
    )


def _about(tags: Tags) -> list[Mention]:
    """The mentions of primary places; where there is none, those of places where something happened."""
    primary = [mention for mention in tags.mentions if mention.place.id in tags.primary_places]
    return primary or [mention for mention in tags.mentions if mention.role in WHERE_IT_HAPPENED]


def _theatres(about: Iterable[Mention], theatres: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(theatre for mention in about for theatre in theatres.get(mention.place.country or "", ()))


def _states(article: Article) -> list[str]:
    states = ["original" if article.copy_group in (None, article.id) else "copy"]
    if article.wire:
        states.append("wire")
    if article.edits:
        states.append("edited")
    if article.outcome in (Outcome.PARTIAL, Outcome.PAYWALLED):
        states.append(article.outcome.value)
    if article.text_from == "feed":
        states.append("feed_text")
    if article.sample:
        states.append("sample")
    return states


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
