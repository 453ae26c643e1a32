"""Dossiers for programs: /place/<place_id>/<day>.json, .csv and .rss: claims, what carries them, how they stand to each other."""

import orjson
from flask import Blueprint, Response

from aggregator.claims.dossier import Dossier, Entry
from aggregator.claims.relations import Kind, Relation
from aggregator.model import Article, Place
from aggregator.outputs import csv, rss
from aggregator.outputs.channel import Channel, tag_id
from web.answers import open_to_all
from web.claimitems import claim_item
from web.claims import entry_json
from web.documents import document
from web.feeds import UNCHANGED, self_url
from web.pages.dossier import articles_of, day_of, dossier_of
from web.pages.stream import place_of
from web.present import counted, day, strength
from web.product import outlets, product

blueprint = Blueprint("dossiers", __name__)
blueprint.after_request(open_to_all)

MEDIA_TYPES = {"json": "application/json", "csv": csv.MEDIA_TYPE, "rss": rss.MEDIA_TYPE}
FORM = f"<any({','.join(MEDIA_TYPES)}):form>"
COLUMNS = (
    *("number", "side", "speaker", "source", "told", "words", "hedged", "channel", "via", "said_on", "outlets", "origins", "single_source"),
    *("also_said_by", "denied_by", "differs_in_number", "articles"),
)
OF_KIND = {Kind.ALSO: "also_said_by", Kind.DENIED: "denied_by", Kind.DIFFERS: "differs_in_number"}


@blueprint.get(f"/place/<place_id>/<day>.{FORM}")
def dossier(place_id: str, day: str, form: str) -> Response:
    """A dossier as a file."""
    found, when = place_of(place_id), day_of(day).isoformat()
    makers = {"json": as_json, "csv": as_csv, "rss": as_rss}
    return document(MEDIA_TYPES[form], lambda: makers[form](found, when, dossier_of(found, when)))


def as_json(place: Place, when: str, made: Dossier) -> bytes:
    """Everything that the page shows."""
    articles = articles_of(made)
    earlier, later = product().store.stories.days_beside(place.id, when)
    return orjson.dumps(
        {
            "place": {
                "id": place.id,
                "name": place.name,
                "kind": place.kind,
                "lat": place.lat,
                "lon": place.lon,
                "country": place.country,
                "path": place.path,
            },
            "day": when,
            "earlier": earlier,
            "later": later,
            "left_out": made.left_out,
            "sides": [{"side": side.side, "claims": side.claims, "speakers": len(side.voices)} for side in made.sides],
            "claims": [entry_json(entry, articles) for entry in made.entries],
        }
    )


def as_csv(place: Place, when: str, made: Dossier) -> bytes:
    """A line a claim; relations name the numbers of other lines."""
    articles = articles_of(made)
    return csv.table(COLUMNS, (_csv_row(entry, articles) for entry in made.entries))


def _csv_row(entry: Entry, articles: dict[int, Article]) -> list[str]:
    claim = entry.claim
    urls = [articles[ident].url for ident in claim.article_ids if ident in articles]
    texts = [claim.speaker.side, claim.speaker.name, claim.speaker.source_id or "", strength(claim.strength, claim.negated), claim.words]
    more = [claim.channel or "", "; ".join(claim.via), claim.said_on or ""]
    return [
        str(entry.number),
        *map(csv.harmless, texts),
        _yes(claim.hedged),
        *map(csv.harmless, more),
        str(claim.outlets),
        str(claim.origins),
        _yes(entry.single_source),
        *("; ".join(_told(relation) for relation in entry.relations if relation.kind is kind) for kind in OF_KIND),
        "; ".join(urls),
    ]


def _told(relation: Relation) -> str:
    figures = ", ".join(f"{counted(d.here)}, there {counted(d.there)}" for d in relation.differences)
    return f"{relation.by} ({figures})" if figures else str(relation.by)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def as_rss(place: Place, when: str, made: Dossier) -> bytes:
    """An item a claim."""
    base = product().settings.base
    link = f"{base}/place/{place.id}/{when}"
    known = outlets()
    items = [
        claim_item(entry, made.entries, link, f"{place.id}/{entry.claim.days[0] if entry.claim.days else ''}", [place], known, base)
        for entry in made.entries
    ]
    articles = articles_of(made).values()
    channel = Channel(
        id=tag_id(base, "dossier", f"{place.id}/{when}"),
        title=f"{place.name}, {day(when)}: who says what · Frontwire",
        link=link,
        self_url=self_url(),
        description="Claims about one place and day, and how they stand to each other. No verdicts.",
        updated=max((item.updated for item in items), default=UNCHANGED),
        sample=any(article.sample for article in articles),
    )
    return rss.render(channel, items)
