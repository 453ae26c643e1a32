"""The search form for people who type no operators, and suggestions for what they type into it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from aggregator.errors import UsageError
from aggregator.feeds import catalogue
from aggregator.numbers import whole
from aggregator.search.facets import CHANNELS, IS_VALUES, LANGUAGES
from aggregator.search.language import parse
from aggregator.search.syntax import Filter, to_text
from aggregator.sources.registry import taxonomy
from aggregator.suggesting import KINDS, Suggester, Suggestion
from web.answers import answer, open_to_all
from web.composing import FIELDS, Composed, compose, decompose
from web.present import query_url
from web.product import names, outlets, product
from web.query import view
from web.searches import saving

blueprint = Blueprint("compose", __name__)
suggestions = Blueprint("suggestions", __name__)
suggestions.after_request(open_to_all)

LOOKED_UP = {"place": "place", "outlet": "outlet", "by": "source"}  # fields with suggestions, and of what kind
LAST = {"24h": "24 hours", "3d": "3 days", "7d": "week", "1m": "month", "1y": "year"}
MOST = 20
KEPT_S = 300


@blueprint.get("/search")
def form() -> str | Redirect:
    """The form, filled by its own fields or by a query ``q``; ``go``: on to the stories."""
    sent = {name: given[-1] for name in FIELDS if (given := request.args.getlist(name))}  # the last: a button goes before its field
    if "q" in request.args and not any(map(str.strip, sent.values())):
        made = Composed(request.args["q"])
        fields = decompose(made.text)
    else:
        made, fields = compose(sent), sent
    if "go" in request.args:
        return redirect(query_url("/", q=made.text))
    app = product()
    query = view(made.text, {}, app.clock.now(), names())
    return render_template(
        "search_form.html",
        fields=fields,
        query=query,
        notes=tuple(dict.fromkeys((*made.notes, *query.notes))),
        articles=app.index.count(query.plan) if query.text else None,
        choices=_choices(fields),
        looked_up=_looked_up(fields),
        saving=saving(query) if query.text else None,
        searches=app.store.searches.all(),
        outlets=outlets().values(),
    )


@suggestions.get("/suggest.json")
def suggest() -> Response:
    """Places, outlets and cited sources with a name that begins as ``q`` does."""
    text, kind, asked = request.args.get("q", ""), request.args.get("kind", ""), request.args.get("limit", "8")
    if kind and kind not in KINDS:
        raise UsageError(f"kind={kind!r} is not right: {', '.join(KINDS)}.")
    limit = whole(asked, MOST)
    if not limit:
        raise UsageError(f"limit={asked[:50]!r} is not right: a number from 1 to {MOST}.")
    found = suggester().suggest(names(), text, [kind] if kind else KINDS, limit)
    return answer(orjson.dumps({"query": text, "suggestions": [_row(one) for one in found]}), "application/json", max_age_s=KEPT_S)


def suggester() -> Suggester:
    """Suggestions over the registry as it stands; folded anew where that changed."""
    registry = product().registry
    kept = current_app.extensions.get("frontwire-suggester")
    if not isinstance(kept, Suggester) or kept.registry is not registry:
        kept = current_app.extensions["frontwire-suggester"] = Suggester(registry)
    return kept


def _row(one: Suggestion) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "name": one.name,
        "detail": one.detail,
        "value": one.value,
        "filter": to_text(Filter(one.field, one.id)),
    }


def _choices(fields: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What the fields with few values offer; a value in force that is none of them stays one."""
    terms = taxonomy()
    offered = {
        "kind": {value: value.replace("_", " ") for value in terms["kinds"] if value != "unknown"},
        "side": {value: meaning for value, meaning in terms["sides"].items() if value != "unknown"},
        "channel": {value: value.replace("_", " ") for value in CHANNELS},
        "lang": dict(LANGUAGES),
        "theatre": {theatre.id: theatre.name for theatre in catalogue.load().theatres if theatre.countries},
        "last": LAST,
        "is": dict(IS_VALUES),
    }
    for name, values in offered.items():
        if fields.get(name) and fields[name] not in values:
            values[fields[name]] = fields[name]
    return offered


def _looked_up(fields: Mapping[str, str]) -> dict[str, tuple[Suggestion, ...]]:
    """For those without scripts: what the names that were sent may mean, where they do not name one thing alone."""
    found = {}
    for name, kind in LOOKED_UP.items():
        typed = fields.get(name, "").strip()
        query = parse(compose({name: typed}).text).ast
        if isinstance(query, Filter) and _one(query):
            continue
        found[name] = tuple(one for one in suggester().suggest(names(), typed, [kind]) if one.value != typed)
    return found


def _one(condition: Filter) -> bool:
    known = names()
    find = {"place": known.place, "outlet": known.outlet, "by": known.source}[condition.field]
    ids = find(condition.value)
    return len(ids) == 1 or condition.value in ids
