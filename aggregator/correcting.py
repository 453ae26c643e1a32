"""Operators' corrections on their way through the stored articles: in small batches, by whoever follows the change log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.corrections import LINES, PARTS, SOURCES, NameRule, Rerun
from aggregator.errors import NotFoundError
from aggregator.extract.repeats import Repeated
from aggregator.furnishing import SETTLE, Furnishing, Text, corrected
from aggregator.identity.revisions import body_hash
from aggregator.model import Article, Cause, Removed, Revision, Tags
from aggregator.placing import OF_ARTICLE, OF_FEED, concerns
from aggregator.ports import Clock, Store
from aggregator.sources.own import concerned
from aggregator.sources.registry import Registry

LOOKS = 10  # articles of which a rule on a name is looked for in the text, in the time that one is read anew


@dataclass(slots=True)
class Correcting:
    """Corrections over the ports. ``tag`` tags an article as it stands, with what was left out of its page; ``retag`` does so with the
    stored one of an id, and says whether its tags changed. ``sources``: the cited sources as they are now."""

    store: Store
    clock: Clock
    furnishing: Furnishing
    tag: Callable[[Article, Sequence[Removed]], Tags]
    retag: Callable[[int], bool]
    sources: Callable[[], Registry]

    def left(self) -> int:
        """How many articles wait to be looked at."""
        return self.store.reruns.left(self.clock.now() - SETTLE)

    def step(self, limit: int) -> int:
        """Take a correction to the next articles that it may concern; return how many. To do it again changes nothing."""
        rerun = self.store.reruns.next(self.clock.now() - SETTLE)
        if rerun is None:
            return 0
        if rerun.kind == LINES:
            ids = self.store.articles.of_host(rerun.name, rerun.after, limit)
            changed = self._correct(rerun.name, ids)
        elif rerun.kind == PARTS:
            ids = self._still_there(int(rerun.name), rerun.after)
            changed = sum(self.retag(article_id) for article_id in ids)
        elif rerun.kind == SOURCES:
            limit *= LOOKS
            ids = self.store.articles.ids(rerun.after, limit)
            changed = self._cite(rerun.name, ids)
        else:
            limit *= LOOKS
            rule = self.store.name_rules.get(int(rerun.name))
            ids = self._in_scope(rule, rerun, limit)
            changed = self._rename(rule, ids)
        self.store.reruns.advance(
            replace(
                rerun,
                after=ids[-1] if ids else rerun.after,
                done=rerun.done + len(ids),
                changed=rerun.changed + changed,
                finished_at=self.clock.now() if len(ids) < limit else None,
            )
        )
        return len(ids)

    def _in_scope(self, rule: NameRule, rerun: Rerun, limit: int) -> tuple[int, ...]:
        if rule.scope == OF_ARTICLE:
            return self._still_there(rule.scope_id, rerun.after)
        return self.store.articles.ids(rerun.after, limit, rule.scope_id if rule.scope == OF_FEED else None)

    def _still_there(self, article_id: int, after: int) -> tuple[int, ...]:
        """The one article, unless it was done or is gone."""
        return tuple(article.id for article in self.store.articles.many([article_id]) if article.id > after)

    def _rename(self, rule: NameRule, ids: Sequence[int]) -> int:
        """Tag those anew whose text may have the rule's name in it; return how many have other tags now."""
        articles = self.store.articles.many(ids)
        return sum(self.retag(article.id) for article in articles if concerns(rule, article.title, article.body))

    def _cite(self, source_id: str, ids: Sequence[int]) -> int:
        """Tag those anew that a change of a source may concern; return how many have other tags now."""
        may_cite = concerned(self.sources(), source_id)
        tags = self.store.articles.tags(ids)
        return sum(self.retag(found.id) for found in self.store.articles.many(ids) if may_cite(found.title, found.body, tags[found.id]))

    def _correct(self, host: str, ids: Sequence[int]) -> int:
        verdicts, repeated = self.furnishing.verdicts(host), self.furnishing.repeated(host)
        return sum(self.correct(article_id, verdicts, repeated) for article_id in ids)

    def correct(self, article_id: int, verdicts: Mapping[str, str], repeated: Repeated) -> bool:
        """Apply the verdicts to what came of the article's page; return whether its text is another now."""
        try:
            article, revisions = self.store.articles.get(article_id), self.store.articles.revisions(article_id)
        except NotFoundError:  # removed since
            return False
        read = next(revision for revision in reversed(revisions) if revision.cause is not Cause.VERDICTS)
        text = corrected(Text(read.body, read.kinds, self.store.articles.removed(article_id, read.number), read.links), verdicts, repeated)
        if text.body == article.body:
            return False
        now = self.clock.now()
        hashed = body_hash(article.title, text.body)
        after = Revision(
            article_id,
            article.revision + 1,
            article.title,
            text.body,
            hashed,
            now,
            text.kinds,
            Cause.VERDICTS,
            text.links,
            read.modified_at,
        )
        tags = self.tag(replace(article, body=text.body, kinds=text.kinds), text.removed)
        return self.store.articles.correct(article, after, text.removed, tags, now)
