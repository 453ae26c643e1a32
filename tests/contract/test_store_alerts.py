"""Alerts: what is written down is written down once and sent once, whoever is at work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from aggregator.alerts import Event, Trigger, Way, again_at, checked, due_at
from aggregator.errors import NotFoundError, UsageError
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, later


def made(store: SqlStore, target: str = "https://hooks.example/a", digest: str = "") -> int:
    search = store.searches.by_name("Grain") or store.searches.save("Grain", "grain", "", "marta", NOON)
    return store.alerts.add(search.id, Way.WEBHOOK, target, (Trigger.NEW, Trigger.CONFIRMED), digest, "s", "marta", NOON).id


def event(key: str) -> Event:
    return Event(key, Trigger.NEW, {"story": {"title": "Зерно"}})


def test_what_is_kept_is_given_back(store: SqlStore) -> None:
    first = store.alerts.get(made(store))
    assert (first.way, first.target, first.triggers, first.by) == (
        Way.WEBHOOK,
        "https://hooks.example/a",
        (Trigger.NEW, Trigger.CONFIRMED),
        "marta",
    )
    assert store.alerts.all() == store.alerts.all(first.search_id) == (first,)
    with pytest.raises(UsageError, match="already"):
        made(store)
    store.alerts.remove(first.id)
    with pytest.raises(NotFoundError):
        store.alerts.get(first.id)


def test_it_is_written_down_once(store: SqlStore) -> None:
    ident = made(store)
    assert store.alerts.write_down(ident, 5, {7: 1, 8: 1}, [event("new 7")], NOON, NOON) == 1
    assert store.alerts.write_down(ident, 5, {7: 2}, [event("new 9")], NOON, NOON) == 0  # somebody read as far already
    assert store.alerts.write_down(ident, 6, {7: 2}, [event("new 7"), event("new 9")], NOON, NOON) == 1
    assert store.alerts.known(ident, [7, 8, 9]) == {7: 2, 8: 1}
    assert [found.key for found in store.alerts.due(ident, NOON, 9)] == ["new 7", "new 9"]
    assert store.alerts.due(ident, NOON, 9)[0].told == {"story": {"title": "Зерно"}}


def test_one_at_a_time_sends(store: SqlStore) -> None:
    ident = made(store)
    store.alerts.write_down(ident, 5, {}, [event("a"), event("b")], NOON, NOON)
    with ThreadPoolExecutor(4) as pool:
        claims = [claim for claims in pool.map(lambda _: store.alerts.claim(NOON, 60.0, 9), range(8)) for claim in claims]
    assert claims == [ident]
    assert store.alerts.claim(later(minutes=2), 60.0, 9) == (ident,)  # whoever had it was lost
    store.alerts.sent(ident, [found.id for found in store.alerts.due(ident, NOON, 9)], NOON)
    assert store.alerts.waiting(ident) == 0
    assert store.alerts.claim(later(minutes=9), 60.0, 9) == ()
    assert store.alerts.get(ident).last_sent_at == NOON


def test_failures_and_stops(store: SqlStore) -> None:
    ident = made(store)
    store.alerts.write_down(ident, 5, {}, [event("a")], NOON, NOON)
    (due,) = store.alerts.due(ident, NOON, 9)
    assert store.alerts.failed(ident, [due.id], later(minutes=1), NOON).failing_since == NOON
    after = store.alerts.failed(ident, [due.id], later(minutes=9), later(minutes=1))
    assert (after.failures, after.failing_since) == (2, NOON)
    assert store.alerts.due(ident, later(minutes=8), 9) == ()
    assert store.alerts.due(ident, later(minutes=9), 9)[0].attempts == 2
    store.alerts.stop(ident, "by hand")
    assert store.alerts.claim(later(minutes=9), 60.0, 9) == ()
    store.alerts.stop(ident, "")
    assert store.alerts.claim(later(minutes=9), 60.0, 9) == (ident,)


def test_they_go_with_what_they_belong_to(store: SqlStore) -> None:
    ident = made(store)
    store.alerts.write_down(ident, 5, {1: 1}, [event("a")], NOON, NOON)
    store.alerts.remove(ident)
    again = made(store)
    assert again != ident and store.alerts.known(again, [1]) == {} and store.alerts.waiting(again) == 0


@pytest.mark.parametrize(
    ("way", "target", "triggers", "digest", "words"),
    [
        ("pigeon", "x", ["new"], "", "no way"),
        ("mail", "nobody", ["new"], "", "no mailbox"),
        ("mail", "a@b.example, c@d.example", ["new"], "", "no mailbox"),
        ("webhook", "ftp://x.example", ["new"], "", "no web address"),
        ("webhook", "https://", ["new"], "", "no web address"),
        ("ntfy", "https://ntfy.example/", ["new"], "", "no topic"),
        ("webhook", "https://x.example", [], "", "name one"),
        ("webhook", "https://x.example", ["old"], "", "not 'old'"),
        ("webhook", "https://x.example", ["new"], "noon", "no hour"),
    ],
)
def test_what_cannot_be_is_said(way: str, target: str, triggers: list[str], digest: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        checked(way, target, triggers, digest)


def test_hours() -> None:
    assert checked("mail", " a@b.example ", ["updated", "new"], "07:30") == (
        Way.MAIL,
        "a@b.example",
        (Trigger.NEW, Trigger.UPDATED),
        "07:30",
    )
    assert due_at("", NOON) == NOON
    assert due_at("13:00", NOON) == later(hours=1)
    assert due_at("12:00", NOON) == later(days=1)
    assert [again_at(n, NOON) - NOON for n in (1, 2, 3, 40)] == [timedelta(minutes=n) for n in (1, 2, 4, 360)]
