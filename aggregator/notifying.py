"""Alerts on their way: what is written down is sent by webhook, mail or ntfy, tried again after failures, and stopped in the open.

A webhook's request is signed as Standard Webhooks (https://www.standardwebhooks.com, v1) describes: ``webhook-id``, ``webhook-timestamp``
and ``webhook-signature`` over both and the body. What was sent is noted at once; should this process end just between the two, a message
comes again with the same ``webhook-id`` and the same ids of events, by which it is known.
"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from aggregator.alerts import GIVE_UP, SECRET_PREFIX, Alert, Event, Trigger, Way, again_at
from aggregator.errors import FrontwireError, UsageError
from aggregator.fetch.mail import send_mail
from aggregator.ports import Clock, Poster, Store
from aggregator.readers import SavedSearch

log = logging.getLogger("frontwire.alerts")

EVENTS = 50  # of one message
Mailer = Callable[[EmailMessage], None]
TITLES = {Trigger.NEW: "New", Trigger.UPDATED: "Updated", Trigger.CONFIRMED: "Now from a second, independent origin"}


class Notifying:
    """Deliveries over the ports. ``mailer`` sends mail; None where no mail server is set."""

    def __init__(
        self, store: Store, poster: Poster, clock: Clock, base: str, mailer: Callable[[EmailMessage], None] | None, mail_from: str
    ) -> None:
        self.store = store
        self.poster = poster
        self.clock = clock
        self.base = base
        self.mailer = mailer
        self.mail_from = mail_from

    def deliver(self, alert_id: int) -> int:
        """Send what a claimed alert has due, as one message; return how many events arrived."""
        alert, now = self.store.alerts.get(alert_id), self.clock.now()
        events = self.store.alerts.due(alert_id, now, EVENTS)
        if not events or alert.stopped:
            return 0
        ids = [event.id for event in events]
        there = self._there(events)
        if not there:  # all that it had to tell was taken down since
            self.store.alerts.sent(alert_id, ids, now)
            return 0
        try:
            self._send(alert, there, now)
        except FrontwireError as error:
            self._failed(alert, ids, error.message, now)
            return 0
        self.store.alerts.sent(alert_id, ids, self.clock.now())
        return len(there)

    def _there(self, events: Sequence[Event]) -> list[Event]:
        """Those none of whose articles is gone: what was taken down is not told."""
        named = {event.id: [article["id"] for article in event.told["articles"]] for event in events}
        ids = sorted({ident for article_ids in named.values() for ident in article_ids})
        known = {article.id for article in self.store.articles.many(ids)}
        return [event for event in events if known.issuperset(named[event.id])]

    def try_out(self, alert_id: int) -> None:
        """Send a message that says it is a trial. Raises the error of a way that does not work."""
        story = {"title": "This is how an alert looks", "url": self.base, "outlets": 2, "texts": 2, "origins": 2}
        told = {"trigger": "trial", "at": self.clock.now().isoformat(), "story": story, "articles": [], "claims": []}
        self._send(self.store.alerts.get(alert_id), [Event("trial", Trigger.NEW, told)], self.clock.now())

    def _failed(self, alert: Alert, ids: Sequence[int], why: str, now: datetime) -> None:
        after = self.store.alerts.failed(alert.id, ids, again_at(alert.failures + 1, now), now)
        log.warning("alert %s could not be sent: %s", alert.id, why)
        if after.failing_since is not None and now - after.failing_since >= GIVE_UP:
            self.store.alerts.stop(alert.id, f"It could not be sent for {GIVE_UP.days} days. At last: {why}")

    def _send(self, alert: Alert, events: Sequence[Event], now: datetime) -> None:
        search = self.store.searches.get(alert.search_id)
        if alert.way is Way.WEBHOOK:
            body = orjson.dumps(message(alert, search, events, self.base))
            ident = f"frontwire-{alert.id}-{events[0].id}-{events[-1].id}"
            self.poster.send(alert.target, body, {"Content-Type": "application/json", **signed(alert.secret, ident, now, body)})
        elif alert.way is Way.NTFY:
            parts = urlsplit(alert.target)
            server, _, topic = parts.path.rpartition("/")
            body = orjson.dumps({"topic": topic, "title": subject(search, events), "message": text(events), "click": self._page(search)})
            self.poster.send(urlunsplit(parts._replace(path=server or "/")), body, {"Content-Type": "application/json"})
        else:
            self._mail(alert, search, events)

    def _mail(self, alert: Alert, search: SavedSearch, events: Sequence[Event]) -> None:
        if self.mailer is None:
            raise UsageError("No mail server is set: FRONTWIRE_SMTP_URL and FRONTWIRE_MAIL_FROM name one.")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.mail_from, alert.target, subject(search, events)
        mail["Message-ID"] = f"<frontwire-{alert.id}-{events[0].id}-{events[-1].id}@{urlsplit(self.base).hostname}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{text(events)}\n\n-- \nThe saved search “{search.name}”: {self._page(search)}\n")
        self.mailer(mail)

    def _page(self, search: SavedSearch) -> str:
        return f"{self.base}/search/{search.id}"


def message(alert: Alert, search: SavedSearch, events: Sequence[Event], base: str) -> dict[str, Any]:
    """What a webhook gets."""
    told = [{"id": event.id, **event.told} for event in events]
    found = {"id": search.id, "name": search.name, "query": search.query, "url": f"{base}/search/{search.id}"}
    return {"type": "frontwire.alert", "alert": alert.id, "search": found, "events": told}


def subject(search: SavedSearch, events: Sequence[Event]) -> str:
    """One line that says what it is about."""
    title = str(events[0].told["story"]["title"])
    more = f" and {len(events) - 1} more" if len(events) > 1 else ""
    return " ".join(f"{search.name}: {title}{more}".split())


def text(events: Sequence[Event]) -> str:
    """The events for people: what it is, what carries it, who says what."""
    return "\n\n".join(_lines(event) for event in events)


def _lines(event: Event) -> str:
    story = event.told["story"]
    sample = " (sample: invented)" if story.get("sample") else ""
    carried = f"{_count(story['outlets'], 'outlet')}, {_count(story['texts'], 'text')}, {_count(story['origins'], 'origin')}"
    lines = [f"{TITLES[event.trigger]}: {story['title']}{sample}", carried, story["url"]]
    for article in event.told["articles"] if event.trigger is Trigger.UPDATED else ():
        lines.append(f"{'Edited' if article['edits'] else 'Further text'}, {article['outlet']}: {article['title']} {article['page']}")
    lines += [
        f"{claim['speaker'] or 'Somebody'}: {claim['words']} ({_count(claim['origins'], 'origin')})" for claim in event.told["claims"]
    ]
    return "\n".join(lines)


def signed(secret: str, ident: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers by which a webhook knows who sends and that nothing was changed."""
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def mailer_of(smtp_url: str) -> Mailer | None:
    """What sends mail by this server; None without one."""
    return (lambda mail: send_mail(smtp_url, mail)) if smtp_url else None


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
