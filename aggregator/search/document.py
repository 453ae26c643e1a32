"""An article with its tags as the search index takes it: which facet values it is found by."""

from collections.abc import Iterable

from aggregator.model import Article, Feed, Mention, Outcome, Outlet, Tags
from aggregator.ports import IndexDocument

WHERE_IT_HAPPENED = frozenset({"event", "dateline"})  # roles that make a place one the article is about


def index_document(article: Article, tags: Tags, outlet: Outlet, feed: Feed | None) -> IndexDocument:
    """Return the document. An article is found by the places where it happened and by the whole path of each (a region finds its
    villages); by ``mention`` it is found by every other place that it names."""
    about = _about(tags)
    speakers = [attribution.speaker for attribution in tags.attributions]
    facets: dict[str, Iterable[str | None]] = {
        "place": (ident for mention in about for ident in (mention.place.id, *mention.place.path)),
        "mention": (ident for mention in tags.mentions for ident in (mention.place.id, *mention.place.path)),
        "outlet": (article.outlet_id,),
        "kind": (outlet.kind,),
        "affiliation": (outlet.affiliation,),
        "source": (speaker.source_id for speaker in speakers),
        "side": (speaker.side for speaker in speakers if speaker.side != "unknown"),
        "speaker": (speaker.kind for speaker in speakers if speaker.kind != "unknown"),
        "via": (via.source_id for attribution in tags.attributions for via in attribution.via),
        "channel": (attribution.channel for attribution in tags.attributions),
        "lang": (article.language,),
        "theatre": (feed.theatre if feed else None,),
        "feed": (str(article.feed_id) if article.feed_id else None,),
        "story": (str(article.story_id) if article.story_id else None,),
        "wire": (article.wire,),
        "is": _states(article, tags),
    }
    return IndexDocument(
        article_id=article.id,
        position=article.position,
        story_id=article.story_id,
        title=article.title,
        body=article.body,
        language=article.language,
        facets={name: values for name, found in facets.items() if (values := _distinct(found))},
    )


def _about(tags: Tags) -> list[Mention]:
    """The mentions of primary places; where there is none, those of places where something happened."""
    primary = [mention for mention in tags.mentions if mention.place.id in tags.primary_places]
    return primary or [mention for mention in tags.mentions if mention.role in WHERE_IT_HAPPENED]


def _states(article: Article, tags: Tags) -> list[str]:
    states = []
    if article.copy_group is not None:
        states.append("original" if article.copy_group == article.id else "copy")
    if article.revision > 1:
        states.append("edited")
    if article.outcome is Outcome.PAYWALLED:
        states.append("paywalled")
    if article.text_from == "feed":
        states.append("feed-text")
    if article.sample:
        states.append("sample")
    if len({a.speaker.source_id or a.speaker.name for a in tags.attributions}) == 1:
        states.append("single-source")
    return states


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
