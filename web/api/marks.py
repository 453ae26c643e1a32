"""The shapes of what stands in a text: links, notes, places, and who says what. Handlers build them, the document describes them."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

from web.api.schema import Says

Count = Annotated[int, Says(least=0)]
Share = Annotated[float, Says("from 0 to 1", least=0, most=1)]
Code = Annotated[str | None, Says("ISO 639-1")]
Country = Annotated[str | None, Says("ISO 3166-1 alpha-2")]
Offset = Annotated[int | None, Says("characters of the article's text, which counts Unicode code points")]
Next = Annotated[str | None, Says("the `cursor` of the next page; null on the last one")]
PlaceId = Annotated[str, Says(example="gn706483")]
SourceId = Annotated[str | None, Says("of the registry of cited sources; null where it does not have them", example="uk-mod")]


class Link(TypedDict):
    text: str
    url: str


class Note(TypedDict):
    """Where a text says something that does not add up by itself."""

    kind: str
    start: int
    end: int
    stated: str
    computed: str


class Mention(TypedDict):
    """A place named in a text."""

    start: Offset
    end: Offset
    text: str
    place_id: PlaceId
    geonames_id: int | None
    name: str
    kind: str
    lat: float
    lon: float
    country: Country
    path: Annotated[Sequence[str], Says("names of district, region and country, nearest first")]
    role: Literal["event", "mention", "dateline", "actor", "origin"]
    confidence: Share
    approximate: bool
    relation: Annotated[str, Says("what the text puts between itself and the place: 10 km north of")]


class Speaker(TypedDict):
    """Who says it: the words beside the cue, and who is meant by them."""

    start: Offset
    end: Offset
    text: str
    name: str
    source_id: SourceId
    kind: str
    side: str
    role: str | None
    organisation: str | None
    anonymity: Literal["named", "role", "anonymous"]


class Via(TypedDict):
    start: int
    end: int
    text: str
    source_id: SourceId


class Cue(TypedDict):
    """The words that mark the attribution."""

    start: int
    end: int
    text: str
    lemma: str
    strength: Literal["neutral", "claim", "assess", "confirm", "deny", "warn"]


class Span(TypedDict):
    start: int
    end: int


class Quantity(TypedDict):
    value: float
    unit: str
    text: str


class Attribution(TypedDict):
    """One "who says what" of a text."""

    speaker: Speaker
    via: Sequence[Via]
    cue: Cue | None
    content: Sequence[Span]
    form: Literal["direct", "indirect", "mixed"]
    channel: str | None
    said_on: Annotated[str | None, Says("ISO date, or its year and month or year alone")]
    about_from: str | None
    about_to: str | None
    place_ids: Sequence[PlaceId]
    hedged: bool
    negated: bool
    numbers: Sequence[Quantity]
    confidence: Share
    words: Annotated[str, Says("what is said, as it stands in the text; parts of a split quote are joined by an ellipsis")]
