"""Dossiers for programs: /place/<place_id>/<day>.json, .csv and .rss: claims, what carries them, how they stand to each other."""

import hashlib
from collections.abc import Sequence

import orjson
from flask import Blueprint, Response
from markupsafe import Markup

from aggregator.claims.dossier import Dossier, Entry
from aggregator.claims.relations import Kind, Relation
from aggregator.model import Article, Place
from aggregator.outputs import csv, rss
from aggregator.outputs.channel import Channel, Item, Point, category, tag_id
from web.answers import open_to_all
from web.claims import entry_json
from web.documents import document
from web.feeds import UNCHANGED, self_url
from web.pages.dossier import articles_of, day_of, dossier_of
from web.pages.stream import place_of
from web.present import RELATIONS, count, counted, day, said_by, strength
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
    items = [_item(entry, made.entries, place, link, base) for entry in made.entries]
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


def _item(entry: Entry, entries: Sequence[Entry], place: Place, link: str, base: str) -> Item:
    claim, known = entry.claim, outlets()
    first = entry.rows[0]
    # Claims are made anew with every article, so that their own ids do not last: the speaker and the first wording do.
    ident = hashlib.sha256(f"{claim.speaker.source_id or claim.speaker.name}\n{first.article_id}\n{first.words}".encode()).hexdigest()[:20]
    names = [known[ident].name for ident in dict.fromkeys(row.outlet_id for row in entry.rows) if ident in known]
    via = f" via {', '.join(claim.via)}" if claim.via else ""
    parts = [
        Markup('<p dir="auto"><strong>{}</strong>{} {}: {}</p>').format(
            said_by(claim.speaker.name), via, strength(claim.strength, claim.negated), claim.words
        ),
        *(_relation_html(relation, entries[relation.by], link) for relation in entry.relations),
        Markup("<p>{}, {}: {}</p>").format(count(claim.outlets, "outlet"), count(claim.origins, "origin"), ", ".join(names)),
    ]
    source = claim.speaker.source_id
    return Item(
        id=tag_id(base, "claim", f"{place.id}/{claim.days[0] if claim.days else ''}/{ident}"),
        title=f"{said_by(claim.speaker.name)} {strength(claim.strength, claim.negated)}: {claim.words}",
        link=f"{link}#c{entry.number + 1}",
        html="".join(parts),
        published=claim.first_at,
        updated=max(row.at for row in entry.rows),
        authors=(claim.speaker.name,),
        language=first.language,
        categories=(
            category(base, "place", place.id, place.name),
            *((category(base, "cited-source", source, claim.speaker.name),) if source else ()),
        ),
        points=(Point(place.lat, place.lon, place.name),),
    )


def _relation_html(relation: Relation, other: Entry, link: str) -> str:
    name = "Denies" if relation.denies else RELATIONS[relation.kind]
    figures = "; ".join(f"{counted(d.here)} here, {counted(d.there)} there" for d in relation.differences)
    return Markup('<p dir="auto"><a href="{}#c{}">{}</a> <strong>{}</strong>{}: {}</p>').format(
        link, relation.by + 1, name, other.claim.speaker.name, f" ({figures})" if figures else "", other.claim.words
    )
