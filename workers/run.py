"""``python -m workers.run ROLE``: one worker process, as the supervisor, a compose file or a unit starts it.

Roles: ``fetch`` (threads), ``process`` (prefork, one process a core), ``serial`` (one process), ``beat`` (the clock).
"""

import logging
import os
import sys
from typing import Any

from celery import signals
from celery.apps.beat import Beat

from aggregator import lifeline
from aggregator.app import App, build
from aggregator.errors import FrontwireError
from aggregator.settings import Settings, load
from workers.celery_app import make_celery
from workers.schedule import beat_schedule

CHATTY = (
    *("celery.app.trace", "celery.beat", "celery.utils.functional", "celery.worker.strategy", "kombu"),
    *("alembic", "htmldate", "trafilatura", "urllib3"),
)
ROLES = ("fetch", "process", "serial", "beat")


def options(role: str, settings: Settings) -> dict[str, Any]:
    """Options of Celery's worker for a role."""
    pool = {
        "fetch": {"pool": "threads", "concurrency": settings.fetch_threads},
        "process": {"pool": "prefork", "concurrency": settings.processes, "time_limit": 150},
        "serial": {"pool": "prefork", "concurrency": 1, "time_limit": 550},
    }
    return pool[role]


def run(role: str, app: App) -> int:
    """Run until told to stop; return the exit status."""
    celery = make_celery(app)
    if role == "beat":
        celery.conf.beat_schedule = beat_schedule(app.settings)
        Beat(app=celery, loglevel="WARNING", schedule=celery.conf.beat_schedule_filename, quiet=True).run()
        return 0
    worker = celery.Worker(
        queues=[role],
        hostname=f"{role}-{os.getpid()}@%h",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel=app.settings.log_level,
        **options(role, app.settings),
    )
    worker.start()
    return int(worker.exitcode or 0)


def main() -> None:
    """Entry point of a worker process."""
    lifeline.watch()
    if len(sys.argv) != 2 or sys.argv[1] not in ROLES:
        sys.exit(f"usage: python -m workers.run {'|'.join(ROLES)}")
    try:
        settings = load()
        set_up_logging(settings)
        trial = build(settings)  # closed again, so that no connection is shared with the processes of a pool
        trial.store.check()
        trial.close()
        sys.exit(run(sys.argv[1], build(settings)))
    except FrontwireError as error:
        sys.exit(f"frontwire {sys.argv[1]}: {error}")


def set_up_logging(settings: Settings) -> None:
    """One line an event on standard error; what only the makers of libraries want to know is left out."""
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


@signals.setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Having a receiver, Celery leaves the logging as it is."""


if __name__ == "__main__":
    main()
