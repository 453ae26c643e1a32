"""What all tasks share: the log, the sign of life, and the product that the process runs."""

import logging
import time

from celery import current_app

from aggregator.intake import Intake

log = logging.getLogger("frontwire.tasks")

BEAT_EVERY_S = 1.0
_beats: dict[str, float] = {}  # queue -> when this process last noted it, on the monotonic clock


def intake() -> Intake:
    """The intake of this process."""
    app = current_app.frontwire
    assert isinstance(app, Intake)
    return app


def beat(app: Intake, queue: str) -> None:
    """Note that a task of the queue finished, once a second at most."""
    now = time.monotonic()
    if now - _beats.get(queue, 0.0) >= BEAT_EVERY_S:
        _beats[queue] = now
        app.store.beat(queue, app.clock.now())
