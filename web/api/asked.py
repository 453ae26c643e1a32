"""Parameters that several endpoints have in common."""

from dataclasses import dataclass
from typing import Annotated, Literal

from web.api.schema import Says

MOST = 200  # items of a page
Fields = Annotated[tuple[str, ...], Says("only these fields of each item, divided by commas", example="id,title")]


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A page of a list."""

    limit: Annotated[int, Says("items of a page", least=1, most=MOST)] = 50
    cursor: Annotated[str | None, Says("`next` of the page before", most=200)] = None


@dataclass(frozen=True, kw_only=True)
class Query:
    """The query, and single filters that are added to it."""

    q: Annotated[str, Says("the query, as in the search box", most=1000, example="kharkiv last:3d")] = ""
    place: Annotated[str, Says("id or name of a place: there, or within it", example="gn706483")] = ""
    outlet: Annotated[str, Says("id or name of an outlet")] = ""
    by: Annotated[str, Says("id or name of a cited source", example="uk-mod")] = ""
    lang: Annotated[str, Says("language, ISO 639-1", example="uk")] = ""
    after: Annotated[str, Says("since this day or hour, ISO 8601 in UTC", example="2026-03-01")] = ""
    before: Annotated[str, Says("until the beginning of this day or hour", example="2026-03-08")] = ""


@dataclass(frozen=True, kw_only=True)
class Search(Paged, Query):
    """A page of what a query finds."""

    order: Annotated[Literal["newest", "relevance"], Says("relevance ranks the newest matches only")] = "newest"
    fields: Fields = ()


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who says it, and how; for attributions."""

    source: Annotated[str, Says("id of the cited source who says it", example="uk-mod")] = ""
    side: Annotated[str, Says("whom the speaker speaks for", example="ukraine")] = ""
    kind: Annotated[str, Says("what the speaker is", example="ministry")] = ""
    channel: Annotated[str, Says("where it was said", example="telegram")] = ""
    form: Annotated[Literal["direct", "indirect", "mixed"] | None, Says("quoted or told")] = None
    strength: Annotated[Literal["neutral", "claim", "assess", "confirm", "deny", "warn"] | None, Says("how it was said")] = None
