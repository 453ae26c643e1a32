"""Tasks of the queue ``serial``: what one process does alone. Handing out work, and what follows from new articles."""

from celery import shared_task

from aggregator.app import App
from workers.dispatch import (
    hand_out,
    hand_out_alerts,
    hand_out_pushes,
    hand_out_revisits,
    hand_out_subscribers,
    hand_out_subscriptions,
    hand_out_topics,
)
from workers.tasks.running import beat, intake, log


@shared_task(name="frontwire.tick")
def tick() -> None:
    """Hand out everything that is due, and let the followers look at the change log."""
    app = product()
    hand_out(app)
    hand_out_pushes(app)
    hand_out_subscriptions(app)
    hand_out_revisits(app)
    if app.pipeline.index_lag():
        follow.delay()
    app.alerting.step()
    hand_out_alerts(app)
    app.store.hub.expire(app.clock.now())
    hand_out_topics(app)
    hand_out_subscribers(app)
    beat(app, "serial")


@shared_task(name="frontwire.pushes")
def pushes() -> None:
    """Hand out what hubs delivered: nobody should wait for a tick who was told at once."""
    hand_out_pushes(product())


@shared_task(name="frontwire.follow")
def follow() -> None:
    """Bring copies, stories, claims and the index up to date with the change log; come back if there is more."""
    app = product()
    before = app.pipeline.follow()
    if before and app.pipeline.index_lag():
        follow.delay()
    elif before:
        hand_out_topics(app)
    beat(app, "serial")


@shared_task(name="frontwire.repair")
def repair() -> None:
    """Look again at small stories, now that more is known than when they were opened."""
    app = product()
    if merged := app.pipeline.repair_stories():
        log.info("%s stories merged", merged)
        follow.delay()
    beat(app, "serial")


def product() -> App:
    """The whole product, which processes of this queue run."""
    app = intake()
    assert isinstance(app, App)
    return app
