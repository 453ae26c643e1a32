"""Alerts: a saved search that tells somebody of what is new, and the store of what is still to be told.

What is to be told is written down before it is sent, in the same transaction as how far the alert has read: so nothing is lost over a
restart, and nothing is written down twice. The store is a port like those of ``ports``; its contract suite is
tests/contract/test_store_alerts.py.
"""

import base64
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from aggregator.errors import UsageError

PAUSE = timedelta(minutes=1)  # after the first failure; it doubles with each further one
LONGEST_PAUSE = timedelta(hours=6)
GIVE_UP = timedelta(days=3)  # of failures in a row; then the alert is stopped and says why
SECRET_PREFIX = "whsec_"
_MAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]+")


class Way(StrEnum):
    """How an alert is sent."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    NTFY = "ntfy"


class Trigger(StrEnum):
    """What an alert tells of."""

    NEW = "new"  # a story that it has told nothing of
    UPDATED = "updated"  # a further text of its own, or an edit, in a story that it has told of
    CONFIRMED = "confirmed"  # a story that came from one origin is said by an independent second one


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert on a saved search. ``target``: an address or mailbox; ``secret``: signs what a webhook gets; ``digest``: the hour (UTC,
    ``07:30``) at which everything of a day is sent together, "" for at once. ``seq``: how far it has read the change log. ``stopped``: why
    it sends nothing, "" while it does; ``failing_since`` and ``failures``: of the last tries in a row."""

    id: int
    search_id: int
    way: Way
    target: str
    triggers: tuple[Trigger, ...]
    digest: str
    by: str
    created_at: datetime
    secret: str = ""
    seq: int = 0
    stopped: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    last_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell. ``key`` is the alert's own name for it: what has the same key is the same. ``told`` is what is sent (JSON)."""

    key: str
    trigger: Trigger
    told: Mapping[str, Any]
    id: int = 0
    attempts: int = 0


class AlertStore(Protocol):
    """Alerts and what they have to tell."""

    def add(
        self, search_id: int, way: Way, target: str, triggers: Sequence[Trigger], digest: str, secret: str, by: str, now: datetime
    ) -> Alert:
        """Keep an alert that begins with the next change. Raises UsageError for one that is there already."""

    def get(self, alert_id: int) -> Alert:
        """Raises NotFoundError."""

    def all(self, search_id: int | None = None) -> tuple[Alert, ...]:
        """Of one saved search or of all, oldest first."""

    def stop(self, alert_id: int, why: str) -> Alert:
        """Send nothing from now on; "" goes on, with what has come since. Raises NotFoundError."""

    def remove(self, alert_id: int) -> None:
        """Forget it and what it had to tell. Raises NotFoundError."""

    def known(self, alert_id: int, article_ids: Collection[int]) -> Mapping[int, int]:
        """Of these articles those that the alert knows, each with the origins that its story had then."""

    def write_down(
        self, alert_id: int, seq: int, origins: Mapping[int, int], events: Sequence[Event], due_at: datetime, now: datetime
    ) -> int:
        """In one transaction: what is to be told at ``due_at``, which articles the alert knows now, and how far it has read. What was
        written down before is not again; nothing where it has read further meanwhile. Return how many events were added."""

    def claim(self, now: datetime, lease_s: float, limit: int) -> tuple[int, ...]:
        """Alerts that have something due; nobody else gets them until the lease lapses."""

    def due(self, alert_id: int, now: datetime, limit: int) -> tuple[Event, ...]:
        """What is due, oldest first."""

    def sent(self, alert_id: int, event_ids: Sequence[int], now: datetime) -> None:
        """Note that it arrived."""

    def failed(self, alert_id: int, event_ids: Sequence[int], due_at: datetime, now: datetime) -> Alert:
        """Note that it did not, and when it is to be tried again."""

    def waiting(self, alert_id: int) -> int:
        """How many events are still to be sent."""


def checked(way: str, target: str, triggers: Collection[str], digest: str) -> tuple[Way, str, tuple[Trigger, ...], str]:
    """What somebody asked for, in order. Raises UsageError that says what would be right."""
    if way not in set(Way):
        raise UsageError(f"There is no way {way!r} to send an alert: {', '.join(Way)}.")
    target = target.strip()
    if way == Way.MAIL and not _MAIL.fullmatch(target):
        raise UsageError(f"{target!r} is no mailbox; desk@news.example would be one.")
    if way != Way.MAIL:
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{target!r} is no web address; https://hooks.news.example/frontwire would be one.")
        if way == Way.NTFY and not parts.path.strip("/"):
            raise UsageError(f"{target!r} names no topic; https://ntfy.news.example/TOPIC would.")
    wrong = sorted(set(triggers) - set(Trigger))
    if wrong or not triggers:
        raise UsageError(f"An alert tells of {', '.join(Trigger)}: name one or more of them{f', not {wrong[0]!r}' if wrong else ''}.")
    if digest:
        try:
            digest = time.fromisoformat(digest).strftime("%H:%M")
        except ValueError as error:
            raise UsageError(f"{digest!r} is no hour of the day; 07:30 would be one (UTC).") from error
    return Way(way), target, tuple(trigger for trigger in Trigger if trigger in triggers), digest


def new_secret(way: Way) -> str:
    """A secret that signs what a webhook gets, as Standard Webhooks writes them; "" for other ways."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii") if way is Way.WEBHOOK else ""


def due_at(digest: str, now: datetime) -> datetime:
    """When what comes up now is to be sent."""
    if not digest:
        return now
    at = datetime.combine(now.astimezone(UTC).date(), time.fromisoformat(digest), UTC)
    return at if at > now else at + timedelta(days=1)


def again_at(failures: int, now: datetime) -> datetime:
    """When to try again after so many failures in a row."""
    return now + min(PAUSE * (1 << min(failures - 1, 20)), LONGEST_PAUSE)
