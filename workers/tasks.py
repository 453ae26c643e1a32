"""The tasks: thin shells that take ids, call the pipeline and hand out what comes next.

Each notes that its queue is alive when it is done. An error that no step foresaw is logged with its context and counted against the
entry or feed at hand, which is tried again and in the end closed as failed, never dropped.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from celery import current_app, shared_task

from aggregator.app import App
from aggregator.errors import NotFoundError
from aggregator.model import EntryState, Step
from workers.dispatch import hand_out, hand_out_revisits, hand_out_websub

log = logging.getLogger("frontwire.tasks")

POISON_AFTER = 3  # attempts that ended in an unforeseen error, or ended their worker
FOLLOWERS = 2  # messages for the followers that may wait: each takes all there is
RETRY_AFTER = timedelta(seconds=30)


@shared_task(name="frontwire.tick")
def tick() -> None:
    """Hand out everything that is due, and let the followers look at the change log."""
    app = _app()
    hand_out(app)
    hand_out_websub(app)
    hand_out_revisits(app)
    if app.pipeline.index_lag():
        follow.delay()
    _done(app, "serial")


@shared_task(name="frontwire.poll")
def poll(feed_ids: Sequence[int]) -> None:
    """Poll feeds that were claimed, one after the other."""
    app = _app()
    for feed_id in feed_ids:
        _poll(app, feed_id)
    hand_out(app)
    _done(app, "fetch")


def _poll(app: App, feed_id: int) -> None:
    try:
        feed = app.store.feeds.get(feed_id)
    except NotFoundError:  # removed since it was handed out
        return
    try:
        app.pipeline.poll(feed)
    except Exception as error:  # the one boundary of this task: logged, counted against the feed, shown to the operator
        log.exception("polling feed %s (%s)", feed.id, feed.url)
        app.pipeline.poll_broke(feed, error)


@shared_task(name="frontwire.push")
def push(push_ids: Sequence[int]) -> None:
    """Take in what hubs delivered, and hand out the pages at once."""
    app = _app()
    for push_id in push_ids:
        _push(app, push_id)
    hand_out(app)
    _done(app, "fetch")


def _push(app: App, push_id: int) -> None:
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
    app = _app()
    for subscription_id in subscription_ids:
        _websub(app, subscription_id)
    _done(app, "fetch")


def _websub(app: App, subscription_id: int) -> None:
    if app.pushing is None:
        return
    try:
        app.pushing.ask(subscription_id)
    except Exception:  # the one boundary of this task: logged, tried again when it is due
        log.exception("asking the hub of subscription %s", subscription_id)


@shared_task(name="frontwire.fetch")
def fetch(entry_ids: Sequence[int]) -> None:
    """Fetch the pages of claimed entries of one host."""
    app = _app()
    for done, entry_id in enumerate(entry_ids):
        app.store.ledger.renew(entry_ids[done:], app.clock.now(), app.settings.lease_s)
        if _fetch(app, entry_id):
            process.delay([entry_id])
    hand_out(app)
    _done(app, "fetch")


def _fetch(app: App, entry_id: int) -> bool:
    try:
        return app.pipeline.fetch_page(entry_id)
    except NotFoundError:  # removed with its feed since it was handed out
        return False
    except Exception as error:  # the one boundary of this task: logged, counted, tried again, in the end done without the page
        log.exception("fetching the page of entry %s", entry_id)
        return app.pipeline.fetch_broke(entry_id, error)


@shared_task(name="frontwire.process")
def process(entry_ids: Sequence[int]) -> None:
    """Turn fetched entries into articles."""
    app = _app()
    for entry_id in entry_ids:
        _process(app, entry_id)
    if app.broker.waiting()["serial"] < FOLLOWERS:
        follow.delay()
    _done(app, "process")


def _process(app: App, entry_id: int) -> None:
    try:
        entry = app.store.ledger.get(entry_id)
    except NotFoundError:  # removed with its feed since it was handed out
        return
    if entry.state is not EntryState.PENDING or entry.step is not Step.PROCESS:
        return
    if entry.attempts >= POISON_AFTER:
        reason = f"{entry.attempts} attempts to process the page failed: {entry.reason or 'it ended its worker'}"
        app.store.ledger.finish(entry_id, EntryState.FAILED, reason, app.clock.now())
        return
    app.store.ledger.renew([entry_id], app.clock.now(), app.settings.lease_s, attempt=True)
    try:
        app.pipeline.process(entry_id)
    except Exception as error:  # the one boundary of this task: logged, counted, tried again, in the end closed
        log.exception("processing entry %s of feed %s (%s)", entry_id, entry.feed_id, entry.entry.link)
        app.store.ledger.postpone(entry_id, app.clock.now() + RETRY_AFTER, f"{type(error).__name__}: {error}", attempt=False)


@shared_task(name="frontwire.revisit")
def revisit(article_ids: Sequence[int]) -> None:
    """Look again at the pages of articles of one host."""
    app = _app()
    for done, article_id in enumerate(article_ids):
        app.store.revisits.renew(article_ids[done:], app.clock.now(), app.settings.lease_s)
        if _revisit(app, article_id):
            reread.delay([article_id])
    _done(app, "fetch")


def _revisit(app: App, article_id: int) -> bool:
    try:
        return app.revisits.fetch(article_id)
    except NotFoundError:  # removed since it was handed out
        return False
    except Exception:  # the one boundary of this task: logged, tried again, in the end left for the next visit
        log.exception("looking again at the page of article %s", article_id)
        app.revisits.broke(article_id)
        return False


@shared_task(name="frontwire.reread")
def reread(article_ids: Sequence[int]) -> None:
    """Read pages of articles that differ from the last time."""
    app = _app()
    for article_id in article_ids:
        _reread(app, article_id)
    _done(app, "process")


def _reread(app: App, article_id: int) -> None:
    app.store.revisits.renew([article_id], app.clock.now(), app.settings.lease_s, attempt=True)
    try:
        app.revisits.process(article_id)
    except NotFoundError:  # removed since it was handed out
        return
    except Exception:  # the one boundary of this task: logged, tried again, in the end left for the next visit
        log.exception("reading the page of article %s again", article_id)
        app.revisits.broke(article_id)


@shared_task(name="frontwire.follow")
def follow() -> None:
    """Bring copies, stories, claims and the index up to date with the change log; come back if there is more."""
    app = _app()
    before = app.pipeline.follow()
    if before and app.pipeline.index_lag():
        follow.delay()
    _done(app, "serial")


@shared_task(name="frontwire.repair")
def repair() -> None:
    """Look again at small stories, now that more is known than when they were opened."""
    app = _app()
    if merged := app.pipeline.repair_stories():
        log.info("%s stories merged", merged)
        follow.delay()
    _done(app, "serial")


def _app() -> App:
    app = current_app.frontwire
    assert isinstance(app, App)
    return app


def _done(app: App, queue: str) -> None:
    app.store.beat(queue, app.clock.now())
