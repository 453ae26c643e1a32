"""Stories and articles as items of feeds: a title, a link, and in the summary who says what."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from aggregator.model import Article, Claim, Outlet, Place, Tags
from aggregator.outputs.channel import Category, Item, Origin, Point, category, tag_id
from aggregator.sources.registry import Registry
from web.cards import StoryCard
from web.present import count, full_hour, language_name, said_by, strength

EXCERPT = 420  # characters of an article's own words: enough to see what it is about, and no substitute for reading it there


def story_item(card: StoryCard, base: str, registry: Registry) -> Item:
    """A story: its leading claims, what carries it, and a link to its page."""
    story = card.story
    parts = [_claim(claim) for claim in card.claims]
    parts.append(_carriers(card, base))
    return Item(
        id=tag_id(base, "story", story.id),
        title=story.title,
        link=f"{base}/story/{story.id}",
        html="".join(parts),
        published=story.first_seen_at,
        updated=card.updated_at,
        authors=tuple(outlet.name for outlet in card.outlets[:3]),
        language=card.language,
        categories=(
            *_places(card.places, base),
            *(category(base, "outlet", outlet.id, outlet.name) for outlet in card.outlets),
            *_sources(card.source_ids, registry, base),
            *(category(base, "language", code, language_name(code)) for code in story.languages),
        ),
        points=_points(card.places),
        sample=story.sample,
    )


def article_item(
    found: Article, outlet: Outlet, tags: Tags, places: Sequence[Place], base: str, registry: Registry, *, whole: bool = False
) -> Item:
    """An article: the beginning of its text or its ``whole``, and a link to the outlet's page; who says what in it stands on ours."""
    cited = dict.fromkeys(a.speaker.source_id for a in tags.attributions if a.speaker.source_id)
    return Item(
        id=tag_id(base, "article", found.id),
        title=found.title,
        link=found.url,
        html=article_html(found, base, whole=whole),
        published=found.at,
        updated=found.updated_at if found.edits else found.at,
        outlet=outlet.name,
        authors=found.authors,
        language=found.language,
        categories=(
            *_places(places, base),
            category(base, "outlet", outlet.id, outlet.name),
            *_sources(tuple(cited), registry, base),
            *((category(base, "language", found.language, language_name(found.language)),) if found.language else ()),
            *((category(base, "state", "copy"),) if found.copy_group not in (None, found.id) else ()),
        ),
        points=_points(places),
        origin=Origin(outlet.name, outlet.homepage) if outlet.homepage else None,
        image=found.image if found.image and found.image.startswith(("https://", "http://")) else "",
        sample=found.sample,
    )


def article_html(found: Article, base: str, *, whole: bool = False) -> str:
    """The beginning of an article's text, or its ``whole``, with the way to who says what in it."""
    ours = f"{base}/article/{found.id}"
    edited = f", edited {count(found.edits, 'time')}" if found.edits else ""
    paragraphs = found.body.split("\n") if whole else [excerpt(found.body)]
    text = Markup("").join(Markup('<p dir="auto">{}</p>').format(paragraph) for paragraph in paragraphs if paragraph.strip())
    return str(text + Markup('<p><a href="{}">Who says what in it</a>{}</p>').format(ours, edited))


def excerpt(body: str) -> str:
    """The first words of a text, up to EXCERPT characters, cut between words."""
    text = " ".join(body[: EXCERPT * 2].split())
    return text if len(text) <= EXCERPT else text[: EXCERPT + 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def _claim(claim: Claim) -> str:
    via = f" via {', '.join(claim.via)}" if claim.via else ""
    hedged = " (hedged)" if claim.hedged else ""
    return Markup('<p dir="auto"><strong>{}</strong>{} {}{}: {}</p>').format(
        said_by(claim.speaker.name), via, strength(claim.strength, claim.negated), hedged, claim.words
    )


def _carriers(card: StoryCard, base: str) -> str:
    story = card.story
    outlets = Markup(", ").join(Markup('<a href="{}/outlet/{}">{}</a>').format(base, outlet.id, outlet.name) for outlet in card.outlets)
    figures = f"{count(story.outlets, 'outlet')}, {count(story.texts, 'text')}, {count(story.origins, 'origin')}"
    first = f"; first seen {full_hour(story.first_seen_at)} at {card.outlets[0].name}" if card.outlets else ""
    edited = f"; {story.edited} edited since" if story.edited else ""
    return Markup("<p>{}{}{}: {}</p>").format(figures, first, edited, outlets)


def _places(places: Sequence[Place], base: str) -> tuple[Category, ...]:
    return tuple(category(base, "place", place.id, place.name) for place in places)


def _sources(ids: Sequence[str], registry: Registry, base: str) -> tuple[Category, ...]:
    by_id: Mapping[str, object] = registry.by_id
    return tuple(category(base, "cited-source", ident, registry.get(ident).name if ident in by_id else ident) for ident in ids)


def _points(places: Sequence[Place]) -> tuple[Point, ...]:
    return tuple(Point(place.lat, place.lon, place.name) for place in places)
