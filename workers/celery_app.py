"""The Celery application, made for given settings; nothing is connected before it is used.

Tasks are idempotent and acknowledged late; the truth about what is to be done stands in the database, so that a message that is
lost or doubled costs one lease and nothing else.
"""

from celery import Celery
from kombu.entity import Queue

from aggregator.broker import CONNECTION, QUEUES
from aggregator.intake import Intake

VISIBILITY_TIMEOUT_S = 600  # longer than any task may take, or the broker hands it out twice
MESSAGE_LIFE_S = 600  # a message that waited longer is dropped: its lease has lapsed and the tick hands the work out again


def make_celery(app: Intake) -> Celery:
    """Return the Celery application for this product; who runs tasks imports their modules. Raises BrokerError where no broker is
    known."""
    celery = Celery("frontwire", broker=app.broker.url, set_as_current=True)
    celery.conf.update(
        task_queues=[Queue(name) for name in QUEUES],
        task_default_queue="serial",
        task_routes={f"frontwire.{name}": {"queue": queue} for name, queue in ROUTES.items()},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_default_expires=MESSAGE_LIFE_S,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=600_000,  # KiB
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        # Not for control: its subscription is what notices that the broker has gone while all slots of a prefork worker are taken.
        # Without it the acknowledgements fail, the slots stay taken and the worker waits for ever (tests/e2e/test_faults.py).
        worker_enable_remote_control=True,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={**CONNECTION, "visibility_timeout": VISIBILITY_TIMEOUT_S},
        beat_schedule_filename=str(app.settings.data_dir / "beat-schedule"),
        timezone="UTC",
    )
    celery.frontwire = app
    return celery


ROUTES = {
    "tick": "serial",
    "pushes": "serial",
    "follow": "serial",
    "repair": "serial",
    "poll": "fetch",
    "push": "fetch",
    "websub": "fetch",
    "notify": "fetch",
    "topics": "fetch",
    "subscribers": "fetch",
    "fetch": "fetch",
    "process": "process",
    "revisit": "fetch",
    "reread": "process",
}
