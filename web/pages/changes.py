"""What became of an article's text: its versions, what changed between any two, and each as it stood."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from flask import Blueprint, render_template, request

from aggregator.editing import between, edits_of, flags_between
from aggregator.errors import NotFoundError, UsageError
from aggregator.identity.edits import FLAGS, Judged
from aggregator.identity.revisions import Change, Part
from aggregator.identity.revisions import changed as changed_words
from aggregator.model import Cause, Revision, Tags
from aggregator.numbers import whole
from web.present import marked
from web.product import product

blueprint = Blueprint("changes", __name__, url_prefix="/article")

BESIDE = 1  # unchanged sentences that are shown before and after a changed one
CAUSES = {
    Cause.OUTLET: "changed by the outlet",
    Cause.RULES: "read anew by us; the outlet changed nothing",
    Cause.VERDICTS: "corrected by us: lines of the page that are no part of the text",
}
FIRST = "as it was first read"
FATES = {
    "gone": "no longer stands in the text",
    "denied": "is denied in the text now",
    "hedged": "is hedged in the text now",
}  # of what is withdrawn


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences in a row. ``folded``: they are the same in both texts, and far from any that is not."""

    folded: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A revision in a list: ``flags`` say what the outlet changed, as sentences."""

    revision: Revision
    cause: str
    flags: tuple[str, ...]


@blueprint.get("/<int:article_id>/changes")
def changes(article_id: int) -> str:
    """What changed from one version to a later one: without ``from`` and ``to`` the outlet's last edit."""
    store = product().store
    found = store.articles.get(article_id)
    revisions = store.articles.revisions(article_id)
    old, new = _asked(revisions)
    judged = None if old is new else between(store, old, new)
    return render_template(
        "changes.html",
        article=found,
        outlet=store.feeds.outlet(found.outlet_id),
        versions=shown(revisions),
        old=old,
        new=new,
        judged=judged,
        ours=judged is not None and all(revision.cause is not Cause.OUTLET for revision in revisions[old.number : new.number]),
        title=_title(old, new),
        passages=_passages(judged) if judged else (),
        sentences=FLAGS,
        fates=FATES,
    )


@blueprint.get("/<int:article_id>/revision/<int:number>")
def revision(article_id: int, number: int) -> str:
    """One version as it stood, with what was read of it then."""
    store = product().store
    found = store.articles.get(article_id)
    revisions = store.articles.revisions(article_id)
    then = _numbered(revisions, number)
    tags = store.articles.tags_of(article_id, number)
    as_it_was = replace(found, title=then.title, body=then.body, kinds=then.kinds, links=then.links)
    return render_template(
        "revision.html",
        article=as_it_was,
        revision=then,
        revisions=revisions,
        cause=CAUSES[then.cause],
        tagged=tags is not None,
        tags=tags or Tags(),
        text=marked(as_it_was, tags or Tags(), product().registry.by_id),
        outlet=store.feeds.outlet(found.outlet_id),
    )


def shown(revisions: Sequence[Revision]) -> list[Shown]:
    """The versions of a text, oldest first."""
    edits = {new.number: tuple(FLAGS[flag] for flag in flags_between(product().store, old, new)) for old, new in edits_of(revisions)}
    return [Shown(one, CAUSES[one.cause] if one.number > 1 else FIRST, edits.get(one.number, ())) for one in revisions]


def _asked(revisions: Sequence[Revision]) -> tuple[Revision, Revision]:
    """The two versions that the address asks for, the older first. Raises UsageError and NotFoundError."""
    edits = edits_of(revisions)
    old, new = edits[-1] if edits else (revisions[max(0, len(revisions) - 2)], revisions[-1])
    first, second = (_named(revisions, request.args.get(name), usual) for name, usual in (("from", old), ("to", new)))
    return (first, second) if first.number <= second.number else (second, first)


def _named(revisions: Sequence[Revision], text: str | None, usual: Revision) -> Revision:
    if text is None:
        return usual
    number = whole(text)
    if number is None:
        raise UsageError(f"{text[:50]!r} is no number of a version: there are 1 to {len(revisions)}.")
    return _numbered(revisions, number)


def _numbered(revisions: Sequence[Revision], number: int) -> Revision:
    found = next((revision for revision in revisions if revision.number == number), None)
    if found is None:
        raise NotFoundError("version of this article", number)
    return found


def _title(old: Revision, new: Revision) -> tuple[Part, ...]:
    """The words of the title, if it was changed."""
    return () if old.title == new.title else changed_words(old.title, new.title)


def _passages(judged: Judged) -> list[Passage]:
    """All sentences of both texts, those far from any change folded."""
    every = judged.edit.changes
    near = [any(change.kind != "same" for change in every[max(0, at - BESIDE) : at + BESIDE + 1]) for at in range(len(every))]
    pairs = zip(near, every, strict=True)
    return [Passage(not close, tuple(change for _, change in group)) for close, group in groupby(pairs, key=lambda pair: pair[0])]
