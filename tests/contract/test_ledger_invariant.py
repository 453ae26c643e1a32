"""Whatever is seen, claimed, fetched, put off, finished or cut short, in whatever order: the books agree, and final states stay."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import event

from aggregator.model import Entry, EntryState, FeedDraft, Outlet, Step
from aggregator.ports import FetchedPage, SeenEntry
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore

START = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
FINAL = [state for state in EntryState if state is not EntryState.PENDING]
KEYS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("12")), max_size=4)
OUTLET = Outlet("courier", "The Courier")


class _CrashError(Exception):
    """The process ends in the middle of a transaction."""


def _crash(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if "INSERT INTO ledger_days" in statement:
        raise _CrashError


class Ledger(RuleBasedStateMachine):
    """Two feeds over some days, and what a reader of the ledger may rely on at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.store: SqlStore = open_store("sqlite://")
        self.now = START
        drafts = [FeedDraft(f"https://courier.example/{n}", str(n), OUTLET) for n in range(2)]
        self.feeds = [self.store.feeds.add(draft, self.now)[0].id for draft in drafts]
        self.first_seen: dict[int, datetime] = {}
        self.ended: dict[int, EntryState] = {}

    def teardown(self) -> None:
        """Close the store."""
        self.store.close()

    @rule(minutes=st.integers(1, 900))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(of=st.integers(0, 1), shown=KEYS)
    def see(self, of: int, shown: list[tuple[str, str]]) -> None:
        entries = [SeenEntry(key, digest, Entry(guid=key, link=f"https://h{key}.example/{key}")) for key, digest in shown]
        before = {entry.id: entry for entry in self.store.ledger.of_feed(self.feeds[of], limit=10_000)}
        got = self.store.ledger.see(self.feeds[of], entries, self.now)
        after = {entry.id: entry for entry in self.store.ledger.of_feed(self.feeds[of], limit=10_000)}
        assert got.new + got.changed + got.unchanged == len(shown)
        assert got.new == len(after) - len(before) and before.keys() <= after.keys()
        for ident in after.keys() - before.keys():
            assert ident not in self.first_seen
            self.first_seen[ident] = self.now
        for ident in [ident for ident in self.ended if before.get(ident) != after.get(ident)]:
            self.ended.pop(ident)

    @rule(of=st.integers(0, 1), shown=KEYS)
    def crash_while_seeing(self, of: int, shown: list[tuple[str, str]]) -> None:
        """The process ends between the two books: nothing of it is in either."""
        entries = [SeenEntry(key + "!", digest, Entry(guid=key)) for key, digest in shown]
        engine = self.store.database.engine
        event.listen(engine, "before_cursor_execute", _crash)
        try:
            with pytest.raises(_CrashError) if shown else nullcontext():
                self.store.ledger.see(self.feeds[of], entries, self.now)
        finally:
            event.remove(engine, "before_cursor_execute", _crash)

    @rule(step=st.sampled_from(Step), limit=st.integers(1, 4), per_host=st.sampled_from([None, 1]))
    def claim(self, step: Step, limit: int, per_host: int | None) -> None:
        """Claim, and be gone: the lease lapses."""
        for entry in self.store.ledger.claim(step, self.now, 60, limit, per_host):
            assert entry.id not in self.ended

    @precondition(lambda self: self.first_seen)
    @rule(data=st.data())
    def fetched(self, data: st.DataObject) -> None:
        self.store.ledger.fetched(self._any(data), FetchedPage(None, None, "no page"), self.now)

    @precondition(lambda self: self.first_seen)
    @rule(data=st.data(), attempt=st.booleans())
    def postpone(self, data: st.DataObject, attempt: bool) -> None:
        self.store.ledger.postpone(self._any(data), self.now + timedelta(minutes=5), "no answer", attempt=attempt)

    @precondition(lambda self: self.first_seen)
    @rule(data=st.data(), state=st.sampled_from(FINAL))
    def finish(self, data: st.DataObject, state: EntryState) -> None:
        ident = self._any(data)
        self.store.ledger.finish(ident, state, "why", self.now)
        self.ended.setdefault(ident, state)

    @invariant()
    def the_books_agree(self) -> None:
        days = self.store.ledger.days(None, START)
        assert not [day for day in days if day.missing]
        assert sum(day.seen for day in days) == len(self.first_seen) == sum(self.store.ledger.counts().values())
        wanted: dict[object, int] = {}
        for at in self.first_seen.values():
            wanted[at.date()] = wanted.get(at.date(), 0) + 1
        found: dict[object, int] = {}
        for day in days:
            found[day.day] = found.get(day.day, 0) + day.seen
        assert found == wanted
        for feed_id in self.feeds:
            assert self.store.ledger.days(feed_id, START) == tuple(day for day in days if day.feed_id == feed_id)

    @invariant()
    def each_entry_is_in_one_state(self) -> None:
        for ident in self.first_seen:
            entry = self.store.ledger.get(ident)
            assert entry.state is self.ended.get(ident, EntryState.PENDING)
            assert (entry.step is None) is (entry.state is not EntryState.PENDING)

    def _any(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.first_seen)))


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
