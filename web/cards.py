"""Stories as lists and feeds show them, read in a handful of queries however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.app import App
from aggregator.model import Article, Claim, Outlet, Place, Speaker, Story, Tags

DOTS = 12  # at most, then the numbers speak
CLAIMS = 5  # of a story in a list or feed
NAMED_SOURCES = 3
PLACES = 3
PLACED_ARTICLES = 6  # of a story: enough to say where it happened
LONGEST_LEAD = 320  # characters of the words under a headline
NAME_WORDS = 5  # a name of a person or office is seldom longer; what is, is rather a piece of a sentence
ROLE_WORDS = 7


@dataclass(frozen=True, slots=True)
class StoryCard:
    """A story with what carries it: the leading claims, where, by whom, cited sources; filled dots are texts, hollow ones copies."""

    story: Story
    lead: Claim | None
    claims: tuple[Claim, ...]  # the leading ones, the lead first
    sources: tuple[Speaker, ...]  # cited besides the lead's
    source_ids: tuple[str, ...]  # registered sources, all of them
    places: tuple[Place, ...]
    outlets: tuple[Outlet, ...]
    updated_at: datetime  # of the last article or edit
    filled: int
    hollow: int
    language: str | None  # of the title

    @property
    def single_source(self) -> bool:
        """Whether only one origin speaks, however many carry it."""
        return self.story.origins <= 1


@dataclass(frozen=True, slots=True)
class TextGroup:
    """Articles with the same text: the origin and its copies."""

    origin: Article
    copies: tuple[Article, ...]


def story_cards(app: App, story_ids: Sequence[int], outlets: Mapping[str, Outlet]) -> tuple[StoryCard, ...]:
    """Cards of the stories that exist, in the order of ``story_ids``."""
    stories = app.store.stories.many(story_ids)
    ids = [story.id for story in stories]
    members = app.store.stories.members(ids)
    claims = app.store.stories.claims(ids)
    places = app.store.articles.primary_places([article.id for ident in ids for article in _telling(members[ident])])
    return tuple(_card(story, members[story.id], claims.get(story.id, ()), places, outlets) for story in stories)


def _card(
    story: Story,
    articles: Sequence[Article],
    claims: Sequence[Claim],
    places: Mapping[int, tuple[Place, ...]],
    outlets: Mapping[str, Outlet],
) -> StoryCard:
    ranked = sorted((claim for claim in claims if _rank(claim.speaker) is not None), key=lambda claim: _rank(claim.speaker) or 0)
    lead = next((claim for claim in ranked if len(claim.words) <= LONGEST_LEAD), ranked[0] if ranked else None)
    speakers: dict[str, Speaker] = {}
    for claim in ranked:
        if is_name(claim.speaker) and (lead is None or claim.speaker.name != lead.speaker.name):
            speakers.setdefault(claim.speaker.source_id or claim.speaker.name, claim.speaker)
    filled = min(story.texts, DOTS)
    return StoryCard(
        story=story,
        lead=lead,
        claims=tuple([lead, *(claim for claim in ranked if claim is not lead)][:CLAIMS]) if lead else (),
        sources=tuple(speakers.values())[:NAMED_SOURCES],
        source_ids=tuple(dict.fromkeys(claim.speaker.source_id for claim in claims if claim.speaker.source_id)),
        places=most_named(articles, places)[:PLACES],
        outlets=tuple(outlets[ident] for ident in dict.fromkeys(article.outlet_id for article in articles) if ident in outlets),
        updated_at=max([story.last_seen_at, *(article.updated_at for article in articles if article.edits)]),
        filled=filled,
        hollow=min(max(0, story.articles - story.texts), DOTS - filled),
        language=next((article.language for article in articles if article.title == story.title), None),
    )


def is_name(speaker: Speaker) -> bool:
    """Whether the speaker's name can stand in a list by itself: a registered source, or what reads like a proper name."""
    if speaker.source_id:
        return True
    parts = speaker.name.split()
    if speaker.anonymity != "named" or not 2 <= len(parts) <= NAME_WORDS or any(part.endswith((".", ",", ";")) for part in parts[:-1]):
        return False
    cased = [part for part in parts if part[0].upper() != part[0].lower()]
    return not cased or (cased[0] == parts[0] and parts[0][0].isupper() and sum(part[0].isupper() for part in cased) * 2 > len(cased))


def _rank(speaker: Speaker) -> int | None:
    """Who may lead: named sources first, then offices, then the unnamed; None for what is hardly anybody (a stray word)."""
    if is_name(speaker):
        return 0
    parts = speaker.name.split()
    if len(parts) > ROLE_WORDS or len(speaker.name) < 4:
        return None
    return 1 if len(parts) > 1 else 2


def places_of(articles: Sequence[Article], tags: Mapping[int, Tags]) -> tuple[Place, ...]:
    """The primary places of the articles, those of most articles first."""
    by_article = {}
    for article in articles:
        found = {mention.place.id: mention.place for mention in tags[article.id].mentions} if article.id in tags else {}
        ids = tags[article.id].primary_places if article.id in tags else ()
        by_article[article.id] = tuple(found[ident] for ident in ids if ident in found)
    return most_named(articles, by_article)


def most_named(articles: Sequence[Article], places: Mapping[int, tuple[Place, ...]]) -> tuple[Place, ...]:
    """The places of the articles, those of most articles first."""
    votes: dict[str, int] = {}
    found: dict[str, Place] = {}
    for article in articles:
        for place in places.get(article.id, ()):
            votes[place.id] = votes.get(place.id, 0) + 1
            found[place.id] = place
    return tuple(found[ident] for ident in sorted(votes, key=lambda i: -votes[i]))


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
    """The first article of each text, up to PLACED_ARTICLES."""
    return tuple(group.origin for group in text_groups(articles)[:PLACED_ARTICLES])
