"""Cited sources: what operators say of them, and taking it back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from aggregator.errors import UsageError
from aggregator.sources import own
from aggregator.sources.registry import taxonomy
from aggregator.sourcing import Said
from web.product import product

blueprint = Blueprint("own_sources", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login

TEXTS = ("name", "kind", "side", "country", "organisation", "basis")
LEFT_OUT: Mapping[str, Any] = {"side": "unknown", "channels": []}  # what stands for what an entry leaves out; None for other fields


@blueprint.get("/sources")
def sources() -> str:
    """All that was said, how far it has come through the stored articles, and the form for a new source."""
    app = product()
    entries = own.entries(app.settings.sources)
    return render_template(
        "own_sources.html",
        entries=entries,
        reruns={entry.id: app.sourcing.rerun(entry.id) for entry in entries},
        known=app.registry,
        fields={},
        names="",
        terms=taxonomy(),
    )


@blueprint.post("/sources")
def add() -> Response:
    """Add a source."""
    ident = request.form.get("id", "").strip()
    fields = {name: value for name, value in _given().items() if value not in (None, [], {})}
    return _done(product().sourcing.add(ident, fields, current_user.name, _why()), ident)


@blueprint.get("/source/<source_id>")
def source(source_id: str) -> str | Response:
    """The forms that change a source, or make it one with another."""
    app = product()
    found = app.registry.get(source_id)
    if found.id != source_id:  # merged since
        return redirect(url_for("own_sources.source", source_id=found.id))
    fields = own.fields_of(app.settings.sources, source_id)
    return render_template(
        "own_source.html",
        source=found,
        fields=fields,
        names="\n".join(f"{language}: {name}" for language, names in fields.get("aliases", {}).items() for name in names),
        said=[entry for entry in own.entries(app.settings.sources) if entry.id in app.registry.ids(source_id)],
        known=app.registry,
        terms=taxonomy(),
    )


@blueprint.post("/source/<source_id>")
def edit(source_id: str) -> Response:
    """Change what is other in the form than it was."""
    app = product()
    old, given = own.fields_of(app.settings.sources, source_id), _given()
    fields = {name: given[name] for name in (*TEXTS, "channels") if given[name] != (old.get(name) or LEFT_OUT.get(name))}
    had = old.get("aliases", {})
    names = {language: given["aliases"].get(language, []) for language in {**had, **given["aliases"]}}
    if changed := {language: new for language, new in names.items() if new != list(had.get(language, ()))}:
        fields["aliases"] = changed
    return _done(app.sourcing.edit(source_id, fields, current_user.name, _why()), source_id)


@blueprint.post("/source/<source_id>/merge")
def merge(source_id: str) -> Response:
    """Make it one with another, by that one's id or name."""
    app, asked = product(), request.form.get("into", "").strip()
    into = app.registry.find(asked)
    if into is None:
        raise UsageError(f"No source has the id or name {asked!r}.")
    return _done(app.sourcing.merge(source_id, into.id, current_user.name, _why()), source_id)


@blueprint.post("/source/<source_id>/undo")
def undo(source_id: str) -> Response:
    """Take back that it is one with another, or else all that was said of it."""
    return _done(product().sourcing.remove(source_id, current_user.name), source_id)


def _given() -> dict[str, Any]:
    """The fields of a form as the registry has them."""
    form = request.form
    fields: dict[str, Any] = {name: " ".join(form.get(name, "").split()) or LEFT_OUT.get(name) for name in TEXTS}
    names: dict[str, list[str]] = {}
    for line in filter(str.strip, form.get("names", "").splitlines()):
        language, colon, name = (part.strip() for part in line.partition(":"))
        if not colon or not name or not language.isascii() or not 2 <= len(language) <= 8:
            raise UsageError(f"The line {line.strip()!r} is not a language and a name, such as uk: ЗСУ.")
        if name not in names.setdefault(language, []):
            names[language].append(name)
    return {**fields, "aliases": names, "channels": form.getlist("channel")}


def _why() -> str:
    return request.form.get("why", "")


def _done(said: Said, ident: str) -> Response:
    if said.source is None:
        now = f"{ident} is no source any more"
    elif said.source.id == ident:
        now = f"{said.source.name} ({ident}) is read and shown as you say from now on"
    else:
        now = f"{ident} is one with {said.source.name} from now on"
    flash(f"{now}. Stored articles that are looked at in the background: {said.rerun.total}.")
    return redirect(url_for("own_sources.sources"))
