"""Tasks of the queue ``process``: pages become articles. They run in processes, one a core."""

from collections.abc import Sequence
from datetime import timedelta

from celery import current_app, shared_task

from aggregator.app import App
from aggregator.errors import NotFoundError
from aggregator.model import EntryState, Step
from workers.tasks.running import beat, intake, log

POISON_AFTER = 3  # attempts that ended in an unforeseen error, or ended their worker
FOLLOWERS = 2  # messages for the followers that may wait: each takes all there is
RETRY_AFTER = timedelta(seconds=30)


@shared_task(name="frontwire.process")
def process(entry_ids: Sequence[int]) -> None:
    """Turn fetched entries into articles."""
    app = product()
    for entry_id in entry_ids:
        _process(app, entry_id)
    if app.broker.waiting()["serial"] < FOLLOWERS:
        current_app.send_task("frontwire.follow")
    beat(app, "process")


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


@shared_task(name="frontwire.reread")
def reread(article_ids: Sequence[int]) -> None:
    """Read pages of articles that differ from the last time."""
    app = product()
    for article_id in article_ids:
        _reread(app, article_id)
    beat(app, "process")


def _reread(app: App, article_id: int) -> None:
    app.store.revisits.renew([article_id], app.clock.now(), app.settings.lease_s, attempt=True)
    try:
        app.revisits.process(article_id)
    except NotFoundError:  # removed since it was handed out
        return
    except Exception:  # the one boundary of this task: logged, tried again, in the end left for the next visit
        log.exception("reading the page of article %s again", article_id)
        app.fetching.visit_broke(article_id)


def product() -> App:
    """The whole product, which processes of this queue run."""
    app = intake()
    assert isinstance(app, App)
    return app
