"""Mentions and attributions as JSON: the fields of `frontwire try tag`, of the API and of `frontwire article show --json`."""

from typing import Any

from aggregator.model import Attribution, Mention, Speaker


def mention_line(mention: Mention) -> dict[str, Any]:
    """A mention in the fields of the stage contract."""
    place = mention.place
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "place_id": place.id,
        "geonames_id": place.geonames_id,
        "name": place.name,
        "kind": place.kind,
        "lat": place.lat,
        "lon": place.lon,
        "country": place.country,
        "path": list(place.path_names),
        "role": mention.role,
        "confidence": round(mention.confidence, 3),
        "approximate": place.approximate or bool(mention.relation),
        "relation": mention.relation,
    }


def attribution_line(attribution: Attribution) -> dict[str, Any]:
    """An attribution in the fields of the stage contract."""
    cue = attribution.cue
    return {
        "speaker": _speaker_line(attribution.speaker),
        "via": [{"start": v.start, "end": v.end, "text": v.text, "source_id": v.source_id} for v in attribution.via],
        "cue": cue and {"start": cue.start, "end": cue.end, "text": cue.text, "lemma": cue.lemma, "strength": cue.strength},
        "content": [{"start": span.start, "end": span.end} for span in attribution.content],
        "form": attribution.form,
        "channel": attribution.channel,
        "said_on": attribution.said_on,
        "about_from": attribution.about_from,
        "about_to": attribution.about_to,
        "place_ids": list(attribution.place_ids),
        "hedged": attribution.hedged,
        "negated": attribution.negated,
        "numbers": [{"value": n.value, "unit": n.unit, "text": n.text} for n in attribution.numbers],
        "confidence": round(attribution.confidence, 3),
    }


def _speaker_line(speaker: Speaker) -> dict[str, Any]:
    return {
        "start": speaker.start,
        "end": speaker.end,
        "text": speaker.text,
        "name": speaker.name,
        "source_id": speaker.source_id,
        "kind": speaker.kind,
        "side": speaker.side,
        "role": speaker.role,
        "organisation": speaker.organisation,
        "anonymity": speaker.anonymity,
    }
