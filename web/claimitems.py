"""Claims as items of feeds: who says what, what carries it, and how it stands to the other claims of its story or dossier."""

import hashlib
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from aggregator.app import App
from aggregator.claims.dossier import Entry, compile_dossier
from aggregator.claims.relations import Relation
from aggregator.model import Claim, Outlet, Place
from aggregator.outputs.channel import Item, Point, category, tag_id
from aggregator.query import AllOf, AnyOf, Facet, Node, Not
from web.present import RELATIONS, count, counted, said_by, strength

A_STORY = 20  # claims of one story in a list, those with most origins first


def claims_of(app: App, story_ids: Sequence[int], match: Node, outlets: Mapping[str, Outlet], base: str) -> list[Item]:
    """The claims of these stories that a query asks for, each story's with most origins first."""
    items = []
    for story in app.store.stories.many(story_ids):
        made = compile_dossier(app.store.stories.attributions(story.id), story.id)
        places = app.store.articles.places(sorted({ident for entry in made.entries for ident in entry.claim.place_ids}))
        wanted = [entry for entry in made.entries if holds(match, entry.claim, places) is not False]
        for entry in sorted(wanted, key=lambda each: (-each.claim.origins, -each.claim.outlets, each.number))[:A_STORY]:
            about = [places[ident] for ident in entry.claim.place_ids if ident in places]
            items.append(claim_item(entry, made.entries, f"{base}/story/{story.id}", "", about, outlets, base, sample=story.sample))
    return items


def holds(node: Node, claim: Claim, places: Mapping[str, Place]) -> bool | None:
    """Whether a query's filters on speakers and places hold for a claim; None where they say nothing of claims."""
    if isinstance(node, Facet):
        values = _values(node.name, claim, places)
        return None if values is None else node.value in values
    if isinstance(node, Not):
        inner = holds(node.part, claim, places)
        return None if inner is None else not inner
    if isinstance(node, AllOf | AnyOf):
        found = [holds(part, claim, places) for part in node.parts]
        decisive = not isinstance(node, AllOf)  # one that does not hold settles all of, one that holds any of
        if decisive in found:
            return decisive
        if isinstance(node, AllOf):
            return True if True in found else None
        return None if None in found or not found else False
    return None


def _values(name: str, claim: Claim, places: Mapping[str, Place]) -> set[str] | None:
    speaker = claim.speaker
    single = {"source": speaker.source_id, "side": speaker.side, "kind": speaker.kind, "channel": claim.channel}
    if name in single:
        return {single[name] or ""}
    if name == "place" and claim.place_ids:
        return {ident for known in claim.place_ids if known in places for ident in (known, *places[known].path)}
    return None


def claim_item(
    entry: Entry,
    entries: Sequence[Entry],
    link: str,
    within: str,
    places: Sequence[Place],
    outlets: Mapping[str, Outlet],
    base: str,
    *,
    sample: bool = False,
) -> Item:
    """A claim. ``link``: the page it stands on; ``within``: what its id is of besides its words (a place's day), "" for the claim itself.

    Claims are made anew with every article, so that their own ids do not last: the speaker and the first wording do.
    """
    claim, first = entry.claim, entry.rows[0]
    ident = hashlib.sha256(f"{claim.speaker.source_id or claim.speaker.name}\n{first.article_id}\n{first.words}".encode()).hexdigest()[:20]
    names = [outlets[ident].name for ident in dict.fromkeys(row.outlet_id for row in entry.rows) if ident in outlets]
    via = f" via {', '.join(claim.via)}" if claim.via else ""
    parts = [
        Markup('<p dir="auto"><strong>{}</strong>{} {}: {}</p>').format(
            said_by(claim.speaker.name), via, strength(claim.strength, claim.negated), claim.words
        ),
        *(_relation(relation, entries[relation.by], link) for relation in entry.relations),
        Markup("<p>{}, {}: {}</p>").format(count(claim.outlets, "outlet"), count(claim.origins, "origin"), ", ".join(names)),
    ]
    source = claim.speaker.source_id
    return Item(
        id=tag_id(base, "claim", f"{within}/{ident}" if within else ident),
        title=f"{said_by(claim.speaker.name)} {strength(claim.strength, claim.negated)}: {claim.words}",
        link=f"{link}#c{entry.number + 1}",
        html="".join(parts),
        published=claim.first_at,
        updated=max(row.at for row in entry.rows),
        authors=(claim.speaker.name,),
        language=first.language,
        categories=(
            *(category(base, "place", place.id, place.name) for place in places),
            *((category(base, "cited-source", source, claim.speaker.name),) if source else ()),
        ),
        points=tuple(Point(place.lat, place.lon, place.name) for place in places),
        sample=sample,
    )


def _relation(relation: Relation, other: Entry, link: str) -> str:
    name = "Denies" if relation.denies else RELATIONS[relation.kind]
    figures = "; ".join(f"{counted(d.here)} here, {counted(d.there)} there" for d in relation.differences)
    return Markup('<p dir="auto"><a href="{}#c{}">{}</a> <strong>{}</strong>{}: {}</p>').format(
        link, relation.by + 1, name, other.claim.speaker.name, f" ({figures})" if figures else "", other.claim.words
    )
