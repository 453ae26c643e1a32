"""The shapes of answers. Handlers build them, the OpenAPI document describes them, tests hold real answers against them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from web.api.marks import Attribution, Code, Count, Country, Link, Mention, Next, Note, PlaceId, SourceId
from web.api.schema import Hour, Says


class Article(TypedDict):
    """An article in brief."""

    id: int
    title: str
    url: Annotated[str, Says("where the outlet has it")]
    outlet: Annotated[str, Says("id of the outlet")]
    language: Code
    published: Annotated[str | None, Says("by the outlet's account", form="date-time")]
    first_seen: Hour
    updated: Annotated[str, Says("when its newest text was stored", form="date-time")]
    revision: Annotated[int, Says("number of the text as it is shown")]
    edits: Annotated[int, Says("how often the outlet changed it", least=0)]
    story: Annotated[int | None, Says("id of the story")]
    copy_of: Annotated[int | None, Says("the article whose text this one repeats")]
    wire: Annotated[str | None, Says("the agency it was taken from")]
    text_from: Literal["page", "feed"]
    outcome: Annotated[str, Says("what the page answered: full, partial, paywalled …")]
    sample: Annotated[bool, Says("an invented article of the sample press")]


class MemberArticle(Article):
    """An article of a story: of a copy also how much of its origin's text it carries."""

    carries: Annotated[float | None, Says("share of its origin's words that stand in it; null where it is no copy", least=0, most=1)]
    own_words: Annotated[float | None, Says("share of its words that do not stand there", least=0, most=1)]


class Story(TypedDict):
    """Articles about the same event, in figures. Copies are not confirmation: origins are."""

    id: int
    title: str
    first_seen: Hour
    last_seen: Hour
    articles: Count
    outlets: Count
    texts: Annotated[int, Says("different texts: copies count once", least=0)]
    origins: Annotated[int, Says("texts that are nobody's copy and no agency's", least=0)]
    edited: Annotated[int, Says("articles that were edited", least=0)]
    languages: Sequence[str]
    sample: bool


class FoundAttribution(Attribution):
    """An attribution, and the article that it stands in. `number` counts from 0 within the article's revision."""

    article: int
    revision: int
    number: int
    title: str
    url: str
    outlet: str
    language: Code
    published: Annotated[str, Says("when the article came out, or was first seen", form="date-time")]
    story: int | None
    copy_of: int | None
    places: Annotated[Sequence[PlaceId], Says("what it is about: its own places, else where the article says that it happened")]


class FullArticle(MemberArticle):
    """An article with the beginning of its text, its places and attributions."""

    excerpt: str
    body: Annotated[str | None, Says("the whole text, a paragraph a line; null for those who may not have it")]
    section: str | None
    caption: str | None
    agency: str | None
    free: Annotated[bool | None, Says("whether everybody may read the page, by its own account")]
    languages: Sequence[str]
    links: Sequence[Link]
    notes: Sequence[Note]
    primary_places: Annotated[Sequence[PlaceId], Says("where it happened, at most three, or nowhere")]
    places: Sequence[Mention]
    attributions: Sequence[Attribution]


class ClaimSpeaker(TypedDict):
    name: str
    source: SourceId
    side: str
    kind: str


class Claim(TypedDict):
    """Attributions that say the same thing. Origins count; copies do not."""

    speaker: ClaimSpeaker
    words: str
    strength: str
    hedged: bool
    negated: bool
    channel: str | None
    via: Sequence[str]
    said_on: str | None
    outlets: Count
    origins: Count
    articles: Sequence[int]


class FoundClaim(Claim):
    """A claim, and the story that it stands in."""

    story: int
    first_at: Hour
    days: Annotated[Sequence[str], Says("ISO dates on which it was said, or which it is about")]
    places: Sequence[PlaceId]


class Amount(TypedDict):
    value: float
    bound: str | None


class Figures(TypedDict):
    """Figures of one kind that differ."""

    what: str
    of: str
    here: Amount
    there: Amount


class Relation(TypedDict):
    """How a claim stands to the claim with the number `claim`."""

    kind: str
    claim: int
    other_side: bool
    same_speaker: bool
    denies: bool
    figures: Sequence[Figures]


class Evidence(TypedDict):
    article: int
    url: str
    outlet: str
    published: Hour
    language: Code
    words: str
    copy_of: int | None


class StoryClaim(Claim):
    """A claim of a story, with its evidence and how it stands to the others; `number` is what relations name it by."""

    number: int
    days: Sequence[str]
    places: Sequence[PlaceId]
    stories: Sequence[int]
    single_source: bool
    relations: Sequence[Relation]
    evidence: Sequence[Evidence]


class OtherStory(TypedDict):
    """A story that is named beside another."""

    id: int
    title: str
    first_seen: Hour


class FullStory(TypedDict):
    """A story with its articles, oldest first, and its claims."""

    id: int
    title: str
    first_seen: Hour
    last_seen: Hour
    # `articles` is the list here, and a figure in lists of stories
    outlets: Count
    texts: Count
    origins: Count
    edited: Count
    languages: Sequence[str]
    sample: bool
    quiet_since: Annotated[str | None, Says("when its last article came out, if it takes in no further ones", form="date-time")]
    follows: Annotated[OtherStory | None, Says("the earlier story that it takes up")]
    followed_by: Sequence[OtherStory]
    claims: Sequence[StoryClaim]
    articles: Sequence[MemberArticle]


