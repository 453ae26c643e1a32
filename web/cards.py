"""Stories as lists show them, read in a handful of queries however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.app import App
from aggregator.model import Article, Claim, Outlet, Place, Speaker, Story, Tags

DOTS = 12  # at most, then the numbers speak
NAMED_OUTLETS = 3
NAMED_SOURCES = 3
PLACES = 3
TAGGED_ARTICLES = 4  # of a story: enough to say where it happened


@dataclass(frozen=True, slots=True)
class StoryCard:
    """A story with what carries it: the leading claim, where, by whom, cited sources; filled dots are texts, hollow ones copies."""

    story: Story
    lead: Claim | None
    sources: tuple[Speaker, ...]  # cited besides the lead's
    places: tuple[Place, ...]
    outlets: tuple[Outlet, ...]
    more_outlets: int
    filled: int
    hollow: int
    language: str | None

    @property
    def single_source(self) -> bool:
        """Whether only one origin speaks, however many carry it."""
        return self.story.origins <= 1


@dataclass(frozen=True, slots=True)
class TextGroup:
    """Articles with the same text: the origin and its copies."""

    origin: Article
    copies: tuple[Article, ...]


def story_cards(app: App, story_ids: Sequence[int]) -> tuple[StoryCard, ...]:
    """Cards of the stories that exist, in the order of ``story_ids``."""
    stories = app.store.stories.many(story_ids)
    members = app.store.stories.members([story.id for story in stories])
    claims = app.store.stories.claims([story.id for story in stories])
    picked = {story.id: _telling(members[story.id]) for story in stories}
    tags = app.store.articles.tags([article.id for articles in picked.values() for article in articles])
    outlets = {outlet.id: outlet for outlet in app.store.feeds.outlets()}
    return tuple(_card(story, members[story.id], picked[story.id], claims.get(story.id, ()), tags, outlets) for story in stories)


def _card(
    story: Story,
    articles: Sequence[Article],
    picked: Sequence[Article],
    claims: Sequence[Claim],
    tags: Mapping[int, Tags],
    outlets: Mapping[str, Outlet],
) -> StoryCard:
    lead = next(
        (claim for claim in claims if claim.speaker.anonymity == "named" and len(claim.words) <= 320), claims[0] if claims else None
    )
    speakers: dict[str, Speaker] = {}
    for claim in claims:
        if lead is None or claim.speaker.name != lead.speaker.name:
            speakers.setdefault(claim.speaker.source_id or claim.speaker.name, claim.speaker)
    ids = list(dict.fromkeys(article.outlet_id for article in articles))
    filled = min(story.texts, DOTS)
    return StoryCard(
        story=story,
        lead=lead,
        sources=tuple(speakers.values())[:NAMED_SOURCES],
        places=places_of(picked, tags)[:PLACES],
        outlets=tuple(outlets[ident] for ident in ids[:NAMED_OUTLETS] if ident in outlets),
        more_outlets=max(0, len(ids) - NAMED_OUTLETS),
        filled=filled,
        hollow=min(max(0, story.articles - story.texts), DOTS - filled),
        language=articles[0].language if articles else None,
    )


def places_of(articles: Sequence[Article], tags: Mapping[int, Tags]) -> tuple[Place, ...]:
    """The primary places of the articles, those of most articles first."""
    votes: dict[str, int] = {}
    found: dict[str, Place] = {}
    for article in articles:
        for place_id in tags[article.id].primary_places if article.id in tags else ():
            votes[place_id] = votes.get(place_id, 0) + 1
        for mention in tags[article.id].mentions if article.id in tags else ():
            found.setdefault(mention.place.id, mention.place)
    return tuple(found[ident] for ident in sorted(votes, key=lambda i: -votes[i]) if ident in found)


def text_groups(articles: Sequence[Article]) -> tuple[TextGroup, ...]:
    """The articles of a story with copies folded under their origin, in the order in which the texts came."""
    groups: dict[int, list[Article]] = {}
    for article in articles:
        groups.setdefault(article.copy_group or article.id, []).append(article)
    out = []
    for group, members in groups.items():
        origin = next((article for article in members if article.id == group), members[0])
        out.append(TextGroup(origin, tuple(article for article in members if article is not origin)))
    return tuple(sorted(out, key=lambda g: g.origin.at))


def _telling(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The first article of each text, up to TAGGED_ARTICLES."""
    return tuple(group.origin for group in text_groups(articles)[:TAGGED_ARTICLES])
