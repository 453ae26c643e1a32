"""A worker process, from its settings to its end. ``python -m workers.ROLE`` starts one, as the supervisor, a compose file or a unit
does: ``fetch`` (threads), ``process`` (prefork, one process a core), ``serial`` (one process), ``beat`` (the clock).

Each role is a module of its own that imports what it needs: a worker that fetches has no use for the taggers' memory.
"""

import gc
import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from celery.apps.beat import Beat

from aggregator import lifeline
from aggregator.errors import FrontwireError, SchemaError
from aggregator.intake import Intake
from aggregator.settings import Settings, load
from workers.celery_app import make_celery
from workers.schedule import beat_schedule

CHATTY = (
    *("celery.app.trace", "celery.beat", "celery.utils.functional", "celery.worker.strategy", "kombu"),
    *("alembic", "htmldate", "trafilatura", "urllib3"),
)
SCHEMA_S = 60.0  # how long to wait for another process to prepare the database


def work(queue: str, build: Callable[[Settings], Intake], tasks: str) -> None:
    """Be a worker of this queue, over what ``build`` wires, until told to stop; ``tasks``: the module of its tasks. Ends the process."""
    _end(queue, build, lambda celery, app: _work(celery, app, queue, tasks))


def keep_time(build: Callable[[Settings], Intake]) -> None:
    """Be the clock. Ends the process."""
    _end("beat", build, _keep_time)


def _end(role: str, build: Callable[[Settings], Intake], run: Callable[[Celery, Intake], int]) -> None:
    lifeline.watch()
    try:
        settings = load()
        set_up_logging(settings)
        check_store(build, settings)
        app = build(settings)
        celery = make_celery(app)
        gc.collect()
        gc.freeze()  # what was imported stays: to look through it again and again cost a tenth of the CPU of a round of polls
        sys.exit(run(celery, app))
    except FrontwireError as error:
        sys.exit(f"frontwire {role}: {error}")


def _work(celery: Celery, app: Intake, queue: str, tasks: str) -> int:
    celery.conf.include = [tasks]
    worker = celery.Worker(
        queues=[queue],
        hostname=f"{queue}-{os.getpid()}@%h",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel=app.settings.log_level,
        **options(queue, app.settings),
    )
    worker.start()
    return int(worker.exitcode or 0)


def _keep_time(celery: Celery, app: Intake) -> int:
    celery.conf.beat_schedule = beat_schedule(app.settings)
    Beat(app=celery, loglevel="WARNING", schedule=celery.conf.beat_schedule_filename, quiet=True).run()
    return 0


def options(queue: str, settings: Settings) -> dict[str, Any]:
    """Options of Celery's worker for a queue."""
    pool = {
        "fetch": {"pool": "threads", "concurrency": settings.fetch_threads},
        "process": {"pool": "prefork", "concurrency": settings.processes, "time_limit": 150},
        "serial": {"pool": "prefork", "concurrency": 1, "time_limit": 550},
    }
    return pool[queue]


def check_store(build: Callable[[Settings], Intake], settings: Settings) -> None:
    """Open the store and close it again, so that no connection is shared with the processes of a pool; where it is not prepared yet,
    wait for the process that does it. Raises StorageError."""
    deadline = time.monotonic() + SCHEMA_S
    while True:
        trial = build(settings)
        try:
            trial.store.check()
            return
        except SchemaError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        finally:
            trial.close()


def set_up_logging(settings: Settings) -> None:
    """One line an event on standard error; what only the makers of libraries want to know is left out."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # or each broken header comes with a traceback


@signals.setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Having a receiver, Celery leaves the logging as it is."""