class Place(TypedDict):
    """A place of the gazetteer."""

    id: PlaceId
    name: str
    kind: Literal["settlement", "district", "region", "country", "area", "water", "site"]
    lat: float
    lon: float
    country: Country
    path: Annotated[Sequence[PlaceId], Says("ids of district, region and country, nearest first")]
    path_names: Sequence[str]
    geonames_id: int | None
    population: Count
    approximate: Annotated[bool, Says("the point is near the place rather than at it")]


class PlaceName(TypedDict):
    text: str
    language: str | None
    script: str
    note: str


class Neighbour(TypedDict):
    place: Place
    distance_km: float


class FullPlace(Place):
    """A place with its names, its neighbours and what is claimed about it."""

    names: Sequence[PlaceName]
    neighbours: Annotated[Sequence[Neighbour], Says("settlements and sites within 25 km, the nearest first")]
    days: Annotated[Sequence[str], Says("the newest days on which something is claimed about it")]


class Source(TypedDict):
    """Someone who is cited. A side is whom they speak for, and no verdict."""

    id: str
    name: str
    kind: str
    side: str
    country: Country
    organisation: str | None
    aliases: Annotated[Mapping[str, Sequence[str]], Says("further names by language")]
    channels: Sequence[str]
    basis: Annotated[str, Says("why it has these labels")]
    verified: bool


class Outlet(TypedDict):
    """Who publishes. Each label has its basis; unknown is a value."""

    id: str
    name: str
    kind: str
    country: Country
    languages: Sequence[str]
    affiliation: str
    basis: str
    verified: bool
    homepage: str | None
    sample: bool


class Alarm(TypedDict):
    kind: str
    since: Hour
    text: str


class Feed(TypedDict):
    """A feed and the state of its polling."""

    id: int
    url: str
    title: str
    outlet: str
    theatre: str | None
    language: Code
    interval_s: Annotated[int | None, Says("seconds between polls as an operator set them; null: the policy decides")]
    state: Literal["new", "ok", "quiet", "stale", "failing", "gone", "paused"]
    state_text: str
    alarms: Sequence[Alarm]
    errors_in_row: Count
    added: str | None
    next_poll: str | None
    last_polled: str | None
    last_ok: str | None
    last_new: str | None
    sample: bool


class NewFeed(TypedDict):
    """A feed to subscribe to."""

    url: Annotated[str, Says("address of the feed; a site's feeds are found at /operate/add", most=2000)]
    title: NotRequired[Annotated[str | None, Says("null: the feed's own", most=300)]]
    outlet: NotRequired[Annotated[str | None, Says("name of the outlet; null: its host", most=200)]]
    theatre: NotRequired[Annotated[str | None, Says("theatre of the catalogue", most=80)]]
    language: NotRequired[Annotated[str | None, Says("ISO 639-1", most=8)]]


class Queue(TypedDict):
    waiting: int | None
    last_done_at: str | None


class Hub(TypedDict):
    """The hub for the service's own feeds."""

    topics: Count
    subscriptions: Count
    verified: Annotated[int, Says("subscriptions whose callback agreed, and whose lease is not over")]
    waiting: Annotated[int, Says("deliveries that are still to be made")]
    failing: Annotated[int, Says("subscriptions whose last delivery did not arrive")]
    stopped: Annotated[int, Says("subscriptions to which nothing goes any more, as nothing arrived for days")]


class Status(TypedDict):
    """The service in figures."""

    feeds: Count
    feeds_due: Count
    feed_states: Mapping[str, int]
    alarms: Count
    entries: Mapping[str, int]
    articles: Count
    revisions: Count
    stories: Count
    outlets: Count
    languages: Count
    sources: Count
    sample_articles: Count
    edited: Count
    gone: Count
    index_lag: Annotated[int, Says("changes that are not searchable yet")]
    queues: Mapping[str, Queue]
    hub: Annotated[Hub | None, Says("null where this service is no hub")]


class Problem(TypedDict):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Says("a sentence for people: what was wrong, and what would be right")]


class Articles(TypedDict):
    query: Annotated[str, Says("the query as it was understood")]
    notes: Annotated[Sequence[str], Says("what of the query was not understood")]
    articles: Sequence[Article]
    next: Next


class Stories(TypedDict):
    query: str
    notes: Sequence[str]
    stories: Sequence[Story]
    next: Next


class Attributions(TypedDict):
    query: str
    notes: Sequence[str]
    attributions: Sequence[FoundAttribution]
    next: Next


class Claims(TypedDict):
    query: str
    notes: Sequence[str]
    claims: Sequence[FoundClaim]
    next: Next


class Places(TypedDict):
    places: Sequence[Place]
    next: Next


class Sources(TypedDict):
    sources: Sequence[Source]
    next: Next


class Outlets(TypedDict):
    outlets: Sequence[Outlet]
    next: Next


class Feeds(TypedDict):
    feeds: Sequence[Feed]
    next: Next


Document = dict[str, Any]  # the OpenAPI document itself
