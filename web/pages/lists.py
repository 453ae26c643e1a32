"""Lists of outlets and cited sources, the page about Frontwire, and the description for browsers' search boxes."""

from collections import Counter

from flask import Blueprint, Response, render_template

from aggregator.query import Plan
from web.gazetteer import sources as gazetteer_sources
from web.product import gazetteer, product

blueprint = Blueprint("lists", __name__)

SOURCES = 200


@blueprint.get("/outlets")
def outlets() -> str:
    """Every outlet with its labels and their basis."""
    return render_template("outlets.html", outlets=product().store.feeds.outlets())


@blueprint.get("/sources")
def sources() -> str:
    """Cited sources by how many articles cite them."""
    app = product()
    known, counts = app.registry, Counter[str]()
    for value in app.index.facets(Plan(), ["source"], SOURCES).get("source", ()):
        if value.value in known.by_id:  # else it was taken back since; the articles are tagged anew in a while
            counts[known.get(value.value).id] += value.count
    return render_template("sources.html", sources=[(known.get(ident), count) for ident, count in counts.most_common()])


@blueprint.get("/about")
def about() -> str:
    """What Frontwire promises and where its facts come from."""
    return render_template("about.html", sources=gazetteer_sources(gazetteer()))


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """OpenSearch 1.1: lets a browser search here from its address bar."""
    base = product().settings.base
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><ShortName>Frontwire</ShortName>'
        f'<Description>War coverage: who says what</Description><Url type="text/html" template="{base}/?q={{searchTerms}}"/>'
        "</OpenSearchDescription>\n",
        mimetype="application/opensearchdescription+xml",
    )
