"""What outlets changed in their articles, between any two revisions that are stored."""

from collections.abc import Sequence

from aggregator.identity.edits import Judged, Version, judge
from aggregator.model import Article, Cause, NewArticle, Revision, Tags
from aggregator.ports import Store


def version(store: Store, revision: Revision) -> Version:
    """A stored revision with what is known of it."""
    tags = store.articles.tags_of(revision.article_id, revision.number)
    removed = store.articles.removed(revision.article_id, revision.number)
    return Version(revision, removed, tags.attributions if tags else ())


def between(store: Store, old: Revision, new: Revision) -> Judged:
    """What happened from one revision to a later one of the same article."""
    return judge(version(store, old), version(store, new))


def flags_of(store: Store, article_id: int, new: NewArticle, tags: Tags) -> tuple[str, ...]:
    """The flags (identity.edits.FLAGS) of a text that is about to become the article's newest revision."""
    old = store.articles.revisions(article_id)[-1]
    after = Revision(article_id, old.number + 1, new.title, new.body, new.body_hash, old.fetched_at, modified_at=new.modified_at)
    return judge(version(store, old), Version(after, new.removed, tags.attributions)).flags


def flags_between(store: Store, old: Revision, new: Revision) -> tuple[str, ...]:
    """The flags of an edit: those that were kept, or where none were, as they are told now."""
    return between(store, old, new).flags if new.flags is None else new.flags


def flags_so_far(store: Store, article: Article) -> frozenset[str]:
    """The flags of all that the outlet changed in an article."""
    if not article.edits:
        return frozenset()
    edits = edits_of(store.articles.revisions(article.id))
    return frozenset(flag for old, new in edits for flag in flags_between(store, old, new))


def edits_of(revisions: Sequence[Revision]) -> list[tuple[Revision, Revision]]:
    """The outlet's edits, oldest first: each revision that is one, after the one before it. Our own corrections are none."""
    return [(old, new) for old, new in zip(revisions, revisions[1:], strict=False) if new.cause is Cause.OUTLET]
