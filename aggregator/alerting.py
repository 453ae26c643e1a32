"""What alerts have to tell: the change log as far as readers can find it, seen through each alert's saved search.

A story is new to an alert that knows none of its articles, whatever number the story bears: stories are merged and split, articles stay.
Copies are no news: an alert tells of a further text of its own, of an edit, and of the moment at which a story that came from one origin
is said by a second, independent one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aggregator.alerts import Alert, Event, Trigger, due_at
from aggregator.model import Article, Change, Story
from aggregator.ports import Clock, Store
from aggregator.query import AllOf, Articles, Plan, SearchIndex

CHANGES = 500  # read at once for one alert
CLAIMS = 3  # of a story, that are told
NEWS = ("stored", "revised", "moved", "regrouped")  # kinds of changes that can be news

Planner = Callable[[str], Plan]  # the plan of a query, as of now


class Alerting:
    """Alerts over the ports. ``plan`` plans a saved search's query; ``base``: root of addresses."""

    def __init__(self, store: Store, index: SearchIndex, clock: Clock, plan: Planner, base: str) -> None:
        self.store = store
        self.index = index
        self.clock = clock
        self.plan = plan
        self.base = base

    def step(self) -> int:
        """Let every alert read on, as far as the index has come; return how many events were written down."""
        head = self.store.changes.cursor("index")
        return sum(self._read(alert, head) for alert in self.store.alerts.all() if alert.seq < head and not alert.stopped)

    def _read(self, alert: Alert, head: int) -> int:
        changes = [change for change in self.store.changes.since(alert.seq, CHANGES) if change.seq <= head]
        if not changes:
            return 0
        search = self.store.searches.get(alert.search_id)
        if search.removed_at is not None:  # it reads on when the search is put back
            return 0
        told, origins = self._events(alert, search.query, changes)
        now = self.clock.now()
        wanted = [event for event in told if event.trigger in alert.triggers]
        return self.store.alerts.write_down(alert.id, changes[-1].seq, origins, wanted, due_at(alert.digest, now), now)

    def _events(self, alert: Alert, query: str, changes: Sequence[Change]) -> tuple[list[Event], dict[int, int]]:
        """What the changes have to tell, and the articles that the alert knows from now on."""
        kinds: dict[int, set[str]] = {}
        for change in changes:
            if change.kind in NEWS:
                kinds.setdefault(change.article_id, set()).add(change.kind)
        if not kinds:
            return [], {}
        plan = self.plan(query)
        within = Plan(AllOf((plan.match, Articles(frozenset(kinds)))), plan.since, plan.until)
        found = self.store.articles.many(self.index.articles(within, len(kinds)).article_ids)
        events: list[Event] = []
        origins: dict[int, int] = {}
        by_story: dict[int, list[Article]] = {}
        for article in sorted(found, key=lambda each: each.id):
            if article.story_id is not None:
                by_story.setdefault(article.story_id, []).append(article)
        members = self.store.stories.members(list(by_story))
        for story_id, matched in by_story.items():
            ids = [member.id for member in members.get(story_id, ())]
            known = self.store.alerts.known(alert.id, ids)
            story = self.store.stories.get(story_id)
            events += self._of_story(story, matched, min(ids, default=0), known, kinds)
            origins |= dict.fromkeys(ids, story.origins)
        return events, origins

    def _of_story(
        self, story: Story, matched: Sequence[Article], first: int, known: Mapping[int, int], kinds: Mapping[int, set[str]]
    ) -> list[Event]:
        if not known:
            return [self._event(f"new {first}", Trigger.NEW, story, matched)]
        found = []
        if story.origins > 1 and max(known.values()) < 2:
            found.append(self._event(f"confirmed {min(known)}", Trigger.CONFIRMED, story, matched))
        for article in matched:
            own = article.copy_group in (None, article.id)
            if article.id not in known and own:
                found.append(self._event(f"text {article.id}", Trigger.UPDATED, story, [article]))
            elif article.id in known and "revised" in kinds[article.id]:
                found.append(self._event(f"edit {article.id} {article.revision}", Trigger.UPDATED, story, [article]))
        return found

    def _event(self, key: str, trigger: Trigger, story: Story, articles: Sequence[Article]) -> Event:
        claims = self.store.stories.claims([story.id]).get(story.id, ())[:CLAIMS]
        told: dict[str, Any] = {
            "trigger": trigger.value,
            "at": self.clock.now().isoformat(),
            "story": {
                "id": story.id,
                "title": story.title,
                "url": f"{self.base}/story/{story.id}",
                "outlets": story.outlets,
                "texts": story.texts,
                "origins": story.origins,
                "sample": story.sample,
            },
            "articles": [
                {
                    "id": article.id,
                    "title": article.title,
                    "url": article.url,
                    "outlet": article.outlet_id,
                    "edits": article.edits,
                    "page": f"{self.base}/article/{article.id}",
                }
                for article in articles
            ],
            "claims": [
                {"speaker": claim.speaker.name, "source": claim.speaker.source_id, "words": claim.words, "origins": claim.origins}
                for claim in claims
            ],
        }
        return Event(key, trigger, told)
