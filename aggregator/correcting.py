"""Operators' verdicts on their way through the stored articles: in small batches, by whoever follows the change log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.errors import NotFoundError
from aggregator.extract.repeats import Repeated
from aggregator.furnishing import SETTLE, Furnishing, Text, corrected
from aggregator.identity.revisions import body_hash
from aggregator.model import Article, Cause, Removed, Revision, Tags
from aggregator.ports import Clock, Store


@dataclass(slots=True)
class Correcting:
    """Corrections over the ports. ``tag`` tags an article as it stands, with what was left out of its page."""

    store: Store
    clock: Clock
    furnishing: Furnishing
    tag: Callable[[Article, Sequence[Removed]], Tags]

    def left(self) -> int:
        """How many articles wait to be looked at."""
        return self.store.verdicts.left(self.clock.now() - SETTLE)

    def step(self, limit: int) -> int:
        """Look at the next articles of a host with new verdicts; return how many. To do it again changes nothing."""
        rerun = self.store.verdicts.next(self.clock.now() - SETTLE)
        if rerun is None:
            return 0
        verdicts, repeated = self.furnishing.verdicts(rerun.host), self.furnishing.repeated(rerun.host)
        ids = self.store.articles.of_host(rerun.host, rerun.after, limit)
        changed = sum(self.correct(article_id, verdicts, repeated) for article_id in ids)
        self.store.verdicts.advance(
            replace(
                rerun,
                after=ids[-1] if ids else rerun.after,
                done=rerun.done + len(ids),
                changed=rerun.changed + changed,
                finished_at=self.clock.now() if len(ids) < limit else None,
            )
        )
        return len(ids)

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
        after = Revision(article_id, article.revision + 1, article.title, text.body, hashed, now, text.kinds, Cause.VERDICTS, text.links)
        tags = self.tag(replace(article, body=text.body, kinds=text.kinds), text.removed)
        return self.store.articles.correct(article, after, text.removed, tags, now)
