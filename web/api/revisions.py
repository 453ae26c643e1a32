"""/api/v1/articles/ID/revisions: the versions of an article's text, and what its outlet changed from one to the next."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict, cast

from aggregator.editing import between, edits_of
from aggregator.identity.edits import Judged
from aggregator.identity.revisions import Change
from aggregator.model import Revision as Stored
from web.api.endpoint import endpoint
from web.api.schema import Hour, Says
from web.items import EXCERPT
from web.present import iso
from web.product import product
from web.tokens import full_text_allowed

Flag = Literal["retitled", "number_changed", "claim_withdrawn", "corrected", "silent"]


class SentenceChange(TypedDict):
    """A sentence that is not the same. `old` is empty for one that was put in, `new` for one that was taken out."""

    change: Literal["changed", "removed", "added"]
    old: str
    new: str
    another_number: Annotated[bool, Says("a number of the sentence gave way to another")]


class Withdrawn(TypedDict):
    """A statement that the newer text takes back."""

    speaker: str
    words: str
    how: Literal["gone", "denied", "hedged"]
    now: Annotated[str, Says("the sentence that stands in its place; empty where none does")]


class Revision(TypedDict):
    """A version of the text. What it changed is empty for the first, and where the outlet changed nothing (`cause`)."""

    number: int
    title: str
    read: Hour
    modified: Annotated[str | None, Says("the hour of the last change that the page names", form="date-time")]
    cause: Annotated[
        Literal["outlet", "rules", "verdicts"],
        Says("the outlet's text is new or changed; or its page was read anew by better rules, or corrected by us"),
    ]
    page: Annotated[str, Says("address of this version as it was read")]
    flags: Annotated[Sequence[Flag], Says("what the change means; silent: the page does not say that it was changed")]
    notice: Annotated[str, Says("in which words the page says that it was changed; empty where it does not")]
    withdrawn: Sequence[Withdrawn]
    changes: Annotated[Sequence[SentenceChange], Says("the first that changed; all for those who may have whole texts")]
    left_out: Annotated[int, Says("how many changed sentences are not given", least=0)]


class Revisions(TypedDict):
    """The versions of an article's text, oldest first."""

    article: int
    revisions: Sequence[Revision]


@endpoint("GET", "/articles/<int:article_id>/revisions", "articles", cost=2)
def revisions(article_id: int) -> Revisions:
    """The versions of an article's text, oldest first. Each with what its outlet changed since the one before, and what that means."""
    store = product().store
    store.articles.get(article_id)  # says so of one that was taken down
    stored = store.articles.revisions(article_id)
    edits = {new.number: between(store, old, new) for old, new in edits_of(stored)}
    return {"article": article_id, "revisions": [_revision(one, edits.get(one.number)) for one in stored]}


def _revision(stored: Stored, judged: Judged | None) -> Revision:
    changed = [change for change in judged.edit.changes if change.kind != "same"] if judged else []
    given = changed if full_text_allowed() else _within(changed, 2 * EXCERPT)
    return {
        "number": stored.number,
        "title": stored.title,
        "read": iso(stored.fetched_at),
        "modified": iso(stored.modified_at) if stored.modified_at else None,
        "cause": stored.cause.value,
        "page": f"{product().settings.base}/article/{stored.article_id}/revision/{stored.number}",
        "flags": cast(Sequence[Flag], judged.flags if judged else ()),
        "notice": judged.notice if judged else "",
        "withdrawn": [cast(Withdrawn, {"speaker": w.speaker, "words": w.words, "how": w.how, "now": w.now}) for w in judged.withdrawn]
        if judged
        else [],
        "changes": [
            cast(SentenceChange, {"change": change.kind, "old": change.old, "new": change.new, "another_number": change.numbers})
            for change in given
        ],
        "left_out": len(changed) - len(given),
    }


def _within(changes: Sequence[Change], characters: int) -> Sequence[Change]:
    """The first changes whose sentences have so many characters together, so that no whole text is given out piece by piece."""
    for number, change in enumerate(changes):
        characters -= len(change.old) + len(change.new)
        if characters < 0:
            return changes[:number]
    return changes
