"""Parts of names in one article: saying which a name plays, and where it happened, and taking it back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.corrections import NOWHERE
from aggregator.placing import one_named
from web.product import product

blueprint = Blueprint("parts", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every address here asks for a login

MEANINGS = {
    "event": "it happened there",
    "mention": "merely named",
    "actor": "it speaks or acts",
    "origin": "it came from there",
    "dateline": "the report was filed there",
}  # of the parts, for operators


@blueprint.post("/article/<int:article_id>/part")
def say(article_id: int) -> Response:
    """Say which part a name plays."""
    form = request.form
    rule = product().pipeline.placing.say_part(
        article_id, form.get("name", ""), form.get("part", ""), current_user.name, form.get("reason", ""), form.get("near", "")
    )
    where = "where it stands in these words" if rule.near else "in this article"
    flash(f"“{rule.text}” plays the part {rule.part} {where} from now on.")
    return _back(article_id)


@blueprint.post("/article/<int:article_id>/where")
def say_where(article_id: int) -> Response:
    """Say where it happened."""
    placing, asked = product().pipeline.placing, request.form.get("place", "")
    place = None if asked == NOWHERE else one_named(placing.named(article_id), asked)
    placing.say_where(article_id, place, current_user.name, request.form.get("reason", ""))
    flash("This article tells of nothing that happens anywhere." if place is None else f"It happened at {place.name} above all.")
    return _back(article_id)


@blueprint.post("/part/<int:rule_id>/undo")
def undo(rule_id: int) -> Response:
    """Take back what was said."""
    rule = product().pipeline.placing.undo_part(rule_id, current_user.name)
    flash(f"{f'The part of “{rule.text}”' if rule.key else 'Where it happened'} is read from the text again.")
    return _back(rule.article_id)


def _back(article_id: int) -> Response:
    return redirect(url_for("names.article", article_id=article_id))
