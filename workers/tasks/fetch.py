"""Tasks of the queue ``fetch``: what goes to the network. They run in threads, over the intake alone."""

from collections.abc import Sequence
from datetime import timedelta

from celery import current_app, shared_task

from aggregator.errors import NotFoundError
from aggregator.intake import Intake
from aggregator.model import Feed, PollOutcome
from aggregator.polling import Answer
from workers.dispatch import hand_out_feeds, hand_out_pages, hand_out_subscribers
from workers.tasks.running import beat, intake, log

SETTLE_AFTER = timedelta(seconds=1)  # at the latest, so that a batch of slow feeds does not hide what is known
SETTLE_BYTES = 1 << 20  # of documents in hand


@shared_task(name="frontwire.poll")
def poll(feed_ids: Sequence[int]) -> None:
    """Poll feeds that were claimed, one after the other."""
    app = intake()
    if poll_all(app, feed_ids):
        hand_out_pages(app)
    hand_out_feeds(app)
    beat(app, "fetch")


def poll_all(app: Intake, feed_ids: Sequence[int]) -> bool:
    """Ask claimed feeds and settle their answers in batches; return whether there is anything new. When half of the lease is over, the
    rest is given back, so that it is never handed out twice."""
    feeds, begun, news = app.store.feeds.many(feed_ids), app.clock.now(), False
    answers: list[Answer] = []
    for number, feed in enumerate(feeds):
        now = app.clock.now()
        if now - begun > timedelta(seconds=app.settings.lease_s / 2):
            app.store.feeds.poll_later([late.id for late in feeds[number:]], now)
            break
        if answers and (now - answers[0].at > SETTLE_AFTER or sum(answer.size for answer in answers) > SETTLE_BYTES):
            news = _settle(app, answers) or news
            answers = []
        if answer := _ask(app, feed):
            answers.append(answer)
    return _settle(app, answers) or news


def _ask(app: Intake, feed: Feed) -> Answer | None:
    try:
        return app.polling.ask(feed)
    except Exception as error:  # the one boundary of this task: logged, counted against the feed, shown to the operator
        log.exception("polling feed %s (%s)", feed.id, feed.url)
        return app.polling.broke(feed, error)


def _settle(app: Intake, answers: Sequence[Answer]) -> bool:
    """Settle the answers, one by one if they cannot be settled together, so that one costs the others nothing."""
    try:
        return any(poll.outcome is PollOutcome.NEW_ENTRIES for poll in app.polling.settle(answers)) if answers else False
    except Exception as error:  # the one boundary of this task: logged, counted against the feed, shown to the operator
        if len(answers) > 1:
            return sum(_settle(app, [answer]) for answer in answers) > 0  # not any(): it would stop at the first
        feed = answers[0].feed
        log.exception("settling the poll of feed %s (%s)", feed.id, feed.url)
        app.polling.settle([app.polling.broke(feed, error)])
        return False


@shared_task(name="frontwire.push")
def push(push_ids: Sequence[int]) -> None:
    """Take in what hubs delivered, and hand out the pages at once."""
    app = intake()
    for push_id in push_ids:
        _push(app, push_id)
    hand_out_pages(app, urgent=True)
    beat(app, "fetch")


def _push(app: Intake, push_id: int) -> None:
    if app.pushing is None:  # switched off since
        return
    try:
        app.pushing.take_in(push_id)
    except NotFoundError:  # the feed was removed since
        return
    except Exception:  # the one boundary of this task: logged, tried again when its lease lapses, in the end polled instead
        log.exception("taking in push %s", push_id)


@shared_task(name="frontwire.websub")
def websub(subscription_ids: Sequence[int]) -> None:
    """Subscribe, renew and unsubscribe at one hub."""
    app = intake()
    for subscription_id in subscription_ids:
        _websub(app, subscription_id)
    beat(app, "fetch")


def _websub(app: Intake, subscription_id: int) -> None:
    if app.pushing is None:
        return
    try:
        app.pushing.ask(subscription_id)
    except Exception:  # the one boundary of this task: logged, tried again when it is due
        log.exception("asking the hub of subscription %s", subscription_id)


@shared_task(name="frontwire.notify")
def notify(alert_ids: Sequence[int]) -> None:
    """Send what alerts have to tell."""
    app = intake()
    for alert_id in alert_ids:
        _notify(app, alert_id)
    beat(app, "fetch")


def _notify(app: Intake, alert_id: int) -> None:
    try:
        app.notifying.deliver(alert_id)
    except NotFoundError:  # removed since
        return
    except Exception:  # the one boundary of this task: logged, tried again when the lease lapses
        log.exception("sending alert %s", alert_id)


@shared_task(name="frontwire.topics")
def topics(topic_ids: Sequence[int]) -> None:
    """Look at feeds of ours, and have what is new in them delivered at once."""
    app = intake()
    if sum(_look(app, topic_id) for topic_id in topic_ids):
        hand_out_subscribers(app)
    beat(app, "fetch")


def _look(app: Intake, topic_id: int) -> bool:
    try:
        return app.distributing is not None and app.distributing.look(topic_id)
    except Exception:  # the one boundary of this task: logged, looked at again when its lease lapses
        log.exception("looking at topic %s", topic_id)
        return False


@shared_task(name="frontwire.subscribers")
def subscribers(subscription_ids: Sequence[int]) -> None:
    """Ask callbacks of one host what they want, and deliver what is new to them."""
    app = intake()
    for subscription_id in subscription_ids:
        _serve(app, subscription_id)
    beat(app, "fetch")


def _serve(app: Intake, subscription_id: int) -> None:
    if app.distributing is None:
        return
    try:
        app.distributing.serve(subscription_id)
    except NotFoundError:  # removed since
        return
    except Exception:  # the one boundary of this task: logged, tried again when its lease lapses
        log.exception("serving subscription %s at our hub", subscription_id)


@shared_task(name="frontwire.fetch")
def fetch(entry_ids: Sequence[int]) -> None:
    """Fetch the pages of claimed entries of one host."""
    app = intake()
    for done, entry_id in enumerate(entry_ids):
        app.store.ledger.renew(entry_ids[done:], app.clock.now(), app.settings.lease_s)
        if _fetch(app, entry_id):
            current_app.send_task("frontwire.process", args=[[entry_id]])
    hand_out_pages(app)
    beat(app, "fetch")


def _fetch(app: Intake, entry_id: int) -> bool:
    try:
        return app.fetching.page(entry_id)
    except NotFoundError:  # removed with its feed since it was handed out
        return False
    except Exception as error:  # the one boundary of this task: logged, counted, tried again, in the end done without the page
        log.exception("fetching the page of entry %s", entry_id)
        return app.fetching.page_broke(entry_id, error)


@shared_task(name="frontwire.revisit")
def revisit(article_ids: Sequence[int]) -> None:
    """Look again at the pages of articles of one host."""
    app = intake()
    for done, article_id in enumerate(article_ids):
        app.store.revisits.renew(article_ids[done:], app.clock.now(), app.settings.lease_s)
        if _revisit(app, article_id):
            current_app.send_task("frontwire.reread", args=[[article_id]])
    beat(app, "fetch")


def _revisit(app: Intake, article_id: int) -> bool:
    try:
        return app.fetching.visit(article_id)
    except NotFoundError:  # removed since it was handed out
        return False
    except Exception:  # the one boundary of this task: logged, tried again, in the end left for the next visit
        log.exception("looking again at the page of article %s", article_id)
        app.fetching.visit_broke(article_id)
        return False
