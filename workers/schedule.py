"""What the clock (Celery beat) sends: one tick; the database knows the rest. A second beat would only cost a few empty looks."""

from typing import Any

from aggregator.settings import Settings


def beat_schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """The schedule: a tick every FRONTWIRE_TICK_S seconds, dropped if nobody took it until the next one."""
    return {
        "tick": {
            "task": "frontwire.tick",
            "schedule": settings.tick_s,
            "options": {"expires": max(settings.tick_s * 2, 10), "queue": "serial"},
        }
    }
