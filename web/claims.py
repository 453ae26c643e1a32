"""Claims as JSON: who says what, what carries it, and how it stands to other claims. The fields are described in docs/api.md."""

from collections.abc import Mapping
from typing import Any

from aggregator.claims.dossier import Entry
from aggregator.claims.relations import Difference, Relation
from aggregator.model import Article, Claim
from web.present import iso


def claim_json(claim: Claim) -> dict[str, Any]:
    """A claim: who says what, and how many independent origins say so."""
    return {
        "speaker": {"name": claim.speaker.name, "source": claim.speaker.source_id, "side": claim.speaker.side, "kind": claim.speaker.kind},
        "words": claim.words,
        "strength": claim.strength,
        "hedged": claim.hedged,
        "negated": claim.negated,
        "channel": claim.channel,
        "via": claim.via,
        "said_on": claim.said_on,
        "outlets": claim.outlets,
        "origins": claim.origins,
        "articles": claim.article_ids,
    }


def entry_json(entry: Entry, articles: Mapping[int, Article]) -> dict[str, Any]:
    """A claim with its evidence and relations; ``number`` is what relations name it by within this answer."""
    return {
        "number": entry.number,
        **claim_json(entry.claim),
        "days": entry.claim.days,
        "places": entry.claim.place_ids,
        "stories": entry.story_ids,
        "single_source": entry.single_source,
        "relations": [relation_json(relation) for relation in entry.relations],
        "evidence": [
            {
                "article": row.article_id,
                "url": articles[row.article_id].url,
                "outlet": row.outlet_id,
                "published": iso(row.at),
                "language": row.language,
                "words": row.words,
                "copy_of": row.copy_group if row.copy_group != row.article_id else None,
            }
            for row in entry.rows
            if row.article_id in articles
        ],
    }


def relation_json(relation: Relation) -> dict[str, Any]:
    """How a claim stands to the claim number ``claim``."""
    return {
        "kind": relation.kind.value,
        "claim": relation.by,
        "other_side": relation.other_side,
        "same_speaker": relation.same_speaker,
        "denies": relation.denies,
        "figures": [_figures_json(difference) for difference in relation.differences],
    }


def _figures_json(difference: Difference) -> dict[str, Any]:
    here, there = difference.here, difference.there
    return {
        "what": here.what,
        "of": here.of,
        "here": {"value": here.value, "bound": here.bound},
        "there": {"value": there.value, "bound": there.bound},
    }
